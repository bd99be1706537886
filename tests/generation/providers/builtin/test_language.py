"""English or Portuguese: a guess that holds for the prompts people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers.builtin.language import detect_language

ENGLISH = """
a cat
a dog on the beach
lighthouse at dusk
red sports car
sunflower field
desert dunes
an old fishing boat in the harbour
A jar of wildflower honey on a rustic oak table, editorial food photography
panda
pizza
banana bread
cyberpunk street with neon signs, ultra detailed, 8k --ar 16:9
portrait of a woman, 85mm
geometric pattern, pastel colors
astronaut riding a horse on mars
misty pine forest at dawn
three ceramic vases
product shot of a perfume bottle on black marble
Rio de Janeiro at night in the rain
a street in São Paulo at sunset
abstract swirls of blue and gold paint
a samurai in a bamboo forest
watercolor of a hummingbird and hibiscus
empty train station at midnight
hot air balloons over Cappadocia
coffee
vintage poster for a jazz festival
a robot gardener watering tulips
snow
do not disturb sign on a door
no people, just waves
macro photo of a dragonfly
a piano concert in a ruin
""".strip().splitlines()

PORTUGUESE = """
um gato na praia
farol ao entardecer
gato laranja
cachorro feliz
um farol
pote de mel sobre a mesa
xícara de café com pão de queijo
serra da Mantiqueira ao amanhecer
retrato de uma mulher sorrindo
barco de pesca no cais
aurora boreal sobre uma cabana
aquarela de um beija-flor
astronauta flutuando no espaço
três vasos de cerâmica
ruas de Lisboa à noite depois da chuva
campo de lavanda no fim de tarde
robô jardineiro regando tulipas, pixel art
bolo de aniversário com velas
padrão geométrico em tons pastel
minha avó fazendo pão
onça-pintada bebendo água no rio
castelo medieval
fusca azul na estrada
crianças soltando pipa
floresta encantada
cachoeira escondida no meio da mata
gatos
café
guerra
abstrato
saudade
noite estrelada
post sobre o lançamento do nosso café
crie uma imagem de uma cidade futurista
faça um logo para uma padaria artesanal
a lua cheia
cidade do futuro em estilo cyberpunk
""".strip().splitlines()


@pytest.mark.parametrize("prompt", ENGLISH)
def test_english_prompts_are_recognised(prompt):
    assert detect_language(prompt) == "en"


@pytest.mark.parametrize("prompt", PORTUGUESE)
def test_portuguese_prompts_are_recognised(prompt):
    assert detect_language(prompt) == "pt"


@pytest.mark.parametrize("prompt", [p for p in PORTUGUESE if p != "café"])
def test_capitals_change_nothing(prompt):
    assert detect_language(prompt.upper()) == "pt"
    assert detect_language(prompt.title()) == "pt"


@pytest.mark.parametrize(
    "rubbish",
    ["", "   ", "\x00", "🐱🐱", "12345", "...", "asdfgh", "猫が海辺にいる", "قطة", "o" * 4_000],
)
def test_rubbish_counts_as_english(rubbish):
    assert detect_language(rubbish) == "en"


@pytest.mark.parametrize(
    "foreign",
    ["el gato en la playa con su niño", "le chat est sur la plage", "eine Katze am Strand"],
)
def test_other_languages_count_as_english(foreign):
    assert detect_language(foreign) == "en"


def test_the_language_of_a_mixed_prompt_is_the_one_with_more_words():
    assert detect_language("um gato laranja dormindo na janela, cinematic lighting, 8k") == "pt"
    assert detect_language("an orange cat asleep on the window sill, estilo aquarela") == "en"


@given(st.text())
def test_any_text_gets_one_of_the_two(text):
    assert detect_language(text) in ("en", "pt")
