"""What is typed, taken apart."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.search.query import MAX_WORDS, Query, Term, parse
from tests.gallery.search.nasty import NASTY


def test_words_are_all_looked_for_and_the_last_one_may_go_on() -> None:
    assert parse("red fo").terms == (Term(("red",)), Term(("fo",), is_prefix=True))


@pytest.mark.parametrize("text", ["fox ", "fox.", '"fox"', "fox\n", "fox !"])
def test_a_word_that_is_complete_is_no_prefix(text: str) -> None:
    assert parse(text).terms == (Term(("fox",)),)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("f", ()),
        ("red f", (Term(("red",)),)),
        ('"red f', (Term(("red",)),)),
        ("f ", (Term(("f",)),)),
        ("nano 2", (Term(("nano",)), Term(("2",)))),
        ("狐", (Term(("狐",), is_prefix=True),)),
    ],
)
def test_the_first_letter_of_a_word_does_not_count_yet(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text).terms == terms
    assert parse(text).problems == ()


def test_quotes_keep_words_together() -> None:
    assert parse('"red fox" dog ').terms == (Term(("red", "fox")), Term(("dog",)))
    assert parse("“red fox” ").terms == (Term(("red", "fox")),)
    assert parse("blue-green ").terms == (Term(("blue", "green")),)


def test_a_quote_that_is_not_closed_yet_reaches_to_the_end() -> None:
    assert parse('dog "red fo').terms == (Term(("dog",)), Term(("red", "fo"), is_prefix=True))


def test_a_minus_excludes() -> None:
    assert parse('-fox -"red dog" −cat sci-fi ').terms == (
        Term(("fox",), is_excluded=True),
        Term(("red", "dog"), is_excluded=True),
        Term(("cat",), is_excluded=True),
        Term(("sci", "fi")),
    )


def test_an_excluded_word_is_never_a_prefix() -> None:
    assert parse("-fox").terms == (Term(("fox",), is_excluded=True),)
    assert not parse("-fox").is_empty


def test_fields_are_known() -> None:
    query = parse(
        'Model:"Nano Banana" -model:lumen aspect:16x9 -aspect:1:1 after:2026 before:2026-03 '
    )
    assert query == Query(
        terms=(
            Term(("Nano", "Banana"), in_model=True),
            Term(("lumen",), is_excluded=True, in_model=True),
        ),
        aspects=("16:9",),
        not_aspects=("1:1",),
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 2, 28),
    )
    assert query.problems == ()


def test_of_several_days_the_narrowest_count() -> None:
    query = parse("after:2025 after:2025-06-02 before:2026-1 before:2027 after:2024")
    assert (query.since, query.until) == (dt.date(2025, 6, 2), dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    "text", ["aspect:wide", "before:yesterday", "after:2026-13", "after:2026-02-30", "-after:2026"]
)
def test_a_field_that_makes_no_sense_is_left_out_and_said(text: str) -> None:
    query = parse(f"fox {text} ")
    assert query.terms == (Term(("fox",)),)
    assert len(query.problems) == 1
    assert text in query.problems[0]


def test_a_field_without_a_value_is_a_word() -> None:
    assert parse("model: fox ").terms == (Term(("model",)), Term(("fox",)))


def test_too_many_words_are_cut_and_said() -> None:
    query = parse("one two " * 4 + " ".join(f"w{n}" for n in range(100)))
    assert sum(len(term.words) for term in query.terms) <= MAX_WORDS
    assert not query.terms[-1].is_prefix
    assert len(query.problems) == 1


def test_of_a_monster_the_beginning_is_looked_for() -> None:
    assert parse("a" * 10_000 + " ").terms == (Term(("a" * 100,), is_prefix=True),)


def test_what_has_no_letter_is_no_search_and_is_said() -> None:
    query = parse("🦊 ?!")
    assert query.is_empty
    assert len(query.problems) == 1
    assert parse("  ").problems == ()


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    query = parse(text)
    assert hash(query) == hash(parse(text))
    for term in query.terms:
        assert term.text.encode()
        assert "\x00" not in term.text
        assert "\ue000" not in term.text
        assert any(map(str.isalnum, term.text))


@settings(deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_any_text_parses(text: str) -> None:
    query = parse(text)
    assert sum(len(term.words) for term in query.terms) <= MAX_WORDS
    assert all(term.words for term in query.terms)
