"""Handles that people may have, and what they write about themselves."""

from __future__ import annotations

import pytest

from pixelstream.accounts import handles, texts
from pixelstream.accounts.models import User
from tests.pixelstream.test_every_view import routes


def test_no_address_of_ours_begins_with_a_handle_that_somebody_can_have() -> None:
    first = {route.lstrip("^").partition("/")[0].partition(".")[0] for route in routes()}
    assert {"accounts", "gallery", "settings", "explore"} <= first
    assert {name for name in first if handles.is_possible(name)} <= handles.RESERVED


@pytest.mark.parametrize("handle", sorted(handles.RESERVED))
def test_what_is_reserved_would_be_possible(handle: str) -> None:
    assert handles.is_possible(handle)


@pytest.mark.parametrize("handle", ["ana", "a_b", "2026", "x" * 30, "ana__b"])
def test_a_handle_can_be_this(handle: str) -> None:
    assert handles.is_possible(handle)


@pytest.mark.parametrize(
    "handle",
    ["", "me", "x" * 31, "_ana", "ana_", "Ana", "ana-b", "ana.b", "añá", "ana\n", "аnа", "an a"],
)
def test_a_handle_cannot_be_this(handle: str) -> None:
    assert not handles.is_possible(handle)


@pytest.mark.django_db
def test_a_person_is_found_in_any_case_unless_inactive(alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(handle="alice_w")
    User.objects.filter(pk=bob.pk).update(handle="bob", is_active=False)
    assert handles.find("alice_w") == handles.find("ALICE_w") == alice
    for text in ("bob", "nobody2", "", "@alice_w", "alice_w ", "\x00", "x" * 9000, "İ" * 5):
        assert handles.find(text) is None


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("  Marina \t Duarte ", "Marina Duarte"),
        ("Mar\x00ina\r\nDuarte", "Mar ina Duarte"),
        ("\u202eetraud\u202c aniram", "etraud aniram"),
        ("\u2066A\u2069\u200bB\u200e\ufeff", "AB"),
        ("Jose\u0301", "José"),
        ("👩\u200d🚀 Ana", "👩\u200d🚀 Ana"),
        ("\U000e0041Tag", "Tag"),
        ("\ue000\uffff", ""),
        ("\u3164\u3164", ""),
        ("\u2800", ""),
        ("\u200d\u200c", ""),
        ("\u0301\u0302", ""),
        ("\u2028\u2029\x85", ""),
    ],
)
def test_a_name_is_what_others_can_see_of_it(typed: str, seen: str) -> None:
    assert texts.one_line(typed) == seen


def test_paragraphs_keep_their_lines_and_no_more() -> None:
    typed = "\r\n Honey, \u202elighthouses\r\n\r\n\r\n\n and other\tslow things.\rYes.\n"
    assert texts.paragraphs(typed) == "Honey, lighthouses\n\nand other slow things.\nYes."
    assert texts.paragraphs("\n \u200b\n") == ""
