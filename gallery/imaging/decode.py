"""From bytes to pixels, by content only."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import (
    ExifTags,
    Image,
    JpegImagePlugin,
    WebPImagePlugin,
)

from gallery.imaging.formats import (
    ALLOWED_FORMATS,
    INVALID_TYPE,
    MAX_PIXELS,
    MEDIA_TYPES,
    ImageRefused,
)
from gallery.imaging.pixels import to_srgb

# Imported for its registration: Image.open() would otherwise load all forty plugins when it meets
# a WebP, which costs start-up time in the gate's child. The other three it loads by itself.
assert WebPImagePlugin

#: EXIF orientation -> what turns the stored pixels upright. 1 is upright already.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SWAPS_SIDES = frozenset({5, 6, 7, 8})


@dataclass(frozen=True)
class Decoded:
    """A picture as a browser would show it."""

    image: Image.Image  #: "RGB" or "RGBA", sRGB, upright; smaller than the source if drafted
    media_type: str
    width: int  #: of the source, upright, in pixels
    height: int


def open_image(data: bytes) -> Image.Image:
    """Decode a picture: first frame, upright, sRGB, mode "RGB" or "RGBA", fully loaded.

    Raises ImageRefused(INVALID_TYPE) for everything that is not such a picture, whatever is wrong.
    """
    return decode(data).image


def decode(data: bytes, *, draft_width: int | None = None) -> Decoded:
    """Decode a picture and say what it was.

    With ``draft_width`` a JPEG may come back scaled down by 2, 4 or 8, but never narrower than
    that many pixels: half of the cost of a big photograph is decoding pixels nobody looks at.
    Raises ImageRefused(INVALID_TYPE).
    """
    try:
        return _decode(data, draft_width)
    except ImageRefused:
        raise
    except Exception as error:
        # Broad on purpose. Pillow has no common exception for broken files: fuzzing brings out
        # OSError, SyntaxError, ValueError, KeyError, IndexError, struct.error, zlib.error,
        # MemoryError, RuntimeError and more. For the caller they all mean: not a picture for us.
        raise ImageRefused(INVALID_TYPE, f"{type(error).__name__} while decoding") from error


def _decode(data: bytes, draft_width: int | None) -> Decoded:
    image: Image.Image
    with Image.open(io.BytesIO(data), formats=ALLOWED_FORMATS) as image:
        media_type = MEDIA_TYPES[image.format or ""]
        width, height = image.size
        if width * height > MAX_PIXELS:  # only the header was read so far
            raise ImageRefused(INVALID_TYPE, f"{width}x{height} is more than {MAX_PIXELS} pixels")
        if draft_width is not None and isinstance(image, JpegImagePlugin.JpegImageFile):
            swapped = _orientation(image) in _SWAPS_SIDES
            image.draft(None, (1, draft_width) if swapped else (draft_width, 1))
        image.load()
        # Not ImageOps.exif_transpose(): that also writes the EXIF block anew, and fails where the
        # block is broken. Read after load(): a PNG may carry it behind the pixels.
        orientation = _orientation(image)
        upright = _UPRIGHT.get(orientation)
        if upright is not None:
            image = image.transpose(upright)
        if orientation in _SWAPS_SIDES:
            width, height = height, width
        image = to_srgb(image)
        image.info = {}  # comments, EXIF, XMP: nothing of it may travel on by accident
        return Decoded(image=image, media_type=media_type, width=width, height=height)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) when there is none that makes sense."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 - any rubbish in EXIF just means that we know no orientation
        return 1
    return orientation if isinstance(orientation, int) else 1
