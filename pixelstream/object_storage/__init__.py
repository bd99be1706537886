"""Object storage: Cloudflare R2, or anything else that speaks S3.

`options` says what the settings make of the environment, `buckets` are the two areas, `account`
the connection. Nothing outside this package imports botocore, and nothing in it is imported before
a picture is read or written: errors leave it as OSErrors.
"""
