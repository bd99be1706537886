"""The small words of each language; apart from grammar.py so that neither imports in a circle."""

from __future__ import annotations

from ..language import Language
from .grammar import Words
from .grammar_en import ENGLISH
from .grammar_pt import PORTUGUESE

WORDS: dict[Language, Words] = {"en": ENGLISH, "pt": PORTUGUESE}
