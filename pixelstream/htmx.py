"""The little that our views need to know of htmx."""

from __future__ import annotations

import json
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

Level = Literal["info", "success", "error"]


def is_htmx(request: HttpRequest) -> bool:
    """Whether a fragment is asked for instead of a page."""
    return request.headers.get("HX-Request") == "true"


def add_toast(response: HttpResponse, message: str | Promise, level: Level = "info") -> None:
    """Let the page show a toast when it gets this answer."""
    response["HX-Trigger"] = json.dumps({"toast": {"message": str(message), "level": level}})


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page, also from a fragment."""
    if not is_htmx(request):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response
