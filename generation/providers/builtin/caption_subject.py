"""What a prompt is about: its opening phrase and its head noun, as the person wrote them.

No parser, only caution. A prompt is cut where a phrase surely ends (punctuation, a
preposition, a verb); whatever still looks doubtful is left unnamed, because a caption that
names nothing reads better than one that breaks its grammar.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .caption_texts.grammar import Words, head_of
from .caption_texts.small_words import WORDS
from .language import Language

LONGEST_READ = 1_200
_SCENE_CHARS = 46
_SUBJECT_CHARS = 32
_SUBJECT_WORDS = 5
_SEGMENTS = 12

_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,300}>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+|@\w+")
_PARAMETER = re.compile(r"(?<!\S)--?[a-z]+(?:[ =][\d:.,]+)?(?!\S)", re.IGNORECASE)
_WEIGHT = re.compile(r":\s?\d+(?:\.\d+)?\b")
_BOUNDARY = re.compile(
    r"[,.;:!?…\n\"“”«»|/\\()\[\]{}<>*_=+~^#&]+|\s[-–—]+\s|(?:^|\s)['‘’]|['‘’](?:\s|$)"
)
_WORD = re.compile(r"^[^\W_]+(?:['’-][^\W_]+)*$")
_UNSPEAKABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}|^[bcdfghjklmnpqrstvwxz]{5}$|asdf|qwer|zxcv")


@dataclass(frozen=True)
class Subject:
    """The head noun phrase of a prompt, with the determiner it had."""

    determiner: str
    """Article, number or possessive in lower case, or empty."""
    phrase: str

    @property
    def written(self) -> str:
        """The phrase with its determiner."""
        return f"{self.determiner} {self.phrase}".strip()


@dataclass(frozen=True)
class Reading:
    """What was understood of a prompt. Empty parts were not understood."""

    text: str
    scene: str = ""
    """The opening phrase as written ("a cat on a windowsill"), short enough to quote."""
    subject: Subject | None = None


def clean_prompt(prompt: str) -> str:
    """Strip what no caption may echo: control characters, mark-up, addresses, parameters."""
    text = unicodedata.normalize("NFC", prompt[: 2 * LONGEST_READ])
    text = "".join(_visible(char) for char in text)[:LONGEST_READ]
    text = _ADDRESS.sub(" ", _TAG.sub(" ", _SCRIPT.sub(" ", text)))
    text = _WEIGHT.sub(" ", _PARAMETER.sub(", ", text))
    return text.lower() if text.isupper() and len(text) > 4 else text


def read_prompt(prompt: str, language: Language) -> Reading:
    """Find the scene and the subject of a prompt that is written in `language`."""
    text = clean_prompt(prompt)
    words = WORDS[language]
    joined = text.replace("&", " and " if language == "en" else " e ")
    for segment in _BOUNDARY.split(joined)[:_SEGMENTS]:
        tokens = _strip_style(_strip_lead_in((segment or "").split(), words), words)
        tokens = _strip_praise(tokens, words)
        if not tokens or all(_key(token) in words.labels for token in tokens):
            continue
        if _key(tokens[0]) in words.edits:
            return Reading(text)
        tokens = _speakable(tokens)
        if not tokens:
            continue
        if words.foreign.intersection(tokens):
            return Reading(text)
        return Reading(text, _scene(tokens, words), _subject(tokens, words))
    return Reading(text)


def _visible(char: str) -> str:
    if char in "\n\r\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return ""
    return " " if category[0] in "CZ" or category in ("So", "Sk") else char


def _key(token: str) -> str:
    return token.lower()


def _speakable(tokens: list[str]) -> list[str]:
    """The words up to the first one that is not plain Latin script."""
    kept: list[str] = []
    for token in tokens:
        if not _WORD.match(token) or len(token) > 24 or not _is_latin(token):
            break
        kept.append(token)
    if not any(token.isalpha() and len(token) > 1 for token in kept):
        return []
    return [] if any(_UNSPEAKABLE.search(token.lower()) for token in kept) else kept


def _is_latin(token: str) -> bool:
    return all(ord(char) < 0x250 or char in "‘’" for char in token)


def _strip_lead_in(tokens: list[str], words: Words) -> list[str]:
    """Drop "please draw me a photo of": manners, an order, and the medium asked for."""
    tokens = tokens[_manners_end(tokens, words) :]
    keys = [_key(token) for token in tokens]
    start = 1 if keys and keys[0] in words.determiners else 0
    for index, key in enumerate(keys[start : start + 5], start):
        if key in words.connectors or key in words.determiners:
            return tokens
        if key in words.media:
            return _after_linker(tokens, keys, index, words)
    return tokens


def _manners_end(tokens: list[str], words: Words) -> int:
    """Where the manners and orders at the start end; "love letters" are neither."""
    end = 0
    while end < len(tokens) and _key(tokens[end]) in words.manners | words.orders:
        end += 1
    if end == len(tokens):
        return 0 if any(_key(token) in words.orders for token in tokens) else end
    polite = any(_key(token) in words.manners for token in tokens[:end])
    following = _key(tokens[end])
    return end if polite or following in words.determiners | words.media else 0


def _after_linker(tokens: list[str], keys: list[str], medium: int, words: Words) -> list[str]:
    for index in range(medium + 1, min(medium + 5, len(keys))):
        key = keys[index]
        if key in words.linkers and index + 1 < len(tokens):
            article = words.linkers[key]
            rest = tokens[index + 1 :]
            return _strip_lead_in([article, *rest] if article else rest, words)
        if key in words.determiners and key not in ("a", "à"):
            break
    return tokens


def _strip_style(tokens: list[str], words: Words) -> list[str]:
    """Drop the vocabulary of prompts: "ultra detailed", "8k", "in the style of ..."."""
    for index, token in enumerate(tokens):
        following = _key(tokens[index + 1]) if index + 1 < len(tokens) else ""
        if _key(token) in words.style_turns and (not following or following in words.small):
            cut = index
            while cut and _key(tokens[cut - 1]) in words.small:
                cut -= 1
            tokens = tokens[:cut]
            break
    while tokens and (_key(tokens[-1]) in words.style or not _WORD.match(tokens[-1])):
        tokens = tokens[:-1]
    while tokens and _key(tokens[0]) in words.style:
        tokens = tokens[1:]
    return tokens


def _strip_praise(tokens: list[str], words: Words) -> list[str]:
    """Drop "beautiful", "stunning", "incrível" in front of the noun."""
    if not tokens or _key(tokens[0]) not in words.determiners | words.fillers:
        return tokens
    start = 1 if _key(tokens[0]) in words.determiners else 0
    end = start
    while end < len(tokens) - 1 and _key(tokens[end]) in words.fillers:
        end += 1
    if end == start:
        return tokens
    determiner = [words.refit(_key(token), _key(tokens[end])) for token in tokens[:start]]
    return [*determiner, *tokens[end:]]


def _scene(tokens: list[str], words: Words) -> str:
    """The phrase as written, cut at its last connectors until it is short enough."""
    kept = _without_dangling(tokens, words)
    while kept and len(" ".join(kept)) > _SCENE_CHARS:
        cuts = [i for i, token in enumerate(kept) if i and _key(token) in words.connectors]
        if not cuts:
            return ""
        kept = _without_dangling(kept[: cuts[-1]], words)
    return _decapitalised(kept, words) if _has_content(kept, words) else ""


def _without_dangling(tokens: list[str], words: Words) -> list[str]:
    while tokens and (
        _key(tokens[-1]) in words.small - words.closers
        or (len(tokens) > 2 and _key(tokens[-1]) in words.sayings)
    ):
        tokens = tokens[:-1]
    return tokens


def _has_content(tokens: list[str], words: Words) -> bool:
    return any(
        len(token) > 2 and _key(token) not in words.small and _key(token) not in words.adjectives
        for token in tokens
    )


def _subject(tokens: list[str], words: Words) -> Subject | None:
    determiner = ""
    if len(tokens) > 1 and _key(tokens[0]) in words.determiners:
        determiner = _key(tokens[0])
        tokens = tokens[1:]
    phrase = _without_dangling(_noun_phrase(tokens, words), words)
    while (
        len(phrase) > _SUBJECT_WORDS
        or len(" ".join(phrase)) > _SUBJECT_CHARS
        or (words.prenominal and phrase and _key(phrase[-1]) in words.adjectives)
    ):
        cuts = [i for i, token in enumerate(phrase) if i and _key(token) in words.joints]
        if not cuts and _key(phrase[-1]) not in words.adjectives:
            return None
        phrase = phrase[: cuts[-1]] if cuts else phrase[:-1]
    if not phrase or not _is_headed(phrase, words):
        return None
    text = " ".join(phrase) if determiner else _decapitalised(phrase, words)
    return Subject(determiner, text)


def _noun_phrase(tokens: list[str], words: Words) -> list[str]:
    for index, token in enumerate(tokens):
        key = _key(token)
        before = _key(tokens[index - 1]) if index else ""
        if key in words.verbs or (
            key in words.determiners and index and before not in words.joints
        ):
            return tokens[:index]
        after_noun = index > 0 and not all(_key(t) in words.adjectives for t in tokens[:index])
        if key in words.connectors and (after_noun or key not in words.conjunctions):
            return tokens[:index]
        after = _key(tokens[index + 1]) if index + 1 < len(tokens) else ""
        if after_noun and words.is_verbal(key, before=before, after=after):
            return tokens[:index]
    return tokens


def _is_headed(phrase: list[str], words: Words) -> bool:
    """Whether the place of the noun is taken by something that can be one."""
    keys = [_key(token) for token in phrase]
    if keys[0] in words.connectors or keys[0] in words.pronouns or keys[-1].isdigit():
        return False
    head = head_of(keys, words)
    return len(head) > 1 and head not in words.adjectives and head not in words.small


def _decapitalised(tokens: list[str], words: Words) -> str:
    """Undo a sentence's capital at the start, but leave names as they are."""
    if not tokens:
        return ""
    first, *rest = tokens
    if first.istitle() and (_key(first) in words.determiners or words.is_common(_key(first))):
        first = first.lower()
    return " ".join([first, *rest])
