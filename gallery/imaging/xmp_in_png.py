"""XMP in PNG: an iTXt chunk with a fixed keyword."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

#: Bytes. PNG has room for 2 GB; this is where we stop believing in a packet.
MAX_PACKET = 4 * 1024 * 1024

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"XML:com.adobe.xmp\0"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf")

Chunk = tuple[bytes, int, int]  # type, start of the length field, end behind the checksum


def read_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet, or None. Broken files just end early."""
    for kind, start, end in _chunks(data):
        if _is_xmp(data, kind, start):
            return _text(data[start + 8 + len(_KEYWORD) : end - 4])
    return None


def read_manifest(data: bytes) -> bytes:
    """Return the C2PA manifest's bytes; empty without one."""
    return b"".join(
        data[start + 8 : end - 4] for kind, start, end in _chunks(data) if kind == b"caBX"
    )


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with this packet as its only one, right behind the header chunk.

    Raises ValueError when the file is no PNG.
    """
    chunks = list(_chunks(data))
    if not data.startswith(_SIGNATURE) or not chunks or chunks[0][0] != b"IHDR":
        raise ValueError("no PNG")
    done = chunks[0][2]
    parts = [data[:done], _itxt(packet)]
    for kind, start, end in chunks[1:]:
        if _is_xmp(data, kind, start):
            parts.append(data[done:start])
            done = end
    return b"".join([*parts, data[done:]])


def without_texts(data: bytes, exif: bytes) -> bytes:
    """Return the file without its text chunks and with `exif` in the place of its EXIF."""
    kept: list[bytes] = []
    done = 0
    for kind, start, end in _chunks(data):
        if kind not in _TEXTS:
            continue
        kept.append(data[done:start])
        done = end
        if exif and kind == b"eXIf":
            kept.append(_chunk(b"eXIf" + exif))
    return b"".join([*kept, data[done:]])


def _itxt(packet: bytes) -> bytes:
    # Not compressed, no language, no translated keyword: what XMP's specification asks for.
    return _chunk(b"iTXt" + _KEYWORD + b"\0\0\0\0" + packet)


def _chunk(body: bytes) -> bytes:
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _text(body: bytes) -> bytes | None:
    """Return the text of an iTXt chunk, given what follows its keyword."""
    compressed = body[:1] == b"\x01"
    text = body[2:].split(b"\0", 2)[-1]
    if not compressed:
        return text
    try:
        return zlib.decompressobj().decompress(text, MAX_PACKET)
    except zlib.error:
        return None


def _is_xmp(data: bytes, kind: bytes, start: int) -> bool:
    return kind == b"iTXt" and data.startswith(_KEYWORD, start + 8)


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the file's chunks; stop at the first one that is not whole."""
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield data[at + 4 : at + 8], at, end
        at = end
