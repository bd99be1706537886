"""Portuguese caption texts about daily life: people, the table, home, parties, music."""

from .family import Family

FAMILIES = (
    Family.parse(
        "people",
        words="""
        person = mulher/f, homem/m, pessoa, gente/f, menina, menino, garota, garoto, moça, moço, rapaz/m, senhora, senhor/m, chef/?, artista/?, artesã/f, artesão/m, agricultor/m, agricultora, professora, professor/m, médica, médico, pescador/m, pescadora, oleiro, ceramista/?, costureira, jovem/? | Retrato GenteDaGente
        face = retrato, rosto, autorretrato, selfie/f, mão/f, olhos, sorriso, abraço, beijo | Retrato GenteDaGente
        child = criança, crianças, bebê/m | Infancia
        together = casal/m, família, amigo, amiga, amigos, amigas, multidão/f, equipe/f, time/m, mãe/f, pai/m, avó/f, avô/m, irmã/f, irmão/m, vovó/f, vovô/m | Juntos
        elder = idoso, idosa, velho, velha, senhorinha, avó, avô, vovó, vovô | HistoriasGuardadas
        sport = corredor, corredora, atleta/?, futebol/m, skate/m, skatista/?, ciclista/?, nadador, nadadora, ioga, yoga, bailarina, bailarino, basquete/m, tênis de mesa, boxe/m, capoeira | EmMovimento
        music = músico, música, banda, cantora, cantor, show/m, jazz/m, samba/m, roda de samba, violonista/?, pianista/?, sanfoneiro, orquestra, coral/m | Musica AoVivo
        """,  # noqa: E501
        tags="GenteDePerto HistoriasCurtas",
        hooks="""
        Ninguém disse "sorria".
        Um rosto com enredo.
        O segundo antes da pose.
        Leia primeiro as mãos.
        person: Alguém que você quase conhece.
        Personalidade, em boa luz.
        person: Elenco de uma pessoa só, e não falta ninguém.
        person,child,elder,together: {Subject}, entre dois pensamentos.
        person,child,elder,together: {Subject}, no meio da frase.
        child: Sapato pequeno, plano grande.
        child: Assunto sério, versão recreio.
        together: No plural fica melhor.
        together: O barulho do tipo bom.
        elder: Cada ruga tem data.
        sport: Gravidade, dispensada com educação.
        sport: Só mais uma, pela nona vez.
        music: Aumente o volume da imagem.
        music: Quatro tempos por quadro.
        """,
        lines="""
        Retrato bom começa logo depois do "já acabou?".
        Dá para ver que existe uma história, e que ela não vai ser contada inteira.
        person,child,elder,together: Nada foi exigido {do}, e é por isso que funciona.
        Cabe uma tarde inteira nessa expressão, para quem olhar com calma.
        Todo mundo tem uma imagem em que se parece consigo mesmo. Pode ser esta.
        A luz estava boa; a conversa de antes estava melhor.
        Leva anos para ficar tão natural e uma fração de segundo para guardar.
        Alguém contou uma piada fora do quadro, e o final ainda está no ar.
        Postura é opcional. Presença, não.
        Olhe os olhos, depois as mãos, depois os olhos de novo.
        person,child,elder,together: Sobrou espaço de um lado, para os pensamentos {do}.
        person: Gente desconhecida é biografia sem as primeiras páginas.
        person,child,elder,together: Por um segundo, tudo em volta {do} ficou em silêncio.
        person,child,elder,together: Ninguém pediu {ao} para mudar de lugar. Ainda bem.
        child: Naquela altura, toda mesa é arquitetura.
        child: A brincadeira tem regras. Mudaram enquanto você lia isto.
        child: Bolso cheio e agenda vazia, na ordem certa.
        together: Sempre tem alguém piscando, e é justamente essa que a gente guarda.
        together: Ninguém lembra do tempo que fez, só de quem estava lá.
        elder: Faça uma pergunta e puxe uma cadeira; a resposta leva a melhor parte do dia.
        elder: Experiência é saber qual degrau range.
        sport: A parte difícil aconteceu nas manhãs que ninguém fotografou.
        sport: Um corpo resolvendo a questão antes que a cabeça terminasse de ler.
        music: Quase dá para ouvir o trecho em que todo mundo se cala.
        music: Alguém conta até quatro, e a sala desiste de ir embora.
        """,
        quips="""
        Sem segunda tomada.
        De primeira.
        Fora do roteiro.
        Quase sem pose.
        Você conhece alguém assim.
        """,
        calls="""
        O que será que aconteceu um minuto depois?
        Mande para quem detesta sair em foto.
        Escolha um nome e deixe nos comentários.
        Marque alguém com cara de conto curto.
        """,
    ),
    Family.parse(
        "table",
        words="""
        food = comida, prato, pizza, hambúrguer/m, macarrão/m, sushi/m, sopa, salada, churrasco, feijoada, arroz/m, feijão/m, queijo, moqueca, coxinha, pastel/m, sanduíche/m, jantar/m, almoço, restaurante/m, piquenique/m, verdura, legume/m, tomate/m, ovo, tempero, tapioca, acarajé/m | ComidaBoa ComerDevagar
        honey = mel/m, favo, colmeia, apicultor/m, geleia, melado | DiaDeMel MelDaSerra
        coffee = café/m, cafezinho, expresso, espresso, cappuccino, xícara, caneca, cafeteria, barista/? | CafePassado
        tea = chá/m, bule/m, matcha/m, chimarrão/m, erva-mate/f | HoraDoCha
        baking = pão/m, pãozinho, pães, bolo, bolinho, torta, croissant/m, rosquinha, biscoito, padaria, pão de queijo, café da manhã, panqueca, confeitaria | SaidoDoForno DoceDeCasa
        sweet = chocolate/m, sobremesa, sorvete/m, doce/m, brigadeiro, picolé/m, paçoca, pudim/m, cocada, algodão-doce/m | DoceDeCasa
        fruit = fruta, maçã/f, limão/m, morango, banana, manga, pêssego, melancia, pera, cereja, figo, uva, abacaxi/m, abacate/m, jabuticaba, caju/m, laranjas, goiaba, açaí/m, maracujá/m, mamão/m, coco | FrutaDaEpoca
        drink = vinho, taça, coquetel/m, drinque/m, cerveja, suco, limonada, caipirinha, cachaça, champanhe/m, vitamina, bar/m, boteco | Saude
        """,  # noqa: E501
        tags="NaMesa SlowFood",
        hooks="""
        Primeiro os olhos, depois a colher.
        food,baking,sweet: Ninguém fotografa a repetição.
        baking,sweet: Migalha é uma forma de aplauso.
        A mesa está posta. As regras, não.
        Sente antes que melhore ainda mais.
        Um motivo para desocupar a mesa.
        food,baking,sweet,fruit: Serve dois, ou uma pessoa sincera.
        food,baking: Fome, muito bem iluminada.
        food,baking,sweet: A repetição entrou na pauta.
        Cozinha no próprio ritmo.
        food: O garfo já estava no ar.
        food: Come primeiro, legenda depois.
        honey: Dia de mel.
        honey: Ouro sem pressa.
        honey: Um verão inteiro, de colherada.
        coffee: Primeiro o café, depois as frases.
        coffee: Opinião forte, xícara curta.
        coffee: Quem coou, coou bem.
        tea: Três minutos de não fazer nada, com método.
        tea: A chaleira foi ouvida.
        baking: Quem falou foi o forno.
        baking: Quentinho, e só até as onze.
        baking: Manteiga também é declaração de amor.
        sweet: Sobremesa primeiro, como a natureza quis.
        sweet: Uma colher só foi otimismo.
        fruit: Doce, e sabe disso.
        fruit: Descascada, cortada e sem remorso.
        drink: Um brinde ao que quer que tenha sido este dia.
        drink: Copo gelado, conversa quente.
        """,
        lines="""
        food,baking,sweet: Ia ter uma segunda imagem, mas alguém ficou com fome.
        food,baking: A receita tem uma linha; difícil é a paciência entre as palavras.
        Dá para sentir o cheiro daqui, ou estamos olhando há tempo demais.
        Manhã lenta é mais gostosa com os dois cotovelos na mesa.
        food,sweet: Foi montado com cuidado e vai acabar sem nenhum.
        Saíram os pratos bons do armário, então é ocasião.
        A avó de alguém teria posto mais um pouco, e com razão.
        Saíram também as xícaras boas, o que encerra a dúvida sobre ficar.
        Em algum lugar perto daqui alguém já puxou uma cadeira para você.
        food,baking,sweet,honey: Um guardanapo ajudaria. Uma segunda porção também.
        Com boa companhia ou de porta fechada: os dois jeitos estão certos.
        Ficou perfeito pelo tempo exato que deu para aguentar.
        Nada nesta mesa jamais ouviu falar em dieta.
        food,baking,sweet,fruit: O último pedaço é de quem não se distrair. Não se distraia.
        food: A fumacinha durou onze segundos, e o prato não muito mais.
        food: Sal, fogo e alguém que prova antes de servir: o curso inteiro é esse.
        food: Ninguém fala há quatro minutos. É o maior elogio que existe.
        honey: Dez mil voos para uma colher. Lamba direito.
        honey: Escorre na única velocidade que ninguém contesta.
        honey: Esquente o pão primeiro. O resto se resolve sozinho.
        coffee: O dia começa quando a xícara autorizar.
        coffee: Xícara pequena, promessas grandes, quase todas cumpridas antes das dez.
        coffee: Duas pessoas, uma mesa e uma colher girando à toa.
        tea: Esfria no mesmo tempo que a maioria das discussões.
        tea: Esqueça a colher, segure com as duas mãos e fale pouco.
        baking: Farinha no chão, farinha no gato e um motivo excelente.
        sweet: Era para dividir. Os planos mudam.
        sweet: Ninguém até hoje conseguiu ficar triste com isso na mão.
        baking: A receita dizia "espere esfriar". A receita mora sozinha.
        fruit: Passou o ano inteiro no galho esperando este close.
        fruit: Estar no ponto é um prazo de uns dois dias. Chegamos a tempo.
        drink: Alguém vai contar a história de novo, e ela melhora a cada vez.
        drink: Quem puxa assunto é o gelo.
        """,
        quips="""
        Ainda quentinho.
        Cabe mais um pouco.
        Colher na mão.
        Sumiu em minutos.
        Silêncio na cozinha.
        """,
        calls="""
        Marque quem ainda esquenta o pão primeiro.
        Quem fica com o restinho?
        Guarde para quando bater a fome e faltar decisão.
        Mande para quem vai cozinhar hoje. Sem pressão.
        """,
    ),
    Family.parse(
        "home",
        words="""
        room = sala, quarto, sofá/m, apartamento, casa, casinha, chalé/m, cabana, lareira, cama, banheiro, corredor/m, varanda, rede/f | EmCasa CasaComAlma
        kitchen = cozinha, fogão/m, fogão a lenha, bancada, despensa | HistoriasDeCozinha
        window = janela, sacada, cortina, porta, terraço, parapeito | DaMinhaJanela
        book = livro, biblioteca, livraria, lendo, caderno, carta, máquina de escrever, escrivaninha, escritório, estante/f | CantoDeLeitura
        instrument = violão/m, guitarra, piano, violino, violoncelo, tambor/m, saxofone/m, trompete/m, vinil/m, vitrola, sanfona, pandeiro, cavaquinho, viola | Musica TocaDeNovo
        thing = cadeira, poltrona, mesa, luminária, abajur/m, vela, relógio, espelho, tigela, brinquedo, chave/f, tapete/m, almofada, manta, cesta, cesto, lamparina | ObjetosDeAfeto
        """,  # noqa: E501
        tags="FicarEmCasa CantinhoQuieto",
        hooks="""
        Cancelaram os planos. Ninguém chorou.
        A casa, em seu melhor comportamento.
        A poltrona boa já tem dono.
        Meia recomendada.
        Um canto com estabilidade.
        Fique em casa. Aqui está ótimo.
        Nada combina, tudo se entende.
        room: Quatro paredes e uma boa ideia.
        room: Arrumado há dez minutos. Dá para ver, e vai passar.
        kitchen: As melhores conversas acontecem em pé.
        window: O melhor canal da casa.
        window: A luz bateu antes de entrar.
        book: Só mais uma página, disse alguém à meia-noite.
        book: Prazo de validade: nenhum.
        thing: Utilidade com uma pontinha de vaidade.
        instrument: Sabe mais músicas do que você.
        thing: Objeto pequeno, presença grande.
        """,
        lines="""
        Aqui cada coisa tem o seu lugar, e nenhuma está nele.
        Silêncio suficiente para ouvir a chaleira pensar.
        Tem canto que se paga só por convidar a sentar.
        Luz boa não paga aluguel e ainda fica com o melhor lugar.
        É o tipo de lugar em que a bateria do celular acaba e ninguém nota.
        Alguém mora aqui, ou pelo menos descansa aqui com muita seriedade.
        Uma casa fica pronta no dia em que a gente para de pedir desculpa por ela.
        Casa sem visita marcada fica sempre mais bonita.
        O piso range em dois pontos, e é bom saber quais.
        Dava para fazer muita coisa aqui. Dava também para não fazer.
        O abajur e a poltrona têm lá os seus combinados.
        Conforto é habilidade, e o treino tem essa cara.
        room: Mude uma almofada de lugar e a discussão recomeça.
        room: As paredes ouviram tudo e guardaram só a melhor parte.
        kitchen: Sempre tem alguma coisa no fogo, e às vezes é até comida.
        kitchen: A gaveta das tampas sem pote ficou fora do quadro, que é o lugar dela.
        window: O vidro deixa o tempo do lado de fora e a tarde do lado de dentro.
        window: Metade do dia passa por ali, para quem deixar.
        book: O marcador de página é uma nota fiscal, e a nota fiscal tem história própria.
        book: Faltam dois capítulos, e de repente todo mundo lê mais devagar.
        instrument: Nota errada, tocada duas vezes, vira estilo.
        instrument: Os vizinhos já sabem os oito primeiros compassos de cor.
        thing: Alguém fez isto um dia, com cuidado, para uma pessoa que nunca viu.
        thing: Mude de lugar e a casa inteira dá pela falta.
        """,
        quips="""
        Sem sapato.
        Sem planos.
        A água já está no fogo.
        Ninguém vai embora.
        Valem as regras da casa.
        """,
        calls="""
        Qual canto da sua casa você não mudaria nunca?
        Mande para quem devia cancelar tudo hoje.
        Guarde para o próximo domingo preguiçoso.
        Marque sua companhia preferida para não fazer nada.
        """,
    ),
    Family.parse(
        "celebration",
        words="""
        balloon = balão/m, bexiga, confete/m | Festa NoticiaBoa
        fireworks = fogos de artifício, fogos/m, rojão/m | Fogos Festa
        party = festa, aniversário, comemoração/f, carnaval/m, festival/m, ano-novo/m, ano novo, réveillon/m, brinde/m, convite/m, festa junina, bandeirinha, são joão | Festa NoticiaBoa
        christmas = Natal/m, natalino, natalina, Papai Noel/m, rena, panetone/m, presépio | ClimaDeFesta
        holiday = Páscoa, Halloween/m, abóbora | ClimaDeFesta
        wedding = casamento, noiva, noivo, noivado | GrandeDia
        """,  # noqa: E501
        tags="MarcaNaAgenda BoaCompanhia",
        hooks="""
        Motivo mais que suficiente.
        Traje: feliz.
        O bolo foi consultado.
        Venha como está, fique como quiser.
        Marque no calendário, à caneta.
        Alguém trouxe notícia boa.
        Atrasar pode. De mãos vazias também.
        balloon: Confete: o glitter da gente honesta.
        fireworks: Dez, nove, olha para cima.
        party: Som alto, pouso suave.
        party: Só mais uma música, disseram há cinco músicas.
        christmas: As mesmas piadas, ano novo, casa cheia.
        christmas: Os enfeites bonitos, e os que as crianças fizeram.
        wedding: Duas pessoas, uma mesa comprida.
        wedding: Alguém está chorando. É o tio, de novo.
        """,
        lines="""
        O discurso foi curto; a noite, não.
        Coisa boa merece testemunha, então traga umas.
        Alguém vai dançar mal, e vai ser a melhor parte.
        Sempre tem o convidado que veio pelo bolo. Respeito.
        Acenderam as velas na ordem errada, e o pedido valeu do mesmo jeito.
        Ninguém lembra do programa, só de quem riu primeiro.
        Guardamos uma cadeira, caso você leia isto no caminho.
        Deu três listas e um telefonema longo, e compensou cada caneta.
        Guarde a fita. Daqui a dez anos ela aparece numa gaveta, e você vai saber por quê.
        Mesa boa nunca precisou de mais do que uma pequena desculpa.
        Pediram ao relógio que saísse da sala.
        Sobra de festa é a festa, continuada.
        Os vizinhos foram avisados e, em seguida, convidados.
        Toda comemoração tem um minuto quieto no meio. Procure por ele.
        fireworks: Dois segundos de céu, duas semanas de assunto.
        balloon: Balão só conhece uma direção. E é das boas.
        party,balloon: Amanhã o chão conta a história, em pedacinhos de papel.
        party: A playlist tinha um plano, até a tia de alguém achar o celular.
        christmas: Metade do pisca-pisca funciona, e é a metade boa.
        christmas: Embrulhar demorou mais do que desembrulhar. Sempre demora.
        wedding: Disseram uma palavra cada um; o resto do pessoal fala até agora.
        wedding: As flores estavam lindas, e às dez ninguém mais tinha sapato.
        """,
        quips="""
        Você está na lista.
        Já vem o bolo.
        Copos no alto.
        Traga os amigos.
        """,
        calls="""
        Marque quem é sempre o primeiro a dançar.
        Quem vai com você?
        Guarde a data e, depois, uma fatia.
        Mande para quem comemoraria com você.
        """,
    ),
)
