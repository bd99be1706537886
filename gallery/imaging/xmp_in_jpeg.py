"""XMP in JPEG: an APP1 segment among those before the pixels."""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: Bytes. A segment's length is a 16-bit number that counts itself and the header below.
MAX_PACKET = 65_535 - 2 - 29

_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF_HEADER = b"Exif\0\0"
_APP0, _APP1, _APP11, _APP13, _COMMENT = 0xE0, 0xE1, 0xEB, 0xED, 0xFE
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})

Segment = tuple[int, int, int]  # marker, start of the marker, end of the segment


def read_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet, or None. Broken files just end early."""
    for marker, start, end in _segments(data):
        if _is_xmp(data, marker, start):
            return data[start + 4 + len(_XMP_HEADER) : end]
    return None


def read_manifest(data: bytes) -> bytes:
    """Return the C2PA manifest's bytes; empty without one."""
    # "JP", box instance (2), packet number (4); then every segment repeats the box header (8).
    return b"".join(
        data[start + 4 + 16 : end]
        for marker, start, end in _segments(data)
        if marker == _APP11 and data[start + 4 : start + 6] == b"JP"
    )


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with this packet as its only one, right behind the JFIF and EXIF segments.

    Early, because readers may stop early; not first, because those two insist on being first.
    Raises ValueError when the file is no JPEG or the packet is longer than MAX_PACKET.
    """
    if not data.startswith(b"\xff\xd8") or not any(_segments(data)):
        raise ValueError("no JPEG")
    if len(packet) > MAX_PACKET:
        raise ValueError("XMP packet too long for JPEG")
    at = 2
    kept: list[bytes] = []  # what stays of the segments behind the new one
    done = 2
    leading = True
    for marker, start, end in _segments(data):
        leading = leading and _stays_in_front(data, marker, start)
        if leading:
            at = done = end
        elif _is_xmp(data, marker, start):
            kept.append(data[done:start])
            done = end
    kept.append(data[done:])
    length = struct.pack(">H", 2 + len(_XMP_HEADER) + len(packet))
    return b"".join([data[:at], b"\xff\xe1", length, _XMP_HEADER, packet, *kept])


def without_texts(data: bytes, exif: bytes) -> bytes:
    """Return the file without XMP, IPTC and comments, and with `exif` in the place of its EXIF."""
    kept = [data[:2]]
    done = 2
    for marker, start, end in _segments(data):
        if marker not in (_APP1, _APP13, _COMMENT):
            continue
        kept.append(data[done:start])
        done = end
        if exif and data.startswith(_EXIF_HEADER, start + 4):
            body = _EXIF_HEADER + exif
            kept.append(b"\xff\xe1" + struct.pack(">H", 2 + len(body)) + body)
    return b"".join([*kept, data[done:]])


def _stays_in_front(data: bytes, marker: int, start: int) -> bool:
    return marker == _APP0 or (marker == _APP1 and data.startswith(b"Exif\0", start + 4))


def _is_xmp(data: bytes, marker: int, start: int) -> bool:
    return marker == _APP1 and data.startswith(_XMP_HEADER, start + 4)


def _segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments before the pixels; stop at the first thing that is none."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            return
        yield marker, at, end
        at = end
