"""Put a subject into a sentence: articles, contractions, gender and number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .caption_subject import Subject
from .caption_texts import BOOKS
from .caption_texts.family import EITHER
from .caption_texts.grammar import head_of, singulars, word_set
from .caption_texts.small_words import WORDS
from .language import Language

_SLOT = re.compile(r"\{(\w+)\}")
_BY_NUMBER = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")

_EN_PLURAL_NOUNS = word_set("people children men women mice geese feet teeth wolves")
_EN_PLURAL_BEFORE = word_set("these those some several many few both")
_EN_SINGULAR_BEFORE = word_set("a an one this that")

_PT_MASCULINE = word_set(
    """
    um uns o os este estes esse esses aquele meu meus nosso nossos seu seus alguns vários muitos
    dois
    """
)
_PT_FEMININE = word_set(
    """
    uma umas a as esta estas essa essas aquela minha minhas nossa nossas sua suas algumas várias
    muitas duas
    """
)
_PT_NOT_PLURAL = word_set("ônibus lápis tênis pires oásis gás atlas vírus campus cais óculos")
_PT_ENDINGS = (
    *(("ção", "f"), ("são", "f"), ("dade", "f"), ("agem", "f"), ("tude", "f"), ("ície", "f")),
    *(("ema", "m"), ("oma", "m"), ("a", "f"), ("o", "m")),
)
_PT_ARTICLES = {
    ("m", False): ("o", "do", "no", "ao"),
    ("f", False): ("a", "da", "na", "à"),
    ("m", True): ("os", "dos", "nos", "aos"),
    ("f", True): ("as", "das", "nas", "às"),
}


@dataclass(frozen=True)
class Forms:
    """The ways in which a caption may name its subject; only those that surely hold."""

    slots: dict[str, str]
    plural: bool = False


NAMELESS = Forms({})


def inflect(subject: Subject, language: Language) -> Forms:
    """Work out the forms of a subject for the slots of the texts."""
    counted = subject.determiner in WORDS[language].numerals
    owned = subject.determiner in WORDS[language].possessives
    bare = subject.written if counted or owned else subject.phrase
    slots = {
        "Subject": capitalise(bare),
        "a": subject.written,
        "A": capitalise(subject.written),
    }
    if language == "pt":
        if subject.determiner:
            slots["um"] = subject.written
        return _portuguese(subject, bare, slots)
    the = ""
    if owned:
        the = bare
    elif subject.determiner or _is_known(subject, language):
        the = f"the {bare}"
    if the:
        slots |= {"the": the, "The": capitalise(the)}
    return Forms(slots, _is_plural_in_english(subject, counted=counted))


def fill(text: str, forms: Forms) -> str | None:
    """A text with its slots filled in, or None when a form is missing."""
    if any(slot not in forms.slots for slot in _SLOT.findall(text)):
        return None
    text = _BY_NUMBER.sub(lambda match: match[2] if forms.plural else match[1], text)
    return _SLOT.sub(lambda match: forms.slots[match[1]], text)


def capitalise(text: str) -> str:
    """The text with a capital at its start; str.capitalize would flatten the names in it."""
    return text[:1].upper() + text[1:]


def _keys(subject: Subject) -> list[str]:
    return subject.phrase.lower().split()


def _is_known(subject: Subject, language: Language) -> bool:
    words = WORDS[language]
    head = head_of(_keys(subject), words)
    return words.is_common(head) and not head.istitle()


def _is_plural_in_english(subject: Subject, *, counted: bool) -> bool:
    head = head_of(_keys(subject), WORDS["en"])
    if subject.determiner in _EN_SINGULAR_BEFORE:
        return False
    if counted or subject.determiner in _EN_PLURAL_BEFORE or head in _EN_PLURAL_NOUNS:
        return True
    return len(head) > 3 and head.endswith("s") and not head.endswith(("ss", "us", "is"))


def _portuguese(subject: Subject, bare: str, slots: dict[str, str]) -> Forms:
    head = head_of(_keys(subject), WORDS["pt"])
    plural = head.endswith("s") and head not in _PT_NOT_PLURAL and len(head) > 3
    if subject.determiner and subject.determiner not in WORDS["pt"].numerals:
        plural = subject.determiner.endswith("s")
    gender = _gender(subject, head)
    if gender and (subject.determiner or _is_known(subject, "pt")):
        for slot, article in zip(
            ("o", "do", "no", "ao"), _PT_ARTICLES[gender, plural], strict=True
        ):
            slots[slot] = f"{article} {bare}"
    return Forms(slots, plural)


def _gender(subject: Subject, head: str) -> str:
    if subject.determiner in _PT_MASCULINE:
        return "m"
    if subject.determiner in _PT_FEMININE:
        return "f"
    heads = singulars(head)
    for family in BOOKS["pt"].all.values():
        for terms in family.terms.values():
            for term in terms:
                if term.gender and term.text in heads:
                    return "" if term.gender == EITHER else term.gender
    singular = head[:-1] if head.endswith("s") else head
    for ending, gender in _PT_ENDINGS:
        if singular.endswith(ending):
            return gender
    return ""
