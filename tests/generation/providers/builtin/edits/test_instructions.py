"""Reading instructions: what is understood, in both languages, and what must not be."""

from __future__ import annotations

import random
import time

import pytest

from generation.providers.builtin.edits.instructions import MOST_STEPS, read_instructions
from generation.providers.builtin.edits.steps import Act, Region, Step
from tests.gallery.search.nasty import BLNS

GREY = Step(Act.MONOCHROME)
WARMER, COLDER = Step(Act.WARMTH), Step(Act.WARMTH, amount=-1)
BRIGHTER, DARKER = Step(Act.LIGHT), Step(Act.LIGHT, amount=-1)
DARK_SKY = Step(Act.LIGHT, amount=-1, region=Region.SKY)
SEPIA, SUNSET, NIGHT = Step(Act.SEPIA), Step(Act.SUNSET), Step(Act.NIGHT)
CONTRAST, FLATTER = Step(Act.CONTRAST), Step(Act.CONTRAST, amount=-1)
COLOURFUL, PALER = Step(Act.SATURATION), Step(Act.SATURATION, amount=-1)
BLUR, BEHIND = Step(Act.BLUR), Step(Act.BLUR, region=Region.BACKGROUND)
SHARPER, MIRROR, FLIP = Step(Act.SHARPEN), Step(Act.MIRROR), Step(Act.FLIP)
VIGNETTE, GRAIN = Step(Act.VIGNETTE), Step(Act.GRAIN)
NEGATIVE, POSTER = Step(Act.INVERT), Step(Act.POSTERIZE)
RED = Step(Act.KEEP_COLOURS, colours=("red",))
PINK_SKY = Step(Act.TINT, region=Region.SKY, colours=("pink",))
BLUE = Step(Act.TINT, colours=("blue",))
STYLE, PALETTE = Step(Act.STYLE), Step(Act.PALETTE)


def turn(degrees: float) -> Step:
    return Step(Act.ROTATE, degrees=degrees)


def crop(across: int, down: int) -> Step:
    return Step(Act.CROP, ratio=(across, down))


