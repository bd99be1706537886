"""The boxes that an MP4 file is made of: where they begin and end, without a look into the film."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

#: Boxes of one level. A minute in fragments has some hundreds; a file of empty boxes has millions.
MAX_BOXES = 20_000

_HEADER, _LONG_HEADER = 8, 16


class Box(NamedTuple):
    """One box: its name, and where it, its content and its end are in the file."""

    kind: bytes
    start: int
    content: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two places. Raises ValueError at the first that is not whole."""
    end = len(data) if end is None else end
    for _ in range(MAX_BOXES):
        if start == end:
            return
        if end - start < _HEADER:
            raise ValueError("cut off in a box's header")
        size, kind = struct.unpack_from(">I4s", data, start)
        content = start + _HEADER
        if size == 1:  # the true size follows, for boxes above 4 GB
            if end - start < _LONG_HEADER:
                raise ValueError("cut off in a box's header")
            (size,) = struct.unpack_from(">Q", data, content)
            content = start + _LONG_HEADER
        elif size == 0:  # the last one may go on to the end
            size = end - start
        if not content <= start + size <= end:
            raise ValueError(f"cut off in box {kind!r}")
        yield Box(kind, start, content, start + size)
        start += size
    if start != end:
        raise ValueError("too many boxes")


def inside(data: bytes, box: Box) -> list[Box]:
    """The boxes in a box that holds nothing else; none where its content is no whole boxes.

    QuickTime ends a `udta` with four zero bytes, which are no box.
    """
    end = box.end
    if box.kind == b"udta" and data[max(box.content, end - 4) : end] == b"\0\0\0\0":
        end -= 4
    try:
        return list(boxes(data, box.content, end))
    except ValueError:
        return []


def whole_file(data: bytes) -> list[Box]:
    """The boxes of a film that is all there. Raises ValueError when it is none, or cut off."""
    found = list(boxes(data))
    kinds = {box.kind for box in found}
    if not found or found[0].kind != b"ftyp" or b"moov" not in kinds:
        raise ValueError("no MP4 file")
    return found
