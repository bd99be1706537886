"""Reading an instruction: a message in English or Portuguese becomes steps.

A message is cut into clauses. A clause counts only if every one of its words is known: "darker" is
an instruction, "a dark forest" is none. What was not understood is said, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from generation.providers.builtin.edits import phrases, selective, wording
from generation.providers.builtin.edits.phrase import STRENGTHS
from generation.providers.builtin.edits.steps import PLAIN_COLOURS, Act, Instructions, Region, Step
from generation.providers.builtin.edits.words import (
    BRINGS_NEW,
    CHANGE,
    FILLERS,
    REGIONS,
    SLIGHTLY,
)

LONGEST_READ = 2_000
"""Characters of a message."""
MOST_STEPS = 12
MOST_AMOUNT = 3.0
MOST_STRANGE_WORDS = 3
"""Words for a thing in the picture, as in "make the old red barn darker": then all is darkened."""

_PERCENT = re.compile(
    r"[+-]?\s*\b(?P<percent>\d{1,4}(?:[.,]\d+)?)\s*(?:%|percent\b|por cento\b)"
    r"|[+-]\s*(?P<signed>\d{1,3})\b|\b(?:by half|pela metade)\b"
)
_PLAIN_PERCENT = 35
"""What a plain "darker" is, where the strength can be said in percent."""
_REGIONS = tuple((region, re.compile(rf"\b{words}\b")) for region, words in REGIONS)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CHANGES = re.compile(rf"\b{CHANGE}\b")

_JOINT = re.compile(
    r"(?P<stop>(?:^|(?<=\s))\d{1,2}[.)](?=\s)|[;!?\n]+|(?<!\d)[.,]+|[.,]+(?!\d)|\b(?:but|mas"
    r"|porem|however|contudo)\b"
    r"|\b(?:and then|then|e depois|depois|em seguida|finally|also|tambem|alem disso|e por fim)\b)"
    r"|(?P<and>\band\b|\be\b|&|(?<![\d\w])\+(?!\s*\d)|\bplus\b|\bor\b|\bou\b|\bnor\b)"
    r"|(?P<with>\bwith\b|\bcom\b|(?=\bwithout\b|\bsem\b|\bnem\b))"
)
_NEGATED = re.compile(
    r"\b(?:don'?t|do not|does not|doesn'?t|never|not|without|nao|nunca|jamais|sem|nem|avoid"
    r"|evite)\b"
    r"|^\s*no (?:more )?(?=vignett|grain|blur|text|contrast|noise|sepia|sunset|sharp|flip|crop)"
)
_NEGATION_GOES_ON = re.compile(r"\b(?:make|makes|let|deixe|deixar|torne|faca|fique|ficar)\b")
_ADJUSTMENTS = frozenset(
    {Act.LIGHT, Act.WARMTH, Act.CONTRAST, Act.SATURATION, Act.BLUR, Act.SHARPEN}
)


_OF_THE_WHOLE = frozenset({Act.SUNSET, Act.NIGHT, Act.VIGNETTE, Act.GRAIN, Act.ROTATE})
"""Acts that change all of the picture: a night sky stands over a land at night."""
_SLIGHT_TURN = 5.0
_HAS_NUMBER = re.compile(r"\d")
_SLIGHT = re.compile(rf"\b{SLIGHTLY}\b")


def read_instructions(message: str) -> Instructions:
    """What a message asks for. No steps: nothing of it was understood, or nothing is wanted."""
    text, quotes = wording.take_quotes(message[:LONGEST_READ])
    text = selective.canonical(_plain(text))
    steps: list[Step] = []
    is_partial = len(message) > LONGEST_READ
    before = _Read()
    for clause in _clauses(text):
        read = _read_clause(clause, quotes, before)
        steps += read.steps
        is_partial = is_partial or not read.is_understood
        before = read
    kept = _without_repeats(steps)
    return Instructions(tuple(kept[:MOST_STEPS]), is_partial or len(kept) > MOST_STEPS)


def _plain(text: str) -> str:
    """Lower case, without accents, with plain apostrophes, blanks and signs."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    letters = letters.translate({0x2019: "'", 0x2018: "'", 0x2013: "-", 0x2014: ",", 0x2212: "-"})
    return re.sub(r"[^\S\n]+", " ", letters).strip()


@dataclass(frozen=True)
class _Clause:
    text: str
    is_joined: bool
    """By "and" to the one before it, not by a comma or a full stop."""


def _clauses(text: str) -> list[_Clause]:
    clauses: list[_Clause] = []
    at, is_joined = 0, False
    for joint in _JOINT.finditer(text):
        part = text[at : joint.start()]
        if joint["with"] is not None and (not part.strip() or _keeps_together(text, joint)):
            continue
        if part.strip():
            clauses.append(_Clause(part.strip(), is_joined))
            is_joined = False
        # An "and" right after a comma joins as the comma does.
        is_joined = joint["and"] is not None and (bool(part.strip()) or is_joined)
        at = joint.end()
    if text[at:].strip():
        clauses.append(_Clause(text[at:].strip(), is_joined))
    return clauses


