"""From a prompt in English or Portuguese to a brief that a painter can follow.

Reading is word spotting over the tables in vocabulary.py. It never fails: a prompt that says
nothing known still gets a scene, picked by the hash of its words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from generation.providers.builtin import vocabulary

_LONGEST = 4000
"""Characters of a prompt that are read."""


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for."""

    scene: str
    setting: str = ""
    """A second scene named in the prompt: where the first one is set."""
    elements: frozenset[str] = frozenset()
    avoided: frozenset[str] = frozenset()
    """Elements, scenes, weathers, times and colours that must not appear."""
    colours: tuple[str, ...] = ()
    """Colour names (keys of vocabulary.COLOURS) in the order of their mention."""
    air_colours: tuple[str, ...] = ()
    """Colour names said of the sky or the water: "a pink sky"."""
    time: str = ""
    """"dawn", "day", "golden", "dusk", "night" or "" when the prompt leaves it open."""
    weather: str = ""
    season: str = ""
    moods: frozenset[str] = frozenset()
    count: int | None = None
    """How many of the subject, when a number was given."""
    is_known: bool = True
    """Whether any subject was recognised."""
    words: frozenset[str] = frozenset()
    """All words that were not refused, for details a scene looks for itself."""

    def wants(self, element: str) -> bool:
        """Whether the prompt names the element and nothing forbids it."""
        return element in self.elements and element not in self.avoided

    def allows(self, element: str) -> bool:
        """Whether nothing forbids the element."""
        return element not in self.avoided

    def names(self, *words: str) -> bool:
        """Whether one of the words (without accents) is in the prompt."""
        return not self.words.isdisjoint(words)


def read_brief(prompt: str, negative_prompt: str = "") -> Brief:
    """The brief of a prompt and of what its negative prompt forbids."""
    tokens, refused = _split_refusals(_words(prompt))
    refused = [*refused, "|", *_words(negative_prompt)]
    avoided = frozenset(_meanings(refused))
    subjects = _subjects(tokens, avoided)
    scene = subjects[0][0] if subjects else _fallback(tokens, avoided)
    setting = next((name for name, _ in subjects[1:] if name != scene), "")
    position = subjects[0][1] if subjects else 0
    elements = frozenset(name for name, _ in _spotted(tokens, _element_table()))
    season = _first(tokens, "season", avoided)
    colours, air_colours = _colours(tokens, avoided)
    weather = _first(tokens, "weather", avoided)
    return Brief(
        scene=scene,
        setting=setting,
        elements=elements,
        avoided=avoided,
        colours=colours,
        air_colours=air_colours,
        time=_time(tokens, avoided),
        weather=weather,
        season="winter" if weather == "snow" and not season else season,
        moods=frozenset(name for name, _ in _spotted(tokens, _table("mood"))),
        count=_count(tokens, position),
        is_known=bool(subjects),
        words=frozenset(tokens),
    )


