"""A picture of ours as a vendor gets it: no larger than it needs, and nothing but its pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image

from gallery.imaging.decode import open_image

#: Steps of quality, tried until the file is not larger than the one that it stands for.
JPEG_QUALITIES = (90, 80)
POOR_JPEG_QUALITIES = (60, 40, 20)

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


def ready_to_send(data: bytes, *, longest: int, takes_webp: bool) -> tuple[bytes, str]:
    """Return the picture and its media type: upright, sRGB, its longest edge at most ``longest``
    pixels, without EXIF, texts, profiles or further frames.

    An opaque picture is a JPEG, which every vendor takes. WebP comes in, where the vendor takes it,
    for transparency and for what would grow as a JPEG; PNG where it does not. Always written anew:
    only that is sure to leave everything behind. The file is not larger than the one given unless
    no way of writing it is smaller. Raises ImageRefused.
    """
    image = open_image(data)
    # Many vendors charge by the pixel, and scale down what is larger themselves.
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    larger = []
    for written in _ways(image, takes_webp=takes_webp):
        if len(written[0]) <= len(data):
            return written
        larger.append(written)
    return min(larger, key=lambda way: len(way[0]))


def _ways(image: Image.Image, *, takes_webp: bool) -> Iterator[tuple[bytes, str]]:
    """The picture in the ways it can be written, what should be taken first."""
    if image.mode == "RGB":
        for quality in JPEG_QUALITIES:
            # Colours at full sharpness: what is edited again and again would fray.
            yield _saved(image, "JPEG", quality=quality, subsampling=0, optimize=True), JPEG
    if takes_webp:
        yield _saved(image, "WEBP", quality=90, method=2), WEBP
        # For drawings of few colours, which grow in every other way.
        yield _saved(image, "WEBP", lossless=True, quality=50, method=2), WEBP
    else:
        yield _saved(image, "PNG"), PNG
    if image.mode == "RGB":
        for quality in POOR_JPEG_QUALITIES:
            yield _saved(image, "JPEG", quality=quality, optimize=True), JPEG


def _saved(image: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()
