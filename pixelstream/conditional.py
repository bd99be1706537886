"""Answers to pages that ask again and again: nothing is sent while nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
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


def page_unless_known(
    request: HttpRequest, facts: tuple[object, ...], answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The same for a whole page with its frame, which depends on who looks at it as well.

    Messages that wait to be shown are shown once, so a page with any is never one that is known.
    The token of a page's forms is good for the cookie that it was made with, and another release
    has other addresses of its style sheets.
    """
    if get_messages(request):
        response = answer()
        response["Cache-Control"] = "private, no-store"
        return response
    looking = (request.user.pk, request.COOKIES.get(settings.CSRF_COOKIE_NAME))
    release = getattr(staticfiles_storage, "manifest_hash", "")  # none while developing
    return unless_known(request, (*facts, looking, release), answer)
