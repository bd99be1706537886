"""What the upload gate and its child say to each other: one frame each way, and what is in it.

A frame is the length of a JSON header (4 bytes, big-endian), the header, and byte strings whose
lengths the header lists as "sizes". The child's frame is read as distrustfully as an upload: the
bytes it decoded may have taken it over.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gallery.imaging.formats import EXTENSIONS, MAX_PIXELS, ImageRefused, RefusalCode, sniff

#: Bytes. No frame may be longer: room for a lossless re-encoding of the largest upload.
MAX_FRAME_BYTES = 64 * 1024 * 1024

#: How the child ends when there is no room for its answer: that says nothing about the picture.
NO_ROOM_STATUS = 75

_LENGTH = struct.Struct(">I")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class BrokenFrame(ValueError):  # noqa: N818 - reads as what it is
    """The bytes are no whole frame, or its content makes no sense."""


@dataclass(frozen=True)
class Admitted:
    """An upload that was taken: everything in here was written by us, nothing by the uploader."""

    data: bytes  #: re-encoded: no metadata, no comments, no colour profile, no second file
    media_type: str
    extension: str  #: without the dot
    width: int  #: pixels, upright
    height: int
    dominant_colour: str  #: "#rrggbb"
    hue: int  #: degrees, 0 to 359
    renditions: dict[int, bytes]  #: name width -> WebP file; uploads get w320 only


def pack(header: dict[str, Any], blobs: Sequence[bytes]) -> bytes:
    """Return the frame of a header and byte strings."""
    head = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    return b"".join([_LENGTH.pack(len(head)), head, *blobs])


def unpack(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the header and the byte strings of exactly one frame. Raises BrokenFrame."""
    if len(frame) < _LENGTH.size:
        raise BrokenFrame("no frame")
    (head_length,) = _LENGTH.unpack_from(frame)
    at = _LENGTH.size + head_length
    try:
        header = json.loads(frame[_LENGTH.size : at])
        sizes = header.pop("sizes")
    except (ValueError, RecursionError, LookupError, AttributeError, TypeError) as error:
        raise BrokenFrame("no header") from error
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise BrokenFrame("bad sizes")
    if at + sum(sizes) != len(frame):
        raise BrokenFrame("cut off, or followed by more")
    blobs = []
    for size in sizes:
        blobs.append(frame[at : at + size])
        at += size
    return header, blobs


def pack_admitted(admitted: Admitted) -> bytes:
    """Return the child's answer for a picture that was taken."""
    widths = list(admitted.renditions)
    header = {
        "media_type": admitted.media_type,
        "width": admitted.width,
        "height": admitted.height,
        "dominant_colour": admitted.dominant_colour,
        "hue": admitted.hue,
        "widths": widths,
    }
    return pack(header, [admitted.data, *(admitted.renditions[width] for width in widths)])


def pack_refused(refused: ImageRefused) -> bytes:
    """Return the child's answer for a file that was not taken."""
    return pack({"refused": refused.code, "detail": refused.detail}, [])


def read_answer(frame: bytes) -> Admitted:
    """Return what the child admitted. Raises the ImageRefused it sent, or BrokenFrame."""
    header, blobs = unpack(frame)
    try:
        if "refused" in header:
            raise ImageRefused(RefusalCode(header["refused"]), str(header["detail"])[:200])
        return _admitted(header, blobs)
    except (LookupError, TypeError, ValueError) as error:
        raise BrokenFrame("an answer that makes no sense") from error


def _admitted(header: dict[str, Any], blobs: list[bytes]) -> Admitted:
    media_type, width, height = header["media_type"], header["width"], header["height"]
    colour, hue, widths = header["dominant_colour"], header["hue"], header["widths"]
    if not all(type(side) is int and side > 0 for side in (width, height)):
        raise BrokenFrame("impossible size")
    if width * height > MAX_PIXELS:
        raise BrokenFrame("impossible size")
    if type(hue) is not int or not 0 <= hue < 360 or not _COLOUR.fullmatch(colour):
        raise BrokenFrame("impossible colour")
    data, *renditions = blobs
    if sniff(data) != media_type or any(sniff(file) != "image/webp" for file in renditions):
        raise BrokenFrame("not what it is said to be")
    if widths != [320]:
        raise BrokenFrame("other renditions than asked for")
    return Admitted(
        data=data,
        media_type=media_type,
        extension=EXTENSIONS[media_type],
        width=width,
        height=height,
        dominant_colour=colour,
        hue=hue,
        renditions=dict(zip(widths, renditions, strict=True)),
    )
