"""The instructions that the engine knows: which words ask for which step."""

from __future__ import annotations

import re

from generation.providers.builtin.edits import looks, shapes
from generation.providers.builtin.edits.phrase import (
    LESS,
    MORE,
    Phrase,
    noun,
    plain,
    regex,
    scale,
)
from generation.providers.builtin.edits.selective import colours_in
from generation.providers.builtin.edits.steps import PLAIN_COLOURS, Act, Region, Step
from generation.providers.builtin.edits.words import COLOUR, DOWN, any_of, colour_named

MEASURED_BY_THEMSELVES = frozenset(
    {
        Act.ROTATE,
        Act.CROP,
        Act.ZOOM,
        Act.MIRROR,
        Act.FLIP,
        Act.LETTERING,
        Act.INVERT,
        Act.KEEP_COLOURS,
        Act.MUTE_COLOURS,
        Act.STYLE,
        Act.PALETTE,
    }
)
"""Acts that words such as "slightly" do not change."""

# --- Light, warmth, contrast, saturation --------------------------------------------------------

_BRIGHT = "bright|light|luminous|clar[oa]s?|luminos[oa]s?|iluminad[oa]s?|brilhantes?|lit"
_DARK = "dark|dim|gloomy|escur[oa]s?|sombri[oa]s?"
_WARM = "warm|quentes?|calid[oa]s?"
_COLD = "cold|cool|chilly|icy|fri[oa]s?|gelad[oa]s?"
_COLOURFUL = (
    "saturated|colou?rful|vivid|vibrant|intense colou?rs?|saturad[oa]s?|viv[oa]s?|vibrantes?"
    "|colorid[oa]s?|vivid[oa]s?|alegres?"
)
_PALE = (
    "desaturated|muted|faded|pale|washed out"
    "|dessaturad[oa]s?|desbotad[oa]s?|apagad[oa]s?|palid[oa]s?"
)
_CONTRASTY = "contrasty|contrasted|punchy|contrastad[oa]s?"
_FLAT = "flat|chapad[oa]s?"
_SHARP = "sharp|crisp|clear|detailed|nitid[oa]s?|detalhad[oa]s?|definid[oa]s?"
_SOFT = "blurry|blurred|soft|out of focus|desfocad[oa]s?|borrad[oa]s?|embacad[oa]s?|fora de foco"

_ADJECTIVES = (
    (_BRIGHT, Act.LIGHT, 1.0),
    (_DARK, Act.LIGHT, -1.0),
    (_WARM, Act.WARMTH, 1.0),
    (_COLD, Act.WARMTH, -1.0),
    (_COLOURFUL, Act.SATURATION, 1.0),
    (_PALE, Act.SATURATION, -1.0),
    (_CONTRASTY, Act.CONTRAST, 1.0),
    (_FLAT, Act.CONTRAST, -1.0),
    (_SHARP, Act.SHARPEN, 1.0),
    (_SOFT, Act.BLUR, 1.0),
)
_BARE = tuple(
    (re.compile(rf"\b{any_of(words)}\b"), (Step(act, amount=amount),))
    for words, act, amount in _ADJECTIVES
)
_BARE_TINT = re.compile(rf"\b{COLOUR}\b")

CHANGES_BY_ITSELF = re.compile(
    r"^\W*(?:please |por favor,? )?"
    + any_of(
        "darken|brighten|lighten|dim|warm|cool|blur|sharpen|saturate|desaturate|soften|increase"
        "|reduce"
        "|boost|decrease|lower|raise|illuminate|light up|defocus|improve|enhance"
        "|escureca|escurecer|escurece|clareie|clarear|clareia|ilumine|iluminar|aqueca|aquecer"
        "|esquente"
        "|esfrie|esfriar|resfrie|desfoque|desfocar|borre|borrar|sature|saturar|dessature|dessaturar"
        "|aumente|aumentar|reduza|reduzir|diminua|diminuir|suavize|suavizar|afie|realce"
    )
    + r"\b"
)
"""A clause that starts with the verb of an adjustment: "darken the barn"."""


