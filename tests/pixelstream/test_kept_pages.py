"""Pages that are drawn once: for whom, until when, and with whose token."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory, override_settings
from django.utils import translation

from pixelstream.accounts.models import User
from pixelstream.kept_pages import KeptPages

pytestmark = pytest.mark.django_db

TEMPLATE = "_language_buttons.html"
"""Small, and with a form."""


class Drawing:
    """Counts how often something is drawn."""

    def __init__(self, size: int = 9) -> None:
        self.pages = KeptPages(size)
        self.times = 0

    def context(self) -> dict[str, Any]:
        self.times += 1
        return {"item_class": f"drawn-{self.times}"}

    def page(self, request: HttpRequest, *facts: object) -> HttpResponse:
        return self.pages.render(request, TEMPLATE, self.context, facts)


def ask(address: str = "/p/", user: User | None = None) -> HttpRequest:
    request = RequestFactory().get(address)
    request.user = user or AnonymousUser()
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def test_the_same_page_is_drawn_once() -> None:
    drawing = Drawing()
    for facts, times in (((1, "a"), 1), ((1, "a"), 1), ((1, "b"), 2), ((1, "a"), 2)):
        drawing.page(ask(), *facts)
        assert drawing.times == times


def test_everybody_gets_their_own_token() -> None:
    drawing = Drawing()
    requests = [ask(), ask()]
    pages = [drawing.page(request).content.decode() for request in requests]
    assert pages[0] != pages[1]
    assert all("csrfmiddlewaretoken" in page for page in pages)
    assert all(request.META["CSRF_COOKIE_NEEDS_UPDATE"] for request in requests)
    assert drawing.times == 1
    assert get_token(requests[0]) not in pages[1]


def test_other_addresses_languages_and_people_have_other_pages(alice: User, bob: User) -> None:
    drawing = Drawing()
    drawing.page(ask())
    drawing.page(ask("/q/"))
    with translation.override("pt-br"):
        drawing.page(ask())
    drawing.page(ask(user=alice))
    assert drawing.times == 4
    drawing.page(ask(user=bob))
    assert drawing.times == 4, "whoever is signed in"


def test_messages_and_parameters_are_not_kept() -> None:
    drawing = Drawing()
    for _ in range(2):
        drawing.page(ask("/p/?x=1"))
        request = ask()
        messages.info(request, "Saved.")
        drawing.page(request)
    assert drawing.times == 4
    drawing.page(ask())
    assert drawing.times == 5


@override_settings(DEBUG=True)
def test_who_works_on_the_templates_sees_each_change() -> None:
    drawing = Drawing()
    for _ in range(2):
        drawing.page(ask())
    assert drawing.times == 2


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    drawing = Drawing(size=2)
    for fact in (1, 2, 1, 3, 1):
        drawing.page(ask(), fact)
    assert drawing.times == 3
    drawing.page(ask(), 2)
    assert drawing.times == 4
