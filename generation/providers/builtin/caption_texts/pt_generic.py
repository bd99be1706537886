"""Portuguese caption texts for any subject, and sober ones for grave subjects."""

from .family import Family

GENERIC = Family.parse(
    "generic",
    words="",
    tags="OlharDeNovo DiarioVisual PequenosEspantos CadernoDeImagens ImagemDoDia SemPressa",
    hooks="""
    {A}, e pronto.
    {Subject}: um estudo breve.
    Assunto do dia: {a}.
    Em cartaz: {a}.
    Um minuto para {o}.
    Pequena ode {ao}.
    Com vocês, {o}.
    Hoje a pauta é {um}.
    Elogio {do}.
    De olho {no}.
    Tudo por causa {do}.
    Palmas para {o}.
    Anotação de campo: {a}.
    Para constar: {a}.
    Lugar de honra para {o}.
    Presente na chamada: {a}. Faltou: a pressa.
    Na agenda: {a}, e depois o almoço.
    Uma imagem, sem nota de rodapé.
    Arquivado em "guardar".
    Um bom motivo para parar o dedo.
    Era para ser só um rascunho.
    Olhe uma vez, depois olhe direito.
    Ninguém pediu. Está aqui.
    A versão curta de um devaneio comprido.
    Favor demorar.
    Como imaginado, mais uma surpresa.
    Direto da gaveta do "e se".
    Uma ideia com roupa de domingo.
    Para olhar enquanto a água ferve.
    Vale o segundo olhar, e o terceiro.
    Da margem de um dia cheio.
    """,
    lines="""
    Todo o resto deu meio passo para trás e deixou a cena com {o}.
    Havia outras ideias na lista; riscamos todas por causa {do}.
    A gente veio pela luz e ficou por causa {do}.
    Ninguém precisou explicar nada {ao}, e ainda bem.
    Pergunte do que trata a imagem e a sala inteira aponta para {o}.
    Todo quadro tem quatro cantos, e o melhor deles ficou com {o}.
    Dê um minuto {ao}. O resto da imagem espera.
    O combinado era falar {do}. A luz acrescentou umas ideias próprias.
    Tem imagem que pede explicação comprida. Esta só pedia {o}.
    Primeiro olhe para {o}, depois em volta. A ordem importa.
    Era só uma frase sobre {o}, e ela se recusou a continuar sendo só uma frase.
    Entraram umas poucas palavras sobre {o}, e saiu isto.
    Entre a borda do quadro e {o} cabe exatamente um pensamento.
    Ponha {o} no meio do seu dia e veja o que muda de lugar.
    Quem acha que {o} não [rende|rendem] assunto ainda não olhou o bastante.
    A legenda era sobre outra coisa, mas {o} [insistiu|insistiram].
    Se for para olhar uma coisa só hoje, há escolhas piores do que {o}.
    A parte difícil ficou com {o}. O quadro só precisou acompanhar.
    Ninguém planejou que {o} [roubasse|roubassem] a cena, e olha aí.
    A descrição curta é {um}. A comprida leva a tarde inteira.
    Dá para desviar os olhos {do} a qualquer momento. Boa sorte.
    Alguém escreveu uma linha sobre {o}, e o resto está à vista.
    De todos os jeitos de imaginar {o}, este foi o que dormiu mais tarde.
    Podia ter sido qualquer coisa. [Foi|Foram] {o}, e com razão.
    Os cantos ficaram quietos para não atrapalhar {o}.
    Deixe {o} em paz um instante e a imagem começa a cantarolar.
    Com {o} por perto, o resto da cena aprendeu a se comportar.
    Nasceu de meia frase e não sossegou enquanto não achou a outra metade.
    Tem ideia que já chega pronta. Só faltava abrir a porta.
    O plano era simples e, desta vez, o plano aguentou.
    Diz o que tem a dizer e deixa a última palavra com você.
    Tem um detalhe no canto que só os pacientes encontram.
    Olhe com calma; nada aqui chegou com pressa.
    Não precisa conhecer a história. Pode trazer a sua.
    Metade imaginação, metade teimosia e um pouco de luz boa.
    Não grita. Fica ali, até a gente chegar perto.
    Toda imagem boa deixa uma pergunta no ar. A sua deve ser diferente da nossa.
    Nada aqui é necessário, e nada podia faltar.
    Dizem que na cabeça sempre fica melhor. Desta vez, não.
    Em algum ponto entre a primeira ideia e o terceiro café, encaixou.
    Paramos enquanto ainda havia um pouco de mistério.
    Impressa pequena, é segredo. Impressa grande, é janela.
    O olho entra pela porta da frente e fica para o jantar.
    É do tipo que melhora quando ninguém está tentando vender.
    Tem mais coisa aí do que o primeiro olhar entrega. O segundo é de graça.
    Pede dez segundos e costuma levar um minuto.
    """,
    quips="""
    Sem ressalvas.
    Olhe de novo.
    Como tem que ser.
    Nada a acrescentar.
    Conferimos.
    Bem na hora.
    O resto espera.
    Vale o desvio.
    Pode emoldurar.
    O plano é esse.
    Resumindo.
    Isso mesmo.
    Abram espaço.
    Sem mais perguntas.
    Com calma.
    Um conto curto.
    Caso encerrado.
    Anote aí.
    Nem mais, nem menos.
    E pronto.
    """,
    calls="""
    Guarde para um dia lento.
    Mande para uma pessoa só, a certa.
    Que nome você daria?
    Conte o que viu primeiro.
    Quem precisa ver isto antes do almoço?
    Deixe por perto para quando faltar janela.
    Marque alguém com uma parede livre.
    O que acontece logo ali, fora do quadro?
    """,
)

SOLEMN = Family.parse(
    "solemn",
    words="""
    grave = guerra, funeral/m, velório, cemitério, túmulo, hospital/m, soldado, refugiado, refugiada, desastre/m, terremoto, câncer/m, suicídio, massacre/m, holocausto, genocídio, vítima, cadáver/m, assassinato, sangue/m, bomba, bombardeio, luto, terrorista, fuzil/m, violência, morador de rua, moradora de rua, pobreza, morte/f, arma, tragédia, enchente/f, escravidão/f | EmSilencio
    """,  # noqa: E501
    tags="ParaLembrar OlharComCalma Memoria",
    hooks="""
    {Subject}. Sem pressa.
    Tem imagem que pede silêncio.
    Um minuto de silêncio, em imagem.
    Para quem lembra.
    {Subject}, com cuidado.
    Para que ninguém desvie o olhar.
    Olhar também é um jeito de ficar.
    Poucas palavras, de propósito.
    """,
    lines="""
    Há pouco a dizer aqui, e bastante a ver.
    Certas coisas pesam menos quando mais de uma pessoa olha para elas.
    A luz é delicada com o que encontra.
    Deixamos o espaço em volta vazio, para que caiba um pensamento.
    Olhe devagar. É uma pequena forma de respeito.
    O que importa aqui não levanta a voz.
    A memória é paciente, e as imagens ajudam.
    Não explica nada. Só pede para não ser esquecida.
    Quem para aqui um instante não está só.
    As palavras podem esperar. A imagem continua aqui.
    """,
    calls="""
    Fique um instante com ela.
    Divida com quem não devia ver isto sem companhia.
    """,
)
