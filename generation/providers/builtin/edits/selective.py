"""Black and white, and saying which colours stay."""

from __future__ import annotations

import re

from generation.providers.builtin.edits.words import (
    COLOUR,
    EXCEPT,
    KEEP,
    ONLY,
    any_of,
    colour_named,
)

_GREY = any_of(
    "black ?(?:and|&|n|'n'|n'|\\+|/)? ?white|white (?:and|&) black|b ?& ?w|b/w|b and w|bw"
    "|pret[oa] ?(?:e|&|/|y) ?branc[oa]|branc[oa] e pret[oa]|p ?& ?b|p/b|pb"
    "|gr[ea]y ?scales?|shades of gr[ea]y|gr[ea]y tones?|(?:escala|tons|tonalidades) de cinzas?"
    "|mono ?chrom(?:e|atic)|monocromatic[oa]s?|descolor(?:ir|a|id[oa])|colou?rless|incolor"
    "|film noir|noir"
)
_NO_COLOUR = any_of(
    "(?:remove|drain|take(?: out| away)?|strip|get rid of|lose|kill|drop|without|no)"
    " (?:all )?(?:of )?(?:the |its |any )?(?:colou?rs?|saturation)(?: (?:away|out|from it))?"
    "|(?:completely|fully|totally|entirely) desaturated?|desaturated? (?:it )?(?:completely|fully"
    "|totally|entirely)|(?:tire|tira|tirar|remova|remover|retire|elimine|apague|sem)"
    " (?:tod[oa]s? )?(?:as? |da |de )?(?:cor|cores|saturacao)(?: nenhuma)?"
    "|dessatur(?:e|ar|ad[oa]) (?:completamente|totalmente|por completo)"
)
_GREYED = any_of("gr[ea]y|cinzas?|desaturated?|dess?atur(?:e|ad[oa]|ar)")
_REST = any_of(
    "everything(?: else)?|all(?: the rest)?|the rest|rest|tudo|todo|resto|restante|o que sobrar"
)
_ARTICLES = (
    r"(?:\s*(?:the|a|an|o|os|as|for|from|of|d[aoe]s?|in|em|n[ao]s?|what is|anything|all|todos?"
    r"|todas?"
    r"|tons?|tones?|shades?|areas?|parts?|partes?|cor(?:es)?|colou?rs?|things?|everything|tudo"
    r"|que e"
    r"|its|it|visible|objetos?|objects?|elementos?)\b)*"
)
_COLOUR_LIST = (
    rf"{_ARTICLES}\s*(?P<colours>{COLOUR}\b(?:\s*(?:,|/|\band\b|\be\b|\bor\b|\bou\b|&)"
    rf"{_ARTICLES}\s*{COLOUR}\b)*)"
)
_TAIL = (
    r"(?:\s+(?:in colou?r|em cores?|colou?red|coloured|colorid[oa]s?|visible|visivel|visiveis"
    r"|parts?"
    r"|partes?|areas?|tones?|tons|colou?rs?|as it is|como esta|things?|objects?|stays?|remains?"
    r"|shows?|ficam?|aparecem?))*"
)
_MONO = "xmono"
_EVERYTHING_BUT = any_of(
    "(?:everything|all|tudo|todo o resto) (?:except|but|exceto|menos|fora|salvo)(?: for)?"
    " (?:the |o |a )?(?:main )?(?:subject|fore ?ground|person|cent(?:er|re)|middle|face|assunto"
    "|primeiro plano|pessoa|centro|meio|rosto|objeto principal)"
)


_EVERYTHING_BUT_SKY = any_of(
    "(?:everything|all|tudo|todo o resto) (?:except|but|exceto|menos|fora|salvo)(?: for)?"
    " (?:the |o )?(?:sky|ceu)"
)


def canonical(text: str) -> str:
    """The text with what says in many words which colours stay, said in one word.

    Done before the text is cut into clauses: "black and white" is none of two things.
    """
    text = re.sub(rf"(?<!\w){_GREY}(?!\w)", _MONO, text)
    text = re.sub(rf"\b{_NO_COLOUR}\b", _MONO, text)
    text = re.sub(rf"\b{_EVERYTHING_BUT}\b", "background", text)
    text = re.sub(rf"\b{_EVERYTHING_BUT_SKY}\b", "land", text)
    for pattern in _SELECTIVE:
        text = pattern.sub(_kept, text)
    return text


def colours_in(text: str) -> tuple[str, ...]:
    """The names of the colours in a list of them, each once."""
    names = (colour_named(match[0]) for match in re.finditer(rf"\b{COLOUR}\b", text))
    return tuple(dict.fromkeys(names))


def _kept(match: re.Match[str]) -> str:
    return " " + "_".join(("xkeep", *colours_in(match["colours"]))) + " "


_GREY_THING = rf"(?:{_MONO}|{_REST}[^.;]{{0,20}}?\b{_GREYED}|\b{_GREYED}[^.;]{{0,12}}?{_REST})"
_SELECTIVE = tuple(
    re.compile(pattern)
    for pattern in (
        # "Black and white except the red", "tire a cor menos o vermelho".
        rf"(?:\b{_REST}\s+)?{_GREY_THING}[^.;]{{0,25}}?[,\s]\s*{EXCEPT}\b{_COLOUR_LIST}{_TAIL}",
        # "Everything but the red in black and white".
        rf"\b{_REST}\s+{EXCEPT}\b{_COLOUR_LIST}[^.;]{{0,25}}?{_GREY_THING}",
        # "Keep the red and make the rest black and white".
        rf"\b{KEEP}\b(?:\s*{ONLY}\b)?{_COLOUR_LIST}{_TAIL}[^.;]{{0,12}}?[,.;\s][^.;]{{0,25}}?"
        rf"\b{_REST}\b[^.;]{{0,20}}?(?:{_MONO}|\b{_GREYED})\b",
        # "Black and white, keep the red".
        rf"{_MONO}\b[^.;]{{0,12}}?[,.;\s]\s*(?:and |but |e |mas )?{KEEP}\b(?:\s*{ONLY}\b)?"
        rf"{_COLOUR_LIST}{_TAIL}",
        # "Keep only the red", "so o vermelho em cores", "selective colour red".
        rf"\b{KEEP}\s+(?:(?:it|tudo|a imagem|a foto)\s+)?{ONLY}\b{_COLOUR_LIST}{_TAIL}(?!\s*\w)",
        rf"\b{ONLY}\s+(?:{KEEP}\b)?{_COLOUR_LIST}{_TAIL}(?!\s*[^\s,.;!?])",
        rf"\b(?:selective colou?rs?|colou?r splash|cor seletiva)\b[^.;\w]*{_COLOUR_LIST}",
    )
)
