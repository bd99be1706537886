"""Marks what was found in a text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from gallery.search.folding import fold
from gallery.search.query import Query, Term

_LETTER = r"[^\W_]"


def highlight(text: str, query: Query) -> SafeString:
    """The text for a page, escaped, with the words that were looked for in `<mark>`.

    Accents and case make no difference, as in the search itself. Words that were looked for in
    the names of the models are not marked.
    """
    pattern = _pattern(query)
    if pattern is None:
        return SafeString(escape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(fold(text)):
        start = match.start()
        parts += escape(text[end:start]), "<mark>", escape(text[start : match.end()]), "</mark>"
        end = match.end()
    parts.append(escape(text[end:]))
    return SafeString("".join(parts))


@lru_cache(maxsize=256)
def _pattern(query: Query) -> re.Pattern[str] | None:
    """What to mark in a folded text. Longer phrases win over the words in them."""
    terms = [term for term in query.terms if not (term.is_excluded or term.in_model)]
    terms.sort(key=lambda term: (len(term.words), len(term.text)), reverse=True)
    if not terms:
        return None
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(map(_of_term, terms))})(?!{_LETTER})")


def _of_term(term: Term) -> str:
    words = r"[\W_]+".join(re.escape(fold(word)) for word in term.words)
    return words + (rf"{_LETTER}*" if term.is_prefix else "")
