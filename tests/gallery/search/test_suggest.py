"""Another spelling for a search that found nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gallery.search import parse, suggest
from pixelstream.accounts.models import User
from tests.gallery.search.library import add_post
from tests.gallery.search.nasty import NASTY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _library(alice: User, bob: User) -> None:
    add_post(alice, "cinematic portrait of a samurai", caption="Um coração de pedra")
    add_post(bob, "heliotrope")
    add_post(alice, "zeppelin", deleted_at=timezone.now())


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("cinemtic", "cinematic"),
        ("samuri", "samurai"),
        ("corcao", "coração"),
        ("cinematic samuri -dog", "cinematic samurai -dog"),
        ('"portait of" aspect:1:1', '"portrait of" aspect:1:1'),
        ("samuri before:2999-01", "samurai before:2999-01-01"),
        ("-dog -aspect:1:2 after:2001 portait", "-dog portrait -aspect:1:2 after:2001-01-01"),
    ],
)
def test_unknown_words_are_replaced_by_similar_ones(alice: User, typed: str, better: str) -> None:
    assert suggest(parse(typed), alice.pk) == better


@pytest.mark.parametrize("typed", ["", "xyzzy", "-samuri", "cinematic", "model:cinemtic", "42"])
def test_otherwise_nothing_is_suggested(alice: User, typed: str) -> None:
    assert suggest(parse(typed), alice.pk) == ""


def test_only_what_finds_something_is_suggested(alice: User) -> None:
    assert suggest(parse("samuri aspect:16:9"), alice.pk) == ""
    assert suggest(parse('"samuri cinemtic"'), alice.pk) == ""


def test_nobodys_words_show_through(alice: User, bob: User) -> None:
    assert suggest(parse("heliotrop"), alice.pk) == ""
    assert suggest(parse("heliotrop"), bob.pk) == "heliotrope"
    assert suggest(parse("zepelin"), alice.pk) == ""


def test_nothing_that_is_typed_is_an_error(alice: User) -> None:
    for text in NASTY:
        suggest(parse(text), alice.pk)
