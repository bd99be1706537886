"""Smaller copies of a picture, and everything else that is worked out from it once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from gallery.imaging import colours
from gallery.imaging.decode import decode
from gallery.imaging.formats import MAX_WEBP_SIDE
from gallery.imaging.marking import mark as mark_data
from gallery.imaging.marking import read_mark
from gallery.imaging.pixels import to_srgb
from gallery.imaging.xmp import xmp_packet

#: Pixels. The widths that renditions are named after.
WIDTHS = (320, 640, 1280)

RENDITION_MEDIA_TYPE = "image/webp"


class RenditionSize(NamedTuple):
    """One rendition to make: the width in its name, and its true size in pixels."""

    name_width: int
    width: int
    height: int


@dataclass(frozen=True)
class Developed:
    """A finished picture: what to store and what to write into its row."""

    data: bytes  #: the original bytes, marked; the pixels are untouched
    media_type: str
    width: int  #: pixels, as shown (after EXIF orientation)
    height: int
    dominant_colour: str  #: "#rrggbb"
    hue: int  #: degrees, 0 to 359
    renditions: dict[int, bytes]  #: name width -> WebP file


def rendition_key(key: str, width: int) -> str:
    """Return the storage key of the rendition of ``key``: "a/b.png", 320 -> "a/b.w320.webp".

    What comes after a second hyphen is the original's secret: "a/7-b-c.png" gives
    "a/7-b.w320.webp", from which nobody can tell where the original is. Keys from before there were
    secrets have none.
    """
    folder, slash, name = key.rpartition("/")
    stem = name.rpartition(".")[0] or name
    known = "-".join(stem.split("-")[:2])
    return f"{folder}{slash}{known}.w{width}.webp"


def rendition_sizes(width: int, height: int) -> list[RenditionSize]:
    """Return the renditions of a picture of that size, narrowest first; there is always one.

    A rendition is made while the one before was smaller than the source. None is enlarged, so the
    last one may have the source's own size: 1024 pixels wide gives w320, w640 and a w1280 that is
    1024 wide. What would be higher than WebP allows is made narrower instead.
    """
    sizes: list[RenditionSize] = []
    for name_width in WIDTHS:
        actual = min(name_width, width)
        if actual * height > MAX_WEBP_SIDE * width:
            actual = max(1, MAX_WEBP_SIDE * width // height)
        scaled_height = min(MAX_WEBP_SIDE, max(1, round(height * actual / width)))
        sizes.append(RenditionSize(name_width, actual, scaled_height))
        if actual == width or actual < name_width:
            break
    return sizes


def make_renditions(image: Image.Image, *, xmp: bytes | None) -> dict[int, bytes]:
    """Return the WebP files of a picture by name width, each carrying the XMP packet (or none).

    Nothing else travels: no EXIF, no comment, no colour profile (the colours become sRGB).
    """
    image = to_srgb(image)
    return render(image, rendition_sizes(*image.size), xmp=xmp)


def develop(data: bytes, *, mark: str | None) -> Developed:
    """Mark a picture and work out all that its row and its storage need, decoding it once.

    ``mark`` is the IPTC source type, such as "trainedAlgorithmicMedia"; None leaves the bytes as
    they are and the renditions bare. A file that says already that a machine made it keeps its
    own words, and its renditions repeat them. Raises ImageRefused(INVALID_TYPE).
    """
    decoded = decode(data, draft_width=WIDTHS[-1])
    xmp = None
    if mark is not None:
        data = mark_data(data, decoded.media_type, mark)
        xmp = xmp_packet(read_mark(data) or mark)
    sample = colours.sample(decoded.image)
    sizes = rendition_sizes(decoded.width, decoded.height)
    return Developed(
        data=data,
        media_type=decoded.media_type,
        width=decoded.width,
        height=decoded.height,
        dominant_colour=colours.dominant_colour(sample),
        hue=colours.hue(sample),
        renditions=render(decoded.image, sizes, xmp=xmp),
    )


def render(
    image: Image.Image, sizes: Sequence[RenditionSize], *, xmp: bytes | None
) -> dict[int, bytes]:
    """Return the WebP files of an sRGB picture in the given sizes, by name width."""
    return {size.name_width: _webp(image, size, xmp=xmp) for size in sizes}


def _webp(image: Image.Image, size: RenditionSize, *, xmp: bytes | None) -> bytes:
    target = (size.width, size.height)
    if image.size != target:
        # reducing_gap=2.0: a cheap box reduction first, the good filter for the last factor of
        # two. Not visible (SSIM >= 0.998), and half the time on big sources.
        image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "WEBP", quality=80, method=4, xmp=xmp or b"")
    return file.getvalue()
