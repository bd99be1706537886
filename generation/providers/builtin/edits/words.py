"""The words of instructions, in English and Portuguese, as parts of regular expressions.

All of them are lower case and without accents: that is what the message is made before it is read.
"""

from __future__ import annotations

import re

from generation.providers.builtin.edits.steps import Region


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def any_of(text: str) -> str:
    """A group that matches one of the alternatives; a blank in them also matches a hyphen."""
    return "(?:" + text.replace(" ", "[ -]") + ")"


COLOURS = {
    "red": "red(?:s|der|dish)?|vermelh[oa]s?|avermelhad[oa]s?|encarnad[oa]|crimson|scarlet",
    "orange": "orange(?:s|y)?|(?:a?laranja|laranjas)(?:d[oa]s?)?",
    "yellow": "yellow(?:s|er|ish)?|amarel[oa]s?|amarelad[oa]s?",
    "gold": "gold(?:en)?|dourad[oa]s?|ouro",
    "green": "green(?:s|er|ish)?|verdes?|esverdead[oa]s?",
    "cyan": "cyan|teal|turquoise|ciano|turquesa",
    "blue": "blue(?:s|r)?|bluish|azul|azuis|azulad[oa]s?",
    "purple": "purples?|purplish|violet|rox[oa]s?|arroxead[oa]s?|violeta|lilas|lavender",
    "pink": "pink(?:s|er|ish)?|magenta|rosas?|rosad[oa]s?|cor[ -]de[ -]rosa",
    "brown": "brown(?:s|ish)?|marr(?:om|ons)|castanh[oa]s?",
}
COLOUR = rf"(?:{'|'.join(COLOURS.values())})"
_COLOUR_NAMES = {name: re.compile(rf"(?:{words})") for name, words in COLOURS.items()}


def colour_named(word: str) -> str:
    """The colour that a word means. Raises KeyError for a word that matches no `COLOUR`."""
    for name, words in _COLOUR_NAMES.items():
        if words.fullmatch(word):
            return name
    raise KeyError(word)


REGIONS: tuple[tuple[Region, str], ...] = (
    (
        Region.SHADOWS,
        any_of(
            "(?:the )?shadows?|(?:the )?dark(?:er|est)? (?:areas?|parts?|tones?)|sombras?"
            "|(?:areas|partes|zonas|tons) (?:mais )?escur[oa]s"
        ),
    ),
    (
        Region.HIGHLIGHTS,
        any_of(
            "highlights?|(?:bright|light)(?:er|est)? (?:areas?|parts?|tones?)|realces|altas luzes"
            "|(?:areas|partes|zonas|tons) (?:mais )?clar[oa]s|luzes altas"
        ),
    ),
    (Region.SKY, any_of("sky|skies|ceus?")),
    (Region.LAND, any_of("ground|land|earth|chao|solo|terreno")),
    (Region.BACKGROUND, any_of("back ?ground|backdrop|plano de fundo|segundo plano|fundo")),
    (
        Region.FOREGROUND,
        any_of("fore ?ground|(?:main )?subject|primeiro plano|assunto(?: principal)?"),
    ),
    (
        Region.TOP,
        any_of(
            "(?:top|upper)(?: (?:half|part|third|edge|side))?|topo"
            "|(?:parte|metade|borda) (?:de cima|superior)|em cima|acima"
        ),
    ),
    (
        Region.BOTTOM,
        any_of(
            "(?:bottom|lower|below)(?: (?:half|part|third|edge|side))?|rodape|em ?baixo|abaixo"
            "|(?:parte|metade|borda) (?:de baixo|inferior)"
        ),
    ),
    (
        Region.CENTRE,
        any_of("cent(?:er|re)|middle|centro|meio|centralizad[oa]|centered|centred"),
    ),
    (Region.EDGES, any_of("edges?|corners?|borders?|bordas?|beiradas?|cantos?")),
    (
        Region.LEFT,
        any_of("left(?: (?:half|part|side|edge))?|(?:lado |metade |borda )?esquerd[oa]"),
    ),
    (
        Region.RIGHT,
        any_of("right(?: (?:half|part|side|edge))?|(?:lado |metade |borda )?direit[oa]"),
    ),
)

