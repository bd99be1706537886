"""What a person types into the search box, taken apart. Nothing that is typed is an error."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_CHARACTERS = 2000
"""What is read of a search; the rest is ignored."""

MAX_WORDS = 20
"""Words that are looked for."""

MAX_WORD = 100
"""Letters of one word; of a longer one, the beginning is looked for."""

FIRST_YEAR, LAST_YEAR = 1970, 9000
"""Within these every database and every time zone can compare days."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PIECE = re.compile(
    r"""
    (?P<minus>[-−])?
    (?:(?P<field>model|aspect|before|after):)?
    (?: "(?P<quoted>[^"]*)(?P<end>"?) | (?P<bare>[^\s"]+) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_ASPECT = re.compile(r"([1-9][0-9]{0,3})[:x×/]([1-9][0-9]{0,3})")


@dataclass(frozen=True)
class Term:
    """A word, or several that follow each other. Of a prefix the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False
    in_model: bool = False
    """Looked for in the names of the models only."""

    @property
    def text(self) -> str:
        """The words with spaces between them."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Query:
    """What is looked for: posts with all of it. Days are included at both ends."""

    terms: tuple[Term, ...] = ()
    aspects: tuple[str, ...] = ()
    not_aspects: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    problems: tuple[str, ...] = field(default=(), compare=False)
    """Sentences for the page, in the person's language: what was not understood."""

    @property
    def is_empty(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Query()

    def spelled(self, replaced: Mapping[str, str]) -> str:
        """As a person would type it, with some of its words replaced by others."""
        parts = []
        for term in self.terms:
            words = " ".join(replaced.get(word, word) for word in term.words)
            quoted = f'"{words}"' if " " in words else words
            minus, name = "-" * term.is_excluded, "model:" * term.in_model
            parts.append(f"{minus}{name}{quoted}")
        parts += [f"aspect:{ratio}" for ratio in self.aspects]
        parts += [f"-aspect:{ratio}" for ratio in self.not_aspects]
        if self.since:
            parts.append(f"after:{self.since}")
        if self.until:
            parts.append(f"before:{self.until + dt.timedelta(days=1)}")
        return " ".join(parts)


def parse(text: str) -> Query:
    """Take a search apart: `fox "red fox" -dog model:lumen aspect:16:9 after:2026-03`.

    All words must be there, the last one may be unfinished as long as no space follows; its first
    letter alone does not count yet. Dates are years, months or days: `after:` counts from the day
    on, `before:` up to the day before it.
    """
    text = _clean(text)
    ends_in_word = bool(text) and _is_of_word(text[-1])
    found = _Collector()
    for piece in _PIECE.finditer(text):
        is_last = piece.end() == len(text) and not piece["end"]
        content = piece["bare"] if piece["quoted"] is None else piece["quoted"]
        excluded = bool(piece["minus"])
        match (piece["field"] or "").lower():
            case "aspect":
                found.add_aspect(content, excluded, piece[0])
            case "before" | "after" as side:
                found.add_day(side, content, excluded, piece[0])
            case name:
                found.add_words(
                    list(_words(content)),
                    is_prefix=is_last and ends_in_word and not excluded,
                    is_excluded=excluded,
                    in_model=name == "model",
                )
    if text.strip() and found.has_nothing:
        found.problems.append(_("Type a letter or a digit to search for."))
    return found.query()


class _Collector:
    """Gathers the parts of a query within the limits."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.aspects: dict[bool, list[str]] = {False: [], True: []}
        self.since: dt.date | None = None
        self.until: dt.date | None = None
        self.problems: list[str] = []
        self.has_beginning = False
        self._room = MAX_WORDS

    @property
    def has_nothing(self) -> bool:
        return self.query() == Query() and not self.problems and not self.has_beginning

    def query(self) -> Query:
        return Query(
            tuple(dict.fromkeys(self.terms)),
            tuple(dict.fromkeys(self.aspects[False])),
            tuple(dict.fromkeys(self.aspects[True])),
            self.since,
            self.until,
            tuple(dict.fromkeys(self.problems)),
        )

    def add_words(
        self, words: list[str], *, is_prefix: bool, is_excluded: bool, in_model: bool
    ) -> None:
        if len(words) > self._room:
            words, is_prefix = words[: self._room], False
            self.problems.append(
                _("Only the first %(count)d words are searched for.") % {"count": MAX_WORDS}
            )
        for index, word in enumerate(words):
            if len(word) > MAX_WORD:
                words, is_prefix = [*words[:index], word[:MAX_WORD]], True
                break
        if is_prefix and words and _begins_too_much(words[-1]):
            words, is_prefix = (words if words[-1].isdigit() else words[:-1]), False
            self.has_beginning = True
        if words:
            self._room -= len(words)
            self.terms.append(Term(tuple(words), is_prefix, is_excluded, in_model))

    def add_aspect(self, value: str, excluded: bool, typed: str) -> None:
        shape = _ASPECT.fullmatch(value.strip().lower())
        if shape is None:
            self.problems.append(
                _("“%(typed)s” is not a shape like aspect:16:9.") % {"typed": typed[:40]}
            )
        elif self._room:
            self._room -= 1
            self.aspects[excluded].append(f"{shape[1]}:{shape[2]}")

    def add_day(self, side: str, value: str, excluded: bool, typed: str) -> None:
        first = None if excluded else _first_day(value.strip())
        if first is None:
            self.problems.append(
                _("“%(typed)s” is not a date like after:2026-03 or before:2026-03-15.")
                % {"typed": typed[:40]}
            )
        elif side == "after":
            self.since = max(first, self.since or first)
        else:
            last = first - dt.timedelta(days=1)
            self.until = min(last, self.until or last)


def _clean(text: str) -> str:
    """Composed letters, plain quotes, no invisible characters."""
    text = unicodedata.normalize("NFC", text[:MAX_CHARACTERS]).translate(_QUOTES)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    for character in text:
        match unicodedata.category(character):
            case "Cc" | "Cf" | "Cs" | "Co" | "Cn":
                # The index, too, takes marks of direction and joiners for the end of a word.
                yield " "
            case _:
                yield character


def _words(text: str) -> Iterator[str]:
    """Runs of letters, digits and the marks that belong to them; marks alone are no word."""
    for is_word, characters in itertools.groupby(text, _is_of_word):
        word = "".join(characters)
        if is_word and any(map(str.isalnum, word)):
            yield word


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _begins_too_much(word: str) -> bool:
    """A single letter, while it is being typed, would find nearly everything, and slowly. Where
    words are not parted by spaces a sign is a word.
    """
    return len(word) == 1 and word < "\u2e80"


def _first_day(text: str) -> dt.date | None:
    """The first day of a year, a month or a day; None if there is no such thing."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, day)
