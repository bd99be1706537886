"""The built-in engine as the job machine meets it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from generation import catalogue
from generation.providers.builtin.provider import BuiltinProvider
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Connection, Done, GenerationRequest, ImageInput, Kind

HERE = Connection("builtin", "")


def request(model: str = "builtin/sketch", **changes: object) -> GenerationRequest:
    [spec] = [spec for spec in catalogue.builtin_specs() if spec.key == model]
    values: dict[str, object] = {
        "kind": Kind.IMAGE,
        "model": spec,
        "prompt": "a boat on a lake",
        "request_id": "job-1",
        "seed": 7,
        "width": 240,
        "height": 160,
        **changes,
    }
    return GenerationRequest(**values)  # type: ignore[arg-type]


def paint(**changes: object) -> Image.Image:
    answer = BuiltinProvider().submit(request(**changes), HERE)  # type: ignore[arg-type]
    assert isinstance(answer, Done)
    return Image.open(io.BytesIO(answer.artifacts[0].data))


def a_reference(colour: str) -> ImageInput:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(buffer, "PNG")
    return ImageInput(buffer.getvalue(), "image/png")


def mean(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), float).mean((0, 1))


def test_a_picture_has_the_size_that_was_asked_for_and_costs_nothing() -> None:
    answer = BuiltinProvider().submit(request(), HERE)
    assert isinstance(answer, Done)
    assert answer.cost.amount == 0
    assert Image.open(io.BytesIO(answer.artifacts[0].data)).size == (240, 160)


def test_the_same_request_gives_the_same_bytes_and_another_seed_others() -> None:
    assert paint().tobytes() == paint().tobytes()
    assert paint().tobytes() != paint(seed=8).tobytes()


def test_a_reference_lends_its_palette() -> None:
    plain, blue = paint(), paint(references=(a_reference("#1030c0"),))
    red = paint(references=(a_reference("#c02010"),))
    assert mean(blue)[2] - mean(blue)[0] > mean(plain)[2] - mean(plain)[0]
    assert mean(red)[0] - mean(red)[2] > mean(plain)[0] - mean(plain)[2]


def test_a_caption_is_a_text_with_hashtags() -> None:
    answer = BuiltinProvider().submit(request("builtin/copywriter", kind=Kind.CAPTION), HERE)
    assert isinstance(answer, Done)
    assert "#" in answer.text


def test_it_says_no_to_what_it_cannot_do() -> None:
    with pytest.raises(ProviderError) as refused:
        BuiltinProvider().submit(request(kind=Kind.VIDEO), HERE)
    assert refused.value.kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    ("model", "kind"),
    [("builtin/fault-fail", ErrorKind.INVALID), ("builtin/fault-rate", ErrorKind.RATE)],
)
def test_fault_models_fail_as_told(model: str, kind: ErrorKind) -> None:
    with pytest.raises(ProviderError) as failed:
        BuiltinProvider().submit(request(model), HERE)
    assert failed.value.kind is kind


def test_the_slow_one_waits_and_the_rubbish_one_gives_rubbish() -> None:
    slow = BuiltinProvider().submit(request("builtin/fault-slow", prompt="slow=0.01"), HERE)
    rubbish = BuiltinProvider().submit(request("builtin/fault-garbage"), HERE)
    assert isinstance(slow, Done)
    assert isinstance(rubbish, Done)
    assert slow.artifacts[0].data[:2] == b"\xff\xd8"
    assert b"html" in rubbish.artifacts[0].data
