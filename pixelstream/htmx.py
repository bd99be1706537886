"""The little that our views need to know of htmx."""

from __future__ import annotations

import json
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

Level = Literal["info", "success", "error"]


def is_htmx(request: HttpRequest) -> bool:
    """Whether a fragment is asked for instead of a page."""
    return request.headers.get("HX-Request") == "true"


def add_toast(response: HttpResponse, message: str | Promise, level: Level = "info") -> None:
    """Let the page show a toast when it gets this answer."""
    response["HX-Trigger"] = json.dumps({"toast": {"message": str(message), "level": level}})
