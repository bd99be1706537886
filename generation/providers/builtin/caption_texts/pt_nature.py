"""Portuguese caption texts about nature: water, land, sky, flowers, animals, space."""

from .family import Family

FAMILIES = (
    Family.parse(
        "water",
        words="""
        sea = mar/m, oceano, onda, costa, litoral/m, orla, baía, ilha, porto, píer/m, cais/m, surfe/m, surfista, maré/f, recife/m | Mar Maresia BeiraMar
        beach = praia, concha, prancha, castelo de areia, areia | DiaDePraia PeNaAreia
        lighthouse = farol/m | Farol BeiraMar
        boat = barco, barquinho, navio, veleiro, canoa, caiaque/m, balsa, jangada, lancha, iate/m, marina, vela | Barco SemPressa
        sealife = peixe/m, carpa, água-viva, baleia, golfinho, tubarão/m, polvo, tartaruga, tartaruga marinha, cavalo-marinho, coral/m, caranguejo, aquário | FundoDoMar
        lake = lago, lagoa, lagoinha, represa, açude/m | AguaCalma
        river = rio, cachoeira, riacho, córrego, cascata, igarapé/m | Cachoeira AguaCorrente
        """,  # noqa: E501
        tags="PertoDaAgua DiasLentos",
        hooks="""
        A água tem a preferência.
        Tem endereço que é só água e vista.
        Pé molhado, cabeça leve.
        O horizonte mandou lembranças.
        Leve um casaco. Esqueça o celular.
        Uma parte de água, duas de paciência.
        O barulho mais silencioso que existe.
        sea: Primeiro o sal, depois as perguntas.
        sea: Previsão para hoje: horizonte.
        sea: O mar está nesse rascunho há anos.
        sea,beach: A mesma onda, outra conversa.
        beach: Expediente: enquanto a maré deixar.
        beach: Areia em tudo, reclamação em nada.
        lighthouse: Um trabalho só, e muito bem feito.
        lighthouse: Alguém tem que fazer o turno da noite.
        lighthouse: Alto, paciente e nunca atrasado.
        boat: Todo barco é um plano com casco.
        boat: Indo a lugar nenhum, com muita classe.
        sealife: Bolhas pequenas, opiniões grandes.
        sealife: Trânsito lá embaixo: livre.
        lake: Um espelho com sapos dentro.
        lake: Água parada, ideia correndo.
        river: Atraso para o mar, remorso nenhum.
        river: O rio está com a palavra.
        """,
        lines="""
        Fique aqui tempo suficiente e a lista de tarefas começa a parecer opcional.
        A água se repete o dia inteiro e, sabe-se lá como, nunca cansa.
        A água ensaia esta cena há alguns milhares de anos, e dá para notar.
        Não pede nada além de um lugar para sentar e dez minutos de sobra.
        Prestando atenção, dá para ouvir um e-mail não sendo aberto.
        A paisagem fala quase tudo; ao quadro só coube ficar quieto.
        Ninguém nunca olhou para tanta água pensando em planilha.
        O reflexo vem junto, sem custo adicional.
        Toda imagem de água é uma promessa de voltar. Esta ficou por escrito.
        O melhor lugar é sempre a pedra que estiver seca.
        sea: O mar apaga o próprio rascunho o tempo todo, e a versão nova sai sempre melhor.
        sea: As ondas trazem notícias de longe e vão embora antes da resposta.
        sea: Teve um sujeito que resolveu contar as ondas. Continua lá, bem feliz.
        sea,beach: A tábua de marés é a única agenda que merece ímã de geladeira.
        beach: Pegada é a moeda local, e a maré passa para cobrar duas vezes por dia.
        beach: Metade da praia volta para casa dentro do tênis. É a lembrancinha.
        lighthouse: Ele só sabe dizer uma palavra, e diz para todo mundo, em luz.
        lighthouse: Feito para a tempestade, admirado pela educação.
        lighthouse: O faroleiro garante que o mar escreve melhor, então deixamos com ele.
        boat: Em algum canto a bordo tem um mapa dobrado errado, e ninguém liga.
        boat: A corda conhece cada nó pelo nome.
        sealife: Lá embaixo todo mundo dá passagem e ninguém buzina.
        sealife: Uma pequena aula de esperar a vez, sem uma palavra sequer.
        lake: Jogue uma pedra e a vista inteira muda de ideia.
        lake: Duas paisagens pelo preço de uma, e a de baixo treme um pouco.
        river: Nunca pega o caminho mais curto e chega sempre.
        river: Pedra fica lisa de tanto deixar passar. Anotado.
        """,
        quips="""
        Casaco recomendado.
        O resto é horizonte.
        Se a maré deixar.
        Cuidado com o respingo.
        Sem salva-vidas de plantão.
        """,
        calls="""
        Marque quem já estaria dentro da água.
        De que beira você está com saudade hoje?
        Guarde para a próxima reunião comprida.
        Mande para quem ainda tem areia no carro.
        """,
    ),
    Family.parse(
        "land",
        words="""
        mountain = montanha, serra, pico, cume/m, morro, colina, vale/m, penhasco, falésia, vulcão/m, cânion/m, geleira, trilha, chapada | Serra NoAlto
        forest = floresta, mata, bosque/m, selva, árvore/f, pinheiro, ipê/m, samambaia, musgo, cogumelo, amazônia | NoMeioDoMato LuzDaMata
        field = campo, campina, fazenda, sítio, roça, lavanda, trigo, vinhedo, pasto, plantação/f, cafezal/m, canavial/m, vilarejo, celeiro | Interior CampoAberto
        desert = deserto, duna, oásis/m, sertão/m, caatinga, cacto, Saara/m | Deserto TerraSeca
        """,  # noqa: E501
        tags="ArLivre PeNaEstrada",
        hooks="""
        Sem sinal, com vista.
        O caminho mais longo, de propósito.
        Bota boa, plano nenhum.
        Um ponto do mapa que ninguém marcou.
        Distância, servida pura.
        Aqui nada pede senha.
        Terra firme, pensamento solto.
        mountain: A montanha não veio até nós. Justo.
        mountain: Subida, e depois um ótimo motivo.
        mountain: Um horizonte que ninguém precisou construir.
        forest: As árvores andam falando de você.
        forest: O musgo tem todo o tempo do mundo.
        forest: Pode entrar. Cuidado com as raízes.
        field: Espaço para pensar, e ainda sobra.
        field: Café passado, porteira aberta.
        desert: Menos, só que muito mais.
        desert: Três ingredientes: areia, céu e coragem.
        desert: Um monte de nada, lindamente arrumado.
        """,
        lines="""
        A trilha vai um pouco além da desculpa para não caminhar.
        Por aqui ninguém pede atualização de status desde terça.
        O sanduíche fica mais gostoso no final do caminho. Sempre fica.
        Parece intocado porque ninguém achou um bom motivo para mexer.
        Tem vista que vale a bolha no pé. Esta dá a segunda bolha de brinde.
        O silêncio aqui vem em vários tamanhos. Este é o família.
        Daqui dá para ver o amanhã, apertando um pouco os olhos.
        O plano aberto não foi escolha: o lugar simplesmente não cabe.
        O mapa dá um número. Merecia pelo menos um parágrafo.
        Leve água, leve tempo e uma boa pergunta para deixar por lá.
        mountain: Não se mexe há dez milhões de anos e continua em pose de retrato.
        mountain: Lá de cima, todo problema tem uns dois centímetros de altura.
        mountain: Conte os morros. Cada um chega a um número, e todo mundo acerta.
        mountain: Subir é exercício. Parar a cada dez minutos é que é arte.
        forest: Cada tronco é uma frase comprida, e ninguém interrompe.
        forest: A luz entra de lado, como visita que conhece a casa.
        forest: Em algum galho, uma coruja está avaliando a composição.
        forest: Dez minutos de caminhada e o noticiário vai baixando o volume.
        field: Da estrada, as fileiras parecem letra de caderno.
        field: Quem plantou isto tinha paciência, um bom chapéu e nenhuma reunião.
        field: Aqui a fofoca do dia é o tempo.
        desert: Toda duna é uma onda que resolveu pensar melhor.
        desert: O vento muda a decoração de madrugada e nunca manda a conta.
        desert: O deserto guarda as flores para quem sabe esperar.
        """,
        quips="""
        Bota recomendada.
        Sem sinal, sem problema.
        Vale a caminhada.
        População: vento.
        O mapa confirma.
        """,
        calls="""
        Marque quem sempre diz "é logo ali".
        Onde você armaria a barraca?
        Guarde para uma sexta que precise de saída.
        Mande para quem está te devendo uma caminhada.
        """,
    ),
    Family.parse(
        "sky",
        words="""
        rain = chuva, chuvoso, chuvosa, chovendo, garoa, guarda-chuva/m, poça, temporal/m, sombrinha | DiaDeChuva
        snow = neve/f, nevado, nevada, nevando, gelo, geada, nevasca, congelado, congelada, boneco de neve | DiaDeNeve
        fog = neblina, névoa, nevoeiro, bruma, cerração/f | Neblina
        storm = tempestade/f, trovão/m, trovoada, raio, relâmpago, furacão/m, tornado | TempoFechado
        cloud = nuvem/f, nublado, nublada | CeuDeHoje
        sky = céu/m, arco-íris/m | OlhaOCeu
        aurora = aurora boreal/f, aurora | AuroraBoreal CeuNoturno
        wind = vento, ventania, brisa, pipa, cata-vento/m | DiaDeVento
        sun = sol/m, ensolarado, ensolarada, raio de sol, céu limpo, luz do sol | DiaDeSol
        """,
        tags="DiarioDoTempo OlhaOCeu",
        hooks="""
        O tempo caprichou no figurino.
        O céu tinha observações a fazer.
        A manchete de hoje está lá em cima.
        Previsão: vale a olhada.
        O teto do mundo resolveu aparecer.
        rain: Chuva lá fora, ombro relaxado.
        rain: Guarda-chuva aberto, agenda fechada.
        rain: Poça: o lustre que caiu no chão.
        snow: O mundo inteiro no mudo.
        snow: Ruído branco, da espécie silenciosa.
        snow: Dois casacos e nenhum arrependimento.
        fog: Alguns detalhes foram omitidos.
        fog: Visibilidade baixa, astral alto.
        storm: O céu pigarreou.
        storm: Camarote, do lado de dentro da janela.
        cloud: Trânsito lento no andar de cima.
        aurora: O céu esqueceu a luz acesa.
        aurora: Verde, sem motivo nenhum.
        wind: Penteado por conta do vento.
        sun: O sol chegou cedo e arrumado demais.
        """,
        lines="""
        Todo mundo fala do tempo. Desta vez ele merece o assunto.
        Durou dez minutos, e é assim que a gente sabe que foi bom.
        A previsão prometia outra coisa, e ninguém está reclamando.
        Olhe mais para cima; a programação muda sem aviso.
        Sem ingresso, sem fila e sem bis garantido.
        Em algum estúdio, a moça do tempo aponta para isto e sorri.
        A atmosfera é quase toda nitrogênio. O resto é exibicionismo.
        Entrada franca, assento duro, cinco estrelas.
        rain: A chuva edita o mundo e deixa só o que brilha.
        rain: Cada poste agora vem em duas vias.
        rain: O guarda-chuva ficou em casa, claro. Ele prefere os dias secos.
        rain: Fica melhor com a janela aberta um palmo e um bolinho de chuva por perto.
        snow: Cada som tira o sapato antes de entrar.
        snow: Um par de pegadas só, e a rua inteira querendo saber quem precisou sair.
        snow: O frio cuida do foco; a gente entra com a luva furada.
        fog: A neblina guarda a melhor parte para quem chega mais perto.
        fog: Falta metade da vista, e a outra metade agradece.
        storm: Conte os segundos e depois finja que não estava contando.
        storm: Primeiro ela mudou a luz, depois as cadeiras da varanda.
        cloud: Parece uma baleia, depois um chapéu, depois o seu tio.
        cloud: Nuvem nunca repete roupa.
        aurora: Um minuto inteiro de silêncio, e aí todo mundo diz a mesma palavra.
        wind: Leva o chapéu e devolve um pouco de perspectiva.
        wind: Não dá para fotografar o vento, só tudo o que ele encosta.
        sun: Sombra de contorno tão firme que dava para cortar pão.
        sun: Até a poeira parece ensaiada nesta luz.
        """,
        quips="""
        Olhe para cima.
        O tempo colaborou.
        Sem guarda-chuva envolvido.
        A previsão não viu.
        """,
        calls="""
        Como está o tempo aí na sua janela?
        Mande para quem consulta três aplicativos antes de sair.
        Guarde para a próxima segunda cinzenta.
        """,
    ),
    Family.parse(
        "flowers",
        words="""
        flower = flor/f, florzinha, floral, buquê/m, pétala, rosa, tulipa, dália, girassol/m, peônia, margarida, lírio, orquídea, papoula, hortênsia, cerejeira, lótus/m, bromélia, hibisco, flores silvestres, camélia, jasmim/m | Flores EmFlor
        garden = jardim/m, planta, plantinha, folha, estufa, suculenta, horta, quintal/m, vaso de planta, canteiro | Jardim VerdeEmCasa
        """,  # noqa: E501
        tags="CrescerDevagar PequenosVerdes",
        hooks="""
        Cresceu sem pressa.
        Delicadeza com raiz forte.
        Passa muito bem sem conselho.
        Primeiro a raiz, depois o aplauso.
        Alguém lembrou do regador.
        Um escândalo em voz baixa.
        Fotossíntese com bom gosto.
        garden: Plantas: as colegas de casa mais tranquilas.
        garden: Dedo verde é opcional.
        garden: Folha nova, literalmente.
        flower: Portas abertas, pétalas também.
        flower: Pétala é a letra miúda da natureza.
        flower: Sem ocasião especial. A ocasião é essa.
        flower: As abelhas aprovaram esta mensagem.
        flower: Produção completa, compromisso nenhum.
        """,
        lines="""
        Levou semanas para chegar até aqui e não vai se apressar agora.
        Ninguém aplaudiu a raiz, então fica aqui o registro.
        Não tem lado ruim. Conferimos, dando a volta inteira.
        A estratégia é uma só, virar para a luz, e olha: funciona.
        Não se discute com quem brota no meio da calçada por esporte.
        O vaso é provisório. O bom humor tem contrato mais longo.
        Água, luz e alguém para elogiar de vez em quando.
        Ponha na mesa e de repente todo mundo senta direito.
        Não publica o próprio progresso e, mesmo assim, olha só.
        Metade botânica, metade teatro.
        O segredo é paciência e um pouco de descuido, nessa ordem.
        Toda jardineira tem uma planta de que se gaba. Seria esta.
        flower: Conte as pétalas, se fizer questão; o resultado é sempre "o bastante".
        flower: Abre uma vez só, no próprio ritmo, e nunca pede segunda tomada.
        flower: As abelhas já deixaram avaliação de cinco estrelas.
        flower: Diga com flores e depois fique quieto. O truque é esse.
        flower: Tem uma aula inteira de geometria ali dentro, e ainda é perfumada.
        flower: O nome é de um botânico; a admiração é de todo mundo.
        garden: Uma folha a mais desde domingo. Nesta casa isso é plantão de notícias.
        garden: Sobreviveu a duas viagens e a um gato confiante demais.
        garden: Aqui existem uns quarenta verdes, todos certos.
        """,
        quips="""
        Sem pressa nenhuma.
        As abelhas concordam.
        Água às terças.
        Novidade no canteiro.
        Raiz por baixo, festa por cima.
        """,
        calls="""
        Mande no lugar de um buquê. Dura mais.
        Marque quem conversa com planta.
        O que está crescendo na sua janela?
        Guarde para um dia sem cor.
        """,
    ),
    Family.parse(
        "animals",
        words="""
        cat = gato, gata, gatinho, gatinha, felino, bichano, siamês/m | GatoDoDia VidaDeGato
        dog = cachorro, cachorra, cachorrinho, cachorrinha, cão/m, filhote/m, vira-lata/m, labrador/m, poodle/m, vira-lata caramelo | BomGaroto VidaDeCachorro
        bird = pássaro, passarinho, ave/f, coruja, águia, beija-flor/m, papagaio, corvo, tucano, arara, sabiá/m, gaivota, bem-te-vi/m, calopsita | Passarinhada AsasAbertas
        fowl = cisne/m, pato, flamingo, pinguim/m, garça, galo, galinha, pavão/m, ganso, avestruz/m, ema | Passarinhada
        horse = cavalo, égua, pônei/m, potro, burro, jumento, unicórnio | Cavalos
        farm = vaca, boi/m, ovelha, cabra, bode/m, lhama, alpaca, porco, bezerro | VidaNoPasto
        wild = raposa, leão/m, leoa, tigre/m, urso, lobo, elefante/m, cervo, veado, coelho, macaco, panda/m, girafa, zebra, leopardo, onça, onça-pintada, capivara, ouriço, esquilo, coala/m, lontra, animal/m, bicho, sapo, lagartixa, cobra, dinossauro, tamanduá/m, tatu/m, bicho-preguiça | VidaSelvagem
        insect = abelha, borboleta, libélula, joaninha, besouro, formiga, aranha, mariposa, vaga-lume/m, inseto, caracol/m, caramujo | MundoPequeno
        """,  # noqa: E501
        tags="BichosDeRespeito BoaCompanhia",
        hooks="""
        O contato visual foi negociado.
        A gerência chegou.
        Fora do quadro: o petisco que tornou tudo possível.
        Postura impecável, nada a declarar.
        Cachê pago em atenção.
        Natureza selvagem, fotogenia sem querer.
        cat: Aluguel: atrasado. Atendimento: exemplar.
        cat: A chefia vai receber você agora.
        cat: Onze sonecas no dia, e contando.
        cat: Julgamento, com bigodes.
        cat: Esse lugar já tinha dono antes de você chegar.
        dog: Melhor dia da vida, de novo.
        dog: Nota dez em abanar o rabo.
        dog: Alguém falou em passear.
        dog: Muito coração, alguma baba.
        bird: Asa fechada, opinião aberta.
        bird: Motor pequeno, canto enorme.
        bird: Só de passagem, com pinta de rico.
        fowl: Traje de gala, festa nenhuma.
        horse,farm: Quatro patas, uma opinião bem clara.
        farm: Capim e paz.
        wild: Um vizinho que a gente não merecia.
        wild: Favor não pegar. Favor admirar.
        insect: Trabalho miúdo, resultado magnífico.
        insect: Horário de trabalho: todos.
        """,
        lines="""
        A gente pediu uma pose natural. Já estava nela.
        Foram três segundos de atenção, e depois cada um voltou à sua vida.
        Sem treino, sem figurino e sem o menor interesse na nossa opinião.
        O olhar diz tudo; o resto da cara é diplomático.
        Ser olhado, todo mundo é. Ser olhado assim é para poucos.
        A agenda está vazia, e mesmo assim não tem horário.
        Nunca leu um livro de produtividade, e aqui estamos nós, de boca aberta.
        Pelo, pena ou escama: a confiança fica igual em todo mundo.
        Ninguém avisou que era retrato, e a graça está toda aí.
        Não tem um tostão e se comporta como quem é dono do lugar.
        cat: Sentou exatamente onde ia bater a luz, cinco minutos antes da luz.
        cat: O plano era outra imagem. Alguém sentou em cima do plano.
        cat: Atende pelo nome, quando o assunto interessa.
        cat: Em algum lugar da casa há um copo perto demais da beirada. Por pouco tempo.
        cat: Dormiu durante o teste de elenco e ficou com o papel.
        cat: Distribui carinho em dias úteis, entre um humor e outro.
        dog: Já perdoou os onze minutos de ausência, mas ficou com os dois sofás.
        dog: Quem atua mesmo é o rabo.
        dog: Conhece a rua inteira e guardou um graveto de cada ocasião.
        dog: Se lealdade tivesse orelha, seria mais ou menos deste formato.
        dog: Nunca ninguém ficou tão feliz em nos ver, e a gente só tinha ido à cozinha.
        bird: Pesa menos que uma carta e faz entrega todo dia.
        bird: Ficou para uma estrofe só; tinha um céu esperando.
        bird: Alguém ensinou a pousar desse jeito. Provavelmente o vento.
        fowl: O andar não é elegante. A confiança é.
        fowl: Tem uma roupa só e nunca precisou de outra.
        horse,farm: Escuta com as duas orelhas, duas a mais do que a maioria.
        horse,farm: Fale devagar, ofereça uma maçã e espere a decisão.
        wild: Chegou aqui primeiro, e a paciência que tem com a gente é admirável.
        wild: No mato ninguém usa relógio e todo mundo chega na hora.
        insect: Uma carreira inteira num canteiro só, sem um minuto de atraso.
        insect: Chegue perto. A roupa foi feita para esta distância.
        """,
        quips="""
        Sem autógrafos.
        Houve petisco.
        No comando.
        Não perturbe.
        Quem manda aqui.
        """,
        calls="""
        Marque o bicho de casa que vai achar que é retrato dele.
        Que nome você daria?
        Mande para quem puxa conversa com todo bicho que vê.
        Os donos de bicho têm a palavra nos comentários.
        """,
    ),
    Family.parse(
        "space",
        words="""
        space = espaço, galáxia, nebulosa, universo, cosmos/m, via láctea, buraco negro, meteoro, cometa/m, asteroide/m, satélite/m, órbita, sideral | Espaco UniversoAfora
        planet = planeta/m, Marte/m, Saturno/m, Júpiter/m | OutrosMundos
        moon = lua, luar/m, lua cheia, eclipse/m | LuaDeHoje
        astronaut = astronauta, cosmonauta | Astronauta
        ship = nave/f, nave espacial, foguete/m, estação espacial, disco voador, extraterrestre, alienígena | NaveEspacial
        star = estrela, estrelado, estrelada, constelação/f, telescópio | CeuEstrelado
        """,
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
        Sem barulho, sem chuva, sem vizinho. O aluguel deve ser um absurdo.
        A física chama de vácuo. É o vazio mais cheio que se conhece.
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
)
