"""Pages that ask again and again: what they know is not sent once more."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from pixelstream.conditional import unless_known


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
