"""Portuguese caption texts about what colours a picture: time of day, season, colour, style."""

from .family import Family

LAYERS = (
    Family.parse(
        "time",
        words="""
        dawn = amanhecer, nascer do sol, alvorada, madrugada, aurora do dia, raiar do dia | Amanhecer PrimeiraLuz
        morning = manhã, matinal | LuzDaManha
        noon = meio-dia, meio dia, sol a pino | MeioDia
        afternoon = tarde | TardeSemPressa
        sunset = pôr do sol, por do sol, pôr-do-sol, entardecer, fim de tarde, final de tarde, hora dourada, fim do dia, poente | FimDeTarde HoraDourada
        dusk = crepúsculo, anoitecer, hora azul, lusco-fusco | HoraAzul
        night = noite, meia-noite, noturno, noturna, luzes da cidade | NoiteAdentro
        """,  # noqa: E501
        hooks="""
        dawn: {Subject}, antes do despertador.
        dawn: Primeira luz, sem fila.
        dawn: O dia, ainda na embalagem.
        dawn: {Subject}, cinco minutos depois da primeira luz.
        morning: Bom dia, em imagem.
        morning: {Subject}, antes do primeiro e-mail.
        morning: O começo macio de alguma coisa.
        noon: Sol a pino, sombra curta.
        noon: {Subject}, no ponto mais alto do dia.
        noon: Meio-dia em ponto, chapéu recomendado.
        afternoon: Quatro da tarde, sem pressa nenhuma.
        afternoon: {Subject}, depois do almoço e antes dos planos.
        afternoon: O meio comprido de um dia bom.
        sunset: {Subject}, última luz.
        sunset: O sol está se despedindo com estilo.
        sunset: Hora dourada, com letra miúda e tudo.
        sunset: {Subject}, e o dia saindo de cena.
        dusk: Dez minutos de azul.
        dusk: {Subject}, entre o dia e a noite.
        dusk: A hora que não é de ninguém.
        night: {Subject}, depois do expediente.
        night: O turno da noite está bonito.
        night: Luz apagada, imagem acesa.
        night: Tarde, e valeu a pena.
        """,
        lines="""
        dawn: O sol chegou cedo e teve o lugar só para ele.
        dawn: A essa hora até as sombras são educadas.
        dawn: O despertador foi cruel. A luz pediu desculpa.
        dawn: Ninguém mais estava de pé, então a manhã falou baixinho.
        morning: A luz entrou rente, com café na cabeça.
        morning: Manhã assim é um bom argumento para sair da cama.
        morning: É a hora em que tudo ainda parece possível.
        noon: O sol parou bem em cima e recusou qualquer elogio.
        noon: Sombra está em falta; ambição também.
        noon: Ao meio-dia nada se esconde, e aqui nem precisa.
        afternoon: A luz se recosta a essa hora, e você devia fazer o mesmo.
        afternoon: Nada de urgente jamais aconteceu a esta hora do dia.
        afternoon: As sombras começam a se espreguiçar, como todo mundo depois do almoço.
        sunset: O dia entregou o melhor trabalho no último minuto.
        sunset: Tudo fica dourado por um tempo, até o que nem estava tentando.
        sunset: O sol faz isso toda tarde, e a gente ainda se espanta.
        sunset: Ninguém jamais conseguiu ser cínico por um pôr do sol inteiro.
        dusk: O azul desceu devagar, como uma boa decisão.
        dusk: Os postes e as estrelas ainda discutem de quem é a vez.
        dusk: É aquela hora curta em que toda janela parece convite.
        night: O escuro faz metade do enquadramento e não assina nada.
        night: Quem ainda está acordado fica com a melhor versão.
        night: Tudo o que é quieto está de luz acesa.
        night: Depois da meia-noite até coisa pequena ganha cara de enredo.
        """,
    ),
    Family.parse(
        "season",
        words="""
        spring = primavera, primaveril | Primavera
        summer = verão/m, veraneio | DiasDeVerao
        autumn = outono, outonal, folhas secas | Outono
        winter = inverno, invernal | Inverno
        """,
        hooks="""
        spring: {Subject}, na primeira semana morna.
        spring: O ano, tentando de novo.
        spring: Janela aberta, casaco indeciso.
        summer: {Subject}, de férias.
        summer: Dia comprido, manga curta.
        summer: A estação que vem com areia.
        autumn: {Subject}, em tom de ferrugem.
        autumn: Cair, com elegância.
        autumn: O ano vestiu um cardigã.
        winter: {Subject}, com dois casacos.
        winter: Mão fria, imagem nítida.
        winter: A estação que fala baixo.
        """,
        lines="""
        spring: Tudo está com pressa de ficar verde, e desta vez tudo bem.
        spring: O ano ainda está na fase de acreditar nos próprios planos.
        spring: O ar cheira a chuva, terra e casaco esquecido em casa.
        summer: Fez calor demais para pensar, e tudo ficou mais simples.
        summer: Verão é, em boa parte, a arte de achar a sombra certa.
        summer: O dia esqueceu de acabar, e ninguém foi lembrar.
        autumn: As cores chegaram todas de uma vez, como parentes.
        autumn: Desapego nunca teve direção de arte melhor.
        autumn: Estala debaixo do pé e cheira a caderno novo.
        winter: O frio desenha com a ponta mais fina.
        winter: O inverno tira quase tudo e depois emoldura o que ficou.
        winter: Vapor no ar, mão em volta da caneca, nada a provar.
        """,
    ),
    Family.parse(
        "colour",
        words="""
        red = vermelho, vermelha, escarlate, carmim | EmVermelho
        orange = laranja, alaranjado, alaranjada, âmbar, ferrugem | EmLaranja
        yellow = amarelo, amarela, mostarda | EmAmarelo
        green = verde, esmeralda, turquesa | EmVerde
        blue = azul, azuis, azulado, anil, índigo, cobalto | EmAzul
        purple = roxo, roxa, violeta, lilás | EmRoxo
        pink = cor-de-rosa, cor de rosa, rosado, rosada, magenta, fúcsia | EmRosa
        gold = dourado, dourada, ouro | UmPoucoDeOuro
        earth = marrom, terracota, bege, ocre, sépia | TonsDeTerra
        white = branco, branca | BrancoNoBranco
        black = preto, preta | EmPreto
        pastel = tons pastel, tom pastel, cores pastel | TonsPastel
        rainbow = colorido, colorida, multicolorido, multicolorida, vibrante, vivas | TodasAsCores
        """,
        hooks="""
        red: Vermelho fala primeiro.
        orange: Quente, quase convencido.
        yellow: O amarelo, porque pediram.
        green: Verde, sem economia.
        blue: Azul, com convicção.
        purple: Roxo não se explica.
        pink: Rosa, e leva isso a sério.
        gold: Um pouco de dourado já vai longe.
        earth: Cores com terra na bota.
        white: Branco, em vários sotaques.
        black: Preto, porque nunca se atrasa.
        pastel: Cor mansa, aperto de mão firme.
        rainbow: Todas as cores confirmaram presença.
        """,
        lines="""
        red: O vermelho não veio para mandar; ele só tem esse tipo de voz.
        red: Um toque de vermelho e a imagem inteira endireita as costas.
        orange: O laranja faz o que sabe fazer: não cochicha.
        orange: Pode desligar o aquecedor. O laranja assumiu.
        yellow: O amarelo entrou como notícia boa.
        yellow: Tem amarelo que bate à porta. Este tinha a chave.
        green: Tem mais verde aqui do que nome para dar.
        green: O verde é daqueles que quase dá para ouvir crescendo.
        blue: O azul vai longe, e você pode ir sem pressa.
        blue: Testaram todos os azuis da gaveta. Ficou este.
        purple: O roxo veio arrumado demais e acabou tendo razão.
        purple: Precisa de coragem para ser tão violeta antes do jantar.
        pink: O rosa está falando sério. Não se deixe levar pela doçura.
        pink: É o tipo de rosa que deixa gorjeta.
        gold: O dourado sabe a hora de parar, coisa rara em dourado.
        gold: Um brilhozinho nunca fez mal a uma imagem quieta.
        earth: A paleta foi emprestada do chão e devolvida com juros.
        earth: Marrom é laranja com experiência.
        white: Branco é o que sobra depois que se perdoa todo o resto.
        white: Tantos brancos, e nenhum deles vazio.
        black: O preto segura tudo, como um bom anfitrião.
        black: Preto faz toda outra cor dizer a verdade.
        pastel: Ninguém levanta a voz aqui, e se ouve cada palavra.
        pastel: A paleta foi misturada com leite.
        rainbow: Alguém abriu a caixa de lápis inteira e perdeu a tampa.
        rainbow: Nenhuma cor ficou de fora, e nenhuma parece emburrada.
        """,
    ),
    Family.parse(
        "style",
        words="""
        minimal = minimalista, minimalismo, fundo limpo, fundo branco | Minimalismo
        vintage = vintage, retrô, nostálgico, nostálgica, anos 50, anos 60, anos 70, anos 80, anos 90, polaroid, antigo, antiga | Vintage
        watercolour = aquarela, guache | Aquarela
        painting = pintura a óleo, óleo sobre tela, pintura, impressionista, pincelada, barroco, barroca | Pintura
        papercut = recorte de papel, papel recortado, colagem, papercut | PapelRecortado
        poster = pôster, cartaz, xilogravura, gravura, cordel | Cartaz
        monochrome = preto e branco, monocromático, monocromática | PretoEBranco
        neon = neon, néon, luminoso | Neon
        pixel = pixel art, pixel, 8 bits, voxel | PixelArt
        threed = 3d, isométrico, isométrica, low poly, massinha | TresD
        macro = macro, close, close-up, de perto, primeiro plano | DePerto
        aerial = aéreo, aérea, drone, visto de cima, vista de cima | VistoDeCima
        drawing = desenho, lápis, esboço, ilustração, nanquim, quadrinhos, cartoon, anime, mangá, traço | Ilustracao
        cosy = aconchegante, aconchego, luz de velas, luz quente | Aconchego
        dreamy = onírico, onírica, sonho, etéreo, etérea, de sonho | ComoUmSonho
        """,  # noqa: E501
        hooks="""
        minimal: Quase nada, na medida certa.
        minimal: {Subject}, e a elegância de parar por aí.
        vintage: Como visto numa gaveta esquecida.
        vintage: {Subject}, antes de tudo ter tela.
        watercolour: {Subject}, com as bordas ainda úmidas.
        watercolour: A água fez a parte difícil.
        painting: {Subject}, uma camada de cada vez.
        painting: Não encoste. Só parece tinta fresca.
        papercut: {Subject}, em onze camadas de papel.
        papercut: Tesoura e papel, sem pedra.
        poster: {Subject}, no tamanho da parede.
        poster: Fita adesiva não inclusa.
        monochrome: {Subject}, sem a cor, com todo o resto.
        monochrome: Área cinzenta, muito bem resolvida.
        neon: {Subject}, na tomada.
        neon: O letreiro diz aberto. Diz sempre.
        pixel: {Subject}, um quadradinho de cada vez.
        pixel: Insira a ficha para continuar.
        threed: {Subject}, de cantos arredondados.
        threed: Canto macio, tempo certeiro.
        macro: {Subject}, ao alcance da mão.
        macro: Mais perto. Não, mais perto.
        aerial: {Subject}, do ponto de vista de quem voa.
        aerial: O mundo, estendido como toalha de mesa.
        drawing: {Subject}, no menor número possível de linhas.
        drawing: Primeiro o lápis, depois a dúvida.
        cosy: {Subject}, debaixo de um cobertor de luz.
        cosy: Quentinho, e sem vontade de sair daqui.
        dreamy: {Subject}, como o travesseiro se lembra.
        dreamy: Favor não acordar a imagem.
        """,
        lines="""
        minimal: Tudo o que podia sair recebeu um agradecimento e saiu.
        minimal: A parte vazia não está vazia. É por onde a imagem respira.
        vintage: Cheira de leve a papel, a sótão e ao verão de outra pessoa.
        vintage: Já não se faz mais assim, então a gente fez.
        watercolour: As cores escorreram um pouco, e escorreram para o lado certo.
        watercolour: Metade é água que mudou de ideia em cima da hora.
        painting: De perto, vira só cor; de longe, tudo se perdoa.
        painting: O pincel passou uma vez e não pediu desculpa.
        papercut: Cada sombra foi conquistada com estilete e mão firme.
        papercut: Tem uns dois milímetros de fundo e parece um vale inteiro.
        poster: Pede uma parede, um pouco de fita e uma sala com opinião.
        poster: Três cores, nenhuma conversa fiada.
        monochrome: Sem as cores, a luz tem que dizer a verdade.
        monochrome: Pediram tudo aos cinzas, e eles entregaram.
        neon: Zumbe um pouquinho, para quem escuta com os olhos.
        neon: O brilho cai em tudo e favorece todo mundo.
        pixel: Menos quadrados do que desculpas no seu celular, e se entende na hora.
        pixel: Em algum lugar toca uma trilha pequenininha, sem parar.
        threed: Dava para pegar, girar e devolver um pouco mais feliz.
        threed: Cada quina foi lixada por alguém de bom coração.
        macro: De tão perto, poeira vira paisagem e paciência vira talento.
        macro: As coisas pequenas estavam ali o tempo todo, esperando a gente se abaixar.
        aerial: A altura arruma tudo. A bagunça continua toda lá embaixo.
        aerial: De cima aparece o desenho que ninguém planejou.
        drawing: A linha saiu para passear e sabe muito bem aonde vai.
        drawing: Dá para ver o instante em que o traço parou de duvidar.
        cosy: Ninguém ligou o aquecedor. A luz deu conta.
        cosy: Vem com uma poltrona invisível. Pode sentar.
        dreamy: Faz sentido do jeito que as coisas fazem logo antes do despertador.
        dreamy: Não pergunte nada e vai ouvir tudo.
        """,
    ),
)
