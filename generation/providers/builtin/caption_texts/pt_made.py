"""Portuguese caption texts about made things: cities, journeys, products."""

from .family import Family

FAMILIES = (
    Family.parse(
        "city",
        words="""
        city = cidade/f, cidadezinha, metrópole/f, urbano, urbana, arranha-céu/m, Tóquio/f, Paris/f, São Paulo/f, Rio de Janeiro/m, Lisboa/f, Nova York/f, Salvador/f, Recife/m, Ouro Preto/f, favela, laje/f | Cidade PelaCidade
        street = rua, ruela, beco, viela, calçada, feira, mercado, loja, vitrine/f, praça, grafite/m, mural/m, esquina, banca, barraca, avenida, ladeira | NaRua
        building = prédio, edifício, arquitetura, torre/f, igreja, catedral/f, ponte/f, escada, escadaria, fachada, templo, palácio, museu/m, arco, ruína, capela, azulejo | Arquitetura LinhasESombras
        """,  # noqa: E501
        tags="DiarioUrbano AndarAPe",
        hooks="""
        A cidade, entre um compromisso e outro.
        Todo mundo indo a algum lugar. Menos nós.
        Sinal aberto, pausa comprida.
        Um milhão de planos, uma vista só.
        Concreto com senso de humor.
        Hora do rush, sem o rush.
        Olhe para cima, mas cuidado com o meio-fio.
        city: Mil janelas, mil jantares.
        city: A cidade andou malhando a silhueta.
        city: População: sim.
        street: Vire na esquina do que estiver cheirando bem.
        street: A calçada cuida da ata.
        street: Mesa de esquina, sem couvert.
        building: Linha reta, história torta.
        building: Feito para ser olhado duas vezes.
        building: A gravidade assinou embaixo.
        """,
        lines="""
        Em algum ponto ali tem alguém atrasado e alguém se apaixonando.
        Cada janela acesa é um curta sem legenda.
        O melhor atalho leva vinte minutos a mais, e ninguém se arrepende.
        Dá para morar dez anos aqui e ainda descobrir uma porta nova.
        Metade do charme foi planejada. A metade melhor é erro que ninguém consertou.
        Cidade nunca fica pronta, e essa é a melhor qualidade dela.
        No terceiro andar alguém estuda trompete, com mais esperança que talento.
        O mapa diz dez minutos. O mapa nunca parou para um café.
        Cidade é quase só recado dos outros, muito bem arranjado.
        Sempre existe uma loja que só vende botão. Trate bem essa loja.
        Até os pombos parecem ter reserva.
        Estar perdido é só andar prestando mais atenção.
        city: Daqui de cima o trânsito parece uma decisão que alguém ainda está tomando.
        city: O barulho vem junto com a vista, e a playlist do vizinho também.
        city: Troca de roupa toda noite e nunca pergunta se ficou bom.
        street: Três sotaques, dois cachorros e um violão até a próxima esquina.
        street: O moço da fruta sabe a novidade de todos e só cobra pela fruta.
        street: Nesta rua não acontece nada, várias centenas de vezes por dia.
        building: Alguém riscou essa linha à mão, e depois milhares tiveram que seguir.
        building: A sombra chega às quatro e é, de longe, a melhor inquilina.
        building: Escada é morro com boas maneiras.
        """,
        quips="""
        Cuidado com o meio-fio.
        Próxima parada: café.
        Táxi para ninguém.
        Andando, sem correr.
        Siga reto e olhe para cima.
        """,
        calls="""
        De que cidade você está com saudade?
        Marque quem prefere ir a pé.
        Guarde para a próxima vez que errar o caminho.
        Mande para quem sempre conhece um lugarzinho ali perto.
        """,
    ),
    Family.parse(
        "travel",
        words="""
        car = carro, carro antigo, fusca/m, kombi/f, caminhão/m, van/f, trailer/m, conversível/m, táxi/m, moto/f, motocicleta, vespa, lambreta | PeNaEstrada
        bicycle = bicicleta, bike/f, triciclo | DuasRodas
        train = trem/m, ferrovia, estação/f, bonde/m, metrô/m, ônibus/m, locomotiva, maria-fumaça/f, trilho | DeTrem
        flight = avião/m, aeroporto, balão de ar quente, balões de ar quente, zepelim/m, helicóptero, planador/m, parapente/m, asa-delta/f | NaJanelinha
        road = estrada, rodovia | NaEstrada
        trip = mala, mochila, viagem/f, passaporte/m, mapa/m, tenda, acampamento, barraca de camping | NaEstrada
        """,  # noqa: E501
        tags="PartiuViagem CaminhoMaisLongo",
        hooks="""
        Já chegou? Tomara que não.
        Mala feita em quatro minutos, sem o carregador.
        O caminho bonito, como filosofia.
        Embarque: a qualquer hora dessas.
        Metade da viagem é a janela.
        Qualquer lugar, desde que tenha lanche.
        Previsão de chegada: quando der.
        car: Tanque cheio, agenda vazia.
        car: Feito para voltar pelo caminho comprido.
        bicycle: Duas rodas, zero e-mails.
        bicycle: Marcha é opcional, sorriso vem de fábrica.
        train: O trem bom é o que demora.
        train: Cuidado com o vão, aproveite a vista.
        flight: Para cima, sem perguntar por quê.
        flight: Sair do chão foi a parte fácil.
        road: A estrada teve uma ideia melhor.
        road: Na árvore, à esquerda; depois a gente vê.
        """,
        lines="""
        O melhor do mapa é a dobra que esconde a cidade que você acha sem querer.
        Saia cedo, pare bastante e ponha a culpa no trânsito.
        Viagem boa tem um plano e pelo menos dois melhores.
        Alguém cuida da música, e alguém cuida de reclamar da música.
        A gente faz a mala para quem gostaria de ser. Essa pessoa usa três chapéus.
        Ninguém jamais voltou dizendo que fez desvio demais.
        A garrafa térmica é mais velha que o passageiro, e igualmente confiável.
        O meio do caminho é um lugar ótimo. Quase ninguém para lá.
        O que fica na lembrança nunca está no guia.
        Movimento é o remédio mais barato para frase empacada.
        A lembrancinha quebrou na volta, e a história só ganhou com isso.
        Guarde a passagem. Um dia ela cai de dentro de um livro, bem na hora.
        car: O rádio pega duas estações, e as duas tocam este clima.
        car: Pega na segunda tentativa, como quase toda ideia boa.
        bicycle: Movida a café da manhã, estaciona onde estiver feliz.
        bicycle: Descida é prêmio. Na subida é que vem a frase que faltava.
        train: A janela edita o país num plano só, comprido e sem pressa.
        train: A bordo, todo mundo fica entre duas vidas por uma hora, mais ou menos.
        flight: Visto de cima, até problema parece bem diagramado.
        flight: O chão continua lá depois. Nisso ele é ótimo.
        road: Faz a curva justo onde você ia desviar o olhar. Esperta.
        road: Quilômetros sem placa, o que também é um sinal.
        """,
        quips="""
        Lugar na janela.
        Lanche na bolsa.
        Sem hora marcada.
        Talvez na próxima saída.
        Mais uma curva só.
        """,
        calls="""
        Para onde esta imagem leva você?
        Marque quem lê mapa melhor que você, ou pior.
        Guarde para o próximo fim de semana livre.
        Mande para quem tem férias vencidas.
        """,
    ),
    Family.parse(
        "product",
        words="""
        product = produto, garrafa, frasco, perfume/m, embalagem/f, cosmético, creme/m, sabonete/m, pote/m, rótulo, caixa, batom/m, mockup/m, hidratante/m | HistoriaDeProduto NosDetalhes
        fashion = sapato, tênis/m, vestido, bolsa, chapéu/m, jaqueta, moda, tecido, camiseta, camisa, casaco, óculos/m, óculos de sol, cachecol/m, bota, sandália, chinelo | ModaQueFica
        sculpture = escultura, estátua, busto | Escultura
        jewel = anel/m, joia, colar/m, brinco, pulseira, diamante/m, pedra preciosa, cristal/m, relógio de pulso, aliança | PequenosTesouros
        ceramic = vaso, cerâmica, porcelana, barro, argila, moringa | FeitoAMao Ceramica
        gadget = celular/m, smartphone/m, notebook/m, laptop/m, câmera, fone/m, computador/m, teclado, videogame/m | NaMinhaMesa
        """,  # noqa: E501
        tags="BomDesenho FeitoComCuidado",
        hooks="""
        Forma, função e uma pequena reverência.
        Coisa boa sabe ficar parada.
        Primeiro os detalhes. O resto vem atrás.
        Desenhado uma vez, notado todo dia.
        Excelente em voz baixa.
        A prateleira acaba de ficar mais disputada.
        Menos explicação, mais olho.
        product: Presença de prateleira, sem esforço.
        product: Abra com calma, guarde a caixa.
        fashion: Combina com tudo, não deve satisfação a ninguém.
        fashion: Sai de casa, não sai de moda.
        jewel: Brilho pequeno, impossível de ignorar.
        jewel: Pega a luz e não devolve.
        ceramic: Terra, água, fogo, paciência.
        ceramic: Levemente torto, inteiramente certo.
        sculpture: Profissional em ficar parado.
        gadget: Bateria cheia, em todos os sentidos.
        gadget: Menos botões, mais educação.
        """,
        lines="""
        Alguém brigou uma semana por causa dessa borda, e a borda venceu.
        Chama a atenção uma vez pela beleza e depois, todo dia, pelo uso.
        Faz uma coisa bem e não fica contando vantagem no jantar.
        Bom desenho é, em geral, uma longa lista do que ficou de fora.
        A luz encontrou cada decisão que alguém tomou às duas da manhã.
        Pegue na mão e vai entender a conversa toda sobre peso.
        Foi desenhado quarenta vezes. Esta foi a que parou de pedir mudança.
        Nenhum slogan sobreviveria ao lado disto.
        O melhor elogio é a mão que se estende sem pensar.
        Parece simples, daquele simples que leva quase um ano.
        Feito para usar até ter história, e depois usar mais um pouco.
        Toda prateleira tem aquela peça de que perguntam. Pronto, resolvido.
        product: O rótulo fala pouco, porque quem fala é o conteúdo.
        product: Guarde a embalagem. Você ia guardar de qualquer jeito.
        fashion: Vai sair em toda foto dos próximos dez anos, e ninguém vai reclamar.
        fashion: O conforto entrou pela porta dos fundos e ficou.
        jewel: Quase não pesa, e muda o jeito de segurar a mão.
        jewel: Tem coisa que só vira herança porque ninguém consegue parar de usar.
        ceramic: Dá para ver onde esteve o polegar. A assinatura é essa.
        ceramic: Saiu do forno com opinião própria, e a gente concordou.
        sculpture: Já estava dentro do bloco. Alguém só precisou ter certeza.
        sculpture: Dê uma volta inteira. Espera não falta; a carreira é essa.
        gadget: Lembra de tudo, menos de onde você deixou.
        gadget: O manual tem uma página, e ninguém precisou dela.
        """,
        quips="""
        Manuseie com prazer.
        Não precisa de pilha.
        Pronto para a prateleira.
        Chegue mais perto.
        E essa borda?
        """,
        calls="""
        Sim, não ou "onde isso estava esse tempo todo"? Conte.
        Marque quem repararia no acabamento.
        Guarde para a próxima emergência de presente.
        Qual detalhe você viu primeiro?
        """,
    ),
)
