"""Answering a request for a clip: from the pictures and the prompt to the finished, marked file."""

from __future__ import annotations

from PIL import Image

from gallery.imaging.decode import open_image
from gallery.imaging.formats import CLIP_MEDIA_TYPE, ImageRefused
from gallery.imaging.marking import mark, read_mark
from gallery.imaging.xmp import AI_SOURCE_TYPES
from generation.providers.builtin.clips.making import make_clip
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact, GenerationRequest, ImageInput, SourceType


def clip_of(request: GenerationRequest, *, seconds: int) -> Artifact:
    """The clip of a request: its first reference is the first frame, a second one the last.

    Raises ProviderError (INVALID) for a picture that is none, and for a size or a length that the
    engine does not make.
    """
    first, last = (*(_open(each) for each in request.references[:2]), None, None)[:2]
    try:
        data = make_clip(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            seed=request.seed,
            model=request.model.key,
            width=request.width,
            height=request.height,
            seconds=seconds,
            first=first,
            last=last,
        )
    except ValueError as error:
        raise ProviderError(ErrorKind.INVALID, str(error)) from error
    return Artifact(mark(data, CLIP_MEDIA_TYPE, _source_type(request)), CLIP_MEDIA_TYPE)


def _source_type(request: GenerationRequest) -> str:
    """The mark of the clip: what a trained model had its part in stays marked as that."""
    for reference in request.references[:2]:
        said = read_mark(reference.data)
        if said in AI_SOURCE_TYPES - {SourceType.ALGORITHMIC}:
            return said
    return SourceType(request.model.source_type).value


def _open(reference: ImageInput) -> Image.Image:
    try:
        return open_image(reference.data)
    except ImageRefused as refused:
        raise ProviderError(ErrorKind.INVALID, f"reference: {refused.detail}") from refused
