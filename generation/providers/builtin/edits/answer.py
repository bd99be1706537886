"""Answering a request for an edit: from the pictures and the message to the finished file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from gallery.imaging.decode import open_image
from gallery.imaging.formats import ImageRefused
from gallery.imaging.marking import mark, read_mark
from generation.providers import style_transfer
from generation.providers.builtin.edits.editing import edited, within_bounds
from generation.providers.builtin.edits.instructions import read_instructions
from generation.providers.builtin.edits.lettering import legible
from generation.providers.builtin.edits.refusals import Refusal, refusal
from generation.providers.builtin.edits.steps import Act, Step
from generation.providers.builtin.noise import blur
from generation.providers.builtin.reference import tint_towards
from generation.providers.builtin.styles import STYLES
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Artifact,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    SourceType,
)

JPEG_QUALITY = 94
"""Higher than a new picture's: the result of an edit is edited again."""

_DETAIL_RADIUS = 0.0035
"""In parts of the longest edge: finer than that, the networks draw nothing."""
_DETAIL = 0.55
_HERE = Connection("local", "")


def answer(request: GenerationRequest) -> Done:
    """Do what the message says to the first picture. Raises ProviderError (INVALID).

    What was not understood beside the rest is told as an ignored prompt.
    """
    if not request.references:
        raise refusal(Refusal.NO_PICTURE, request.language)
    instructions = read_instructions(request.prompt)
    look = _look(request)
    steps, why = _possible(instructions.steps, has_look=look is not None)
    if not steps:
        raise refusal(why or Refusal.NOT_UNDERSTOOD, request.language)
    base = request.references[0]
    image = within_bounds(_open(base))
    source_type = SourceType(request.model.source_type)
    styled = [step for step in steps if step.act in {Act.STYLE, Act.PALETTE}]
    if styled and look is not None:
        image, source_type = _styled(image, look, styled[0], request)
    image = edited(image, steps, style=STYLES[request.model.key], seed=request.seed)
    is_partial = instructions.is_partial or why is not None
    return Done(
        artifacts=(_encoded(image, _said_of(base, source_type)),),
        ignored=("part_of_prompt",) if is_partial else (),
    )


def _look(request: GenerationRequest) -> ImageInput | None:
    """The picture whose style may be asked for: a reference, else another base."""
    own = request.references[max(1, request.bases) :]
    return next(iter((*own, *request.references[1:])), None)


def _possible(steps: Sequence[Step], *, has_look: bool) -> tuple[list[Step], Refusal | None]:
    """The steps that can be done, and why another one can not."""
    kept, why = [], None
    for step in steps:
        if step.act in {Act.STYLE, Act.PALETTE} and not has_look:
            why = Refusal.NO_REFERENCE
        elif step.act is Act.LETTERING and not legible(step.text):
            why = Refusal.NO_LETTERS
        else:
            kept.append(step)
    return kept, why


def _styled(
    image: Image.Image, look: ImageInput, step: Step, request: GenerationRequest
) -> tuple[Image.Image, SourceType]:
    """The picture with the look of another one, and what kind of machine made it so."""
    picture = image.convert("RGB")
    source_type = SourceType(request.model.source_type)
    if step.act is Act.STYLE and style_transfer.is_installed():
        restyled = _restyled(picture, look, request)
        source_type = SourceType.TRAINED
    else:
        restyled = tint_towards(picture, _jpeg(_open(look)), share=1.0)
    if image.mode == "RGBA":
        restyled.putalpha(image.getchannel("A"))
    return restyled, source_type


def _restyled(picture: Image.Image, look: ImageInput, request: GenerationRequest) -> Image.Image:
    """By the neural networks of this machine, with the fine detail that they lose put back."""
    pair = (ImageInput(_jpeg(picture), "image/jpeg"), look)
    done = style_transfer.StyleTransferProvider().submit(
        replace(request, references=pair, prompt="", width=0, height=0), _HERE
    )
    if not isinstance(done, Done):  # it never lets anybody wait
        raise ProviderError(ErrorKind.NO_OUTPUT, "style transfer is not done")
    painted = open_image(done.artifacts[0].data).convert("RGB")
    return _with_detail(painted.resize(picture.size, Image.Resampling.LANCZOS), picture)


def _with_detail(painted: Image.Image, source: Image.Image) -> Image.Image:
    grey = np.asarray(source.convert("L"), np.float32)
    fine = grey - blur(grey, max(1.0, max(source.size) * _DETAIL_RADIUS))
    pixels = np.asarray(painted, np.float32) + (fine * np.float32(_DETAIL))[..., None]
    return Image.fromarray(np.clip(pixels + np.float32(0.5), 0, 255).astype(np.uint8))


def _open(reference: ImageInput) -> Image.Image:
    """The picture upright, in RGB or RGBA. Raises ProviderError."""
    try:
        return open_image(reference.data)
    except ImageRefused as refused:
        raise ProviderError(ErrorKind.INVALID, f"reference: {refused.detail}") from refused


def _said_of(base: ImageInput, made_by: SourceType) -> str:
    """The mark of the result: an edited picture of a trained model stays one."""
    said = read_mark(base.data)
    return said if said and said != SourceType.ALGORITHMIC else made_by.value


def _encoded(image: Image.Image, source_type: str) -> Artifact:
    """A JPEG, or a PNG where something is transparent; marked, because the base's mark counts."""
    buffer = io.BytesIO()
    if image.mode == "RGBA":
        image.save(buffer, "PNG")
        media_type = "image/png"
    else:
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        media_type = "image/jpeg"
    return Artifact(mark(buffer.getvalue(), media_type, source_type), media_type)


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return buffer.getvalue()
