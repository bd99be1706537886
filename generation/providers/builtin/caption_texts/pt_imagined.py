"""Portuguese caption texts about what is far or made up: space, abstraction, fantasy."""

from .family import Family

FAMILIES = (
    Family.parse(
        "space",
        words="""
        space = espaço, galáxia, nebulosa, universo, cosmos/m, via láctea, buraco negro, meteoro, cometa/m, asteroide/m, satélite/m, órbita, sideral | Espaco UniversoAfora
        planet = planeta/m, Marte/m, Saturno/m, Júpiter/m | OutrosMundos
        moon = lua, luar/m, lua cheia, eclipse/m | LuaDeHoje
        astronaut = astronauta/?, cosmonauta/? | Astronauta
        ship = nave/f, nave espacial, foguete/m, estação espacial, disco voador, extraterrestre, alienígena | NaveEspacial
        star = estrela, estrelado, estrelada, constelação/f, telescópio | CeuEstrelado
        """,  # noqa: E501
        tags="OlhaOCeu LongeDaqui",
        hooks="""
        Queria você aqui, flutuando.
        Longe, longe e mais um pouco.
        Lá em cima tem vaga de sobra.
        Nenhuma gravidade foi ferida.
        O trajeto é longo. A vista compensa.
        O frete para a órbita subiu de novo.
        Tudo o que a gente conhece cabe num cantinho disto.
        space: Matéria escura, astral claro.
        space: O infinito, recortado para caber.
        planet: Lugar bonito. Difícil é estacionar.
        planet: Outro mundo, o mesmo espanto.
        moon: Começou o turno da noite.
        moon: Uma lâmpada pequena num quarto enorme.
        astronaut: Fora do escritório, fora de órbita.
        astronaut: Um pequeno passo, muitos zíperes.
        ship: Dez, nove, lanche, sete.
        star: Luz antiga, entrega recente.
        star: Ligue os pontos em qualquer ordem.
        """,
        lines="""
        Deixa a caixa de entrada do tamanho certo, que é minúsculo.
        A luz viajou esse tempo todo; o mínimo que dava para fazer era olhar.
        Em algum ponto lá fora existe uma vaga melhor para estacionar.
        space,astronaut,ship: Sem barulho, sem chuva, sem vizinho. O aluguel deve ser um absurdo.
        space,astronaut,ship,planet: A física chama de vácuo. É o vazio mais cheio que se conhece.
        Ninguém foi até lá, então ninguém pode dizer que ficou errado.
        A escala não coube no quadro, e o quadro também não.
        Todo telescópio é um jeito educado de encarar.
        Leve pouca bagagem. Pouca mesmo.
        O tempo lá corre diferente, mais ou menos como num domingo.
        A gente é feita da mesma matéria, só que com menos iluminação.
        Lá fora, "em cima" é questão de gosto.
        space: Está em expansão desde o começo e até agora não apresentou nenhum plano.
        space: Bilhões de sóis, e nenhum deles pediu para sair na foto.
        planet: Sem mapa, sem cidade, sem CEP. Tentador.
        planet: O clima é péssimo e o pôr do sol vem em dupla.
        moon: Toda a luz é emprestada, e nunca ninguém reclamou.
        moon: A maré leva a fama, e ela não se importa.
        astronaut: Foram dez anos de treino; flutuar veio de graça.
        ship: O freio de mão está puxado. Espera-se.
        astronaut: O traje pesa uma tonelada, menos aqui, onde nada pesa.
        star: Metade talvez nem exista mais. Deixaram a luz acesa para nós.
        star: Já se cruzou oceano com menos do que isso.
        """,
        quips="""
        Cuidado com a gravidade.
        Atraso do sinal: oito minutos.
        Sem passagem de volta.
        Houston não se opõe.
        """,
        calls="""
        Quem iria com você, e quem fica na janelinha?
        Guarde para a próxima vez que disserem "seja realista".
        Marque quem embarcaria no primeiro foguete.
        """,
    ),
    Family.parse(
        "abstract",
        words="""
        abstract = abstrato, abstrata, abstração/f, fluido, gradiente/m, fractal/m, formas, pinceladas | Abstrato FormaECor
        pattern = padrão/m, padronagem/f, estampa, textura, geométrico, geométrica, geometria, mosaico, listra, espiral/f, mandala, caleidoscópio, círculo, triângulo, origami/m | Estampa Geometria
        """,  # noqa: E501
        tags="EstudoDeCor OlharDeNovo",
        hooks="""
        Significa exatamente o que você está pensando.
        Sem assunto e sem álibi.
        A cor, solta da coleira.
        Nada em especial, com muito cuidado.
        Encare primeiro, batize depois.
        Forma macia, opinião firme.
        Um pensamento antes da palavra.
        Feito de talvez.
        Vire de cabeça para baixo. Continua bom.
        abstract: A parede pediu o que fazer.
        abstract: Acidentes, escolhidos a dedo.
        abstract: Entre o derramado e o planejado.
        pattern: De novo, agora com sentimento.
        pattern: Ordem, com uma piscadela.
        pattern: Conte até nove e recomece.
        """,
        lines="""
        Pergunte a três pessoas o que é e receba quatro boas respostas.
        Está pronto quando mexer em qualquer pedaço deixa a sala inquieta.
        Não tem lado certo, embora cada um tenha o seu preferido.
        Uma forma se apoia na outra, e ninguém cai.
        O olho entra pela esquerda e esquece de sair.
        Fica em algum lugar entre o mapa e o humor.
        Ninguém sabe explicar por que funciona, o que poupa muita conversa.
        Pediram às cores que se comportassem. Elas fizeram assembleia.
        Parece uma terça-feira tentando ser sábado.
        Se você viu um rosto, isso é entre você e o rosto.
        As partes quietas trabalham mais do que confessam.
        Em algum ponto ali existe uma linha reta, mantendo todo mundo honesto.
        Fica melhor a dois passos de distância, ou a um passo perto demais.
        Começou como erro de boas proporções.
        Não acontece nada, e não para nunca.
        abstract: Deixe flutuar um minuto. Já ia flutuar mesmo.
        abstract: Tinta teria escorrido. Isto aqui só pensa no assunto.
        abstract: O título veio por último, e até o título deu de ombros.
        pattern: O truque é um ladrilho que discorda. Você acha lá pela meia-noite.
        pattern: Repete de propósito, como todo bom refrão.
        pattern: Siga uma linha até o fim e conte onde foi parar.
        """,
        quips="""
        Dispensa título.
        Este lado para cima, talvez.
        Entenda como quiser.
        De propósito.
        Encare com moderação.
        """,
        calls="""
        O que você vê primeiro?
        Dê um nome em três palavras.
        Guarde para aquela parede indecisa.
        Mande para quem diz que não entende de arte.
        """,
    ),
    Family.parse(
        "fantasy",
        words="""
        dragon = dragão/m, grifo, fênix/f | Dragao BichosImaginarios
        creature = monstro, sereia, fada, troll/m, fantasma/m, vampiro, lobisomem/m, elfo, anão/m, duende/m, saci/m, curupira/m, boitatá/m, demônio, anjo, criatura | Folclore BichosImaginarios
        castle = castelo, reino, fortaleza | Castelo EraUmaVez
        magic = mago, bruxa, bruxo, magia, mágico, mágica, fantasia, encantado, encantada, feitiço, poção/f, portal/m | EraUmaVez
        hero = cavaleiro, espada, tesouro, pirata/?, viking/?, samurai/m, princesa, príncipe/m, rainha, rei/m, guerreiro, guerreira, cangaceiro | EraUmaVez
        robot = robô/m, robozinho, androide/m, ciborgue/m, autômato | DiarioDeRobo
        future = cyberpunk, futurista, ficção científica/f, steampunk, holograma/m, futuro, distópico, distópica, máquina do tempo | Futuro FiccaoCientifica
        """,  # noqa: E501
        tags="ComecoDeHistoria OutrosMundos",
        hooks="""
        Era uma vez, com hora marcada.
        Capítulo um, sem spoiler.
        Página quarenta, e fica mais estranho.
        A lenda, antes das notas de rodapé.
        Baseado num devaneio real.
        Alguém acreditou no mapa.
        Esse lugar não existe. Conferimos duas vezes.
        creature: Aqui há boas maneiras, pelo visto.
        dragon: Só cospe fogo em dia útil.
        creature: História de pescador, em tamanho natural.
        castle: O fosso é contra vendedor.
        castle,magic: Entre, se a porta concordar.
        hero,magic: Missão pendente. Primeiro o lanche.
        robot: Sentimentos: carregando.
        robot: Passou em todos os testes, menos no de papo furado.
        future: O futuro, com o trânsito de sempre.
        future: Amanhã, com luz demais.
        """,
        lines="""
        Toda lenda começa com alguém ignorando um conselho excelente.
        O pessoal daqui diz que é só história, e em seguida tranca a porta.
        Existe uma profecia, mas a letra é péssima.
        Ninguém voltou para reclamar, e o folheto conta isso como elogio.
        O herói está atrasado. Herói costuma atrasar; a entrada agradece.
        Em algum lugar um narrador baixa a voz.
        Todo mapa bom tem um canto em que a tinta treme.
        A continuação foi escrita primeiro. Explica muito pouco.
        Não existe, e mesmo assim dava para andar lá dentro sem se perder.
        Três desejos, dois já gastos em lanche.
        Não pode tocar em nada, e pode levar o que tocar em você.
        A moral da história se perdeu num jogo de truco, lá pelo capítulo seis.
        dragon: Dorme sobre ouro porque nunca ninguém ofereceu um colchão.
        creature,dragon: Fama de terrível em nove aldeias, timidez perto de criança.
        dragon: Uma batida de asa, e cada chapéu do vale troca de dono.
        castle: Quatro torres, dois fantasmas e uma conta de luz que acabou com a dinastia.
        castle: O trono é desconfortável de propósito. Encurta o discurso.
        magic: O encanto acabou ao meio-dia. A confiança ficou.
        creature: Muita gente descreve, pouca acredita, e na hora marcada nunca aparece.
        magic: A letra miúda da poção avisa: "pode causar cantoria".
        hero: Coragem é quase só o caminho da porta até o meio da sala.
        hero: O retrato do salão errou o nariz. Este acertou.
        robot: Foi feito para separar encomendas e descobriu que gosta de pôr do sol.
        robot: Conta carneirinhos para ligar.
        future: Tudo está conectado, menos o único cabo de que você precisa.
        future: Os carros voam, e ainda se discute por vaga.
        """,
        quips="""
        Continua.
        Nenhum dragão cobrou cachê.
        Segue no capítulo dois.
        Acredite no mapa.
        A profecia avisou.
        """,
        calls="""
        O que acontece na próxima página?
        Marque quem iria com você nessa missão.
        Escreva a primeira frase nos comentários.
        Guarde para aquela história que você vive adiando.
        """,
    ),
)
