"""Pages that ask again and again: what they know is not sent once more."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from pixelstream import conditional
from pixelstream.accounts.models import User
from pixelstream.conditional import page_unless_known, unless_known


def ask(seen: str = "", *facts: object) -> HttpResponse:
    request = RequestFactory().get("/", headers={"If-None-Match": seen})
    return unless_known(request, facts, lambda: HttpResponse("news"))


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}'])
def test_what_is_known_is_a_304_also_when_a_proxy_compressed_it(known: str) -> None:
    first = ask("", 7, "a")
    again = ask(known.format(first["ETag"]), 7, "a")
    assert (first.content, again.status_code, again.content) == (b"news", 304, b"")
    assert again["ETag"] == first["ETag"]
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"


def test_other_facts_and_another_language_are_news() -> None:
    seen = ask("", 7, "a")["ETag"]
    assert ask(seen, 7, "b").content == b"news"
    assert ask(seen, "7", "a").content == b"news"
    with translation.override("pt-br"):
        assert ask(seen, 7, "a").content == b"news"


def ask_for_page(
    seen: str = "", *, user: User | None = None, cookie: str = "", message: str = ""
) -> HttpResponse:
    request = RequestFactory().get("/", headers={"If-None-Match": seen})
    request.user = user or AnonymousUser()
    request.COOKIES = {"csrftoken": cookie}
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    if message:
        messages.info(request, message)
    return page_unless_known(request, (7,), lambda: HttpResponse("page"))


def test_a_page_is_known_to_who_has_it_with_the_same_token() -> None:
    seen = ask_for_page(cookie="a")["ETag"]
    assert ask_for_page(seen, cookie="a").status_code == 304
    assert ask_for_page(seen, cookie="b").content == b"page"
    assert ask_for_page(seen, cookie="a", user=User(pk=3)).content == b"page"


def test_a_page_of_another_release_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditional, "staticfiles_storage", SimpleNamespace(manifest_hash="one"))
    seen = ask_for_page()["ETag"]
    assert ask_for_page(seen).status_code == 304
    monkeypatch.setattr(conditional, "staticfiles_storage", SimpleNamespace(manifest_hash="two"))
    assert ask_for_page(seen).content == b"page"


def test_a_page_with_messages_is_always_sent_and_never_kept() -> None:
    seen = ask_for_page()["ETag"]
    told = ask_for_page(seen, message="Saved.")
    assert told.content == b"page"
    assert told["Cache-Control"] == "private, no-store"
    assert "ETag" not in told
