"""Portuguese small words: where a phrase begins and ends."""

from __future__ import annotations

import re

from .grammar import Words, word_set

_DOING = re.compile(r"(?:ando|endo|indo)$")
_NOT_DOING = word_set("lindo bando comando dividendo fernando mundo")
_DONE = re.compile(r"(?:ad|id)[oa]s?$")
_ALSO_DONE = word_set(
    """
    coberto coberta cobertos cobertas visto vista feito feita feitos feitas aberto aberta escrito
    escrita cheio cheia posto posta solto solta
    """
)
_BEFORE_NOUN = word_set(
    """
    grande grandes bom boa bons boas velho velha velhos velhas novo nova pequeno pequena pequenos
    pequenas antigo antiga último última primeiro primeira jovem mini super enorme meu minha meus
    minhas nosso nossa nossos nossas seu sua seus suas duas dois três quatro cinco seis sete oito
    """
)


def _is_verbal(key: str) -> bool:
    if _DOING.search(key):
        return len(key) > 5 and key not in _NOT_DOING
    return key in _ALSO_DONE or (len(key) > 5 and bool(_DONE.search(key)))


PORTUGUESE = Words(
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
    closers=word_set("ali aqui lá embaixo acima abaixo dentro"),
    conjunctions=word_set("e ou"),
    joints=word_set("de do da dos das d'água"),
    pronouns=word_set(
        """
        eu você ele ela nós eles elas algo tudo nada isso isto aquilo alguém ninguém mim me te
        se não muito muita mais menos bem já só também
        """
    ),
    verbs=word_set("é são está estão era tem têm vai foi fica parece há"),
    edits=word_set(
        """
        remova remover tire tira tirar troque trocar mude mudar adicione adicionar coloque
        colocar ponha transforme transformar substitua aumente diminua corrija mantenha deixe
        edite use altere ajuste acrescente insira apague melhore clareie escureça recorte
        """
    ),
    manners=word_set(
        """
        crie criar gere gerar faça fazer desenhe desenha desenhar quero queria gostaria preciso mim
        você poderia vamos
        """
    ),
    orders=word_set(
        """
        por favor oi olá cria gera faz pinte mostre mostra imagine escreva monte produza ilustre me
        pra para de ver pode
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
    verbal=_is_verbal,
    prenominal=False,
    containers=word_set(
        """
        pote tigela xícara caneca pilha monte prato taça copo garrafa caixa cesta buquê fatia pedaço
        par grupo bando rebanho bandeja panela colher saco ramo punhado fileira conjunto coleção
        lata lançamento promoção inauguração
        """
    ),
    before_noun=_BEFORE_NOUN,
    common=word_set(
        """
        pote luz sombra parede canto vidro pedra metal papel madeira pilha tigela prato panela
        colher faca cerca portão telhado chão teto ideia ícone letra palavra asa rabo pata olho
        nariz cabelo barba saia vendedor vendedora dono dona vizinho vizinha fonte caminho lanterna
        colheita pena tronco galho ninho rede toalha cesta
        """
    ),
)
