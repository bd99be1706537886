"""The outermost middleware: an id for each request, its time, and its line in the log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from pixelstream.health import pages

logger = logging.getLogger("pixelstream.access")

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
VALID = re.compile(r"[A-Za-z0-9_-]{1,64}")

NOT_TOLD = frozenset({"healthz", "readyz", "metrics", pages.FILES})
"""Routes without a line: they are asked for every few seconds, or by the dozen."""


def request_id_from(said: str | None) -> str:
    """The id that a proxy gave the request, or a new one where there is none or it is odd."""
    return said if said and VALID.fullmatch(said) else uuid.uuid4().hex


class SightMiddleware:
    """Binds the request's id to all that is logged, gives it back, and counts the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and take the time until the answer begins."""
        begun = time.perf_counter()
        request_id = request_id_from(request.META.get("HTTP_X_REQUEST_ID"))
        # Of the request before on this thread, whose answer may have been written for long.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers[HEADER] = request_id
        seconds = time.perf_counter() - begun
        route = pages.route_of(request)
        pages.count(route, request.method or "", response.status_code, seconds)
        if logger.isEnabledFor(logging.INFO) and route not in NOT_TOLD:
            tell(request.method or "", request.path, route, response.status_code, seconds, request)
        if not response.streaming:
            structlog.contextvars.clear_contextvars()
        return response


def tell(
    method: str,
    path: str,
    route: str,
    status: int,
    seconds: float,
    request: HttpRequest | None = None,
) -> None:
    """Write the line of a request: never its query, and of the person the number only."""
    said: dict[str, Any] = {
        "method": method,
        "path": path,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    person = _known_person(request)
    if person is not None:
        said["user"] = person
    logger.info("%s %s", method, route, extra=said)


def _known_person(request: HttpRequest | None) -> int | None:
    """Who asked, if a page found out. Asks no database for it."""
    person = getattr(request, "_cached_user", None)  # what `request.user` read
    if person is None:
        person = getattr(getattr(request, "auth", None), "owner", None)
    pk: int | None = getattr(person, "pk", None)
    return pk
