"""How the caption texts are written down, and the shape they are read into.

The texts are plain lines, so that they can be read and edited as prose. A line may begin
with the subjects it is about (`sea,beach: Same wave, ...`); without them it suits the whole
family. A line may name the picture's subject: `{the}`, `{a}`, `{Subject}` in English, `{o}`,
`{do}`, `{ao}`, `{a}` in Portuguese, and `[one|many]` follows its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_ABOUT = re.compile(r"^([a-z]+(?:,[a-z]+)*): (.+)$")


EITHER = "?"
"""The gender of a word that has both, such as "artista": it gets no article."""


@dataclass(frozen=True)
class Text:
    """One sentence, and the subjects it is about (none: any of its family)."""

    text: str
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Term:
    """A word or expression that points at a subject, with its gender where there is one."""

    text: str
    gender: str = ""


@dataclass(frozen=True)
class Family:
    """A broad theme: the words that point at it and what there is to say about it."""

    name: str
    terms: Mapping[str, tuple[Term, ...]] = field(repr=False)
    subject_tags: Mapping[str, tuple[str, ...]] = field(repr=False)
    hooks: tuple[Text, ...] = field(repr=False)
    lines: tuple[Text, ...] = field(repr=False)
    quips: tuple[str, ...] = field(default=(), repr=False)
    calls: tuple[str, ...] = field(default=(), repr=False)
    tags: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def parse(
        cls,
        name: str,
        *,
        words: str,
        hooks: str,
        lines: str,
        quips: str = "",
        calls: str = "",
        tags: str = "",
    ) -> Family:
        """Read a family from its written form (see the module's docstring)."""
        terms: dict[str, tuple[Term, ...]] = {}
        subject_tags: dict[str, tuple[str, ...]] = {}
        for row in _rows(words):
            subject, _, rest = row.partition(" = ")
            listed, _, tagged = rest.partition(" | ")
            terms[subject] = tuple(_term(term) for term in listed.split(", "))
            subject_tags[subject] = tuple(tagged.split())
        return cls(
            name=name,
            terms=terms,
            subject_tags=subject_tags,
            hooks=tuple(_text(row) for row in _rows(hooks)),
            lines=tuple(_text(row) for row in _rows(lines)),
            quips=tuple(_rows(quips)),
            calls=tuple(_rows(calls)),
            tags=tuple(tags.split()),
        )


def _rows(block: str) -> Iterator[str]:
    return (row.strip() for row in block.splitlines() if row.strip())


def _text(row: str) -> Text:
    about = _ABOUT.match(row)
    if about is None:
        return Text(row)
    return Text(about[2], frozenset(about[1].split(",")))


def _term(written: str) -> Term:
    text, _, gender = written.strip().partition("/")
    return Term(text, gender)
