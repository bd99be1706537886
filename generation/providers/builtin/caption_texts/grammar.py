"""The small words by which the captions tell where a phrase begins and ends, per language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from ..language import Language
from . import BOOKS


def word_set(words: str) -> frozenset[str]:
    """The words of a text, so that lists of them stay readable."""
    return frozenset(words.split())


@dataclass(frozen=True)
class Words:
    """One language's small words, by what they do to a phrase."""

    language: Language
    determiners: frozenset[str]
    possessives: frozenset[str]
    numerals: frozenset[str]
    connectors: frozenset[str]
    """A noun phrase ends before these."""
    conjunctions: frozenset[str]
    joints: frozenset[str]
    """What ties two nouns into one phrase: "jar of honey"."""
    pronouns: frozenset[str]
    verbs: frozenset[str]
    edits: frozenset[str]
    """An order to change a picture: such a prompt names no subject."""
    manners: frozenset[str]
    media: frozenset[str]
    linkers: Mapping[str, str]
    """What follows a medium ("photo of"), with the article that is hidden in it."""
    style: frozenset[str]
    style_turns: frozenset[str]
    labels: frozenset[str]
    sayings: frozenset[str]
    adjectives: frozenset[str]
    fillers: frozenset[str]
    verbal: Callable[[str], bool]
    """Whether a word can be a verb form by its looks."""
    transitive: frozenset[str] = frozenset()
    prenominal: bool = True
    """Whether adjectives stand before the noun, so that the head comes last."""
    small: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        small = self.determiners | self.connectors | self.joints | self.conjunctions
        object.__setattr__(self, "small", small | self.pronouns | self.verbs)

    def is_verbal(self, key: str, following: str) -> bool:
        """Whether a word goes on to say what the noun before it does."""
        if not self.verbal(key):
            return False
        ends_there = not following or following in self.small or following.endswith("ly")
        return key in self.transitive or ends_there

    def refit(self, determiner: str, following: str) -> str:
        """The article that suits the word after it, once an adjective is gone."""
        if determiner in ("a", "an") and self.language == "en":
            return "an" if following[0] in "aeio" else "a"
        return determiner

    def is_common(self, key: str) -> bool:
        """Whether a word is surely an ordinary one, not a name."""
        return key in self.adjectives or bool(singulars(key) & _vocabulary(self.language))


def head_of(keys: list[str], words: Words) -> str:
    """The noun that decides the gender and number of a phrase."""
    front = keys
    for index, key in enumerate(keys):
        if index and key in words.joints:
            front = keys[:index]
            break
    if words.prenominal:
        return front[-1]
    for key in front:
        if key not in words.fillers and key not in _PT_BEFORE_NOUN:
            return key
    return front[-1]


def singulars(word: str) -> frozenset[str]:
    """A word and what it may be the plural of, in either language."""
    found = {word}
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) > len(plural) + 1:
            found.add(word[: -len(plural)] + singular)
    return frozenset(found)


_PLURALS = (
    *(("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"), ("ves", "fe"), ("ões", "ão")),
    *(("ães", "ão"), ("ais", "al"), ("éis", "el"), ("óis", "ol"), ("ns", "m"), ("zes", "z")),
)


@cache
def _vocabulary(language: Language) -> frozenset[str]:
    families = BOOKS[language].all.values()
    terms = (term.text for family in families for some in family.terms.values() for term in some)
    return frozenset(term for term in terms if " " not in term) | _COMMON[language]


_COMMON: dict[Language, frozenset[str]] = {
    "en": word_set(
        """
        jar light shadow wall corner glass stone rock metal paper wood bottle keeper seller stack
        pile bowl plate pot spoon knife dipper garland fence gate roof floor ceiling ocean idea
        logo icon letter word wing tail paw eye nose hair beard dress skirt coat stall owner
        neighbour neighbor sculpture fountain lawn path lantern festival harvest feather
        """
    ),
    "pt": word_set(
        """
        pote luz sombra parede canto vidro pedra metal papel madeira pilha tigela prato panela
        colher faca cerca portão telhado chão teto ideia ícone letra palavra asa rabo pata olho
        nariz cabelo barba saia vendedor vendedora dono dona vizinho vizinha fonte caminho
        lanterna colheita pena tronco galho ninho rede toalha cesta
        """
    ),
}

_EN_ING_NOUNS = word_set(
    """
    building painting wedding ceiling evening morning spring string clothing lightning pudding
    drawing dressing wing swing sling earring sterling darling duckling seedling engraving
    railing crossing landing carving
    """
)
_EN_ED_NOUNS = word_set("shed seed weed reed breed hundred biped moped")
_EN_PAST = word_set("seen made lit shot built taken drawn hung standing")

