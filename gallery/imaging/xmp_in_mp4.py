"""XMP in MP4: a `uuid` box of the file, as XMP part 3 wants it, at the end so that nothing moves.

The index in `moov` holds absolute places in the file. So no box changes its size here: what has
to go becomes a `free` box full of zeros, and what is new is appended.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from itertools import islice

from gallery.imaging.mp4_boxes import Box, inside, whole_file

#: Bytes. MP4 has room for any size; this is where we stop believing in a packet.
MAX_PACKET = 4 * 1024 * 1024

#: Boxes that are looked at in one file, on all its levels. A minute in fragments of one frame has a
#: hundred thousand; 200 MB could hold 25 millions, which take minutes and gigabytes to read.
MAX_LOOKED_AT = 200_000

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

#: Boxes with texts about the film, and boxes that are room for anything.
_TEXTS = frozenset({b"udta", b"meta", b"free", b"skip", b"uuid", b"emsg"})

#: Where else such boxes may be, by the box that they are looked for in.
_ROOMS = {
    b"": frozenset({b"moov", b"moof"}),
    b"moov": frozenset({b"trak"}),
    b"trak": frozenset({b"mdia"}),
    b"moof": frozenset({b"traf"}),
}
_TO_USER_DATA = {b"": frozenset({b"moov"}), b"moov": frozenset({b"udta"})}

_Rooms = Mapping[bytes, frozenset[bytes]]
#: A box behind the kind of the one that it is in, which is b"" for the file.
_Found = tuple[bytes, Box]


def read_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet, or None. Broken files have none."""
    for box in _packets(data):
        start = box.content + (len(_XMP) if box.kind == b"uuid" else 0)
        if box.end - start <= MAX_PACKET:
            return data[start : box.end]
    return None


def read_manifest(data: bytes) -> bytes:
    """Return the C2PA manifest's bytes; empty without one."""
    try:
        found = whole_file(data)
    except ValueError:
        return b""
    return b"".join(data[box.content : box.end] for box in found if _is(data, box, _C2PA))


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the file with this packet as its only one, every byte of the film in its place.

    Raises ValueError when the file is no MP4, or cut off.
    """
    return _appended(_blanked(data, list(_packets(data))), packet)


def without_texts(data: bytes, exif: bytes) -> bytes:
    """Return the file with every text about it blanked out. MP4 has no EXIF; the film's own turn
    stays where it is, in the track. So do the names of the encoder and what it wrote between the
    pictures: that is the film. Raises ValueError for no whole MP4 file, or one of too many boxes.
    """
    return _blanked(data, list(_texts(data)))


def _texts(data: bytes) -> Iterator[Box]:
    for number, (_room, box) in enumerate(_walk(data, whole_file(data), _ROOMS)):
        if number >= MAX_LOOKED_AT:
            raise ValueError("too many boxes")
        if box.kind in _TEXTS and not _is(data, box, _C2PA):
            yield box


def _walk(data: bytes, found: list[Box], rooms: _Rooms, room: bytes = b"") -> Iterator[_Found]:
    """Yield these boxes with what they are in, and behind each one that is a room what it holds."""
    for box in found:
        yield room, box
        if box.kind in rooms.get(room, ()):
            yield from _walk(data, inside(data, box), rooms, box.kind)


def _packets(data: bytes) -> Iterator[Box]:
    """The boxes that hold XMP: the file's own, then QuickTime's in the user data."""
    try:
        found = whole_file(data)
    except ValueError:
        return
    yield from (box for box in found if _is(data, box, _XMP))
    walked = islice(_walk(data, found, _TO_USER_DATA), MAX_LOOKED_AT)
    yield from (box for room, box in walked if room == b"udta" and box.kind == b"XMP_")


def _is(data: bytes, box: Box, name: bytes) -> bool:
    return box.kind == b"uuid" and data[box.content : box.content + len(name)] == name


def _blanked(data: bytes, unwanted: list[Box]) -> bytes:
    if not unwanted:
        return data
    parts, at = [], 0
    for box in sorted(unwanted, key=lambda box: box.start):
        # The size stays as it is written. One that goes on to the end is given a number below.
        parts += [data[at : box.start + 4], b"free", data[box.start + 8 : box.content]]
        parts.append(bytes(box.end - box.content))
        at = box.end
    return b"".join([*parts, data[at:]])


def _appended(data: bytes, packet: bytes) -> bytes:
    found = whole_file(data)
    last = found[-1]
    body = [memoryview(data)[: last.start]]
    own = struct.pack(">I4s", 8 + len(_XMP) + len(packet), b"uuid") + _XMP + packet
    if last.kind == b"mfra":  # players look for it at the very end
        return b"".join([*body, own, data[last.start :]])
    if last.kind == b"free" and data.count(0, last.content, last.end) == last.end - last.content:
        return b"".join([*body, own])  # our own blank of before: nothing lies behind it
    if data[last.start : last.start + 4] == b"\0\0\0\0":
        size = struct.pack(">I", last.end - last.start)
        return b"".join([*body, size, data[last.start + 4 :], own])
    return b"".join([data, own])
