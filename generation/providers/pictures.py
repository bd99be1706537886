"""What a vendor's bytes are, by their first bytes: content types of vendors are not to be trusted.

The decoder checks the rest. SVG is not among them: it is a program, not a picture.
"""

from __future__ import annotations

import base64
import binascii

from gallery.imaging.formats import CLIP_MEDIA_TYPE, is_clip
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact


def media_type_of(data: bytes) -> str | None:
    """The media type of a PNG, JPEG, WebP or GIF; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    return None


def artifact(data: bytes) -> Artifact:
    """The bytes as a picture. Raises ProviderError (NO_OUTPUT) when they are none."""
    media_type = media_type_of(data)
    if media_type is None:
        raise ProviderError(ErrorKind.NO_OUTPUT, f"not a picture: {data[:16]!r}")
    return Artifact(data, media_type)


def clip(data: bytes) -> Artifact:
    """The bytes as a clip. Raises ProviderError (NO_OUTPUT) when they are no MP4 file."""
    if not is_clip(data):
        raise ProviderError(ErrorKind.NO_OUTPUT, f"not an MP4 file: {data[:16]!r}")
    return Artifact(data, CLIP_MEDIA_TYPE)


def from_base64(text: object) -> Artifact:
    """A picture from base64, bare or in a data URL. Raises ProviderError (NO_OUTPUT)."""
    if not isinstance(text, str) or not text:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the answer has no picture data")
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return artifact(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ProviderError(ErrorKind.NO_OUTPUT, f"broken base64: {error}") from error


def data_url(picture_data: bytes, media_type: str) -> str:
    """The picture as a data URL, for vendors that take references in JSON."""
    return f"data:{media_type};base64,{base64.b64encode(picture_data).decode()}"
