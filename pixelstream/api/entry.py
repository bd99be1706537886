"""The short way of a request to `/api/`: no session, no language to find out, no form token.

`pixelstream.middleware.MachinesMiddleware` leads here. Whatever happens, the answer is JSON in one
of the two envelopes, and in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation

from pixelstream.api import tokens
from pixelstream.api.envelopes import refusal
from pixelstream.api.errors import ApiError, not_found
from pixelstream.api.models import ApiToken
from pixelstream.api.refusals import answer_to

WITH_BODY = frozenset({"POST", "PATCH", "PUT"})


def respond(request: HttpRequest) -> HttpResponse:
    """The answer to a request under `/api/`. Never raises."""
    with translation.override("en"):
        response = _run(request)
    headers = response.headers
    if not response.streaming:  # a picture is
        headers.setdefault("Content-Length", str(len(response.content)))
    if request.method == "HEAD":
        _without_body(response)
    headers.setdefault("Cache-Control", "no-store")
    token = getattr(request, "auth", None)
    if isinstance(token, ApiToken) and tokens.is_to_be_noted(token):
        # When the answer is on its way: nobody waits for a row that is only for people to look at.
        response._resource_closers.append(partial(tokens.note_use, token))  # type: ignore[attr-defined]
    return response


def _run(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()  # raises for a host that is not ours
        _require_length(request)
        match = _addresses().resolve(request.path_info)
        request.resolver_match = match
        with _head_as_get(request):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except Resolver404:
        return answer_to(not_found(), request)
    except Exception as error:  # noqa: BLE001 (answer_to logs what nobody expected)
        return answer_to(error, request)
    return _in_its_envelope(request, response)


def _require_length(request: HttpRequest) -> None:
    """Of what comes in pieces without saying how much it is WSGI reads nothing: it would look as if
    the body had been forgotten.
    """
    is_in_chunks = "HTTP_TRANSFER_ENCODING" in request.META
    if is_in_chunks and request.method in WITH_BODY and not request.META.get("CONTENT_LENGTH"):
        message = "Say with Content-Length how long the body is, instead of sending it in chunks"
        raise ApiError(411, "LENGTH_REQUIRED", message)


def _in_its_envelope(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer; of those that others make, what is refused as we refuse."""
    headers = response.headers
    if response.status_code == 405 and "Allow" in headers:
        refused = refusal(405, "METHOD_NOT_ALLOWED", f"{request.method} is not possible here")
        refused["Allow"] = _with_head(headers["Allow"])
        return refused
    if response.status_code == 416:
        refused = refusal(416, "NO_SUCH_PART", "The file ends before the range that is asked for")
        refused["Content-Range"] = headers["Content-Range"]
        return refused
    return response


@contextmanager
def _head_as_get(request: HttpRequest) -> Iterator[None]:
    """What looks is asked for in both ways; the operations know one. A part of a file is for GET
    only (RFC 9110, 14.2).
    """
    asked = request.method
    if asked == "HEAD":
        request.method = "GET"
        request.META.pop("HTTP_RANGE", None)
    try:
        yield
    finally:
        request.method = asked


def _with_head(allowed: str) -> str:
    """The methods that there are, in an order; what is asked for by GET is by HEAD, too."""
    methods = set(allowed.split(", "))
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _without_body(response: HttpResponse) -> None:
    """The length in its headers stays that of the body."""
    if response.streaming:
        response.streaming_content = ()  # type: ignore[attr-defined]
    else:
        response.content = b""


@cache
def _addresses() -> URLResolver:
    """Only ours: the addresses of pages are a hundred patterns more to compare with."""
    return URLResolver(RegexPattern(r"^/api/"), "pixelstream.api.urls")