ONE_STEP = {
    GREY: "black and white|Make it black & white|B&W please|turn it into black-and-white|grayscale|"
    "greyscale|convert to monochrome|remove the color|drain all colour|p&b|Preto e branco|"
    "deixe em preto-e-branco|transforme em escala de cinza|em tons de cinza|sem cor|"
    "tire toda a cor|quero a imagem em preto e branco",
    WARMER: "Warmer|warm it up|add some warmth|use warmer tones|make it look warmer|mais quente|"
    "esquente a imagem|aqueça as cores|tons mais quentes|less cold|menos fria",
    COLDER: "colder|cooler tones|cool it down|make the picture cooler|mais frio|esfrie|"
    "deixe a foto mais fria|less warm please|está muito quente",
    DARKER: "darker|make it darker|DARKEN IT!|reduce the brightness|less bright|escureça|"
    "mais escuro|menos claro|diminua o brilho|Deixa a foto mais escura, por favor|"
    "it is too bright|make it moodier|35% darker",
    BRIGHTER: "brighter|lighten the image|increase exposure|too dark|make it less dark|clareie|"
    "mais claro, por favor|ilumine a cena|aumente o brilho|está muito escuro|"
    "você pode deixar mais claro?|brightness +35%",
    DARK_SKY: "Make the sky darker.|darken the sky|a darker sky|escureça o céu|céu mais escuro|"
    "deixe o céu mais escuro|dark sky",
    PINK_SKY: "make the sky pink|pink sky|deixe o céu rosa|pinte o céu de rosa",
    BLUE: "make it bluer|mais azul|azulado|more blue|a blue tint|deixe azul",
    SEPIA: "sepia|make it sepia|sepia tone|efeito sépia|tom sépia|em sépia",
    SUNSET: "sunset|make it look like sunset|turn it into a sunset|golden hour|pôr do sol|"
    "como se fosse pôr-do-sol|ao entardecer|fim de tarde",
    NIGHT: "night|turn it into a clear night|a starry night|make it nighttime|night sky|"
    "turn day into night|noite estrelada|à noite|transforme em noite|"
    "de noite|noite",
    CONTRAST: "more contrast|increase the contrast|aumente o contraste|mais contraste|"
    "make it punchier|contraste|mais dramático",
    FLATTER: "less contrast|reduce the contrast|menos contraste|diminua o contraste",
    COLOURFUL: "more saturated|more vivid colors|make the colors pop|cores mais vivas|"
    "aumente a saturação|mais colorido|cores vibrantes",
    PALER: "less saturated|desaturate|reduce saturation|menos saturação|dessature|less colourful",
    BLUR: "blur|blur it|make it blurry|desfoque|desfoque a imagem|borre",
    BEHIND: "blur the background|desfoque o fundo|fundo desfocado|blurred background|"
    "deixe o fundo borrado|blur everything except the subject",
    SHARPER: "sharpen|sharper|make it crisper|mais nítido|aumente a nitidez|less blurry|"
    "menos borrado",
    MIRROR: "mirror|mirror it|flip it horizontally|flip|espelhe|inverta horizontalmente|espelhar",
    FLIP: "flip vertically|vire verticalmente|vertical flip",
    turn(90): "rotate|rotate 90 degrees|rotate right|gire para a direita|vire 90 graus|"
    "rotate 90° clockwise|a quarter turn|rotacione 90º",
    turn(270): "rotate left|rotate 90 degrees counterclockwise|turn the picture to the left|"
    "gire à esquerda|gire 90 graus no sentido anti-horário|rotate -90 degrees",
    turn(180): "rotate it 180|turn it upside down|gire 180 graus|vire de cabeça para baixo",
    turn(12): "rotate by 12 degrees to the right|gire 12 graus",
    turn(355): "rotate slightly to the left|gire um pouco para a esquerda",
    crop(16, 9): "crop to 16:9|16:9|corte em 16 por 9|crop to widescreen|recorte para 16x9",
    crop(1, 1): "crop it square|make it square|quadrado|corte quadrado|formato quadrado|1:1",
    crop(4, 5): "recorte em 4:5|crop to 4 x 5|corte para retrato",
    VIGNETTE: "add a vignette|vinheta|vignette effect|darken the corners|escureça as bordas",
    GRAIN: "film grain|add grain|granulado|adicione grão",
    NEGATIVE: "invert the colors|invert|inverta as cores|negativo",
    POSTER: "posterize|posterizar|efeito pôster|fewer colours|menos cores",
    RED: "keep only the red|remove all colours except red|tire a cor menos o vermelho|"
    "deixe só o vermelho|black and white except for the red|somente o vermelho em cores|"
    "keep the red and make the rest black and white|everything in black and white but the red|"
    "tudo preto e branco menos o vermelho|only the red stays|sem cor exceto o vermelho",
    STYLE: "in the style of the reference|use the style of the second picture|"
    "no estilo da referência|copy the reference style|make it look like the reference",
    PALETTE: "com as cores da referência|match the colors of the reference|"
    "use a paleta da imagem de referência",
}  # fmt: skip
PHRASES = [(phrase, step) for step, phrases in ONE_STEP.items() for phrase in phrases.split("|")]


@pytest.mark.parametrize(("phrase", "step"), PHRASES)
def test_one_instruction_is_one_step(phrase: str, step: Step) -> None:
    read = read_instructions(phrase)
    assert read.steps == (step,)
    assert not read.is_partial


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(PHRASES) > 180


@pytest.mark.parametrize(
    ("phrase", "amount"),
    [
        ("slightly darker", -0.5),
        ("um pouco mais escuro", -0.5),
        ("escureça um pouco", -0.5),
        ("much darker", -1.7),
        ("deixe bem mais escuro", -1.7),
        ("70% darker", -2.0),
        ("escureça 70 por cento", -2.0),
        ("darker by 7 percent", -0.2),
        ("1000% darker", -3.0),
    ],
)
def test_strengths_and_percents_are_heeded(phrase: str, amount: float) -> None:
    [step] = read_instructions(phrase).steps
    assert step.act is Act.LIGHT
    assert step.amount == pytest.approx(amount)


