"""The words of turning, mirroring and cropping."""

from __future__ import annotations

import re

from generation.providers.builtin.edits.phrase import Phrase, plain
from generation.providers.builtin.edits.steps import Act, Region, Step
from generation.providers.builtin.edits.words import any_of

_TURN = any_of(
    "rotate|rotated|rotating|rotation|turn|turned|spin|tilt|gire|girar|girad[oa]|gira|rotacione"
    "|rotacionar|rotacao|rode|rodar|vire|virar|incline|inclinar|giro"
)
_ROTATE = any_of(
    "rotate|rotated|rotating|rotation|spin|gire|girar|girad[oa]|gira|rotacione|rotacionar|rotacao"
    "|rode|rodar"
)
_DEGREES = r"(?P<degrees>-?\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|o\b|degrees?\b|deg\b|graus?\b)"
_SIDE = (
    r"(?:(?:to|towards?|in|no|em|para|pra|a|an?|by)\s+)?(?:(?:the|a|o|sentido)\s+)*"
    r"(?P<{name}>left|right|counter[ -]?clock ?wise|anti[ -]?clock ?wise|clock ?wise|ccw|cw"
    r"|esquerda"
    r"|direita|anti[ -]?horario|horario)\b"
)
_LEFTWARDS = re.compile(r"left|esquerda|counter|anti|ccw")
_IT = (
    r"(?:\s+(?:it|this|that|the|a|o|image|picture|photo|imagem|foto|fotografia|by|em|de|in|around"
    r"|slightly|just|um|pouco|pouquinho|levemente|little|bit))*"
)


def _turned(match: re.Match[str]) -> tuple[Step, ...]:
    groups = match.groupdict()
    degrees = float((groups.get("degrees") or "90").replace(",", "."))
    side = groups.get("side") or groups.get("first") or ""
    if _LEFTWARDS.match(side):
        degrees = -degrees
    return (Step(Act.ROTATE, degrees=degrees % 360),)


def _fixed_turn(words: str, degrees: float) -> Phrase:
    steps = (Step(Act.ROTATE, degrees=degrees),)
    return Phrase(re.compile(rf"\b{any_of(words)}\b"), lambda match: steps)


_NAMED_RATIOS = (
    (re.compile(r"squared?|quadrad[oa]"), (1, 1)),
    (re.compile(r"portrait|retrato"), (4, 5)),
    (re.compile(r"landscape|paisagem"), (3, 2)),
    (re.compile(r"wide ?-?screen|horizontal"), (16, 9)),
    (re.compile(r"panoram\w*|cinem\w*|ultra ?wide"), (21, 9)),
    (re.compile(r"vertical|stor(?:y|ies)|reels?"), (9, 16)),
)
_MOST_UNEQUAL = 10
_RATIO = r"(?P<width>\d{1,4})\s*(?::|x|/|by|por|a)\s*(?P<height>\d{1,4})"
_CROP = any_of(
    "crop|cropped|cropping|cut|trim|reframe|corte|cortar|cortad[oa]|corta|recorte|recortar"
    "|recortad[oa]"
    "|enquadre|enquadrar|reenquadre|aspect(?: ratio)?|ratio|format|proporcao|formato|aspecto|razao"
)
_SIDES = (
    (re.compile(r"left|esquerd[oa]"), Region.LEFT),
    (re.compile(r"right|direit[oa]"), Region.RIGHT),
    (re.compile(r"top|topo|cima|superior|upper"), Region.TOP),
    (re.compile(r"bottom|baixo|inferior|base|lower"), Region.BOTTOM),
)


def _cropped(match: re.Match[str]) -> tuple[Step, ...]:
    groups = match.groupdict()
    ratio = (1, 1)
    if groups.get("width"):
        ratio = (int(groups["width"]), int(groups["height"]))
        if not (0 < ratio[0] <= _MOST_UNEQUAL * ratio[1] and ratio[1] <= _MOST_UNEQUAL * ratio[0]):
            return ()
    else:
        name = groups["name"]
        ratio = next(ratio for words, ratio in _NAMED_RATIOS if words.match(name))
    side = next((region for words, region in _SIDES if words.search(match[0])), None)
    return (Step(Act.CROP, ratio=ratio, region=side),)


