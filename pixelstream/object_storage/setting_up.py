"""Prepares the buckets and tries out everything that the application will ask of them.

Every step says what it did or found. Can be repeated. What the server does not know, or does not
allow these keys, is told and is no failure: only what makes the application fail is one.
"""

from __future__ import annotations

import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.base import ContentFile

from pixelstream import cdn
from pixelstream.object_storage.buckets import PrivateBucket, PublicBucket
from pixelstream.object_storage.errors import REFUSED, UNSUPPORTED, as_os_errors, code_of

UNFINISHED_UPLOADS = "abort-unfinished-uploads"
CORS_METHODS = ["GET", "PUT", "POST", "HEAD"]
CORS_HEADERS = ["Content-Type", "Content-Length", "x-amz-*"]
CORS_SECONDS = 3600
FETCH_SECONDS = 10


class Outcome(StrEnum):
    """What came of a step."""

    DONE = "done"
    FOUND = "found"
    NOTE = "note"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Step:
    """One line of what `setup_storage` prints."""

    outcome: Outcome
    text: str


def set_up(public: PublicBucket, private: PrivateBucket, origins: Sequence[str]) -> Iterator[Step]:
    """Prepare and try out both areas. Stops at a bucket that cannot be reached.

    Raises ImproperlyConfigured when a variable is missing.
    """
    public.require_variables()
    is_shared = public.bucket_name == private.bucket_name
    for area in [public] if is_shared else [public, private]:
        step = _make_bucket(area)
        yield step
        if step.outcome is Outcome.FAILED:
            return
        yield _allow_origins(area, origins)
        yield _clean_up_uploads(area)
    for step in _try_out(public):
        yield step
        if step.outcome is Outcome.FAILED:
            return
    yield from _try_out(private)
    yield from _look_from_outside(public, private, is_shared=is_shared)
    if settings.CDN_PURGE_URL:
        yield _tell_the_cache(public)


# --- the buckets -----------------------------------------------------------------------------


def _make_bucket(area: PublicBucket | PrivateBucket) -> Step:
    name = area.bucket_name
    try:
        with as_os_errors(name):
            try:
                # Not head_bucket: keys that may only use objects are allowed to list.
                area.client.list_objects_v2(Bucket=name, MaxKeys=1)
                return Step(Outcome.FOUND, f"bucket {name}")
            except ClientError as error:
                if code_of(error) != "NoSuchBucket":
                    raise
            where: dict[str, Any] = {}
            if area.region_name != "us-east-1":  # which S3 does not want to hear
                where["CreateBucketConfiguration"] = {"LocationConstraint": area.region_name}
            area.client.create_bucket(Bucket=name, **where)
    except OSError as error:
        return Step(Outcome.FAILED, f"bucket {error}")
    return Step(Outcome.DONE, f"bucket {name} made")


def _allow_origins(area: PublicBucket | PrivateBucket, origins: Sequence[str]) -> Step:
    what = f"CORS of {area.bucket_name} for {', '.join(origins)}"
    rule: Any = {
        "AllowedOrigins": list(origins),
        "AllowedMethods": CORS_METHODS,
        "AllowedHeaders": CORS_HEADERS,
        "MaxAgeSeconds": CORS_SECONDS,
    }

    def configure() -> Step:
        found: Sequence[Any] = ()
        try:
            found = area.client.get_bucket_cors(Bucket=area.bucket_name)["CORSRules"]
        except ClientError as error:
            if code_of(error) != "NoSuchCORSConfiguration":
                raise
        if [_comparable(one) for one in found] == [_comparable(rule)]:
            return Step(Outcome.FOUND, what)
        area.client.put_bucket_cors(
            Bucket=area.bucket_name,
            CORSConfiguration={"CORSRules": [rule]},
        )
        return Step(Outcome.DONE, f"{what}{' (other rules were there)' if found else ''}")

    return _unless_unsupported(what, configure)


def _comparable(rule: Any) -> dict[str, Any]:
    """A rule without what servers add to it, their order and their capitals."""
    return {
        "origins": set(rule.get("AllowedOrigins", ())),
        "methods": set(rule.get("AllowedMethods", ())),
        "headers": {header.lower() for header in rule.get("AllowedHeaders", ())},
        "seconds": rule.get("MaxAgeSeconds"),
    }


