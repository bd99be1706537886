"""Answers to pages that ask again and again: nothing is sent while nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language


def unless_known(
    request: HttpRequest, facts: tuple[object, ...], answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer, or a 304 when the browser has the one to the same facts in its language.

    The facts are all that the answer depends on beside the address; they are compared as they are
    written (`repr`).
    """
    seen = repr((*facts, get_language()))
    etag = f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag) or answer()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