@pytest.mark.parametrize(
    ("phrase", "steps"),
    [
        ("black and white and more contrast", (GREY, CONTRAST)),
        ("preto e branco e mais contraste", (GREY, CONTRAST)),
        ("black and white with more contrast", (GREY, CONTRAST)),
        ("sunset, more contrast and a vignette", (SUNSET, CONTRAST, VIGNETTE)),
        ("Darker. Warmer. Crop to 1:1.", (DARKER, WARMER, crop(1, 1))),
        ("mirror it, then rotate 90 degrees", (MIRROR, turn(90))),
        ("espelhe e depois gire 180 graus", (MIRROR, turn(180))),
        ("mais contraste e menos saturação", (CONTRAST, PALER)),
        ("deixe o céu mais escuro e mais quente",
         (DARK_SKY, Step(Act.WARMTH, region=Region.SKY))),
        ("make the sky darker and add grain", (DARK_SKY, GRAIN)),
        ("keep only the red and the blue",
         (Step(Act.KEEP_COLOURS, colours=("red", "blue")),)),
        ("darken everything but the sky", (Step(Act.LIGHT, amount=-1, region=Region.LAND),)),
        ("lift the shadows", (Step(Act.LIGHT, region=Region.SHADOWS),)),
        ("make the left side brighter", (Step(Act.LIGHT, region=Region.LEFT),)),
        ("limit the colours to 3", (Step(Act.POSTERIZE, amount=4),)),
        ("posterize to 3 colours", (Step(Act.POSTERIZE, amount=4),)),
        ("1. darker 2. warmer", (DARKER, WARMER)),
        ("- darker\n- warmer", (DARKER, WARMER)),
        ("aumente um pouco o contraste", (Step(Act.CONTRAST, amount=0.5),)),
        ("increase the brightness by 70% and decrease contrast by 35%",
         (Step(Act.LIGHT, amount=2), FLATTER)),
        ("just keep the red", (RED,)),
        ("make this black and white, but keep the red", (RED,)),
        ("depth of field", (BEHIND,)),
        ("now make it warmer, like golden hour", (WARMER, SUNSET)),
        ("crop to a 1:1 ratio keeping the left side",
         (Step(Act.CROP, region=Region.LEFT, ratio=(1, 1)),)),
    ],
)  # fmt: skip
def test_several_instructions_and_regions(phrase: str, steps: tuple[Step, ...]) -> None:
    read = read_instructions(phrase)
    assert read.steps == steps
    assert not read.is_partial


