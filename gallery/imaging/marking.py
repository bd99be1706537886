"""Machine-readable AI marks in files of pictures and clips, put in without touching a pixel."""

from __future__ import annotations

import io
import re
import struct
from types import ModuleType

from PIL import Image

from gallery.imaging import xmp_in_gif, xmp_in_jpeg, xmp_in_mp4, xmp_in_png, xmp_in_webp
from gallery.imaging.formats import (
    ALLOWED_FORMATS,
    CLIP_MEDIA_TYPE,
    INVALID_TYPE,
    ImageRefused,
    is_clip,
    sniff,
)
from gallery.imaging.xmp import (
    AI_SOURCE_TYPES,
    VOCABULARY,
    source_type_of,
    with_source_type,
    xmp_packet,
)
from gallery.imaging.xmp_making import Making, with_making

__all__ = ["Making", "mark", "only_marked", "read_mark", "with_making_told", "xmp_packet"]

#: Media type -> the module that finds and places an XMP packet in such a file.
_CARRIERS: dict[str, ModuleType] = {
    "image/jpeg": xmp_in_jpeg,
    "image/png": xmp_in_png,
    "image/webp": xmp_in_webp,
    "image/gif": xmp_in_gif,
    CLIP_MEDIA_TYPE: xmp_in_mp4,
}

_ORIENTATION_TAG = 0x0112

#: In a C2PA manifest the term stands in binary CBOR, where a letter may follow it directly; so we
#: look for the terms we know, longest first.
_MANIFEST_TERM = re.compile(
    re.escape(VOCABULARY).encode()
    + b"("
    + "|".join(sorted(AI_SOURCE_TYPES, key=len, reverse=True)).encode()
    + b")"
)


def mark(data: bytes, media_type: str, source_type: str) -> bytes:
    """Return the file with the AI mark in it, every other byte of the picture unchanged.

    A file that says already that a machine made it is returned as it is. That includes a signed
    C2PA manifest that says so: it is the stronger mark, and an added XMP packet would break its
    signature. Raises ImageRefused(INVALID_TYPE) when the bytes are not of that media type.
    """
    if _read_mark(data, media_type) in AI_SOURCE_TYPES:
        return data
    carrier = _CARRIERS[media_type]
    try:
        packet = carrier.read_xmp(data)
        if packet is None:
            return _written(carrier, data, xmp_packet(source_type))
        merged = with_source_type(packet, source_type)
        if len(merged) > carrier.MAX_PACKET:  # the old packet leaves no room for the duty
            merged = xmp_packet(source_type)
        return _written(carrier, data, merged)
    except ValueError as error:
        raise ImageRefused(INVALID_TYPE, f"cannot be marked: {error}") from error


def read_mark(data: bytes) -> str | None:
    """Return what the file says about its origin, such as "trainedAlgorithmicMedia", or None.

    The XMP property is asked first, then a C2PA manifest (AI terms only). Never raises.
    """
    media_type = CLIP_MEDIA_TYPE if is_clip(data) else sniff(data)
    return None if media_type is None else _read_mark(data, media_type)


def with_making_told(data: bytes, media_type: str, source_type: str, making: Making) -> bytes:
    """Return the file with the mark and, beside it, how the picture was made. No pixel changes.

    A file with a signed C2PA manifest stays as it is: a changed byte would break its signature.
    Raises ImageRefused(INVALID_TYPE) when the bytes are not of that media type.
    """
    marked = mark(data, media_type, source_type)
    carrier = _CARRIERS[media_type]
    if carrier.read_manifest(marked):
        return marked
    own = xmp_packet(_read_mark(marked, media_type) or source_type)
    packet: bytes | None = carrier.read_xmp(marked)
    for beginning in (packet or own, own):  # the vendor's packet may leave no room, or be broken
        try:
            return _written(carrier, marked, with_making(beginning, making))
        except ValueError:
            continue
    return marked


def only_marked(data: bytes, media_type: str, source_type: str) -> bytes:
    """Return the file with the mark as all that it says about itself. No pixel changes.

    Vendors may have written the prompt into comments, EXIF or XMP; those go. Which way is up
    stays, and so does a signed C2PA manifest: it is a mark that must not be broken, and with it
    the whole file stays as it is. Raises ImageRefused(INVALID_TYPE) as `mark` does.
    """
    marked = mark(data, media_type, source_type)
    carrier = _CARRIERS[media_type]
    if carrier.read_manifest(marked):
        return marked
    said = _read_mark(marked, media_type) or source_type
    exif = _exif_with(_orientation(marked))
    try:
        bare = carrier.without_texts(marked, exif)
        return _written(carrier, bare, xmp_packet(said))
    except ValueError as error:
        raise ImageRefused(INVALID_TYPE, f"cannot be marked: {error}") from error


def _orientation(data: bytes) -> int:
    """EXIF's number of how the picture has to be turned; 1 is not at all."""
    try:
        with Image.open(io.BytesIO(data), formats=ALLOWED_FORMATS) as image:
            orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 1
    return orientation if orientation in range(2, 9) else 1


def _exif_with(orientation: int) -> bytes:
    """An EXIF block that says only this; empty when there is nothing to say."""
    if orientation == 1:
        return b""
    entry = struct.pack("<HHIHH", _ORIENTATION_TAG, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + b"\0\0\0\0"


def _read_mark(data: bytes, media_type: str) -> str | None:
    carrier = _CARRIERS[media_type]
    packet: bytes | None = carrier.read_xmp(data)
    said = None if packet is None else source_type_of(packet)
    if said in AI_SOURCE_TYPES:
        return said
    signed = _MANIFEST_TERM.search(carrier.read_manifest(data))
    return signed.group(1).decode() if signed else said


def _written(carrier: ModuleType, data: bytes, packet: bytes) -> bytes:
    marked: bytes = carrier.write_xmp(data, packet)
    if read_mark(marked) not in AI_SOURCE_TYPES:
        # An unmarked picture must never look like a marked one to the caller.
        raise ValueError("the mark cannot be read back")
    return marked
