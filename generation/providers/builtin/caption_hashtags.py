"""Hashtags for a caption: CamelCase, plain letters, no stop-words, none twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from .caption_texts.small_words import WORDS

LONGEST = 30
MOST = 5


def camel_case(phrase: str) -> str:
    """A phrase as a hashtag body without "#", or empty when nothing usable is left."""
    # Stop-words are told before accents go: "pôr" is a sunset's, "por" is not.
    words = [word for word in phrase.replace("-", " ").split() if _plain(word)]
    while words and is_stop_word(words[0]):
        words = words[1:]
    while words and (is_stop_word(words[-1]) or len("".join(map(_plain, words))) > LONGEST):
        words = words[:-1]
    plain = [_plain(word) for word in words]
    tag = "".join(word[:1].upper() + word[1:] for word in plain)
    if len(tag) < 2 or tag.isdigit() or is_stop_word(tag):
        return ""
    return tag


def is_stop_word(word: str) -> bool:
    """Whether a word is too small to be a hashtag, in either language."""
    key = word.lower()
    return any(key in words.small or key in words.manners for words in WORDS.values())


def pick_hashtags(candidates: Iterable[str], *, count: int) -> list[str]:
    """The first `count` usable candidates, without near-duplicates (#Cat, #Cats)."""
    chosen: list[str] = []
    taken: set[str] = set()
    for candidate in candidates:
        tag = camel_case(candidate)
        key = tag.lower().rstrip("s")
        if not tag or key in taken or len(chosen) >= min(count, MOST):
            continue
        taken.add(key)
        chosen.append(f"#{tag}")
    return chosen


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if char.isascii() and char.isalnum())
