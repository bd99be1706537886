"""XMP in WebP: an "XMP " chunk, which only the extended file format has."""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: Bytes. WebP has room for 4 GB; this is where we stop believing in a packet.
MAX_PACKET = 4 * 1024 * 1024

_ALPHA_FLAG, _EXIF_FLAG, _XMP_FLAG = 0x10, 0x08, 0x04

Chunk = tuple[bytes, int, int]  # name, start of its content, end of its content (before padding)


def read_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet, or None. Broken files just end early."""
    for name, start, end in _chunks(data):
        if name == b"XMP ":
            return data[start:end]
    return None


def read_manifest(data: bytes) -> bytes:
    """Return the C2PA manifest's bytes; empty without one."""
    return b"".join(data[start:end] for name, start, end in _chunks(data) if name == b"C2PA")


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with this packet as its only one, behind the pixels as WebP demands.

    A simple file (one VP8 or VP8L chunk) becomes an extended one around the same chunk. Raises
    ValueError when the file is no WebP.
    """
    chunks = list(_chunks(data))
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or not chunks:
        raise ValueError("no WebP")
    name, start, end = chunks[0]
    header = data[start:end]
    if name == b"VP8X" and len(header) >= 10:
        chunks = chunks[1:]
    else:
        header = _extended_header(name, header)
    header = bytes([header[0] | _XMP_FLAG]) + header[1:]
    body = b"".join(
        [
            b"WEBP",
            _chunk(b"VP8X", header),
            *(_chunk(name, data[start:end]) for name, start, end in chunks if name != b"XMP "),
            _chunk(b"XMP ", packet),
        ]
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def without_texts(data: bytes, exif: bytes) -> bytes:
    """Return the file without XMP and with `exif` in the place of its EXIF."""
    parts: list[bytes] = []
    for name, start, end in _chunks(data):
        content = data[start:end]
        if name == b"VP8X" and content:
            gone = _XMP_FLAG if exif else _XMP_FLAG | _EXIF_FLAG
            parts.append(_chunk(name, bytes([content[0] & ~gone]) + content[1:]))
        elif name == b"EXIF" and exif:
            parts.append(_chunk(name, exif))
        elif name not in (b"EXIF", b"XMP "):
            parts.append(_chunk(name, content))
    body = b"".join([b"WEBP", *parts])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _extended_header(name: bytes, payload: bytes) -> bytes:
    """Return the VP8X content for a simple file: flags, and the canvas size minus one."""
    flags = 0
    if name == b"VP8 " and payload[3:6] == b"\x9d\x01\x2a" and len(payload) >= 10:
        # 14 bits each; the two bits above are a scaling hint that nobody uses.
        width, height = _number(payload[6:8]) & 0x3FFF, _number(payload[8:10]) & 0x3FFF
    elif name == b"VP8L" and payload[:1] == b"\x2f" and len(payload) >= 5:
        bits = _number(payload[1:5])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise ValueError("no WebP picture chunk")
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([flags, 0, 0, 0]) + sides


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the file's chunks; stop at the first one that is not whole, and at the RIFF's end."""
    limit = min(len(data), 8 + _number(data[4:8]))
    at = 12
    while at + 8 <= limit:
        end = at + 8 + _number(data[at + 4 : at + 8])
        if end > limit:
            return
        yield data[at : at + 4], at + 8, end
        at = end + (end - at) % 2