def _tinted(match: re.Match[str]) -> tuple[Step, ...]:
    return (Step(Act.TINT, colours=(colour_named(match["colour"]),)),)


def _few_colours(match: re.Match[str]) -> tuple[Step, ...]:
    count = int(match["count"] or PLAIN_COLOURS)
    return (Step(Act.POSTERIZE, amount=PLAIN_COLOURS / max(2, count)),)


def _muted(match: re.Match[str]) -> tuple[Step, ...]:
    return (Step(Act.MUTE_COLOURS, colours=colours_in(match["colours"])),)


def _kept(match: re.Match[str]) -> tuple[Step, ...]:
    return (Step(Act.KEEP_COLOURS, colours=tuple(match["names"].split("_"))),)


_PHRASES: tuple[Phrase, ...] = (
    Phrase(re.compile(r"\bxkeep_(?P<names>\w+)"), _kept),
    plain("xmono", Act.MONOCHROME),
    *looks.PHRASES,
    *shapes.PHRASES,
    # Before light: "darker edges" is a vignette, "dark" of "dark night" belongs to the night.
    plain(
        "(?:darker|darken|dark|escurec[ae]r?|escureca) (?:the |as |os |of )?(?:edges|corners"
        "|borders"
        "|bordas|cantos)|(?:bordas|cantos) (?:mais )?escur[oa]s",
        Act.VIGNETTE,
    ),
    noun("vignett(?:e|es|ing|ed)|vinhetas?|vinhetagem|vinhetad[oa]", Act.VIGNETTE, down=0.0),
    noun(
        "(?:film )?grain(?:y|ier|iness)?|noise|noisy|grao|graos|granulad[oa]s?|granulacao"
        "|granulosidade"
        "|ruidos?|chuvisco",
        Act.GRAIN,
        down=0.0,
    ),
    plain(
        "sepia(?: toned?| tones?)?|(?:look |looking )?old(?: fashioned| looking)|look old"
        "|antique(?: look)?|old photo(?:graph)?|vintage|foto antiga"
        "|envelhecid[oa]|envelheca|antig[oa]|retro",
        Act.SEPIA,
    ),
    plain(
        "sunset|sun set|evening(?: light)?|sundown|golden hour|setting sun|late afternoon"
        "|por do sol|entardecer|poente"
        "|hora dourada|(?:fim|final) (?:de|da) tarde|ocaso",
        Act.SUNSET,
    ),
    plain(
        "sunrise|dawn|day ?break|early morning|nascer do sol|amanhecer|alvorada|aurora",
        Act.SUNSET,
        0.7,
    ),
    plain(
        "(?:(?:dark|clear|starry|starlit|calm|quiet|summer|winter) )?night(?: ?time| scene| sky)?"
        "|nocturnal|midnight|moon ?light|moonlit"
        "|noite(?: (?:escura|clara|limpa|estrelada|calma|tranquila))?"
        "|noturn[oa]|meia noite|luar|anoiteca",
        Act.NIGHT,
    ),
    plain("nightfall|dusk|twilight|blue hour|anoitecer|crepusculo|hora azul", Act.NIGHT, 0.65),
    plain(
        "(?:inver(?:t|ts|ted|ting|se)|reverse)(?: (?:the |its )?colou?rs?)?|(?:photo )?negative"
        "|negativ[oa]|inver(?:ta|ter|te|tid[oa]s?|tendo)(?: as)?(?: cores)?|cores invertidas",
        Act.INVERT,
    ),
    Phrase(
        re.compile(
            r"\bposteri(?:[sz]e|zar) (?:it )?(?:to|in|em|para) (?P<count>\d{1,2})"
            r"(?: colou?rs?| cores)?\b"
        ),
        _few_colours,
    ),
    plain(
        "posteri[sz](?:e|ed|ation|ing)|posterizar|posterizad[oa]|posterizacao|poster(?: style| look"
        "| effect)?|fewer colou?rs|(?:estilo |efeito )?(?:de )?(?:poster|cartaz)|menos cores"
        "|flat colou?rs|cores chapadas",
        Act.POSTERIZE,
    ),
    Phrase(
        re.compile(
            r"\b(?:reduz(?:a|ir)?|diminua|limite|reduce|limit)\s+(?:the |as )?(?:number of )?"
            r"(?:cores|colou?rs)(?:\s+(?:to|para|a)\s+(?P<count>\d{1,2}))?\b"
        ),
        _few_colours,
    ),
    plain(
        "(?:lift|open|levante|abra) (?:up )?(?:the |as )?(?:shadows|sombras)",
        Act.LIGHT,
        region=Region.SHADOWS,
    ),
    plain("(?:more|mais) dramatic[oa]?", Act.CONTRAST),
    plain(
        "(?:shallow )?depth of field|profundidade de campo|portrait mode|modo retrato",
        Act.BLUR,
        region=Region.BACKGROUND,
    ),
    plain("(?:less|menos) intens(?:e|[oa]s?)|pastel(?: colou?rs?| tones?)?", Act.SATURATION, -1.0),
    plain("(?:more|mais) intens(?:e|[oa]s?)", Act.SATURATION),
    noun("contraste?s?", Act.CONTRAST),
    noun("(?:colou?r )?saturation|vibrance|vibrancy|saturacao|vibracao|vivacidade", Act.SATURATION),
    noun(
        "brightness|exposure|luminosity|luminosidade|brilho|exposicao|claridade",
        Act.LIGHT,
    ),
    noun("warmth|(?:colou?r )?temperatur(?:e|a)(?: d[ae] cor(?:es)?)?|calor", Act.WARMTH),
    noun("darkness|escuridao", Act.LIGHT, up=-1.0, down=1.0),
    noun("sharpness|clarity|definition|nitidez|definicao|focus|foco", Act.SHARPEN),
    regex(
        rf"\b(?:{LESS}|remove(?: the)?|remova o|tire o|reduce(?: the)?|reduza o)\s+"
        rf"(?:{_SOFT}|blur|desfoque|embacado)\b",
        Act.SHARPEN,
        1.0,
    ),
    *scale(Act.LIGHT,
        "brighter|brighten(?:s|ed|ing|ed up| up)?|lighter|lighten(?:ed|ing| up)?|light up"
        "|illuminate"
        "|more light|clare(?:ie|ia|ar|ando|ada|ado|iem)|clareamento|ilumin(?:e|a|ar)|mais luz"
        "|abrilhante|overexposed?|more sunny|sunnier",
        "darker|darken(?:s|ed|ing)?|dimmer|dimmed|gloomier|less light|underexposed?|escure(?:ca"
        "|cer|ce"
        "|cendo|cid[oa]|cam)|escurecimento|menos luz|moodier",
        _BRIGHT, _DARK),
    *scale(Act.WARMTH,
        "warmer|warm (?:it )?up|warm it|warmed|warming|aquec(?:er|e|id[oa]|endo)|aqueca|esquent(?:e"
        "|ar|a)"
        "|more warmth|mais calor",
        "colder|cooler|cool (?:it )?down|chillier|icier|cooling|esfri(?:e|ar|a)|resfri(?:e|ar|a)"
        "|gele",
        _WARM, _COLD),
    *scale(Act.CONTRAST, "punchier|contraste(?:ie|ar)", "flatter|flatten", _CONTRASTY, _FLAT),
    *scale(Act.SATURATION,
        "saturate|more colou?r|mais cor|satur(?:e|ar|ando)|(?:make the )?colou?rs? pop"
        "|richer colou?rs?"
        "|stronger colou?rs?|cores (?:mais )?(?:fortes|intensas)|brighter colou?rs?|mais cores",
        "desaturat(?:e|es|ing)|paler|less colou?rs?|menos cor|dess?atur(?:e|ar|ando)|desbot(?:e|ar)"
        "|softer colou?rs?|cores (?:mais )?(?:suaves|fracas)|mute(?: the colou?rs)?",
        _COLOURFUL, _PALE),
    *scale(Act.SHARPEN,
        "sharper|sharpen(?:ed|ing)?|crisper|clearer|more details?|mais detalhes?|afi(?:e|ar)"
        "|in focus|em foco",
        "xnothing",
        _SHARP, "xnothing"),
    *scale(Act.BLUR,
        "blur(?:s|ring|rier)?|unfocus|defocus(?:ed)?|soft focus|bokeh|desfoc(?:ar|a|ando|agem)"
        "|desfoque"
        "|borr(?:ar|e|ao)|embace|soften(?:ed)?|softer|suaviz(?:e|ar)|desfoques",
        "xnothing",
        _SOFT, "xnothing"),
    Phrase(
        re.compile(
            rf"\b(?:{DOWN})\s+(?:all )?(?:the |of the |tod[oa]s? )?(?:o |a |os |as )?"
            rf"(?P<colours>{COLOUR})(?: tones?| parts?)?\b"
        ),
        _muted,
    ),
    Phrase(
        re.compile(
            rf"\b(?:{MORE}|tint(?:ed)?(?: it)?|tinge|tinja|pinte|paint|colou?r|a bit of"
            rf"|toque de)\s+"
            r"(?:(?:it|the|of|de|o|a|everything|tudo|in)\s+){0,3}"
            rf"(?P<colour>{COLOUR})\b"
        ),
        _tinted,
    ),
    Phrase(
        re.compile(rf"\b(?P<colour>{COLOUR}) (?:tint|tinted|cast|hue|tone|wash|filter)\b"), _tinted
    ),
    Phrase(
        re.compile(
            rf"\b(?:tom|tons|tonalidade|matiz|filtro|luz) (?:de )?(?P<colour>{COLOUR})\b"
        ),
        _tinted,
    ),
)  # fmt: skip