def _words(text: str) -> list[str]:
    """Lower-case words without accents; whatever is not a letter or digit only separates."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).lower()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    # Sentence marks end the reach of a "no"; they stay as a word of their own.
    return re.findall(r"[a-z0-9]+|[,.;:!?|\n]", plain)


def _split_refusals(tokens: list[str]) -> tuple[list[str], list[str]]:
    """The words that are asked for, and those after "no", "without", "sem"."""
    asked: list[str] = []
    refused: list[str] = []
    reach = 0
    for token in tokens:
        if token in vocabulary.REFUSALS:
            reach = 3
        elif not token[0].isalnum():
            reach = 0
            asked.append(token)
        elif reach:
            refused.append(token)
            reach -= 1
        else:
            asked.append(token)
    return asked, refused


def _singulars(token: str) -> Iterator[str]:
    yield token
    if len(token) > 3 and token.endswith("s"):
        yield token[:-1]
        if token.endswith("es"):
            yield token[:-2]


@cache
def _phrases(words: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each.split()) for each in words.replace("\n", " ").split(","))


@cache
def _table(kind: str) -> dict[tuple[str, ...], str]:
    """Phrase -> meaning for one kind of word."""
    source = {
        "subject": {name: words for name, (_, words) in vocabulary.SUBJECTS.items()},
        "element": vocabulary.ELEMENTS,
        "time": vocabulary.TIMES,
        "weather": vocabulary.WEATHERS,
        "season": vocabulary.SEASONS,
        "mood": vocabulary.MOODS,
        "colour": {name: words for name, (_, words) in vocabulary.COLOURS.items()},
    }[kind]
    return {phrase: name for name, words in source.items() for phrase in _phrases(words)}


def _element_table() -> dict[tuple[str, ...], str]:
    return _table("element")


def _spotted(tokens: list[str], table: dict[tuple[str, ...], str]) -> list[tuple[str, int]]:
    """(meaning, position) of every phrase of the table, the longest phrase at each place."""
    longest = max(len(phrase) for phrase in table)
    found: list[tuple[str, int]] = []
    for position in range(len(tokens)):
        for length in range(min(longest, len(tokens) - position), 0, -1):
            name = _meaning(tuple(tokens[position : position + length]), table)
            if name:
                found.append((name, position))
                break
    return found


def _meaning(words: tuple[str, ...], table: dict[tuple[str, ...], str]) -> str:
    if words in table:
        return table[words]
    for last in _singulars(words[-1]):
        for first in _singulars(words[0]):
            phrase = (*words[:-1], last) if len(words) == 1 else (first, *words[1:-1], last)
            if phrase in table:
                return table[phrase]
    return ""


def _meanings(tokens: list[str]) -> Iterator[str]:
    """Everything the words could mean, of whatever kind."""
    for kind in ("subject", "element", "time", "weather", "season", "colour", "mood"):
        for name, _ in _spotted(tokens, _table(kind)):
            yield name


def _subjects(tokens: list[str], avoided: frozenset[str]) -> list[tuple[str, int]]:
    """Named scenes that are not refused, the most telling first."""
    spotted = [each for each in _spotted(tokens, _table("subject")) if each[0] not in avoided]
    ranked = sorted(spotted, key=lambda each: (-vocabulary.SUBJECTS[each[0]][0], each[1]))
    unique: dict[str, int] = {}
    for name, position in ranked:
        unique.setdefault(name, position)
    return list(unique.items())


def _fallback(tokens: list[str], avoided: frozenset[str]) -> str:
    # Time, weather or season without a subject still mean a landscape.
    if any(_spotted(tokens, _table(kind)) for kind in ("time", "weather", "season")):
        return "lake" if "mountains" in avoided else "mountains"
    digest = hashlib.blake2b(" ".join(tokens).encode("utf-8", "replace"), digest_size=4).digest()
    choice = int.from_bytes(digest, "big")
    scenes = [name for name in vocabulary.UNKNOWN_SCENES if name not in avoided]
    return scenes[choice % len(scenes)] if scenes else "marble"


def _first(tokens: list[str], kind: str, avoided: frozenset[str]) -> str:
    spotted = [name for name, _ in _spotted(tokens, _table(kind)) if name not in avoided]
    return spotted[0] if spotted else ""


def _time(tokens: list[str], avoided: frozenset[str]) -> str:
    """The most specific time named: "a sunny day at sunset" is a sunset."""
    spotted = {name for name, _ in _spotted(tokens, _table("time"))} - avoided
    order = ("night", "dusk", "golden", "dawn", "day")
    named = next((name for name in order if name in spotted), "")
    if not named and ("night" in avoided or "dark" in avoided):
        return "day"
    return named


def _colours(tokens: list[str], avoided: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The colours of things and those of the air: "a red boat under a pink sky"."""
    things: dict[str, None] = {}
    air: dict[str, None] = {}
    for name, position in _spotted(tokens, _table("colour")):
        if name in avoided:
            continue
        before = tokens[position - 1] if position else ""
        after = tokens[position + 1] if position + 1 < len(tokens) else ""
        if name == "gold" and (after in vocabulary.HOUR_WORDS or before in vocabulary.HOUR_WORDS):
            continue  # "golden hour" is light, not paint
        if after in vocabulary.EYE_WORDS or before in vocabulary.EYE_WORDS:
            continue
        in_air = after in vocabulary.AIR_WORDS or before in vocabulary.AIR_WORDS
        (air if in_air else things)[name] = None
    return tuple(things)[:5], tuple(air)[:3]


def _count(tokens: list[str], subject: int) -> int | None:
    """A number shortly before the subject."""
    for position in range(subject - 1, max(-1, subject - 4), -1):
        token = tokens[position]
        if token in vocabulary.NUMBERS:
            return vocabulary.NUMBERS[token]
        if token.isascii() and token.isdigit() and len(token) <= 3 and int(token) > 0:
            return min(int(token), 40)
    return None
