"""Edits as the job machine meets them: a request with bases goes in, a marked picture comes out."""

from __future__ import annotations

import io
import random
import re

import numpy as np
import pytest
from PIL import Image

from gallery.imaging.marking import mark, read_mark
from generation import catalogue
from generation.providers import style_transfer
from generation.providers.builtin.edits import answer as answers
from generation.providers.builtin.edits.refusals import LONGEST, Refusal, refusal
from generation.providers.builtin.pictures import paint
from generation.providers.builtin.provider import BuiltinProvider
from generation.providers.builtin.styles import STYLES
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Artifact,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
)
from tests.gallery.search.nasty import BLNS

HERE = Connection("builtin", "")
SPECS = {spec.key: spec for spec in catalogue.builtin_specs()}
needs_networks = pytest.mark.skipif(
    not style_transfer.is_installed(), reason="requirements-local.txt is not installed"
)


def as_input(image: Image.Image, image_format: str = "PNG", **options: object) -> ImageInput:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return ImageInput(buffer.getvalue(), f"image/{image_format.lower()}")


def a_base() -> ImageInput:
    return as_input(
        paint(prompt="mountains by day", seed=5, model="builtin/lumen", width=120, height=80)
    )


def a_look(colour: str = "#c03010") -> ImageInput:
    return as_input(Image.new("RGB", (40, 40), colour))


def request(prompt: str, *references: ImageInput, **changes: object) -> GenerationRequest:
    values: dict[str, object] = {
        "kind": Kind.EDIT,
        "model": SPECS["builtin/lumen"],
        "prompt": prompt,
        "request_id": "job-1",
        "seed": 7,
        "width": 512,
        "height": 512,
        "references": references or (a_base(),),
        "bases": 1,
        **changes,
    }
    return GenerationRequest(**values)  # type: ignore[arg-type]


def submit(prompt: str, *references: ImageInput, **changes: object) -> Done:
    done = BuiltinProvider().submit(request(prompt, *references, **changes), HERE)
    assert isinstance(done, Done)
    return done


def picture_of(done: Done) -> Image.Image:
    [artifact] = done.artifacts
    return Image.open(io.BytesIO(artifact.data))


def mean(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), float).mean((0, 1))


@pytest.mark.parametrize("model", list(STYLES))
def test_every_model_edits_and_keeps_the_pictures_size(model: str) -> None:
    assert SPECS[model].supports(Kind.EDIT)
    done = submit("make it darker", model=SPECS[model])
    assert picture_of(done).size == (120, 80)
    assert mean(picture_of(done)).mean() < mean(Image.open(io.BytesIO(a_base().data))).mean() - 15
    assert (done.ignored, done.cost.amount) == ((), 0)


def test_the_same_request_gives_the_same_bytes() -> None:
    assert submit("sunset and grain").artifacts == submit("sunset and grain").artifacts


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "simple instructions"), ("pt-br", "instruções simples"), ("pt", "instruções simples"),
     ("de", "simple instructions")],
)  # fmt: skip
@pytest.mark.parametrize("prompt", ["add a cat", "adicione um gato", "don't make it darker", "?"])
def test_what_is_not_understood_is_refused_in_the_persons_language(
    prompt: str, language: str, words: str
) -> None:
    with pytest.raises(ProviderError) as refused:
        submit(prompt, language=language)
    assert refused.value.kind is ErrorKind.INVALID
    assert words in refused.value.reason
    assert prompt not in refused.value.reason


@pytest.mark.parametrize("why", list(Refusal))
def test_reasons_fit_into_their_place_and_are_two(why: Refusal) -> None:
    english, portuguese = refusal(why, "en").reason, refusal(why, "pt-BR").reason
    assert english != portuguese
    assert 0 < max(len(english), len(portuguese)) <= LONGEST


def test_what_a_reason_names_is_understood() -> None:
    for language in ("en", "pt"):
        for example in re.findall("“(.+?)”", refusal(Refusal.NOT_UNDERSTOOD, language).reason):
            assert submit(example, language=language).ignored == ()


def test_a_part_that_was_not_understood_is_told() -> None:
    done = submit("make it darker and add a cat")
    assert done.ignored == ("part_of_prompt",)


def test_letters_that_nobody_has_are_refused_or_left_out() -> None:
    with pytest.raises(ProviderError) as refused:
        submit('add text "こんにちは"', language="pt-br")
    assert "letras latinas" in refused.value.reason
    assert submit('darker, and add text "你好"').ignored == ("part_of_prompt",)
    assert submit('add text "Olá 😀"').ignored == ()


def test_a_picture_from_a_prompt_is_painted_even_with_references() -> None:
    """The studio's post: no base, so its prompt describes a picture, whatever its words are."""
    done = submit("make it darker", a_look("#1030c0"), bases=0, width=96, height=64)
    assert picture_of(done).size == (96, 64)
    assert (
        done.artifacts
        == submit("make it darker", a_look("#1030c0"), bases=0, width=96, height=64,
                  kind=Kind.IMAGE).artifacts
    )  # fmt: skip