NOTHING = (
    """
the night watchman's hat|a dark forest|a warm welcome|uma floresta escura|o chapéu do vigia da noite
add a dragon|a green dragon|replace the sky with a castle|remove the person on the left|make it snow
put a red hat on her|adicione um gato preto|change the car to a truck|I love this picture
what is this?|a black and white photo of a cat|crop out the tree|translate "hello" to french
"hello"|céu estrelado|remove the text|tire o texto|add rain|write hello to my mother in law
add a blurry ghost|coloque um chapéu quente|draw a sunset over Paris|style of Van Gogh
crop to 500:1|crop to 0:0|make it bigger|um dragão azul|the mirror in the hall|negative people
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("phrase", NOTHING)
def test_what_only_sounds_like_an_instruction_is_none(phrase: str) -> None:
    read = read_instructions(phrase)
    assert read.steps == ()
    assert read.is_partial


@pytest.mark.parametrize(
    "phrase",
    [
        "don't make it darker", "do not darken", "don't make it darker or warmer",
        "never crop it", "without blur", "no vignette", "not warmer", "não escureça",
        "sem escurecer", "sem vinheta", "não deixe mais escuro nem mais quente",
        "nunca corte", "por favor, não espelhe", "avoid grain",
    ],
)  # fmt: skip
def test_what_is_not_to_be_done_is_not_done(phrase: str) -> None:
    assert read_instructions(phrase).steps == ()


@pytest.mark.parametrize(
    ("phrase", "steps"),
    [
        ("make it warmer but not darker", (WARMER,)),
        ("mais quente, sem escurecer", (WARMER,)),
        ("don't make it darker, make it brighter", (BRIGHTER,)),
        ("don't crop it, just warm it up", (WARMER,)),
        ("warmer without changing the contrast", (WARMER,)),
        ("espelhe mas não gire", (MIRROR,)),
    ],
)
def test_a_negation_holds_for_its_own_part(phrase: str, steps: tuple[Step, ...]) -> None:
    read = read_instructions(phrase)
    assert read.steps == steps
    assert not read.is_partial


@pytest.mark.parametrize(
    ("phrase", "steps"),
    [
        ("make it darker and add a cat", (DARKER,)),
        ("preto e branco e coloque um dragão", (GREY,)),
        ("make the old red barn darker", (DARKER,)),
        ("escureça o cachorro", (DARKER,)),
        ("everything black and white except the red car", (RED,)),
        ("warmer, and remove the tourists", (WARMER,)),
    ],
)
def test_a_part_is_done_and_the_rest_is_owned_up_to(phrase: str, steps: tuple[Step, ...]) -> None:
    read = read_instructions(phrase)
    assert read.steps == steps
    assert read.is_partial


@pytest.mark.parametrize(
    ("phrase", "text", "down", "across"),
    [
        ('add text "a dark forest"', "a dark forest", 1.0, 0.5),
        ("write “Hello World” at the bottom", "Hello World", 1.0, 0.5),
        ("add the caption 'Don't stop' at the top", "Don't stop", 0.0, 0.5),
        ("escreva «Olá, mundo» em cima", "Olá, mundo", 0.0, 0.5),
        ("coloque o texto „Feliz Natal“ no topo", "Feliz Natal", 0.0, 0.5),
        ("escreva ‘oi’ no canto inferior direito", "oi", 1.0, 1.0),
        ("adicione a legenda: Bom dia", "Bom dia", 1.0, 0.5),
        ("add the text Happy Birthday at the top", "Happy Birthday", 0.0, 0.5),
        ('put the words "SALE" in the top left corner', "SALE", 0.0, 0.0),
        ('add "Night, 16:9 and darker" in the middle', "Night, 16:9 and darker", 0.5, 0.5),
        ('"Olá" no topo', "Olá", 0.0, 0.5),
        ("Escreva Feliz Aniversário no topo", "Feliz Aniversário", 0.0, 0.5),
        ('TITLE "Férias"', "Férias", 1.0, 0.5),
    ],
)
def test_words_to_write_are_taken_as_they_stand(
    phrase: str, text: str, down: float, across: float
) -> None:
    read = read_instructions(phrase)
    assert read.steps == (Step(Act.LETTERING, text=text, down=down, across=across),)
    assert not read.is_partial


def test_lettering_has_colours_sizes_and_company() -> None:
    message = 'Night. Escreva "A" em cima e "B" embaixo, add small text "c" in yellow'
    night, first, second, third = read_instructions(message).steps
    assert night == NIGHT
    assert (first.text, first.down, second.text, second.down) == ("A", 0.0, "B", 1.0)
    assert (third.text, third.colours, third.amount) == ("c", ("yellow",), 0.65)


def test_an_empty_quotation_is_nothing_to_write() -> None:
    assert read_instructions('add text ""').steps == ()
    assert read_instructions("add text '   '").steps == ()


def test_a_message_has_an_end() -> None:
    steps = read_instructions(" ".join(f'add text "{number}".' for number in range(500)))
    assert len(steps.steps) == MOST_STEPS
    assert steps.is_partial


@pytest.mark.parametrize("phrase", ["", "   ", "\n\n", "e", "and and and", "...", "please"])
def test_nothing_asked_is_nothing_done(phrase: str) -> None:
    assert read_instructions(phrase).steps == ()


def test_naughty_strings_are_read_without_harm() -> None:
    for text in BLNS:
        read_instructions(text)
        [step] = read_instructions(f"{text}\nmake it darker").steps[-1:]
        assert step.act in Act


def test_random_mixtures_of_words_are_read_without_harm() -> None:
    dice = random.Random(6)
    words = [word for phrase, _ in PHRASES for word in phrase.split()] + [
        '"',
        "“",
        "”",
        "'",
        "@q0@",
    ]
    for _ in range(600):
        message = " ".join(dice.choice(words) for _ in range(dice.randint(1, 14)))
        for step in read_instructions(message).steps:
            assert -3 <= step.amount <= (6 if step.act is Act.POSTERIZE else 3)
            assert 0 <= step.degrees < 360


def test_reading_takes_no_time_even_of_the_worst() -> None:
    start = time.process_time()
    for text in ("keep " * 400, "the red and " * 160, '"' * 2000, "a" * 5000, "rotate the " * 200,
                 "black and " * 200, "except " * 280, "tudo " * 400, "'a " * 600):  # fmt: skip
        read_instructions(text)
    assert time.process_time() - start < 2.5
