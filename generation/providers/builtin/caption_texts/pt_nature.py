"""Portuguese caption texts about the outdoors: water, land, weather."""

from .family import Family

FAMILIES = (
    Family.parse(
        "water",
        words="""
        sea = mar/m, oceano, onda, costa, litoral/m, orla, baía, ilha, porto, píer/m, cais/m, surfe/m, surfista/?, maré/f, recife/m | Mar Maresia BeiraMar
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
        """,  # noqa: E501
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
)
