"""The engine's clips as a provider's answer."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gallery.imaging.clips import develop_clip
from gallery.imaging.marking import mark, read_mark
from generation.providers.builtin.clips.answer import clip_of
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Capabilities,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    SourceType,
)

MODEL = ModelSpec(
    key="builtin/drift",
    provider="builtin",
    remote_id="builtin/drift",
    name="Drift",
    capabilities=Capabilities(frozenset({Kind.VIDEO})),
    source_type=SourceType.ALGORITHMIC,
)


def request(*references: ImageInput, **changes: object) -> GenerationRequest:
    values: dict[str, object] = {
        "kind": Kind.VIDEO,
        "model": MODEL,
        "prompt": "zoom in",
        "request_id": "job-1",
        "seed": 7,
        "width": 96,
        "height": 64,
        "references": references,
        **changes,
    }
    return GenerationRequest(**values)  # type: ignore[arg-type]


def a_picture(colour: str, source_type: str = "") -> ImageInput:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(buffer, "PNG")
    data = buffer.getvalue()
    if source_type:
        data = mark(data, "image/png", source_type)
    return ImageInput(data, "image/png")


def test_a_clip_is_marked_as_made_by_an_algorithm() -> None:
    artifact = clip_of(request(), seconds=1)
    assert artifact.media_type == "video/mp4"
    assert read_mark(artifact.data) == "algorithmicMedia"


@pytest.mark.parametrize(
    "said",
    ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"],
)
def test_a_clip_of_a_models_picture_stays_a_models(said: str) -> None:
    reference = a_picture("#204060", said)
    artifact = clip_of(request(a_picture("red"), reference), seconds=1)
    assert read_mark(artifact.data) == said
    developed = develop_clip(artifact.data, mark="algorithmicMedia")
    assert read_mark(developed.renditions[320]) == said


def test_the_first_reference_is_the_first_frame() -> None:
    artifact = clip_of(request(a_picture("#c81e1e"), a_picture("#1e3cc8")), seconds=1)
    assert develop_clip(artifact.data, mark=None).dominant_colour[:3] in {"#c8", "#c7", "#c9"}


@pytest.mark.parametrize(
    "asked",
    [
        (request(ImageInput(b"rubbish", "image/png")), 1),
        (request(width=97), 1),
        (request(), 60),
    ],
)
def test_what_it_cannot_do_is_said(asked: tuple[GenerationRequest, int]) -> None:
    with pytest.raises(ProviderError) as failed:
        clip_of(asked[0], seconds=asked[1])
    assert failed.value.kind is ErrorKind.INVALID
