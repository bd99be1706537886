"""What a prompt asks to move, in English and Portuguese: word spotting that never fails.

What is said of the camera is taken out of the prompt, so that a picture can be painted of the rest.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 4000
"""Characters of a prompt that are read."""


class Move(StrEnum):
    """What the camera does. It pans to the left: what it sees moves to the right."""

    ZOOM_IN = "zoom in"
    ZOOM_OUT = "zoom out"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    ORBIT = "orbit"
    DEPTH = "depth"
    """Near things move more than far ones, whatever the move."""
    STILL = "still"


class Effect(StrEnum):
    """What moves in the picture."""

    WATER = "water"
    SNOW = "snow"
    RAIN = "rain"


@dataclass(frozen=True)
class Motion:
    """What a prompt asks to move."""

    moves: frozenset[Move] = frozenset()
    effects: frozenset[Effect] = frozenset()
    pace: float = 1.0
    """Factor on how far the camera goes."""
    scene: str = ""
    """The prompt without what it says of the camera; lower case, without accents."""

    def has(self, *moves: Move) -> bool:
        """Whether one of the moves is asked for."""
        return not self.moves.isdisjoint(moves)


_CAMERA = (
    r"(?:camera|cam|pan(?:s|ning)?|tilt(?:s|ing)?|slid(?:e|es|ing)|glid(?:e|es|ing)"
    r"|drift(?:s|ing)?|track(?:s|ing)?|truck(?:s|ing)?|dolly|crane|pedestal|sweep(?:s|ing)?"
    r"|scroll(?:s|ing)?|move|travell?ing|panoramica|deslize|deslizar|deslizando|mova|mover"
    r"|incline|inclinar|va)"
)
_BETWEEN = r"(?:\s+[a-z]+){0,5}?\s+"
_IN = r"(?:in(?:to|wards?)?|closer|forwards?|para dentro|para frente|mais perto)"
_OUT = r"(?:out(?:wards?)?|back(?:wards?)?|away|para fora|para tras|mais longe)"

_WORDS: tuple[tuple[Move, str], ...] = (
    (
        Move.STILL,
        r"(?:static|still|fixed|locked|steady) (?:camera|shot)|no camera (?:movement|motion|move)"
        r"|camera (?:stays|is|remains|keeps) (?:still|fixed|static)|camera (?:parada|fixa|estatica)"
        r"|sem movimento (?:de|da) camera",
    ),
    (
        Move.ORBIT,
        r"(?:camera )?orbit(?:s|ing|a|ar|ando|e)?\b|(?:circl(?:e|es|ing)|rotat(?:e|es|ing)"
        r"|mov(?:e|es|ing)|turn(?:s|ing)?|fly(?:ing)?|arc(?:s|ing)?) around"
        r"|gir(?:e|a|ar|ando) (?:ao redor|em torno|em volta)|(?:camera )?ao redor de",
    ),
    (Move.DEPTH, r"parallax|paralaxe|2[.,]5 ?d|3d (?:effect|photo)|efeito 3d|depth effect"),
    (
        Move.ZOOM_IN,
        rf"zoom(?:s|ing)?(?:\s+[a-z]+ly)?\s+{_IN}|(?:push|dolly|creep|move)(?:es|s|ing)?"
        rf"(?:\s+[a-z]+ly)?\s+{_IN}|camera (?:approaches|se aproxima)|aproxim(?:e|ar|ando|acao)\b"
        r"|zoom (?:lento|suave|rapido)? ?(?:para dentro|na|no)",
    ),
    (
        Move.ZOOM_OUT,
        rf"zoom(?:s|ing)?(?:\s+[a-z]+ly)?\s+{_OUT}|(?:pull|dolly|move)(?:s|ing)?"
        rf"(?:\s+[a-z]+ly)?\s+{_OUT}|camera (?:recedes|se afasta)|afast(?:e|ar|ando|amento)\b"
        r"|recu(?:e|ar|ando)\b",
    ),
    (Move.LEFT, rf"{_CAMERA}{_BETWEEN}(?:left(?:wards?)?|esquerda)"),
    (Move.RIGHT, rf"{_CAMERA}{_BETWEEN}(?:right(?:wards?)?|direita)"),
    (
        Move.UP,
        rf"{_CAMERA}{_BETWEEN}(?:up(?:wards?)?|cima)|camera (?:rises|rising|sobe|subindo|ascends)",
    ),
    (
        Move.DOWN,
        rf"{_CAMERA}{_BETWEEN}(?:down(?:wards?)?|baixo)"
        r"|camera (?:descends|descending|desce|descendo|lowers|falls)",
    ),
)
_MOVES = tuple((move, re.compile(rf"\b(?:{words})(?![a-z])")) for move, words in _WORDS)

_ONE_END_TO_THE_OTHER = (
    (re.compile(r"\b(?:from )?(?:the )?left to (?:the )?right\b"), "right"),
    (re.compile(r"\b(?:from )?(?:the )?right to (?:the )?left\b"), "left"),
    (re.compile(r"\b(?:from )?(?:the )?(?:top to (?:the )?bottom|up to down)\b"), "down"),
    (re.compile(r"\b(?:from )?(?:the )?(?:bottom to (?:the )?top|down to up)\b"), "up"),
    (re.compile(r"\bda esquerda (?:para|pra|a) (?:a )?direita\b"), "direita"),
    (re.compile(r"\bda direita (?:para|pra|a) (?:a )?esquerda\b"), "esquerda"),
    (re.compile(r"\bde cima (?:para|pra) baixo\b"), "baixo"),
    (re.compile(r"\bde baixo (?:para|pra) cima\b"), "cima"),
)

_SLOW = re.compile(
    r"\b(?:slow(?:ly)?|gentl[ey]|subtl[ey]|calm(?:ly)?|lent[oa]|lentamente|devagar"
    r"|suave(?:mente)?|sutil(?:mente)?)\b"
)
_FAST = re.compile(
    r"\b(?:fast|quick(?:ly)?|rapid(?:ly|[oa])?|rapidamente|dramatic(?:ally)?|dramatic[oa]"
    r"|depressa|veloz)\b"
)
_SLOW_PACE, _FAST_PACE = 0.6, 1.8

_NOT = r"(?<!no )(?<!without )(?<!sem )(?<!nao )(?<!stop )(?<!any )(?<!nenhuma )"
_EFFECTS = (
    (
        Effect.SNOW,
        re.compile(
            rf"\b{_NOT}(?:snow(?:s|ing|fall|flakes?|storm)?(?![ -]?(?:capped|covered|y))"
            r"|blizzard|neve|nevando|nevar|nevasca|flocos de neve)\b"
        ),
    ),
    (
        Effect.RAIN,
        re.compile(
            rf"\b{_NOT}(?:rain(?:s|ing|fall|drops?|y|storm)?|drizzle|downpour"
            r"|chuvas?|chuvos[oa]|chovendo|chove|chover|garoa|tempestade)\b"
        ),
    ),
    (
        Effect.WATER,
        re.compile(
            rf"\b{_NOT}(?:rippl(?:e|es|ing)|shimmer(?:s|ing)?|glisten(?:s|ing)?"
            r"|(?:water|waves?|sea|lake|river|ocean|pond) (?:gently |slowly |softly )?"
            r"(?:moves?|moving|flows?|flowing|rolls?|rolling|sparkl(?:es|ing)|dances?|dancing)"
            r"|(?:flowing|moving|rolling|sparkling|rippling) (?:water|waves|sea|lake|river|ocean)"
            r"|ondulando|ondulac(?:ao|oes)|cintil(?:a|ar|ando|ante|antes)"
            r"|(?:agua|ondas?|mar|lago|rio) (?:em movimento|balancando|brilhando|se mexendo"
            r"|se movendo|correndo|brilha|balanca|ondula|se move))\b"
        ),
    ),
)


def read_motion(prompt: str) -> Motion:
    """The motion that a prompt asks for."""
    text = _plain(prompt[:_LONGEST])
    for words, direction in _ONE_END_TO_THE_OTHER:
        text = words.sub(direction, text)
    effects = frozenset(effect for effect, words in _EFFECTS if words.search(text))
    pace = _SLOW_PACE if _SLOW.search(text) else _FAST_PACE if _FAST.search(text) else 1.0
    moves = set()
    for move, words in _MOVES:
        text, count = words.subn(" ", text)
        if count:
            moves.add(move)
    scene = re.sub(r"\s+", " ", text).strip(" ,.;")
    return Motion(frozenset(moves), effects, pace, scene)


def _plain(text: str) -> str:
    """Lower case, without accents; hyphens are blanks."""
    decomposed = unicodedata.normalize("NFKD", text).lower().replace("-", " ")
    return "".join(each for each in decomposed if not unicodedata.combining(each))
