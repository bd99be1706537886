"""Portuguese caption texts about living things: plants and animals."""

from .family import Family

FAMILIES = (
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
        bird: Viaja mais leve do que todos nós e nunca se atrasa.
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
        Que nome você daria a este bicho?
        Mande para quem puxa conversa com todo bicho que vê.
        Os donos de bicho têm a palavra nos comentários.
        """,
    ),
)