def find(text: str) -> tuple[tuple[Step, ...], str]:
    """The steps that a clause asks for, in the order of its words, and the text without them."""
    found: list[tuple[int, Step]] = []
    for phrase in _PHRASES:
        for match in phrase.words.finditer(text):
            steps = [step for step in phrase.steps(match) if step.amount]
            found += ((match.start(), step) for step in steps)
            if steps:  # else its words stay, and are owned up to
                text = f"{text[: match.start()]}{' ' * len(match[0])}{text[match.end() :]}"
    if not found:
        found, text = _bare(text)
    # By its place alone: two steps at one place keep the order of the phrases.
    in_order = tuple(step for _, step in sorted(found, key=lambda item: item[0]))
    return _consistent(in_order), text


def _bare(text: str) -> tuple[list[tuple[int, Step]], str]:
    """What adjectives ask for by themselves, and if there are none, the name of a colour."""
    found = []
    for words, steps in _BARE:
        if match := words.search(text):
            found += [(match.start(), step) for step in steps]
            text = words.sub(" ", text)
    colour = _BARE_TINT.search(text)
    if not found and colour is not None:
        found.append((colour.start(), Step(Act.TINT, colours=(colour_named(colour[0]),))))
        text = f"{text[: colour.start()]} {text[colour.end() :]}"
    return found, text


def _consistent(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Without what one clause asks for in both directions."""
    signs: dict[Act, set[bool]] = {}
    for step in steps:
        signs.setdefault(step.act, set()).add(step.amount > 0)
    return tuple(step for step in steps if len(signs[step.act]) == 1)


def has_bare_adjective(text: str) -> bool:
    """Whether a clause is read by an adjective alone, as "a dark forest" would be."""
    return not any(phrase.words.search(text) for phrase in _PHRASES)


TEXT_DETAIL = re.compile(
    r"\s*(?:the words?|the text|a frase|o texto|os dizeres|as palavras|a palavra|(?:big|large|small"
    r"|white|black|bold) |letras|a vignette filter)"
)
"""What may follow "with" and belongs to the lettering before it."""
