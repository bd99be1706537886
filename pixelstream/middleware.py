"""Middleware of the project's own: headers that Django does not set, a short way for machines, and
outages told as such.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from pixelstream.masking import masked_path
from pixelstream.safety_headers import ALWAYS, NOT_A_PAGE
from pixelstream.storages import StorageUnavailableError

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

OUTAGES = (
    OperationalError,
    InterfaceError,
    RedisConnectionError,
    RedisTimeoutError,
    StorageUnavailableError,
)

FOR_WATCHERS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Balancers and Prometheus ask for these by the address of a machine, whatever its name is."""

FOR_VENDORS = "/api/video-callback/"
"""Where providers call. They come in floods, and have no session, no language and no form."""

FOR_PROGRAMS = "/api/"
"""The JSON API: the same holds for whoever calls it."""

PAGE_ABOUT_THEM, FILES_BELOW = "/api/docs", "/api/inputs/"
"""What stands below it and goes the way of pages."""


def is_for_programs(path: str) -> bool:
    """Whether the JSON API answers here."""
    is_for_pages = path == PAGE_ABOUT_THEM or path.startswith(FILES_BELOW)
    return path.startswith(FOR_PROGRAMS) and not is_for_pages and not path.startswith(FOR_VENDORS)


class SafetyHeadersMiddleware:
    """The outermost: files, redirects to https and refusals never get to the middleware within."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with what is missing added."""
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", NOT_A_PAGE)
        return response


class MachinesMiddleware:
    """Answers what machines call without the middleware that pages need: a third of the time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # It has models, which are not there yet when this module is read.
        self.answer_program: GetResponse = import_string("pixelstream.api.entry.respond")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the view answer at once, where a machine asks."""
        path = request.path_info
        if is_for_programs(path):
            return self.answer_program(request)
        if path not in FOR_WATCHERS and not path.startswith(FOR_VENDORS):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)  # the page that says so
        request.resolver_match = match
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except OUTAGES:
            logger.exception("A service is away: %s", masked_path(request.path))
            response = HttpResponse(status=503)
            response["Retry-After"] = "5"
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class ServiceUnavailableMiddleware:
    """Answers 503 with a plain page when the database, broker or storage is away, not 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; exceptions are handled below."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn an outage into a page that says to try again; let anything else pass."""
        if not isinstance(exception, OUTAGES):
            return None
        logger.exception("A service is away: %s", masked_path(request.path))
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
