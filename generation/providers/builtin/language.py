"""Is a prompt English or Brazilian Portuguese? A guess by small words, accents and endings."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Language = Literal["en", "pt"]

_LONGEST_READ = 4_000
_SURE = 0.75
"""What Portuguese has to be ahead by: a single word ending in -a or -o is not enough."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    """
    the an of on in at with and is are was were be been from by to into onto under over her his
    their its my our your it he she they we you this that these those which who while where
    for near behind beside between against through across inside out up down off or not very
    some two three four many one has have having make create generate draw please want show
    photo photograph picture image painting drawing portrait landscape style light old new red
    blue green white black yellow pink cat dog bird horse fish house city street sea beach lake
    river mountain forest tree flower woman man girl boy child people coffee bread cake honey
    fruit moon sun sky star rain snow night day morning lighthouse castle dragon car train boat
    book window table chair bottle shoe watch space winter summer spring autumn birthday happy
    shop abstract pattern fox owl bear lion food tea kitchen room garden bridge road love dream
    """
)

_PORTUGUESE = _words(
    """
    um uma uns umas o os da das dos ao aos na nas nos num numa em com sem por para pra pelo pela
    pelos pelas que seu sua seus suas meu minha meus minhas nosso nossa este esta esse essa
    isto isso aquele aquela ele ela eles elas sobre entre sob quando onde enquanto mas muito
    muita mais menos bem dois duas quatro cinco foto fotografia imagem retrato pintura desenho
    crie gere fazer mostre quero queria estilo luz velho velha novo nova grande pequeno pequena
    vermelho vermelha azul verde branco branca preto preta amarelo amarela laranja roxo roxa
    gato gata gatinho cachorro cachorra passarinho cavalo peixe casa cidade rua mar praia lago
    rio serra montanha mata floresta flor flores mulher homem menina menino pessoas gente bebê
    caneca xícara bolo mel fruta lua sol estrela chuva neve noite dia manhã tarde farol castelo
    robô carro trem barco livro janela mesa cadeira garrafa sapato deserto inverno primavera
    outono natal festa feliz entardecer amanhecer anoitecer jardim fazenda igreja guerra abstrato
    abstrata raposa coruja urso comida cozinha quarto sala ponte estrada céu nuvem borboleta
    abelha onça tucano papagaio bicicleta ônibus avião vestido relógio perfume vaso cerâmica
    quadro parede porta escola avó avô mãe pai criança crianças família amigos casal noiva
    girassol margarida cachoeira lagoa ilha onda areia concha trilha morro campo sítio roça
    queijo feijoada churrasco sorvete morango abacaxi limão maçã suco vinho cerveja chá
    dragão bruxa fada sereia fantasma princesa rei rainha astronauta foguete nave planeta
    galáxia universo espaço futuro cachorrinho cachorrinha saudade amor sonho vida tempo mundo
    café coração alegria tristeza silêncio solidão infância viagem cores formas padrão estampa
    """
)

_SHARED = {"do": 0.4, "de": 0.6, "e": 0.6, "o": 0.6, "no": 0.4, "as": 0.2, "se": 0.5, "à": 1.0}
"""Small words that are Portuguese here more often than they are English, French or Spanish."""

_FOREIGN = _words(
    """
    el los las una unos y con en del muy pero hay su un le les une des du et dans sur avec au
    aux il lo gli della nel di che per der die ein eine und im mit auf
    """
)
"""Neither language: counts against Portuguese, so that other tongues get English."""

_PT_ENDINGS = (
    *("ção", "ções", "ssão", "ões", "ães", "inho", "inha", "inhos", "inhas", "zinho", "zinha"),
    *("mente", "ando", "endo", "indo", "eiro", "eira", "agem", "dade", "ável", "ível", "ência"),
    *("ância", "oso", "osa", "ado", "ada", "ante", "lhos", "lho", "lha"),
)
_EN_ENDINGS = (
    *("ing", "tion", "tions", "ness", "ful", "less", "ly", "ed", "ght", "sh", "th", "ck", "ous"),
    *("able", "ible", "ship", "ee", "oo", "ow", "ew", "ay", "ey", "ry", "ty", "ny", "er", "ch"),
    *("ss", "ts", "ds", "ns", "gs", "ks", "nt", "nd", "st", "ll"),
)
_PT_LETTERS = frozenset("ãõçâêôàáéíóú")
_NOT_OURS = frozenset("ñ¿¡ßäöëïøåæœùèìòłżğş")


def detect_language(text: str) -> Language:
    """Tell whether a text is English or Portuguese; ties, rubbish and other tongues are "en"."""
    lowered = unicodedata.normalize("NFC", text[:_LONGEST_READ]).lower()
    portuguese = english = 0.0
    for word in _WORD.findall(lowered):
        for part in dict.fromkeys((word, *word.split("-"))):
            pt, en = _weigh(part)
            portuguese += pt
            english += en
    portuguese -= 2.0 * sum(lowered.count(letter) for letter in _NOT_OURS)
    return "pt" if portuguese - english >= _SURE else "en"


def _weigh(word: str) -> tuple[float, float]:
    """How Portuguese and how English one word is."""
    if word in _SHARED:
        return _SHARED[word], 0.0
    singular = word.removesuffix("s")
    if word in _PORTUGUESE or (singular in _PORTUGUESE and word not in _ENGLISH):
        return 1.0, 0.0
    if word in _ENGLISH or singular in _ENGLISH:
        return 0.0, 1.0
    if word in _FOREIGN:
        return -0.6, 0.0
    accent = 0.8 if _PT_LETTERS & set(word) else 0.0
    if len(word) < 4:
        return accent, 0.0
    if word.endswith(_PT_ENDINGS):
        return accent + 0.8, 0.0
    if word.endswith(_EN_ENDINGS) or set(word) & set("wky"):
        return accent, 0.6
    if word.endswith(("a", "o", "as", "os")):
        return accent + 0.4, 0.0
    return accent, 0.1
