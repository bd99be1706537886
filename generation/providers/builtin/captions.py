"""Captions of the built-in engine: written by rules, offline, the same for the same input.

This is no language model. It reads a prompt for its subject and mood, picks from prepared
sentences (caption_texts/), and puts the subject in where the grammar surely holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from .caption_forms import NAMELESS, Forms, capitalise, fill, inflect
from .caption_hashtags import pick_hashtags
from .caption_subject import Reading, clean_prompt, read_prompt
from .caption_texts import BOOKS, Book, Family, Text
from .caption_themes import Match, Themes, find_themes
from .language import Language, detect_language

_SHORT_BODY = 135
"""Characters of prose under which a caption gets one more sentence."""
_STEM = 5
_BACKGROUNDS = ("water", "land", "sky", "city", "space", "travel")
"""Families whose sentences still read well when they are not what the picture is about."""
_PROPS = ("home", "product", "abstract")
"""Families that deserve a hashtag only when the picture is about them."""
_OWN_VOICE = ("people", "solemn")
"""Families whose subjects are not to be joked about as if they were things."""


@dataclass
class _Desk:
    """Everything one caption is written from."""

    rng: Random
    book: Book
    reading: Reading
    forms: Forms
    family: Family | None
    main: Match | None
    themes: Themes
    used: str = ""

    def families(self, matches: Sequence[Match]) -> Iterable[tuple[Family, str]]:
        return ((self.book.all[match.family], match.subject) for match in matches)

    def pick(self, *pools: tuple[float, Iterable[str]]) -> str:
        """Choose a pool by weight, then a sentence of it that repeats nothing said so far."""
        filled = [(weight, self._usable(pool)) for weight, pool in pools if weight]
        filled = [(weight, texts) for weight, texts in filled if texts]
        if not filled:
            return ""
        (texts,) = self.rng.choices([t for _, t in filled], [w for w, _ in filled])
        fresh = [text for text in texts if not _stems(text) & _stems(self.used)]
        chosen = self.rng.choice(fresh or texts)
        self.used += f" {chosen}"
        return chosen

    def _usable(self, pool: Iterable[str]) -> list[str]:
        subject = self.reading.subject
        said = _stems(subject.phrase) if subject else set()
        texts = (
            fill(text, self.forms) for text in pool if "{" not in text or not said & _stems(text)
        )
        return [text for text in texts if text and text not in self.used]

    @property
    def generic_forms_fit(self) -> bool:
        return bool(self.forms.slots) and (
            self.family is None or self.family.name not in _OWN_VOICE
        )

    def is_named(self) -> bool:
        subject = self.reading.subject
        return subject is None or subject.phrase.lower() in self.used.lower()


def write_caption(*, prompt: str, seed: int, language: str | None = None) -> str:
    """Write a caption: a hook, a sentence or two, an empty line, hashtags.

    In `language` ("en", "pt" or "pt-br"), or in the prompt's own when none is given.
    """
    spoken = detect_language(clean_prompt(prompt))
    wanted = _language(language) or spoken
    desk = _prepare(prompt, seed=seed, spoken=spoken, wanted=wanted)
    hook = _hook(desk)
    prose = _prose(desk)
    call = _call(desk)
    hashtags = " ".join(_hashtags(desk, wanted == spoken))
    return "\n".join([hook, prose + call, "", hashtags])


def _language(code: str | None) -> Language | None:
    if code is None:
        return None
    short = code.lower()[:2]
    if short == "pt":
        return "pt"
    return "en" if short == "en" else None


def _prepare(prompt: str, *, seed: int, spoken: Language, wanted: Language) -> _Desk:
    reading = read_prompt(prompt, spoken)
    themes = find_themes(reading, spoken)
    book = BOOKS[wanted]
    if wanted != spoken:
        # The person's words do not fit into sentences of another language.
        reading = Reading(reading.text)
    digest = hashlib.sha256(f"{seed}\0{prompt}".encode("utf-8", "surrogatepass")).digest()
    return _Desk(
        rng=Random(int.from_bytes(digest[:8])),  # noqa: S311  # variety, not secrecy
        book=book,
        reading=reading,
        forms=inflect(reading.subject, spoken) if reading.subject else NAMELESS,
        family=book.all[themes.main.family] if themes.main else None,
        main=themes.main,
        themes=themes,
    )


def _hook(desk: _Desk) -> str:
    family, generic = desk.family, desk.book.generic
    if family is desk.book.solemn:
        return desk.pick((1, _about(family.hooks, "grave", special=False)))
    own: list[str] = []
    common: list[str] = []
    quips = list(generic.quips)
    if family and desk.main:
        own = _about(family.hooks, desk.main.subject, special=True)
        common = _about(family.hooks, "", special=False)
        quips = [*family.quips * 2, *quips]
    scene = capitalise(desk.reading.scene)
    quoted = [f"{scene}. {quip}" for quip in quips] if scene else []
    layered = [
        text
        for layer, subject in desk.families(desk.themes.layers)
        for text in _about(layer.hooks, subject, special=True)
        if desk.generic_forms_fit or "{" not in text
    ]
    plain = [text.text for text in generic.hooks if "{" not in text.text]
    named = [text.text for text in generic.hooks if "{" in text.text]
    return desk.pick(
        (4, quoted),
        (3, own),
        (1.5, common),
        (2.5, layered),
        (2.5 if desk.generic_forms_fit else 0, named),
        (0.5 if family else 4, plain),
    )


def _prose(desk: _Desk) -> str:
    lines = [_theme_line(desk)]
    if desk.family is desk.book.solemn:
        lines.append(desk.pick((1, _about(desk.book.solemn.lines, "", special=False))))
        return " ".join(lines)
    lines.append(_second_line(desk))
    while len(" ".join(lines)) < _SHORT_BODY and len(lines) < 3:
        lines.append(_second_line(desk))
    return " ".join(line for line in lines if line)


def _theme_line(desk: _Desk) -> str:
    family = desk.family
    if family is None or desk.main is None:
        return desk.pick((1, [text.text for text in desk.book.generic.lines]))
    own = _about(family.lines, desk.main.subject, special=True)
    common = _about(family.lines, "", special=False)
    return desk.pick((len(own) * 2.0, own), (float(len(common)), common))


def _second_line(desk: _Desk) -> str:
    generic = desk.book.generic.lines
    named = [text.text for text in generic if "{" in text.text] if desk.generic_forms_fit else []
    if named and not desk.is_named():
        line = desk.pick((1, named))
        if line:
            return line
    layered = [
        text
        for layer, subject in desk.families(desk.themes.layers)
        for text in _about(layer.lines, subject, special=True)
    ]
    beside = [
        text
        for family, subject in desk.families(desk.themes.subjects[1:3])
        if family.name in _BACKGROUNDS
        for text in _about(family.lines, subject, special=True)
    ]
    own = (
        _about(desk.family.lines, desk.main.subject, special=True)
        if desk.family and desk.main
        else []
    )
    common = _about(desk.family.lines, "", special=False) if desk.family else []
    plain = [text.text for text in generic if "{" not in text.text]
    return desk.pick((4, layered), (2.5, beside), (1, own), (2.5, common), (1, named), (1, plain))


def _call(desk: _Desk) -> str:
    """Sometimes an invitation: on the same line, or on its own."""
    place = desk.rng.choice(("", "", " ", "\n", "\n"))
    if desk.family is desk.book.solemn:
        place = ""
    if not place:
        return ""
    own = desk.family.calls if desk.family else ()
    return place + desk.pick((2, own), (1, desk.book.generic.calls))


def _hashtags(desk: _Desk, own_words: bool) -> list[str]:
    subject_tags = [
        family.subject_tags[subject]
        for family, subject in desk.families(
            desk.themes.subjects[:1]
            + tuple(m for m in desk.themes.subjects[1:3] if m.family not in _PROPS)
        )
    ]
    layer_tags = [
        tag
        for layer, subject in desk.families(desk.themes.layers[:3])
        for tag in layer.subject_tags[subject][:1]
    ]
    generic = list(desk.book.generic.tags)
    desk.rng.shuffle(generic)
    subject = desk.reading.subject
    own = [subject.phrase] if own_words and subject and len(subject.phrase) > 2 else []
    family_tags = list(desk.family.tags) if desk.family else []
    if desk.family is desk.book.solemn:
        generic, subject_tags, layer_tags = [], subject_tags[:1], []
    candidates = [
        *own,
        *(tags[0] for tags in subject_tags[:1] if tags),
        *layer_tags[:2],
        *(tag for tags in subject_tags[:1] for tag in tags[1:]),
        *(tags[0] for tags in subject_tags[1:] if tags),
        *family_tags,
        *generic,
    ]
    return pick_hashtags(candidates, count=desk.rng.choice((3, 4, 4, 5)))


def _about(texts: Sequence[Text], subject: str, *, special: bool) -> list[str]:
    """The texts made for one subject, or (not special) those for the whole family."""
    if special:
        return [text.text for text in texts if subject in text.subjects]
    return [text.text for text in texts if not text.subjects]


def _stems(text: str) -> set[str]:
    words = (word.strip(".,;:?\"'").lower() for word in text.split())
    return {word[:_STEM] for word in words if len(word) >= _STEM}
