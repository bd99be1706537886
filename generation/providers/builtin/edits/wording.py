"""Words to be written into the picture: found between quotation marks, or after "text:"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation.providers.builtin.edits.steps import Act, Step
from generation.providers.builtin.edits.words import COLOUR, any_of, colour_named

LONGEST = 200
"""Characters that are written."""

_PAIRS = (
    ('"', '"'),
    ("“", "”"),
    ("”", "”"),
    ("„", "“"),
    ("„", "”"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("「", "」"),
    ("‘", "’"),
    ("`", "`"),
)
_QUOTED = re.compile(
    "|".join(
        f"{re.escape(left)}([^{re.escape(right)}]*){re.escape(right)}" for left, right in _PAIRS
    )
    # A straight or curly apostrophe only counts around words, not inside them.
    + r"|(?<!\w)['’](?=\S)([^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*)['’](?!\w)"
)
_VERB = any_of(
    "add|adding|write|writing|put|insert|type|place|overlay|caption|title|print|letter|say|set"
    "|include"
    "|adicione|adicionar|adiciona|escreva|escrever|escreve|coloque|colocar|coloca|insira|inserir"
    "|ponha"
    "|bote|acrescente|digite|imprima|inclua|legende|estampe|use"
)
_NOUN = any_of(
    "texts?|titles?|captions?|words?|lettering|letters|phrases?|quotes?|headline|heading|sign|label"
    "|textos?|titulos?|legendas?|frases?|palavras?|letras|letreiro|dizeres|escrito|inscricao"
    "|manchete|mensagem|message"
)
_WRITES = re.compile(
    r"\b(?:write|writing|type|caption|title|print|escreva|escrever|escreve|digite|legende|letter"
    r"|say)\b"
)
_SAYS = any_of(
    "that says|saying|reading|that reads|says|which says|dizendo|que diz|que diga|que dizem|escrito"
    "|com os dizeres|com a frase|com o texto|com a palavra|with the words|with the text|reads"
)

MARK = re.compile(r"@q(\d+)@")
"""Stands for a quoted text while the message is read."""

_UNQUOTED = re.compile(
    rf"\b(?P<verb>{_VERB})\s+(?:(?:the|a|an|o|a|as|um|uma|some|this|este|esta)\s+)?{_NOUN}\s*"
    rf"(?:{_SAYS}\s*)?(?P<colon>:)?\s*(?P<text>[^\n]+)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"\b(?:[Ww]rite|WRITE|[Ee]screva|ESCREVA)\s+(?P<text>[A-ZÀ-Ý][^\n]*)")
"""Without any sign but the capital letter."""
_PLACE = re.compile(
    r"\s*,?\s+(?:at|on|in|near|along|to|no|na|em|ao|a|à|perto|embaixo|em cima|centralizad[oa])\b\s*"
    r"(?:the|o|a|do|da)?\s*(?:very )?(?:top|bottom|upper|lower|center|centre|middle|left|right"
    r"|corner"
    r"|topo|base|rodap[eé]|centro|meio|parte|canto|esquerda|direita|baixo|cima)\b.*$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:\.\s|;|\n|,\s*(?:and|then|e|depois)\s).*$", re.IGNORECASE | re.DOTALL)

_DOWNS = (
    (
        re.compile(
            r"\b"
            + any_of(
                "top|upper|above|topo|em cima|parte de cima|superior|parte superior|acima|no alto"
                "|alto"
                "|header|cabecalho"
            )
            + r"\b"
        ),
        0.0,
    ),
    (
        re.compile(
            r"\b"
            + any_of(
                "bottom|lower|below|underneath|under|rodape|em ?baixo|parte de baixo|inferior|base"
                "|parte inferior|abaixo|footer"
            )
            + r"\b"
        ),
        1.0,
    ),
    (
        re.compile(
            r"\b" + any_of("cent(?:er|re)(?:ed|d)?|middle|centro|meio|centralizad[oa]") + r"\b"
        ),
        0.5,
    ),
)
_ACROSSES = (
    (re.compile(r"\b" + any_of("left|esquerd[oa]") + r"\b"), 0.0),
    (re.compile(r"\b" + any_of("right|direit[oa]") + r"\b"), 1.0),
)
_LARGE = re.compile(
    r"\b" + any_of("big|large|huge|bigger|larger|grandes?|enormes?|maior(?:es)?|gigantes?") + r"\b"
)
_SMALL = re.compile(
    r"\b" + any_of("small|tiny|smaller|little|pequen[oa]s?|menor(?:es)?|minuscul[oa]s?") + r"\b"
)
_WHITE = re.compile(r"\b" + any_of("white|branc[oa]s?") + r"\b")
_BLACK = re.compile(r"\b" + any_of("black|pret[oa]s?") + r"\b")
_TINT = re.compile(rf"\b{COLOUR}\b")
_EXTRAS = re.compile(
    r"\b"
    + any_of(
        "corners?|cantos?|letters|letras|lettering|font|fonte|over|across|sobre|side|lado|bold"
        "|negrito"
        "|inside|dentro|part|half|edge|borda|maiusculas|bem|muito|very|bastante|near|perto|below it"
    )
    + r"\b"
)


@dataclass(frozen=True)
class Lettering:
    """A text to write, and what of its clause was not read for it."""

    step: Step
    rest: str


def take_quotes(message: str) -> tuple[str, tuple[str, ...]]:
    """The message with a mark in place of every quoted text, and those texts.

    "Add the text: Hello" without quotation marks counts as quoted.
    """
    quotes: list[str] = []

    def mark(match: re.Match[str]) -> str:
        quotes.append(next(part for part in match.groups() if part is not None))
        return f" @q{len(quotes) - 1}@ "

    text = _QUOTED.sub(mark, message.replace("@q", " "))
    if not quotes and (match := _UNQUOTED.search(text) or _WRITTEN.search(text)):
        words = _PLACE.sub("", _NEXT.sub("", match["text"])).strip(" .,:;'\"`“”„«»‘’")
        if words and (match.groupdict().get("colon") or len(words.split()) <= 8):
            start = match.start("text")
            quotes.append(words)
            begins = text.index(words, start)
            text = f"{text[:begins]} @q0@ {text[begins + len(words) :]}"
    return text, tuple(quotes)


def read_lettering(text: str, quotes: tuple[str, ...], *, is_going_on: bool) -> Lettering | None:
    """The lettering that a clause asks for. None: it asks for none, or names no words.

    `is_going_on` says that the clause before asked for lettering: then the words and a place are
    enough.
    """
    match = MARK.search(text)
    if match is None or int(match[1]) >= len(quotes):
        return None
    words = " ".join(quotes[int(match[1])].split())[:LONGEST]
    rest = MARK.sub(" ", text)
    says = re.search(rf"\b(?:{_NOUN}|{_SAYS})\b", rest) or _WRITES.search(rest)
    has_verb = re.search(rf"\b{_VERB}\b", rest)
    says_so = bool(says or has_verb) or is_going_on
    for part in (_SAYS, _NOUN, _VERB):
        rest = re.sub(rf"\b{part}\b", " ", rest)
    down, rest = _first(_DOWNS, rest)
    across, rest = _first(_ACROSSES, rest)
    colour, rest = _colour(rest)
    size, rest = _size(rest)
    rest = _EXTRAS.sub(" ", rest)
    if not words or not (says_so or down is not None):
        return None
    if down is None:
        down = 0.5 if across is not None else 1.0
    step = Step(
        Act.LETTERING,
        amount=size,
        colours=(colour,) if colour else (),
        text=words,
        down=down,
        across=0.5 if across is None else across,
    )
    return Lettering(step, rest)


def _first(
    places: tuple[tuple[re.Pattern[str], float], ...], text: str
) -> tuple[float | None, str]:
    found = None
    for words, value in places:
        text, count = words.subn(" ", text)
        if count and found is None:
            found = value
    return found, text


def _colour(text: str) -> tuple[str, str]:
    for name, words in (("white", _WHITE), ("black", _BLACK)):
        if words.search(text):
            return name, words.sub(" ", text)
    match = _TINT.search(text)
    return (colour_named(match[0]), _TINT.sub(" ", text)) if match else ("", text)


def _size(text: str) -> tuple[float, str]:
    for words, value in ((_LARGE, 1.5), (_SMALL, 0.65)):
        if words.search(text):
            return value, words.sub(" ", text)
    return 1.0, text