_PT_DOING = re.compile(r"(?:ando|endo|indo)$")
_PT_NOT_DOING = word_set("lindo bando comando dividendo fernando mundo")
_PT_PAST = word_set(
    """
    sentado sentada sentados sentadas deitado deitada deitados deitadas coberto coberta cobertos
    cobertas cercado cercada cercados cercadas rodeado rodeada iluminado iluminada visto vista
    feito feita feitos feitas vestido vestida parado parada estacionado estacionada pousado
    pousada pendurado pendurada apoiado apoiada escondido escondida perdido perdida decorado
    decorada inspirado inspirada cheio cheia escrito escrita tirado tirada banhado banhada
    """
)
_PT_BEFORE_NOUN = word_set(
    """
    grande grandes bom boa bons boas velho velha velhos velhas novo nova pequeno pequena pequenos
    pequenas antigo antiga último última primeiro primeira jovem mini super enorme meu minha meus
    minhas nosso nossa nossos nossas seu sua seus suas duas dois três quatro cinco seis sete oito
    """
)


def _english_verbal(key: str) -> bool:
    if key.endswith("ing"):
        return len(key) > 5 and key not in _EN_ING_NOUNS
    if key.endswith("ed"):
        return len(key) > 4 and key not in _EN_ED_NOUNS
    return key in _EN_PAST


def _portuguese_verbal(key: str) -> bool:
    if _PT_DOING.search(key):
        return len(key) > 5 and key not in _PT_NOT_DOING
    return key in _PT_PAST