def _keeps_together(text: str, joint: re.Match[str]) -> bool:
    """Whether what follows "with" belongs to what stands before it, as in: text with "Hello"."""
    after = text[joint.end() : joint.end() + 40]
    return bool(wording.MARK.search(after)) or bool(phrases.TEXT_DETAIL.match(after))


@dataclass(frozen=True)
class _Read:
    """One clause, read. `is_understood` also where it asks for something not to be done."""

    steps: tuple[Step, ...] = ()
    is_understood: bool = True
    region: Region | None = None
    is_negated: bool = False
    negation_goes_on: bool = False


def _read_clause(clause: _Clause, quotes: tuple[str, ...], before: _Read) -> _Read:
    text = clause.text
    negation = _NEGATED.search(text)
    goes_on = clause.is_joined and before.negation_goes_on and not _CHANGES.search(text)
    if negation or goes_on:
        ahead = text[: negation.start()] if negation else ""
        first = _Read()
        if ahead.strip():
            first = _read_clause(_Clause(ahead, clause.is_joined), quotes, before)
        makes = bool(_NEGATION_GOES_ON.search(text)) or goes_on
        return replace(first, is_negated=True, negation_goes_on=makes)
    lettering = wording.read_lettering(text, quotes, is_going_on=_was_lettering(before))
    if lettering is not None:
        return _Read((lettering.step,), is_understood=not _strange(lettering.rest))
    return _read_work(clause, before)


def _was_lettering(read: _Read) -> bool:
    return any(step.act is Act.LETTERING for step in read.steps)


def _read_work(clause: _Clause, before: _Read) -> _Read:
    found, rest = phrases.find(clause.text)
    region, rest = _take_region(rest)
    strength, rest = _take_strength(rest)
    percent, rest = _take_percent(rest)
    strange = _strange(rest)
    if not found:
        is_polite = not strange and region is None
        return _Read(is_understood=is_polite, region=region)
    if strange and not _may_be_a_thing(clause.text, found, strange):
        return _Read(is_understood=False, region=region)
    if region is None and clause.is_joined and not _CHANGES.search(clause.text):
        # "Make the sky darker and warmer": both mean the sky.
        region = before.region if all(step.act in _ADJUSTMENTS for step in found) else None
    steps = tuple(_measured(step, strength, percent, region) for step in found)
    if _SLIGHT.search(clause.text) and not _HAS_NUMBER.search(clause.text):
        steps = tuple(_slightly_turned(step) for step in steps)
    return _Read(steps, is_understood=not strange, region=region)


def _take_region(text: str) -> tuple[Region | None, str]:
    found = None
    for region, words in _REGIONS:
        text, count = words.subn(" ", text)
        if count and found is None:
            found = region
    return found, text


def _take_strength(text: str) -> tuple[float, str]:
    strength = 1.0
    for words, value in STRENGTHS:
        text, count = words.subn(" ", text)
        if count and strength == 1.0:
            strength = value
    return strength, text


def _take_percent(text: str) -> tuple[float | None, str]:
    match = _PERCENT.search(text)
    if match is None:
        return None, text
    return float((match["percent"] or match["signed"] or "50").replace(",", ".")), _PERCENT.sub(
        " ", text
    )


def _strange(text: str) -> list[str]:
    """The words of a text that are neither fillers nor parts of an instruction."""
    words = _WORD.findall(text.replace("@", " ").replace("_", " "))
    return [word for word in words if word not in FILLERS]


def _may_be_a_thing(text: str, found: tuple[Step, ...], strange: list[str]) -> bool:
    """Whether the strange words only say what is to be changed, as in "make the horse darker"."""
    return len(strange) <= MOST_STRANGE_WORDS and (
        _keeps_colours(found) or _is_adjusted(text, found)
    )


def _keeps_colours(found: tuple[Step, ...]) -> bool:
    """As in "black and white except the red car"."""
    return all(step.act is Act.KEEP_COLOURS for step in found)


def _is_adjusted(text: str, found: tuple[Step, ...]) -> bool:
    return (
        all(step.act in _ADJUSTMENTS for step in found)
        and (bool(_CHANGES.search(text)) or bool(phrases.CHANGES_BY_ITSELF.search(text)))
        and not BRINGS_NEW.search(text)
        and not phrases.has_bare_adjective(text)
    )


def _measured(step: Step, strength: float, percent: float | None, region: Region | None) -> Step:
    if step.act in _OF_THE_WHOLE:
        region = None
    if step.act in phrases.MEASURED_BY_THEMSELVES:
        return replace(step, region=step.region or region)
    if percent is not None:
        whole = _PLAIN_PERCENT if step.act in _ADJUSTMENTS else 100
        strength = percent / whole
    most = PLAIN_COLOURS / 2 if step.act is Act.POSTERIZE else MOST_AMOUNT
    amount = max(-most, min(most, step.amount * strength))
    return replace(step, amount=amount, region=step.region or region)


def _slightly_turned(step: Step) -> Step:
    if step.act is not Act.ROTATE:
        return step
    return replace(step, degrees=_SLIGHT_TURN if step.degrees <= 180 else 360 - _SLIGHT_TURN)


def _without_repeats(steps: list[Step]) -> list[Step]:
    return list(dict.fromkeys(steps))
