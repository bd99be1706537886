"""The words of the synthetic library: a vocabulary as skewed as that of real text.

30,000 terms whose frequencies follow Zipf and Mandelbrot: 300 real words at the head, made-up ones
in the tail, 15 % of those Portuguese with accents. Some words are put in at a known rate, so that a
search for them is known to be rare, common, or common everywhere but with one person.
"""

from __future__ import annotations

import random

import numpy as np

TERMS = 30_000
SKEW = 1.05
SHIFT = 2.7
PORTUGUESE = 0.15

#: Put in at these rates (of posts), on top of the vocabulary, which has none of them.
INJECTED = {
    "photorealistic": 0.12,
    "cinematic": 0.10,
    "coração": 0.03,
    "dragon": 0.01,
    "heliotrope": 0.0001,
}
#: Common, but never in what the person with the largest library wrote: whoever searches by walking
#: their posts walks all of them, whoever searches by the word finds thousands of others' posts.
ELSEWHERE = "zeppelin"
ELSEWHERE_RATE = 0.05

HEAD = """
a the of in and with on at by from under over light shadow sea soft warm cold deep quiet still
portrait landscape wide close shot lens grain film colour black white gold blue red green amber
teal violet grey silver pale dark bright golden hour dawn dusk night morning evening noon rain
snow fog mist storm cloud cloudy sky sun moon star stars river lake ocean wave waves shore beach
sand stone rock cliff hill mountain valley forest tree leaf leaves flower garden field meadow
grass moss path road bridge street city town village house window door roof wall tower castle
lighthouse harbour boat ship train station market cafe kitchen table chair lamp candle fire smoke
glass mirror water ice steam dust paper ink brush oil watercolour gouache pencil charcoal sketch
drawing painting poster print pattern texture detail detailed sharp blurred background foreground
depth focus bokeh exposure contrast tone tones palette minimal simple bold strong rough smooth
old new young small large tall long short round square open closed empty full woman man child
girl boy hands face eyes hair dress coat hat shoes bird cat dog horse fox wolf bear owl whale fish
butterfly bee robot astronaut planet space orbit neon future ancient myth legend dream memory
music piano guitar dance theatre circus carnival festival winter spring summer autumn style studio
photograph illustration render concept art artist view scene frame angle low high above below
between through across near far left right centre one two three many few no very slightly almost
e de o um uma com em na no luz sombra mar céu noite manhã tarde água fogo terra vento chuva névoa
árvore flor folhas jardim cidade rua casa janela porta barco praia areia montanha rio lua sol
estrela gato cão pássaro criança mulher homem mãos olhos cabelo vestido cor cores azul vermelho
verde dourado preto branco suave forte pequeno grande antigo sonho memória saudade canção violão
"""
ONSETS = [*"bcdfglmnprstv", "br", "cr", "dr", "fl", "gr", "pl", "st", "tr", "vel", "mar"]
VOWELS = [*"aeiou", "ai", "ea", "io"]
PLAIN_ENDS = ["n", "r", "s", "t", "l", "nd", "rk", "ne", "ve", "th", "ing", "er", "al"]
PORTUGUESE_ENDS = ["ção", "ão", "ã", "ê", "é", "ínha", "ável", "ória", "ções", "ú"]


def vocabulary() -> list[str]:
    """Every term once, the most frequent first."""
    source = random.Random(30_000)
    terms = dict.fromkeys(HEAD.split())
    while len(terms) < TERMS:
        ends = PORTUGUESE_ENDS if source.random() < PORTUGUESE else PLAIN_ENDS
        inner = "".join(
            source.choice(ONSETS) + source.choice(VOWELS) for _ in range(source.randint(1, 3))
        )
        term = inner + source.choice(ONSETS[:14]) + source.choice(ends)
        if term not in INJECTED and term != ELSEWHERE:
            terms.setdefault(term)
    return list(terms)


def cumulative_weights() -> np.ndarray:
    """For each rank, how likely a word has it or a smaller one: from the first weight to 1."""
    weights = 1 / (np.arange(TERMS) + 1 + SHIFT) ** SKEW
    return np.cumsum(weights / weights.sum())
