"""Cursors of public lists say no id."""

from __future__ import annotations

import re

import pytest

from gallery.forms import MAX_ID
from gallery.public_cursors import seal, unseal
from gallery.public_forms import PublicCursorForm


@pytest.mark.parametrize("pk", [1, 2, 999_999, 2**31, MAX_ID])
def test_what_was_sealed_comes_back_and_is_the_same_each_time(pk: int) -> None:
    assert unseal(seal(pk)) == pk
    assert seal(pk) == seal(pk)
    assert re.fullmatch(r"[\w-]{32}", seal(pk), re.ASCII)


def test_ids_beside_each_other_look_nothing_like_each_other() -> None:
    first, second = seal(1000), seal(1001)
    assert sum(one == other for one, other in zip(first, second, strict=True)) < 12


@pytest.mark.parametrize(
    "text", ["", "1", "x" * 32, "A" * 31, "A" * 44, "é" * 32, "\x00", "=" * 32, "-" * 64]
)
def test_what_nobody_sealed_is_no_cursor(text: str) -> None:
    assert unseal(text) is None


def test_a_changed_letter_is_no_cursor() -> None:
    sealed = seal(5)
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        assert unseal(sealed[:place] + other + sealed[place + 1 :]) is None


def test_a_form_without_a_cursor_is_the_first_page() -> None:
    assert PublicCursorForm({}).cursor() is None
    assert PublicCursorForm({"before": "x" * 9000}).cursor() is None
    assert PublicCursorForm({"before": seal(7)}).cursor() == 7
