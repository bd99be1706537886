"""What went wrong, as an answer: the one place where errors become the envelope of failure."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from pixelstream.api.envelopes import refusal
from pixelstream.api.errors import ApiError, not_found
from pixelstream.masking import masked_path
from pixelstream.middleware import OUTAGES
from pixelstream.uploads import UploadNotKeptError

logger = logging.getLogger(__name__)

UNREADABLE = (SuspiciousOperation, BadRequest, UnreadablePostError, MultiPartParserError)
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
RETRY_AFTER = {"Retry-After": "5"}

LONGEST_NAME = 80
"""Characters of a field's name that are said again; it may be one that somebody made up."""


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    """The answer to a request that ended with this error. What is our fault is logged."""
    found, path = _as_api_error(error), masked_path(request.path)
    if found is None:
        logger.error("%s %s failed", request.method, path, exc_info=error)
        found = ApiError(500, "INTERNAL", "Something went wrong on our side. It was written down.")
    elif found.status == 503:
        logger.error("A service is away: %s %s", request.method, path, exc_info=error)
    response = refusal(found.status, found.code, found.message)
    for name, value in found.headers.items():
        response[name] = value
    return response


def _as_api_error(error: Exception) -> ApiError | None:
    """None for what nobody expected."""
    if isinstance(error, HttpError) and isinstance(error.__cause__, ApiError):
        error = error.__cause__  # the reader of bodies said more than ninja does
    match error:
        case ApiError():
            return error
        case ValidationError():
            return ApiError(422, "VALIDATION", _first_mistake(error))
        case Http404():
            return not_found()
        case HttpError():
            return ApiError(error.status_code, "BAD_REQUEST", str(error))
    if isinstance(error, (*OUTAGES, UploadNotKeptError)):
        message = "A part of this service is away. Try again in a moment."
        return ApiError(503, "UNAVAILABLE", message, headers=RETRY_AFTER)
    if isinstance(error, TOO_LARGE):
        return ApiError(413, "TOO_LARGE", "The request is too large")
    if isinstance(error, PermissionDenied):
        return ApiError(403, "FORBIDDEN", "This is not for you")
    if isinstance(error, UNREADABLE):
        return ApiError(400, "BAD_REQUEST", "The request could not be read")
    return None


def _first_mistake(error: ValidationError) -> str:
    """The first field that is wrong, and why."""
    if not error.errors:
        return "The request is not valid"
    first: Mapping[str, Any] = error.errors[0]
    source, *where = [str(part) for part in first["loc"]]
    if source == "body":
        where = where[1:]  # without what our own code calls the body
    return f"{'.'.join(where)[:LONGEST_NAME] or source}: {first['msg']}"
