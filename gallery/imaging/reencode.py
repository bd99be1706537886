"""A stranger's picture, written anew: only pixels get through."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from gallery.imaging import colours
from gallery.imaging.decode import decode
from gallery.imaging.formats import EXTENSIONS, MAX_UPLOAD_BYTES, MAX_WEBP_SIDE
from gallery.imaging.gate_frames import Admitted
from gallery.imaging.renditions import render, rendition_sizes

#: JPEG and WebP quality of what we keep of an upload: it is a model's input, not a preview.
QUALITY = 90


def reencode(data: bytes) -> Admitted:
    """Decode an upload and write it anew, without anything that is not a pixel.

    Meant for the gate's child process, which limits memory and time: call gate.admit() instead.
    Raises ImageRefused(INVALID_TYPE).
    """
    decoded = decode(data)
    # Only this is clean in all formats: a plain save() keeps JPEG and GIF comments, even through
    # exif_transpose(), and saving a copy keeps what the copy inherited.
    clean = Image.new(decoded.image.mode, decoded.image.size)
    clean.paste(decoded.image)
    was, width, height = decoded.media_type, decoded.width, decoded.height
    del decoded  # a hundred megabytes, at the largest, which the encoder needs
    written, media_type = _encode(clean, was_jpeg=was == "image/jpeg")
    sample = colours.sample(clean)
    return Admitted(
        data=written,
        media_type=media_type,
        extension=EXTENSIONS[media_type],
        width=width,
        height=height,
        dominant_colour=colours.dominant_colour(sample),
        hue=colours.hue(sample),
        renditions=render(clean, rendition_sizes(width, height)[:1], xmp=None),
    )


def _encode(clean: Image.Image, *, was_jpeg: bool) -> tuple[bytes, str]:
    """Return the file and its media type.

    JPEG stays JPEG. Everything else becomes WebP: lossless with alpha (cut-outs and logos have
    hard edges), quality 90 without. What is too long for WebP becomes PNG.
    """
    if was_jpeg:
        return _saved(clean, "JPEG", quality=QUALITY), "image/jpeg"
    if max(clean.size) > MAX_WEBP_SIDE:
        return _saved(clean, "PNG", compress_level=1), "image/png"
    if clean.mode == "RGBA":
        # The fastest lossless level already beats PNG's size.
        lossless = _saved(clean, "WEBP", lossless=True, quality=0, method=0)
        if len(lossless) <= MAX_UPLOAD_BYTES:  # a photograph would come out many times larger
            return lossless, "image/webp"
    # Method 2 and not 4: noise of 25 megapixels takes 1.4 s instead of 8.4, for the same size.
    return _saved(clean, "WEBP", quality=QUALITY, method=2), "image/webp"


def _saved(clean: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    clean.save(file, file_format, **options)
    return file.getvalue()
