"""Which themes a prompt touches: subjects, time of day, weather, season, colour, style."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from .caption_subject import Reading, Subject
from .caption_texts import BOOKS
from .caption_texts.grammar import head_of, singulars
from .caption_texts.small_words import WORDS
from .language import Language

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SCENERY = ("sky",)
"""Families that are usually the background, whatever comes first in the prompt."""


_GREETINGS = ("happy", "merry")


@dataclass(frozen=True)
class Match:
    """A word of the prompt that points at a subject of a family."""

    start: int
    family: str
    subject: str


@dataclass(frozen=True)
class Themes:
    """What the caption may be about, the most important first."""

    subjects: tuple[Match, ...]
    layers: tuple[Match, ...]

    @property
    def main(self) -> Match | None:
        """The subject that the caption is about."""
        return self.subjects[0] if self.subjects else None


def find_themes(reading: Reading, language: Language) -> Themes:
    """Rank what a prompt mentions: its head noun first, then its opening, then the rest."""
    layer_names = {family.name for family in BOOKS[language].layers}
    everywhere = _matches(reading.text, language)
    named = _named(reading.subject, language) if reading.subject else []
    seen = _matches(reading.scene, language)
    ranked = _unique(
        match
        for match in (
            *(match for match in everywhere if match.family == "solemn"),
            *(match for match in named if match.family not in layer_names),
            *(match for match in (*seen, *everywhere) if match.family not in _SCENERY),
            *everywhere,
        )
        if match.family not in layer_names
    )
    coloured = {match.subject for match in seen if match.family == "colour"}
    layers = _unique(
        match
        for match in everywhere
        if match.family in layer_names
        and (match.family != "colour" or match.subject in coloured)
        and (match.family, match.subject) not in {(m.family, m.subject) for m in ranked}
    )
    return Themes(tuple(ranked), tuple(layers))


def _named(subject: Subject, language: Language) -> list[Match]:
    """What the noun phrase itself mentions, its head first, or the honey before its jar."""
    words = WORDS[language]
    keys = _fold(subject.phrase)
    found = _matches(subject.phrase, language)
    joint = next((i for i, key in enumerate(keys) if i and key in words.joints), len(keys))
    front = [match for match in found if match.start < joint]
    back = [match for match in found if match.start > joint]
    if words.prenominal and keys[0] not in _GREETINGS:
        front, back = front[::-1], back[::-1]
    holds = head_of(subject.phrase.lower().split(), words) in words.containers
    return [*back, *front] if holds else [*front, *back]


def _unique(matches: Iterable[Match]) -> list[Match]:
    found: dict[tuple[str, str], Match] = {}
    for match in matches:
        found.setdefault((match.family, match.subject), match)
    return list(found.values())


def _matches(text: str, language: Language) -> list[Match]:
    """Every known expression in a text; the longest one takes its words."""
    index = _index(language)
    tokens = _fold(text)
    found: list[Match] = []
    start = 0
    while start < len(tokens):
        for length in range(min(4, len(tokens) - start), 0, -1):
            window = tuple(tokens[start : start + length])
            targets = next((index[form] for form in _forms(window) if form in index), None)
            if targets:
                found.extend(Match(start, family, subject) for family, subject in targets)
                start += length - 1
                break
        start += 1
    return found


def _forms(window: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    yield window
    for singular in sorted(singulars(window[-1])):
        yield (*window[:-1], singular)
    if len(window) > 1:
        yield tuple(sorted(singulars(word), key=len)[0] for word in window)


@cache
def _index(language: Language) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    index: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for name, family in BOOKS[language].all.items():
        for subject, terms in family.terms.items():
            for term in terms:
                targets = index.setdefault(tuple(_fold(term.text)), [])
                if (name, subject) not in targets:
                    targets.append((name, subject))
    return index


def _fold(text: str) -> list[str]:
    """Words in lower case without accents, as people type them in a hurry."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return [token.removesuffix("'s") for token in _TOKEN.findall(plain)]
