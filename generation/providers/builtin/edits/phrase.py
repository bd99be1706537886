"""Ways to ask for something: patterns of words, each with the steps that it means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from generation.providers.builtin.edits.steps import Act, Region, Step
from generation.providers.builtin.edits.words import (
    DOWN,
    FULLY,
    SLIGHTLY,
    STRONGLY,
    UP,
    any_of,
)

_BETWEEN = (
    rf"(?:\s+(?:the|a|an|o|os|as|of|in|on|de|d[aoe]s?|n[aoe]s?|its|some|overall|{SLIGHTLY}"
    rf"|{STRONGLY}"
    rf"|{FULLY}|image'?s?|picture'?s?|photo'?s?|level|nivel|\d+(?:\s*%)?|tonal))*"
)
LESS = any_of("less|menos|not so|not as|too|demasiado|demasiadamente")
MORE = any_of("more|mais|even more|ainda mais")
_COMPLAINS = (
    r"(?:it'?s|it is|its|looks?|is|was|esta|ta|ficou|parece|e)\s+(?:too|muito|tao|so|demasiado)"
)


STRENGTHS = (
    (re.compile(rf"\b{SLIGHTLY}\b"), 0.5),
    (re.compile(rf"\b{FULLY}\b"), 2.0),
    (re.compile(rf"\b{STRONGLY}\b"), 1.7),
)


@dataclass(frozen=True)
class Phrase:
    """A way to ask for something: the steps that a match means."""

    words: re.Pattern[str]
    steps: Callable[[re.Match[str]], tuple[Step, ...]]


def plain(words: str, act: Act, amount: float = 1.0, region: Region | None = None) -> Phrase:
    """Words that mean one step, whatever stands around them."""
    steps = (Step(act, amount=amount, region=region),)
    return Phrase(re.compile(rf"\b{any_of(words)}\b"), lambda match: steps)


def noun(words: str, act: Act, *, up: float = 1.0, down: float = -1.0) -> Phrase:
    """A quantity, with what says whether there is to be more or less of it."""
    pattern = (
        rf"(?:\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b{_BETWEEN}\s+)?"
        rf"\b{any_of(words)}\b(?:\s*(?:by\s+)?(?:(?P<plus>(?=\+)|\bup\b)|(?P<minus>(?=-\s*\d)"
        rf"|\bdown\b)))?"
    )

    def steps(match: re.Match[str]) -> tuple[Step, ...]:
        is_less = match["down"] is not None or match["minus"] is not None
        return (Step(act, amount=(down if is_less else up) * _strength(match[0])),)

    return Phrase(re.compile(pattern), steps)


def _strength(text: str) -> float:
    """Of what stands between a verb and its noun, as in "aumente um pouco o contraste"."""
    return next((value for words, value in STRENGTHS if words.search(text)), 1.0)


def scale(act: Act, more: str, less: str, bare_more: str, bare_less: str) -> list[Phrase]:
    """Comparatives and verbs for both directions, and what "less" and "too" make of adjectives."""
    phrases = []
    for words, amount in ((bare_more, 1.0), (bare_less, -1.0)):
        adjective = any_of(words)
        reverse = rf"(?:{LESS}|{_COMPLAINS})\s+{adjective}|{adjective}\s+demais"
        phrases.append(regex(rf"\b(?:{reverse})\b", act, -amount))
        phrases.append(regex(rf"\b{MORE}\s+{adjective}\b", act, amount))
    phrases.append(plain(more, act, 1.0))
    phrases.append(plain(less, act, -1.0))
    return phrases


def regex(pattern: str, act: Act, amount: float) -> Phrase:
    """A pattern that means one step."""
    steps = (Step(act, amount=amount),)
    return Phrase(re.compile(pattern), lambda match: steps)
