"""Middleware of the project's own: headers that Django does not set, and outages told as such."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from pixelstream.storages import StorageUnavailableError

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PermissionsPolicyMiddleware:
    """Tells browsers which powers no page of ours asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the header added."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
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
        outages = (
            OperationalError,
            InterfaceError,
            RedisConnectionError,
            RedisTimeoutError,
            StorageUnavailableError,
        )
        if not isinstance(exception, outages):
            return None
        logger.exception("A service is away: %s", request.path)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
