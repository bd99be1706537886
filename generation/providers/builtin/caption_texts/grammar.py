"""The small words by which the captions tell where a phrase begins and ends, per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from ..language import Language
from . import BOOKS


def word_set(words: str) -> frozenset[str]:
    """The words of a text, so that lists of them stay readable."""
    return frozenset(words.split())


@dataclass(frozen=True)
class Words:
    """One language's small words, by what they do to a phrase."""

    language: Language
    determiners: frozenset[str]
    possessives: frozenset[str]
    numerals: frozenset[str]
    connectors: frozenset[str]
    """A noun phrase ends before these."""
    closers: frozenset[str]
    """Connectors that may also close a phrase: "seen from above"."""
    conjunctions: frozenset[str]
    joints: frozenset[str]
    """What ties two nouns into one phrase: "jar of honey"."""
    pronouns: frozenset[str]
    verbs: frozenset[str]
    edits: frozenset[str]
    """An order to change a picture: such a prompt names no subject."""
    manners: frozenset[str]
    orders: frozenset[str]
    """Words that are manners only in front of others, and may be a subject alone."""
    media: frozenset[str]
    linkers: Mapping[str, str]
    """What follows a medium ("photo of"), with the article that is hidden in it."""
    style: frozenset[str]
    style_turns: frozenset[str]
    labels: frozenset[str]
    sayings: frozenset[str]
    adjectives: frozenset[str]
    fillers: frozenset[str]
    containers: frozenset[str]
    """Nouns that leave the interest to what is in them: "jar of honey"."""
    common: frozenset[str]
    """Ordinary nouns that no theme lists."""
    verbal: Callable[[str], bool]
    """Whether a word can be a verb form by its looks."""
    foreign: frozenset[str] = frozenset()
    """Words of other tongues, which end up here when none of ours was recognised."""
    before_noun: frozenset[str] = frozenset()
    """What stands before a noun where adjectives usually follow it."""
    prenominal: bool = True
    """Whether adjectives stand before the noun, so that the head comes last."""

    @cached_property
    def small(self) -> frozenset[str]:
        """Every word that says nothing by itself."""
        tying = self.connectors | self.joints | self.conjunctions
        return self.determiners | tying | self.pronouns | self.verbs

    def is_verbal(self, key: str, *, before: str, after: str) -> bool:
        """Whether a word goes on to say what the noun before it does."""
        if not self.verbal(key) or before in self.small:
            return False
        if not self.prenominal:
            return key.endswith("ndo") or (after in self.small and not self.is_common(key))
        if not after or after in self.small or after.endswith("ly"):
            return True
        return before.endswith(_AGENT_ENDINGS) or self.is_noun(before)

    def refit(self, determiner: str, following: str) -> str:
        """The article that suits the word after it, once an adjective is gone."""
        if determiner in ("a", "an") and self.language == "en":
            return "an" if following[0] in "aeio" else "a"
        return determiner

    def is_noun(self, key: str) -> bool:
        """Whether a word is surely a noun: the layers' terms are mostly adjectives."""
        return key not in self.adjectives and bool(
            singulars(key) & (_theme_words(self.language, with_layers=False) | self.common)
        )

    def is_common(self, key: str) -> bool:
        """Whether a word is surely an ordinary one, not a name."""
        return key in self.adjectives or bool(
            singulars(key) & (_theme_words(self.language, with_layers=True) | self.common)
        )


def head_of(keys: list[str], words: Words) -> str:
    """The noun that decides the gender and number of a phrase."""
    front = keys
    for index, key in enumerate(keys):
        if index and key in words.joints:
            front = keys[:index]
            break
    if words.prenominal:
        return front[-1]
    for key in front:
        if key not in words.fillers and key not in words.before_noun:
            return key
    return front[-1]


def singulars(word: str) -> frozenset[str]:
    """A word and what it may be the plural of, in either language."""
    found = {word}
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) > len(plural) + 1:
            found.add(word[: -len(plural)] + singular)
    return frozenset(found)


_AGENT_ENDINGS = ("er", "or", "ist", "man", "ian")

_PLURALS = (
    *(("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"), ("ves", "fe"), ("ões", "ão")),
    *(("ães", "ão"), ("ais", "al"), ("éis", "el"), ("óis", "ol"), ("ns", "m"), ("zes", "z")),
)


@cache
def _theme_words(language: Language, *, with_layers: bool) -> frozenset[str]:
    book = BOOKS[language]
    families = book.all.values() if with_layers else book.families
    terms = (term.text for family in families for some in family.terms.values() for term in some)
    return frozenset(term for term in terms if " " not in term)