def test_an_edit_without_a_picture_is_refused() -> None:
    with pytest.raises(ProviderError) as refused:
        BuiltinProvider().submit(request("darker", references=()), HERE)
    assert refused.value.kind is ErrorKind.INVALID


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_base_that_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ProviderError) as refused:
        submit("darker", ImageInput(data, "image/png"))
    assert refused.value.kind is ErrorKind.INVALID


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_base_is_turned_upright_before_it_is_edited(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.new("RGB", (60, 30), "#305080")
    done = submit("mirror", as_input(stored, "JPEG", exif=exif.tobytes()))
    assert picture_of(done).size == ((60, 30) if orientation < 5 else (30, 60))
    assert 0x0112 not in picture_of(done).getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16", "RGB"])
def test_bases_of_every_mode_are_edited(mode: str) -> None:
    image = Image.linear_gradient("L").resize((40, 30))
    image = image.convert("P" if mode == "PA" else mode)
    done = submit("sunset, blur the background", as_input(image))
    assert picture_of(done).size == (40, 30)


def test_transparency_is_kept() -> None:
    done = submit("warmer", as_input(Image.new("RGBA", (20, 20), (200, 90, 40, 100))))
    [artifact] = done.artifacts
    assert artifact.media_type == "image/png"
    assert picture_of(done).getchannel("A").getextrema() == (100, 100)


def test_an_edited_picture_of_a_trained_model_stays_marked_as_one() -> None:
    base = a_base()
    trained = ImageInput(mark(base.data, "image/png", "trainedAlgorithmicMedia"), "image/png")
    painted = ImageInput(mark(base.data, "image/png", "algorithmicMedia"), "image/png")
    assert read_mark(submit("darker", trained).artifacts[0].data) == "trainedAlgorithmicMedia"
    assert read_mark(submit("darker", painted).artifacts[0].data) == "algorithmicMedia"
    assert read_mark(submit("darker", base).artifacts[0].data) == "algorithmicMedia"


# --- The look of another picture ---------------------------------------------------------------


def test_a_style_without_a_reference_is_asked_for() -> None:
    with pytest.raises(ProviderError) as refused:
        submit("in the style of the reference")
    assert "reference" in refused.value.reason
    with pytest.raises(ProviderError) as refused:
        submit("no estilo da referência", language="pt-br")
    assert "referência" in refused.value.reason
    assert submit("darker, in the style of the reference").ignored == ("part_of_prompt",)


def test_without_the_networks_a_style_is_a_palette(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_transfer, "is_installed", lambda: False)
    done = submit("in the style of the reference", a_base(), a_look())
    plain = mean(Image.open(io.BytesIO(a_base().data)))
    result = mean(picture_of(done))
    assert result[0] - result[2] > plain[0] - plain[2] + 20
    assert picture_of(done).size == (120, 80)
    assert read_mark(done.artifacts[0].data) == "algorithmicMedia"


def test_colours_of_a_reference_need_no_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_restyled", None)
    done = submit("use as cores da referência", a_base(), a_look("#10a030"))
    assert mean(picture_of(done))[1] > mean(picture_of(done))[0]


def test_a_style_is_taken_from_the_reference_not_from_another_base(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[GenerationRequest] = []

    def submit_instead(self: object, request: GenerationRequest, connection: Connection) -> Done:
        asked.append(request)
        return Done(artifacts=(Artifact(a_look("#c03010").data, "image/png"),))

    monkeypatch.setattr(style_transfer, "is_installed", lambda: True)
    monkeypatch.setattr(style_transfer.StyleTransferProvider, "submit", submit_instead)
    look = a_look("#123456")
    done = submit("in the style of the reference", a_base(), a_look("#ffffff"), look, bases=2)
    assert asked[0].references[1] == look
    assert picture_of(done).size == (120, 80)
    assert read_mark(done.artifacts[0].data) == "trainedAlgorithmicMedia"
    submit("in the style of the other picture", a_base(), look, bases=2)
    assert asked[1].references[1] == look


@needs_networks
def test_the_networks_of_this_machine_restyle() -> None:
    look = as_input(Image.effect_mandelbrot((96, 96), (-2, -1.5, 1, 1.5), 60).convert("RGB"))
    done = submit("no estilo da referência e mais escuro", a_base(), look)
    assert picture_of(done).size == (120, 80)
    assert done.ignored == ()
    assert read_mark(done.artifacts[0].data) == "trainedAlgorithmicMedia"


def test_a_style_reference_that_is_no_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rubbish = ImageInput(b"rubbish", "image/png")
    for is_installed in (True, False) if style_transfer.is_installed() else (False,):
        monkeypatch.setattr(style_transfer, "is_installed", lambda has=is_installed: has)
        with pytest.raises(ProviderError) as refused:
            submit("in the style of the reference", a_base(), rubbish)
        assert refused.value.kind is ErrorKind.INVALID


# --- Nothing that is written breaks it ---------------------------------------------------------


def test_naughty_strings_are_edits_or_refusals() -> None:
    base = as_input(Image.new("RGB", (8, 8), "#808080"))
    for text in BLNS:
        for prompt in (text, f'add text "{text}"'):
            outcome = edited_or_refused(prompt, base)
            if isinstance(outcome, Done):
                assert min(picture_of(outcome).size) >= 1
            else:
                assert outcome.kind is ErrorKind.INVALID
                assert outcome.reason


def edited_or_refused(prompt: str, base: ImageInput) -> Done | ProviderError:
    try:
        return submit(prompt, base)
    except ProviderError as refused:
        return refused


def test_random_pictures_with_random_messages() -> None:
    dice = random.Random(3)
    parts = [
        *("sunset", "night", "corte em 3:1", "rotate 33 degrees", "gire à esquerda", "vinheta"),
        *("blur the background", 'escreva "Olá"', "posterize", "céu mais escuro", "grain"),
        *("keep only the green", "zoom in", "sharpen", "much brighter"),
    ]
    for number in range(40):
        size = (dice.randint(1, 70), dice.randint(1, 70))
        noise = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
        prompt = ", ".join(dice.sample(parts, dice.randint(1, 5)))
        model = SPECS[dice.choice(list(STYLES))]
        done = submit(prompt, as_input(Image.fromarray(noise)), model=model, seed=number)
        assert picture_of(done).mode == "RGB"