_INTO = (
    r"(?:\s+(?:it|this|the|a|an|o|as|to|in|into|for|at|para|pra|em|no|na|de|do|da|um|uma|image"
    r"|picture"
    r"|photo|imagem|foto|ratio|of|aspect|format|formato|proporcao|shape|with|com|tipo|mode"
    r"|modo))*\s*:?\s*"
)
_KEEPING = (
    r"(?:[\s,]+(?:from|keeping|keep|on|at|mantendo|a partir d[aeo]|pel[ao]|[an][oa]?|to|d[aoe])?"
    r"\s*(?:the |o |a )?(?:parte (?:de )?|lado )?"
    r"(?:left|right|top|bottom|upper|lower|topo|cima|baixo|esquerd[oa]|direit[oa]|superior|inferior"
    r"|base)(?: side| part| half)?)?"
)
_NAME = (
    r"(?P<name>squared?|quadrad[oa]|portrait|retrato|landscape|paisagem|wide ?-?screen|horizontal"
    r"|panoram\w*|cinem\w+|ultra ?wide|vertical|stor(?:y|ies)|reels?)\b"
)
_RATIO_WORDS = r"(?:\s+(?:aspect|ratio|format|formato|proportion|proporcao|shape|crop))*"

_ACROSS = any_of(
    "horizontal|horizontally|horizontalmente|left to right|left-right|da esquerda para a direita"
    "|na horizontal|sideways|de lado"
)
_DOWN = any_of("vertical|vertically|verticalmente|na vertical|top to bottom|up and down")
_FLIP = any_of(
    "flip|flipped|flipping|mirror|mirrored|mirroring|reflect|invert|inverta|inverter|inverte|vire"
    "|virar"
    "|espelhe|espelhar|espelhad[oa]|reverse|rebata|rebater|turn"
)

PHRASES: tuple[Phrase, ...] = (
    Phrase(re.compile(rf"\b{_CROP}\b{_INTO}{_RATIO}\b{_RATIO_WORDS}{_KEEPING}"), _cropped),
    Phrase(re.compile(rf"\b{_CROP}\b{_INTO}{_NAME}{_RATIO_WORDS}{_KEEPING}"), _cropped),
    Phrase(
        re.compile(
            r"(?<![\w:.,/])(?P<width>\d{1,2})\s*(?::|x|by|por)\s*(?P<height>\d{1,2})(?![\w:/])"
            rf"{_RATIO_WORDS}"
        ),
        _cropped,
    ),
    Phrase(
        re.compile(
            r"\b(?P<name>squared?|quadrad[oa]|wide ?-?screen)\b(?:\s+(?:crop|format|formato"
            r"|shape))*"
        ),
        _cropped,
    ),
    plain("zoom in|zoom|closer|close up|aproxime|aproximar|mais perto|amplie", Act.ZOOM),
    _fixed_turn(
        "(?:(?:flip|turn|rotate|vire|virar|coloque|gire) )?(?:(?:it|the|image|picture|photo|a"
        "|imagem"
        "|foto) )*(?:upside down|de cabeca para baixo|de cabeca pra baixo|(?:de )?ponta cabeca)",
        180.0,
    ),
    _fixed_turn("half(?: a)? turn|meia volta", 180.0),
    Phrase(
        re.compile(rf"\b{_TURN}\b{_IT}\s+{_DEGREES}(?:\s+{_SIDE.format(name='side')})?"), _turned
    ),
    Phrase(
        re.compile(
            rf"\b{_TURN}\b{_IT}\s+{_SIDE.format(name='first')}"
            rf"(?:\s+(?:by |em |de |in )?{_DEGREES}|(?:\s+(?:by |em |de )?(?P<plain>90|180|270)))?"
        ),
        _turned,
    ),
    Phrase(
        re.compile(
            rf"\b{_ROTATE}\b{_IT}\s+(?P<degrees>-?\d{{1,3}})(?![\d:%])"
            rf"(?:\s+{_SIDE.format(name='side')})?"
        ),
        _turned,
    ),
    Phrase(
        re.compile(
            r"\b(?:(?:a |um )?(?:quarter(?: of a)? turn|quarto de volta)|"
            rf"{_ROTATE})\b(?:{_IT}\s+{_SIDE.format(name='side')})?"
        ),
        _turned,
    ),
    Phrase(re.compile(rf"\b{_DEGREES}(?:\s+{_SIDE.format(name='side')})"), _turned),
    Phrase(
        re.compile(rf"\b{_FLIP}\b{_IT}\s+{_DOWN}\b|\b{_DOWN} (?:flip|mirror|reflection)\b"),
        lambda match: (Step(Act.FLIP),),
    ),
    Phrase(
        re.compile(
            rf"\b{_FLIP}\b{_IT}\s+{_ACROSS}\b|\b{_ACROSS} (?:flip|mirror)\b"
            r"|\b(?:flip(?:ped)?|mirror(?:ed|ing)?(?: image| it)?|espelh(?:e|ar|ad[oa]|amento|a|o)"
            r"|reflected|reflita)\b"
        ),
        lambda match: (Step(Act.MIRROR),),
    ),
)