SLIGHTLY = any_of(
    "slightly|(?:just )?a (?:little|bit|touch|tad|hint)(?: bit)?|a little bit|somewhat|subtly"
    "|subtle"
    "|gently|gentle|mildly|softly|lightly|um pouco|um pouquinho|pouco|pouquinho|levemente"
    "|ligeiramente|sutilmente|sutil|suavemente|suave|de leve|leve|discret[oa]|um toque|um tiquinho"
    "|um tantinho|a slight|slight|little"
)
STRONGLY = any_of(
    "much|a lot|lots|way|very|really|strongly|strong|stronger|heavily|heavy|extremely|extreme|far"
    "|considerably|significantly|dramatically|dramatic|intensely|intense|super|muito|muita|bem"
    "|bastante|demais|fortemente|forte|extremamente|intens[oa]|intensamente|dramatic[oa]"
    "|consideravelmente|quite"
)
FULLY = any_of(
    "completely|fully|totally|entirely|completamente|totalmente|por completo|inteiramente"
)
UP = any_of(
    "more|mais|increase|raise|boost|higher|high|add|extra|up|enhance|strengthen|turn up|improve"
    "|greater|bump up|bump|crank up|pump up|richer"
    "|aumente|aumentar|aumenta|eleve|suba|realce|realcar|intensifique|intensificar|alt[oa]|maior"
    "|de mais|acentue|acentuar|melhore"
)
DOWN = any_of(
    "less|menos|reduce|decrease|lower|low|down|turn down|drop|minus|cut|fewer|lessen|remove"
    "|take out"
    "|tone down|diminua|diminuir|diminui|reduza|reduzir|reduz|abaixe|baixe|baix[oa]|menor|tire"
    "|tirar"
    "|remova|remover|retire|retirar|tira|retira|reduza"
)

EXCEPT = any_of(
    "except|excepting|but|save|exceto|menos|fora|salvo|tirando|com excecao|a excecao|a nao ser"
    "|apart from|other than|besides|aside from|excluding|sem ser"
)
ONLY = any_of(
    "only|just|solely|exclusively|so|apenas|somente|unicamente|nothing but|nada alem d[eo]"
)
KEEP = any_of(
    "keep|keeping|leave|leaving|show|preserve|preserving|retain|have|with|mantenha|mantendo|manter"
    "|deixe|deixar|deixando|preserve|preservar|conserve|fique|com|mostre"
)

CHANGE = any_of(
    "make|makes|making|turn|get|render|give|set|change|want|let|adjust|bring|deixe|deixar|deixa"
    "|torne"
    "|tornar|torna|faca|fazer|faz|fique|ficar|coloque|quero|queria|mude|mudar|transforme"
    "|transformar"
    "|ajuste|ajustar|de|dar"
)
"""Verbs that ask for a change of what is there, and for nothing new."""

FILLERS = _words(
    """
    the a an this that these those it its it's them my our your of in on at into to from for
    by as is be been being was are so just also too please pls plz kindly can could would will
    you i i'd i'll we let's lets like want need wish should must have has had do does make
    makes making turn turns get give gives put apply applies use using add adding set change
    convert render transform edit bring create more even still again now then there here all
    whole entire entirely everything every overall image images picture pictures photo photos
    photograph pic scene shot look looks looking feel feeling effect effects filter version
    tone tones tonality style some any with degree degrees percent colour color colours colors
    colored coloured light lights lighting mood vibe atmosphere time way bit result only ones
    one new nice side half horizontally vertically appear appears seem go going thanks thank
    ok okay hey hi hello first second next finally after well area areas part parts shade
    shades hue hues together toward towards level levels amount o os um uma uns umas de da dos
    das em no na nos nas num numa ao aos por pelo pela para pra pro com e que se isso isto
    este esta esse essa aquele aquela ele ela dele dela seu sua meu minha favor porfavor pode
    poderia voce eu gostaria quero queria preciso quer deve deixe deixar deixa torne tornar
    torna faca fazer faz fique ficar fica mude mudar transforme transformar converta converter
    coloque colocar coloca ponha bota bote usar usa aplique aplicar aplica adicione adicionar
    acrescente insira crie criar gere edite ajuste ajustar passe dar mais ainda agora depois
    tambem entao ai aqui tudo toda todo todas todos inteira inteiro geral imagem imagens foto
    fotos fotografia figura quadro cena visual efeito efeitos filtro versao tom tons
    tonalidade estilo cor cores colorido grau graus cento porcento luz clima ar aparencia
    jeito jeitinho como fosse parecer pareca parecendo apenas somente lado sentido partir
    estar esteja vire virar vira obrigado obrigada ola oi tipo parte partes nivel aumente
    aumentar aumenta realce intensifique melhore improve enhance boost increase raise s d t m
    mesma mesmo same lhe me pinte pintar paint tinge tinja tint poe try taken tirada tirado
    igual up day dia iluminacao
    """
)
"""Words that change nothing about what is asked for."""

BRINGS_NEW = re.compile(
    r"\b"
    + any_of(
        "add|adding|put|place|insert|draw|paint|create|replace|remove|delete|erase|swap|generate"
        "|include|adicione|adicionar|adiciona|coloque|colocar|coloca|ponha|bote|insira|inserir"
        "|inclua"
        "|desenhe|pinte|crie|criar|troque|trocar|substitua|remova|remover|apague|apagar|tire|tirar"
        "|retire|acrescente|wear|wearing|vista|move|mova|gere"
    )
    + r"\b"
)
"""Words that ask for something that is not in the picture, or for something less in it."""
