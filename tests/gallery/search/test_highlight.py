"""What was found, marked in a text."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.search import highlight, parse
from tests.gallery.search.nasty import NASTY


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("fox ", "A Fox, a foxtrot", "A [Fox], a foxtrot"),
        ("fox", "A Fox, a foxtrot", "A [Fox], a [foxtrot]"),
        ("acao ", "Ação! AÇÃO ac\u0327a\u0303o", "[Ação]! [AÇÃO] [ação]"),
        ("ação ", "acao", "[acao]"),
        ('"red fox"', "red, red fox; Red-Fox. fox red", "red, [red fox]; [Red-Fox]. fox red"),
        ('red "red fox" ', "red fox red", "[red fox] [red]"),
        ("-fox red ", "red fox", "[red] fox"),
        ("model:lumen a ", "lumen a", "lumen [a]"),
        ("sea_side ", "sea side, sea_side", "[sea side], [sea_side]"),
        ("лес ", "В Лесу ЛЕС", "В Лесу [ЛЕС]"),
        ("straße ", "STRASSE straße", "STRASSE [straße]"),
        ("한국 ", "한국어 한국", "한국어 [한국]"),
        ("", "fox", "fox"),
        ("fox ", "", ""),
    ],
)
def test_words_are_marked_as_they_are_found(query: str, text: str, marked: str) -> None:
    expected = marked.replace("[", "<mark>").replace("]", "</mark>")
    assert highlight(text, parse(query)) == expected


def test_the_text_is_escaped_and_safe() -> None:
    html = highlight("<b>fox</b> & \"mark\" 'x' &amp;", parse("fox mark amp b "))
    assert isinstance(html, SafeString)
    assert html == (
        "&lt;<mark>b</mark>&gt;<mark>fox</mark>&lt;/<mark>b</mark>&gt; &amp; "
        "&quot;<mark>mark</mark>&quot; &#x27;x&#x27; &amp;<mark>amp</mark>;"
    )


def _without_marks(html: str) -> str:
    return unescape(html.replace("<mark>", "").replace("</mark>", ""))


@pytest.mark.parametrize("typed", NASTY)
def test_nothing_that_is_typed_breaks_a_text(typed: str) -> None:
    text = "A <fox> & a dog, açaí, a+b (c) [d] *e* \\f $g ^h"
    html = highlight(text, parse(typed))
    assert _without_marks(html) == text
    assert not set("<>") & set(re.sub("</?mark>", "", html))


letters = st.text(st.sampled_from("aAáÁ\u0301bßİı<>&\"'- _한1ﬁ"), max_size=12)


@settings(deadline=None)
@given(letters | st.text(max_size=80), letters | st.text(max_size=20))
def test_marks_change_nothing_else(text: str, typed: str) -> None:
    text = unicodedata.normalize("NFC", text)
    html = highlight(text, parse(typed))
    assert _without_marks(html) == text
    assert not set("<>") & set(re.sub("</?mark>", "", html))


def test_a_page_of_captions_is_quick() -> None:
    """Thirty captions in less than 3 ms; ten times that here, for machines that are busy."""
    from time import process_time

    caption = "A última luz sobre o farol. The sea keeps the diary.\n\n#Farol #Dusk " * 3
    query = parse('farol "the sea" luz -dog di')
    highlight(caption, query)
    times = []
    for _ in range(5):
        start = process_time()
        for n in range(30):
            highlight(f"{caption}{n}", query)
        times.append(process_time() - start)
    assert min(times) < 0.03
