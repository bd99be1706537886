"""The connection to an account: one client for all threads of a process."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import threading
from typing import TYPE_CHECKING, Any

import boto3.session
from botocore.awsrequest import AWSRequest
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_s3.service_resource import S3ServiceResource

CONNECT_SECONDS = 2
READ_SECONDS = 10
ATTEMPTS = 2
"""In all: the jobs, the outbox and people try again as well."""

#: What S3 wants a checksum for. boto3 would send a CRC32, which some servers do not know;
#: every server knows the MD5 that it sent until version 1.36.
CHECKED = ("DeleteObjects", "PutBucketCors", "PutBucketLifecycleConfiguration")

_building = threading.Lock()


def resource(
    endpoint_url: str, region_name: str, access_key: str, secret_key: str, connections: int
) -> S3ServiceResource:
    """The account's resource, made at the first use. Its client may be shared by threads."""
    with _building:
        return _build(endpoint_url, region_name, access_key, secret_key, connections)


@functools.lru_cache(maxsize=8)
def _build(
    endpoint_url: str, region_name: str, access_key: str, secret_key: str, connections: int
) -> S3ServiceResource:
    # Explicit: nothing of a developer's own AWS profile or session is to be used.
    session = boto3.session.Session(access_key, secret_key, region_name=region_name)
    built = session.resource(
        "s3",
        endpoint_url=endpoint_url,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=connections,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    events = built.meta.client.meta.events
    for operation in CHECKED:
        events.register(f"before-call.s3.{operation}", _check_by_md5)
    events.register("before-sign.s3.PutObject", _send_at_once)
    return built


def _check_by_md5(params: dict[str, Any], **kwargs: Any) -> None:
    body: bytes = params["body"]
    params["context"].pop("checksum", None)
    headers = params["headers"]
    for name in [name for name in headers if name.lower().startswith("x-amz-sdk-checksum")]:
        del headers[name]
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    headers["Content-MD5"] = base64.b64encode(digest).decode()


def _send_at_once(request: AWSRequest, **kwargs: Any) -> None:
    """Do not ask first whether the body may be sent: that is a way to the server and back."""
    del request.headers["Expect"]


def _forget() -> None:
    """A child process must not write to the sockets of its parent."""
    global _building
    _building = threading.Lock()
    _build.cache_clear()


os.register_at_fork(after_in_child=_forget)
