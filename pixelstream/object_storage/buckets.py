"""The two areas in buckets: django-storages' S3 backend, with our own promises.

What differs from its parent: one request for each object, never a multipart upload; a key is
written once; one connection pool for all threads; every error is an OSError (`errors`).
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from gallery.imaging.formats import CLIP_MEDIA_TYPE, EXTENSIONS
from pixelstream.object_storage import account
from pixelstream.object_storage.errors import (
    EXISTS,
    MISSING,
    UNSUPPORTED,
    as_os_errors,
    code_of,
    reason,
)
from pixelstream.object_storage.transfers import Upload, download
from pixelstream.storages import Area, Walked

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.service_resource import S3ServiceResource

KEYS_OF_ONE_CALL = 1000
CALLS_AT_ONCE = 4
SIGNED_SECONDS = 60
#: A browser that was sent on once asks there again for every part of a clip that it comes to.
CLIP_SIGNED_SECONDS = 15 * 60
CLIP_ENDING = f".{EXTENSIONS[CLIP_MEDIA_TYPE]}"
BUCKET_KNOWN_SECONDS = 60

MEDIA_TYPES = {extension: media_type for media_type, extension in EXTENSIONS.items()}

#: Options that must be given, and the variable that gives each.
VARIABLES = {
    "endpoint_url": "R2_ACCOUNT_ID",
    "access_key": "R2_ACCESS_KEY_ID",
    "secret_key": "R2_SECRET_ACCESS_KEY",
    "bucket_name": "R2_BUCKET_NAME",
    "public_url": "R2_PUBLIC_URL",
}

#: Options of the parent that are not to follow AWS_* variables and settings.
FIXED: dict[str, Any] = {
    "security_token": None,
    "session_profile": None,
    "custom_domain": None,
    "object_parameters": {},
    "default_acl": None,  # R2 has none
    "file_overwrite": False,
    "gzip": False,
    "querystring_auth": True,
    "querystring_expire": SIGNED_SECONDS,
}


class Bucket(S3Storage):  # type: ignore[misc]
    """An area in a bucket, or under a prefix of one. Made without a word to the server."""

    serves_itself = True
    cache_control = "private, no-store"

    access_key: str
    secret_key: str
    endpoint_url: str
    region_name: str
    bucket_name: str
    location: str

    def __init__(
        self,
        *,
        public_url: str = "",
        connections: int = 10,
        closed_prefix: str = "",
        **options: Any,
    ) -> None:
        super().__init__(**{**FIXED, **options})
        self.public_url = public_url.rstrip("/")
        self.connections = connections
        self.closed_prefix = closed_prefix
        self._bucket_known_until = 0.0
        self._writes_conditionally = True

    # --- the connection ----------------------------------------------------------------------

    def require_variables(self) -> None:
        """Raise ImproperlyConfigured, with the name of a variable that is missing."""
        for option, variable in VARIABLES.items():
            if not getattr(self, option):
                raise ImproperlyConfigured(f"Missing required environment variable: {variable}")

    @property
    def connection(self) -> S3ServiceResource:
        """The account's resource, shared by both areas and all threads."""
        self.require_variables()
        with as_os_errors(self.bucket_name):
            return account.resource(*self._account, self.connections)

    @property
    def client(self) -> S3Client:
        """Its client."""
        return self.connection.meta.client

    @property
    def _account(self) -> tuple[str, str, str, str]:
        return self.endpoint_url, self.region_name, self.access_key, self.secret_key

    # --- one object --------------------------------------------------------------------------

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Keys are random and unique; a clash is a fault, not a reason to rename."""
        return name

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """The headers that the object is served with, from its extension alone."""
        media_type = MEDIA_TYPES.get(name.rpartition(".")[2])
        headers = {"CacheControl": self.cache_control}
        if media_type is None:
            # Nothing that a browser might run.
            return {
                **headers,
                "ContentType": "application/octet-stream",
                "ContentDisposition": "attachment",
            }
        return {**headers, "ContentType": media_type}

    def exists(self, name: str) -> bool:
        """Whether the object is there. An error is no "no": jobs and audits act on the answer."""
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """The object's bytes. Raises FileNotFoundError."""
        size: int = self._head(name)["ContentLength"]
        return size

    def delete(self, name: str) -> None:
        """Delete an object; one that is missing is deleted."""
        key = self._key(name)
        try:
            with as_os_errors(key):
                self.client.delete_object(Bucket=self.bucket_name, Key=key)
        except FileNotFoundError:
            return

    def copy(self, source: str, target: Area, key: str) -> None:
        """Copy on the server where both areas are in one account, else by way of this process."""
        if not (isinstance(target, Bucket) and target._account == self._account):
            with self.open(source) as stored:
                target.save(key, stored)
            return
        if target.exists(key):
            raise FileExistsError(key)
        from_key, to_key = self._key(source), target._key(key)
        with as_os_errors(from_key):
            self.client.copy_object(
                CopySource={"Bucket": self.bucket_name, "Key": from_key},
                Bucket=target.bucket_name,
                Key=to_key,
                MetadataDirective="REPLACE",  # the areas differ in what they tell caches
                **target.get_object_parameters(key),
            )

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError(f"Objects are read whole and as bytes, not {mode!r}.")
        key = self._key(name)
        with as_os_errors(key):
            answer = self.client.get_object(Bucket=self.bucket_name, Key=key)
            return File(download(answer), name)

    def _save(self, name: str, content: File[bytes]) -> str:
        key = self._key(name)
        with as_os_errors(key):
            try:
                self._put(name, content)
            except ClientError as error:
                # The first try may have been stored and only its answer lost: then the second
                # found our own object.
                tries = error.response["ResponseMetadata"].get("RetryAttempts", 0)
                if not (code_of(error) in EXISTS and tries and self._holds(key, content)):
                    raise
        return name

    def _put(self, name: str, content: File[bytes]) -> None:
        body = Upload(content)
        put: dict[str, Any] = {
            "Bucket": self.bucket_name,
            "Key": self._key(name),
            "Body": body,
            "ContentLength": body.size,
            **self.get_object_parameters(name),
        }
        if self._writes_conditionally:
            try:
                self.client.put_object(IfNoneMatch="*", **put)
                return
            except ClientError as error:
                if code_of(error) not in UNSUPPORTED:
                    raise
            self._writes_conditionally = False
        if self.exists(name):
            raise FileExistsError(name)
        self.client.put_object(**{**put, "Body": Upload(content)})

    def _holds(self, key: str, content: File[bytes]) -> bool:
        return Upload(content).is_what(self.client.get_object(Bucket=self.bucket_name, Key=key))

    def _head(self, name: str) -> Any:
        key = self._key(name)
        try:
            with as_os_errors(key):
                return self.client.head_object(Bucket=self.bucket_name, Key=key)
        except FileNotFoundError:
            self._make_sure_of_the_bucket()
            raise

    def _make_sure_of_the_bucket(self) -> None:
        """A HEAD has no words: without its bucket an object seems to be missing as well."""
        if time.monotonic() < self._bucket_known_until:
            return
        with as_os_errors(self.bucket_name):
            self.client.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1)
        self._bucket_known_until = time.monotonic() + BUCKET_KNOWN_SECONDS

    # --- many objects ------------------------------------------------------------------------

    def delete_many(self, keys: Iterable[str]) -> dict[str, str]:
        """Delete in calls of a thousand, a few at once. Returns the reason for each key that was
        not deleted.

        When a call fails as a whole, so it is said of the rest: the server is not asked again.
        """
        left = iter(keys)
        errors: dict[str, str] = {}
        failure: OSError | None = None
        with ThreadPoolExecutor(CALLS_AT_ONCE) as threads:
            while failure is None and (chunks := list(islice(_chunks(left), CALLS_AT_ONCE))):
                for chunk, outcome in zip(
                    chunks, threads.map(self._try_chunk, chunks), strict=True
                ):
                    if isinstance(outcome, OSError):
                        failure = outcome
                        errors |= dict.fromkeys(chunk, str(failure))
                    else:
                        errors |= outcome
        return errors | dict.fromkeys(left, str(failure))

    def _try_chunk(self, names: list[str]) -> dict[str, str] | OSError:
        try:
            return self._delete_chunk(names)
        except OSError as error:
            return error

    def _delete_chunk(self, names: list[str]) -> dict[str, str]:
        by_key = {self._key(name): name for name in names}
        with as_os_errors(self.bucket_name):
            answer = self.client.delete_objects(
                Bucket=self.bucket_name,
                Delete={"Objects": [{"Key": key} for key in by_key], "Quiet": True},
            )
        return {
            by_key[error["Key"]]: reason(error.get("Code", "error"), error.get("Message", ""))
            for error in answer.get("Errors", ())
            if error.get("Code") not in MISSING
        }

    def walk(self, prefix: str = "") -> Walked:
        """Everything of this area whose key begins so, page by page."""
        root = f"{self.location}/" if self.location else ""
        closed = f"{self.closed_prefix}/" if self.closed_prefix else None
        for page in self._pages(root + prefix):
            for entry in page.get("Contents", ()):
                if closed is None or not entry["Key"].startswith(closed):
                    yield entry["Key"].removeprefix(root), entry["Size"], entry["LastModified"]

    def _pages(self, prefix: str) -> Iterator[Any]:
        paginator = self.client.get_paginator("list_objects_v2")
        pages = iter(paginator.paginate(Bucket=self.bucket_name, Prefix=prefix))
        while True:
            with as_os_errors(f"{self.bucket_name}/{prefix}"):
                page = next(pages, None)
            if page is None:
                return
            yield page

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files of a folder."""
        key = self._key(path)
        with as_os_errors(key):
            folders, files = super().listdir(path)
        if not path and self.closed_prefix:
            folders = [name for name in folders if name != self.closed_prefix]
        return folders, files

    def get_modified_time(self, name: str) -> Any:
        """When the object was written (aware)."""
        return self._head(name)["LastModified"]

    # --- keys --------------------------------------------------------------------------------

    def _key(self, name: str) -> str:
        """The key in the bucket. Raises SuspiciousOperation for one of another area."""
        key: str = self._normalize_name(clean_name(name))
        if self.closed_prefix and posixpath.commonpath([key, self.closed_prefix]):
            raise SuspiciousOperation(f"{name!r} is not in this area")
        return key


def _chunks(keys: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(keys, KEYS_OF_ONE_CALL)):
        yield chunk


class PublicBucket(Bucket):
    """Objects that everybody may fetch who knows their key, from R2_PUBLIC_URL, for ever."""

    cache_control = "public, max-age=31536000, immutable"

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        """The permanent address. Signs nothing and asks nobody."""
        if not self.public_url:
            self.require_variables()
        return f"{self.public_url}/{quote(self._key(name or ''))}"


class PrivateBucket(Bucket):
    """Objects that are fetched with a signature that the application gave out."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        """An address that works for SIGNED_SECONDS, that of a clip for CLIP_SIGNED_SECONDS."""
        key = self._key(name or "")
        with as_os_errors(key):
            address: str = self.client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self.bucket_name, "Key": key},
                ExpiresIn=CLIP_SIGNED_SECONDS if key.endswith(CLIP_ENDING) else SIGNED_SECONDS,
            )
        return address
