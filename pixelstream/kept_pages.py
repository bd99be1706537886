"""Pages that are drawn once and then given to everybody, as long as nothing of them changes."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

TOKEN_PLACE = secrets.token_hex(16)
"""Stands in a kept page where the token of forms is to be; nobody can write it into a text."""


class KeptPages:
    """The pages that were asked for last, at most `size` of them, in the memory of this process.

    What may be seen is looked up at every request all the same. Only the drawing is saved, which
    takes ten times as long.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._pages: OrderedDict[tuple[object, ...], str] = OrderedDict()
        self._lock = threading.Lock()

    def render(
        self,
        request: HttpRequest,
        template: str,
        context: Callable[[], dict[str, Any]],
        facts: tuple[object, ...],
    ) -> HttpResponse:
        """The page for this request; `context` is asked only when it has to be drawn.

        `facts` are hashable, and all that the page depends on beside its address, the language,
        and whether somebody is signed in.
        """
        # An address with parameters is one of too many to keep, and messages are for one person.
        if settings.DEBUG or request.META.get("QUERY_STRING") or get_messages(request):
            return render(request, template, context())
        signed_in = request.user.is_authenticated
        key = (template, request.path, get_language(), signed_in, facts)
        html = self._kept(key)
        if html is None:
            html = render_to_string(template, {**context(), "csrf_token": TOKEN_PLACE}, request)
            self._keep(key, html)
        return HttpResponse(html.replace(TOKEN_PLACE, get_token(request)))

    def _kept(self, key: tuple[object, ...]) -> str | None:
        with self._lock:
            html = self._pages.get(key)
            if html is not None:
                self._pages.move_to_end(key)
            return html

    def _keep(self, key: tuple[object, ...], html: str) -> None:
        with self._lock:
            self._pages[key] = html
            if len(self._pages) > self._size:
                self._pages.popitem(last=False)
