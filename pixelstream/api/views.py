"""What the API says about itself: the schema for programs, and a page about it for people."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixelstream.api import reference

MAX_AGE = 300


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    response = HttpResponse(_document_as_json(), content_type="application/json")
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page about the API."""
    return render(request, "api/docs.html", {"reference": _reference(), "site": settings.SITE_URL})


@cache
def _document() -> dict[str, Any]:
    """It follows from the code, so it is made once."""
    # Not before the first request: it needs the addresses, which import this module.
    from pixelstream.api.site import api

    return dict(api.get_openapi_schema())


@cache
def _document_as_json() -> bytes:
    return json.dumps(_document()).encode()


@cache
def _reference() -> reference.Reference:
    return reference.read(json.loads(_document_as_json()))