WORDS: dict[Language, Words] = {
    "en": Words(
        language="en",
        determiners=word_set(
            """
            a an the one some this that these those my our your his her their its several many
            few both two three four five six seven eight nine ten twelve
            """
        ),
        possessives=word_set("my our your his her their its"),
        numerals=word_set("two three four five six seven eight nine ten twelve"),
        connectors=word_set(
            """
            with while as that which who whose where when in on at by near over under beneath
            above below beside behind between against through from to into onto inside outside
            before after during across along around among towards toward without and or but for
            surrounded featuring against underneath beyond past off up down because so if then
            """
        ),
        conjunctions=word_set("and or"),
        joints=word_set("of"),
        pronouns=word_set(
            """
            i you he she it we they me him us them someone something everything nothing everyone
            what how why there here not no very so just also too
            """
        ),
        verbs=word_set(
            "is are was were be been has have had can will would should looks says does do did"
        ),
        edits=word_set(
            """
            remove replace change add turn put swap increase decrease crop fix keep convert edit
            use insert adjust move delete erase brighten darken blur sharpen restore upscale
            """
        ),
        manners=word_set(
            """
            please hey hi hello can could would you i i'd we want need like love to see have
            create generate make draw paint render show give design imagine write produce
            visualize visualise illustrate sketch me us let's
            """
        ),
        media=word_set(
            """
            photo photos photograph photographs photography picture pictures image images pic shot
            portrait painting drawing illustration sketch render rendering watercolor watercolour
            poster close-up closeup view scene snapshot post caption ad banner artwork collage
            papercut icon logo wallpaper animation depiction
            """
        ),
        linkers=dict.fromkeys(word_set("of showing about featuring depicting for"), ""),
        style=word_set(
            """
            photo photograph photography image picture portrait mm 35mm 50mm 85mm 8k 4k 2k hd uhd
            hdr cinematic realistic photorealistic hyperrealistic hyper-realistic ultra-realistic
            editorial detailed highly ultra hyper masterpiece quality best high render rendering
            octane bokeh digital art illustration shot resolution sharp focus trending artstation
            wallpaper aesthetic professional ultra-detailed film kodak f intricate award-winning
            raw hires sfw nsfw very extremely unreal engine 16k 35 50 85 mm-lens lens beautiful
            """
        ),
        style_turns=word_set("style inspired rendered photographed illustrated styled"),
        labels=word_set("topic subject theme brand style prompt scene title mood negative format"),
        sayings=word_set("saying reading labelled labeled named called titled"),
        adjectives=word_set(
            """
            red orange yellow green blue purple violet pink gold golden brown white black grey
            gray pastel colorful colourful big small tiny huge giant old young new ancient modern
            vintage retro tall short long wide warm cold hot soft bright dark happy sad quiet calm
            cozy cosy cute little lovely beautiful single lonely wild fresh rustic elegant simple
            minimal minimalist abstract surreal dreamy magical misty foggy rainy snowy sunny stormy
            wooden glass empty full busy sleepy smiling futuristic close open first last good great
            """
        ),
        fillers=word_set(
            """
            beautiful stunning gorgeous amazing awesome epic incredible breathtaking perfect
            realistic photorealistic cinematic detailed highly hyperrealistic very nice super
            professional ultra wonderful really extremely so
            """
        ),
        verbal=_english_verbal,
        transitive=word_set(
            """
            wearing holding eating drinking carrying riding reading playing chasing watching
            looking sitting standing walking lying flying jumping running sleeping drinking
            cooking making surrounded covered dressed made seen shot taken
            """
        ),
    ),
    "pt": Words(
        language="pt",
        determiners=word_set(
            """
            um uma uns umas o a os as este esta estes estas esse essa esses essas aquele aquela
            meu minha meus minhas nosso nossa nossos nossas seu sua seus suas alguns algumas
            vários várias muitos muitas dois duas três quatro cinco seis sete oito nove dez
            """
        ),
        possessives=word_set("meu minha meus minhas nosso nossa nossos nossas seu sua seus suas"),
        numerals=word_set("dois duas três quatro cinco seis sete oito nove dez"),
        connectors=word_set(
            """
            com enquanto que sob em no na nos nas num numa ao à aos às perto sobre atrás entre
            contra durante e ou dentro por pelo pela pelos pelas sem vestindo usando segurando
            diante ante até após desde para pra como quando onde cujo cuja ali aqui lá embaixo
            acima abaixo junto
            """
        ),
        conjunctions=word_set("e ou"),
        joints=word_set("de do da dos das d'água"),
        pronouns=word_set(
            """
            eu você ele ela nós eles elas algo tudo nada isso isto aquilo alguém ninguém mim me te
            se não muito muita mais menos bem já só também
            """
        ),
        verbs=word_set("é são está estão era tem têm vai ser estar foi fica parece há"),
        edits=word_set(
            """
            remova remover tire tira tirar troque trocar mude mudar adicione adicionar coloque
            colocar ponha transforme transformar substitua aumente diminua corrija mantenha deixe
            edite use altere ajuste acrescente insira apague melhore clareie escureça recorte
            """
        ),
        manners=word_set(
            """
            por favor oi olá crie criar cria gere gerar gera faça faz fazer desenhe desenha
            desenhar pinte mostre mostra imagine quero queria gostaria preciso escreva monte
            produza ilustre me pra mim você pode poderia vamos ver
            """
        ),
        media=word_set(
            """
            foto fotos fotografia imagem imagens retrato pintura desenho ilustração aquarela cena
            vista render pôster cartaz post postagem legenda logo logotipo banner gravura close
            close-up plano selfie recorte animação anúncio
            """
        ),
        linkers={
            **dict.fromkeys(word_set("de sobre mostrando retratando para"), ""),
            "do": "o",
            "da": "a",
            "dos": "os",
            "das": "as",
        },
        style=word_set(
            """
            foto fotografia imagem 35mm 50mm 85mm mm 8k 4k 2k hd realista fotorrealista
            hiper-realista hiperrealista cinematográfico cinematográfica editorial detalhado
            detalhada altamente ultra alta qualidade resolução render digital nítido nítida
            profissional ilustração arte estética hdr 35 50 85 super extremamente
            """
        ),
        style_turns=word_set("estilo inspirado inspirada renderizado renderizada fotografado"),
        labels=word_set("tema assunto marca estilo prompt cena título clima formato produto negativo"),
        sayings=word_set("dizendo escrito escrita chamado chamada"),
        adjectives=word_set(
            """
            vermelho vermelha laranja amarelo amarela verde azul roxo roxa preto preta branco
            branca dourado dourada marrom cinza bege colorido colorida grande grandes pequeno
            pequena enorme velho velha novo nova antigo antiga alto alta baixo baixa longo longa
            bonito bonita lindo linda belo bela fofo fofa feliz triste calmo calma aconchegante
            rústico rústica moderno moderna simples minimalista abstrato abstrata surreal mágico
            mágica quente frio fria escuro escura claro clara vazio vazia bom boa
            """
        ),
        fillers=word_set(
            """
            lindo linda lindos lindas belo bela belos belas incrível incríveis maravilhoso
            maravilhosa deslumbrante impressionante perfeito perfeita
            """
        ),
        verbal=_portuguese_verbal,
        transitive=word_set(
            """
            usando vestindo segurando comendo bebendo carregando lendo tocando olhando dormindo
            correndo brincando sentado sentada deitado deitada visto coberto coberta cercado
            cercada iluminado iluminada tomando bebendo pulando voando andando nadando
            """
        ),
        prenominal=False,
    ),
}
