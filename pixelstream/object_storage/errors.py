"""Botocore's errors as OSErrors, which callers handle without knowing where bytes lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from pixelstream.storages import StorageUnavailableError

#: A HEAD has no body, so its code is the status.
MISSING = {"NoSuchKey", "NotFound", "404"}
REFUSED = {"401", "403", "AccessDenied", "Forbidden", "Unauthorized"}
EXISTS = {"412", "PreconditionFailed"}
UNSUPPORTED = {"405", "501", "MethodNotAllowed", "NotImplemented", "UnsupportedOperation"}


@contextmanager
def as_os_errors(what: str) -> Iterator[None]:
    """Let errors leave as FileNotFoundError (no such object), FileExistsError or
    StorageUnavailableError: no answer, wrong keys, and a bucket that is not there, which says
    nothing about the objects in it.
    """
    try:
        yield
    except ClientError as error:
        raise of_client(error, what) from error
    except (BotoCoreError, Boto3Error, HTTPError) as error:
        raise StorageUnavailableError(f"{what}: {error}") from error


def of_client(error: ClientError, what: str) -> OSError:
    """The OSError for what a server answered."""
    code = code_of(error)
    text = f"{what}: {reason(code, error.response.get('Error', {}).get('Message', ''))}"
    if code in MISSING:
        return FileNotFoundError(text)
    if code in EXISTS:
        return FileExistsError(text)
    return StorageUnavailableError(text)


def code_of(error: ClientError) -> str:
    """The server's word for what went wrong, or the status where it gave none."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") or str(status)


def reason(code: str, message: str) -> str:
    """Both, as one line."""
    return f"{code}: {message}" if message and message != code else code
