"""A program that calls an https site by http has sent its token in clear. It is told so.

Sent on to https, as a page is, it would do the same with every request and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pixelstream.api.envelopes import refusal
from pixelstream.middleware import is_for_programs

GetResponse = Callable[[HttpRequest], HttpResponse]

MESSAGE = (
    "This is answered by https only. A token that was sent without it may have been read on the "
    "way: revoke it, make another one, and call the address with https."
)


class PlainHttpMiddleware:
    """Stands before Django's own, which sends everything else on to https."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass the request on."""
        is_meant = settings.SECURE_SSL_REDIRECT and is_for_programs(request.path_info)
        if not is_meant or request.is_secure():
            return self.get_response(request)
        response = refusal(403, "HTTPS_REQUIRED", MESSAGE)
        response["Cache-Control"] = "no-store"
        if request.method == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response