def _clean_up_uploads(area: PublicBucket | PrivateBucket) -> Step:
    what = f"lifecycle of {area.bucket_name}: unfinished uploads end after a day"
    rule: Any = {
        "ID": UNFINISHED_UPLOADS,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }

    def configure() -> Step:
        found: list[Any] = []
        try:
            answer = area.client.get_bucket_lifecycle_configuration(Bucket=area.bucket_name)
            found = list(answer.get("Rules", ()))
        except ClientError as error:
            if code_of(error) != "NoSuchLifecycleConfiguration":
                raise
        ours = [one for one in found if one.get("ID") == UNFINISHED_UPLOADS]
        if ours and ours[0].get("Status") == "Enabled":
            return Step(Outcome.FOUND, what)
        others = [one for one in found if one not in ours]
        area.client.put_bucket_lifecycle_configuration(
            Bucket=area.bucket_name,
            LifecycleConfiguration={"Rules": [*others, rule]},
        )
        return Step(Outcome.DONE, what)

    return _unless_unsupported(what, configure)


def _unless_unsupported(what: str, configure: Any) -> Step:
    try:
        with as_os_errors(what):
            try:
                step: Step = configure()
            except ClientError as error:
                if code_of(error) in UNSUPPORTED:
                    return Step(Outcome.NOTE, f"{what}: not known to this server")
                if code_of(error) in REFUSED:
                    return Step(Outcome.NOTE, f"{what}: these keys may not; docs/storage.md")
                raise
    except OSError as error:
        return Step(Outcome.NOTE, f"not set: {error}")
    return step


# --- what the application will ask of them ---------------------------------------------------


def _probe() -> tuple[str, bytes]:
    return f"probe/{secrets.token_hex(13)}.png", secrets.token_bytes(64)


def _try_out(area: PublicBucket | PrivateBucket) -> Iterator[Step]:
    where = f"{area.bucket_name}/{area.location}".rstrip("/")
    key, data = _probe()
    try:
        area.save(key, ContentFile(data))
        with area.open(key) as stored:
            if stored.read() != data:
                yield Step(Outcome.FAILED, f"{where}: what was written reads otherwise")
                return
        with suppress(FileExistsError):
            area.save(key, ContentFile(data))
            yield Step(Outcome.NOTE, f"{where}: the server overwrites; our keys are never reused")
        area.delete(key)
        if area.exists(key):
            yield Step(Outcome.FAILED, f"{where}: what was deleted is still there")
            return
    except OSError as error:
        yield Step(Outcome.FAILED, f"{where}: {error}")
        return
    yield Step(Outcome.FOUND, f"{where} can be written, read and deleted")


def _look_from_outside(
    public: PublicBucket, private: PrivateBucket, *, is_shared: bool
) -> Iterator[Step]:
    """Fetch what lies in each area as a browser would."""
    (key, data), (private_key, private_data) = _probe(), _probe()
    try:
        public.save(key, ContentFile(data))
        private.save(private_key, ContentFile(private_data))
        if _fetch(public.url(key)) == data:
            yield Step(Outcome.FOUND, f"{public.public_url} serves the public pictures")
        else:
            yield Step(
                Outcome.FAILED,
                f"{public.public_url} does not serve what lies in {public.bucket_name}: "
                "allow public access to the bucket (docs/storage.md)",
            )
        signed = private.url(private_key)
        if _fetch(signed) != private_data:
            yield Step(Outcome.FAILED, f"a signed address of {private.bucket_name} does not work")
        in_bucket = f"{private.location}/{private_key}".lstrip("/")
        unsigned = signed.partition("?")[0], f"{public.public_url}/{in_bucket}"
        if not any(_fetch(address) == private_data for address in unsigned):
            yield Step(Outcome.FOUND, "private pictures cannot be fetched without a signature")
        elif is_shared:
            yield Step(
                Outcome.NOTE,
                "private pictures lie in the public bucket: who knows the key can fetch them. "
                "R2_PRIVATE_BUCKET_NAME names a bucket of their own",
            )
        else:
            yield Step(
                Outcome.FAILED,
                f"{private.bucket_name} is public: everybody can fetch private pictures. "
                "Take the public access away",
            )
    except OSError as error:
        yield Step(Outcome.FAILED, str(error))
    finally:
        with suppress(OSError):  # a server that is away was told of already
            public.delete(key)
            private.delete(private_key)


def _tell_the_cache(public: PublicBucket) -> Step:
    key, _data = _probe()
    try:
        cdn.purge([public.url(key)])
    except OSError as error:
        return Step(Outcome.FAILED, f"the cache at CDN_PURGE_URL: {error}")
    return Step(Outcome.FOUND, "the cache at CDN_PURGE_URL forgets what it is told to")


def _fetch(address: str) -> bytes | None:
    """What an http(s) address gives to anybody; None when it gives nothing."""
    request = urllib.request.Request(address, headers={"User-Agent": "pixelstream"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=FETCH_SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(1024)
            return body
    except (OSError, ValueError):
        return None
