"""XMP in GIF: an application extension that old readers skip by a trick."""

from __future__ import annotations

from collections.abc import Iterator

#: Bytes. GIF sets no bound; this is where we stop believing in a packet.
MAX_PACKET = 4 * 1024 * 1024

_INTRODUCER = b"\x21\xff\x0bXMP DataXMP"

_TEXTS = (b"\x21\xfe", b"\x21\x01")  # comment, plain text

#: The packet is not cut into sub-blocks as GIF wants. A reader that takes its letters for block
#: lengths lands somewhere in this ramp, which leads it to the terminator from everywhere.
_RAMP = bytes([1, *range(255, -1, -1), 0])

Block = tuple[int, int]  # start, end


def read_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet, or None. Broken files just end early."""
    for start, end in _blocks(data):
        if _is_xmp(data, start):
            return data[start + len(_INTRODUCER) : end - len(_RAMP)]
    return None


def read_manifest(data: bytes) -> bytes:
    """Return nothing: C2PA knows no place in a GIF."""
    return b""


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with this packet as its only one, before the first frame.

    Behind other application extensions, because simple players look for the loop count in the
    first one only. Raises ValueError when the file is no GIF.
    """
    if data[:3] != b"GIF" or len(data) < 13:
        raise ValueError("no GIF")
    at = done = _first_block(data)
    kept: list[bytes] = []
    in_front: list[bytes] = []
    leading = True
    for start, end in _blocks(data):
        if _is_xmp(data, start):
            (in_front if leading else kept).append(data[done:start])
            done = end
        elif leading and data[start : start + 2] != b"\x21\xff":
            in_front.append(data[done:start])
            done = start
            leading = False
    kept.append(data[done:])
    # Extensions came with version 89a.
    head = b"GIF89a" + data[6:at]
    return b"".join([head, *in_front, _INTRODUCER, packet, _RAMP, *kept])


def without_texts(data: bytes, exif: bytes) -> bytes:
    """Return the file without comments and XMP. GIF knows no EXIF."""
    kept: list[bytes] = []
    done = 0
    for start, end in _blocks(data):
        if _is_xmp(data, start) or data[start : start + 2] in _TEXTS:
            kept.append(data[done:start])
            done = end
    return b"".join([*kept, data[done:]])


def _is_xmp(data: bytes, start: int) -> bool:
    return data.startswith(_INTRODUCER, start)


def _first_block(data: bytes) -> int:
    flags = data[10]
    return 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _blocks(data: bytes) -> Iterator[Block]:
    """Yield extensions and frames; stop at the trailer or at the first thing that is neither."""
    if len(data) < 13:
        return
    at = _first_block(data)
    while at + 2 <= len(data):
        if data[at] == 0x21:  # extension: label, sub-blocks
            end = _sub_blocks_end(data, at + 2)
        elif data[at] == 0x2C and at + 10 <= len(data):  # frame: descriptor, colours, code size
            flags = data[at + 9]
            colours = 3 << (flags & 7) + 1 if flags & 0x80 else 0
            end = _sub_blocks_end(data, at + 10 + colours + 1)
        else:
            return
        if end is None:
            return
        yield at, end
        at = end


def _sub_blocks_end(data: bytes, at: int) -> int | None:
    while at < len(data):
        length = data[at]
        at += 1 + length
        if length == 0:
            return at
    return None
