"""ZIP archives as a stream whose length is known before its first byte.

Pictures do not get smaller by packing, so they are only stored; one is in memory at a time. Each is
asked for when its turn comes, and whatever is then missing is named in `MISSING.txt` instead of
spoiling the rest. The promised length is an upper bound for every member; what is not used of it
is filled with zeros in front of the directory, a place that readers skip.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

MISSING = "MISSING.txt"
MAX_MEMBERS = 65_000
MAX_LENGTH = 2**32 - 1
"""Bytes. Beyond these two a ZIP needs the 64-bit form, which this is not."""

CHUNK = 256 * 1024

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_NAMES_IN_UTF8 = 1 << 11
_PLAIN_FILE = 0o100644 << 16
_NOTE_ROOM = 400  # the first line of the note
_NOTE_HEAD = "These files could not be put into the archive:\n\n"

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]|^\.|\.$|^ | $')


class MemberMissingError(Exception):
    """What was to be put into the archive is not there. The text says why, for the person."""


@dataclass(frozen=True)
class Member:
    """A file of the archive. Nothing of it is read before its turn."""

    name: str
    size: int
    """Bytes that it has at most."""
    modified: datetime
    read: Callable[[], bytes]
    """Returns the content, or raises MemberMissingError."""


class Archive:
    """An archive of these members, all in one folder. ValueError: a name or a size that cannot be.

    `length` is what `stream` yields in all, in bytes. Every call of `stream` reads anew.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        for member in members:
            if _UNSAFE.search(member.name):
                raise ValueError(f"not a plain file name: {member.name!r}")
        self.members = members
        room = sum(_overhead(member.name) + member.size for member in members)
        self.length = room + _overhead(MISSING) + _NOTE_ROOM + _END.size
        if self.length > MAX_LENGTH or len(members) > MAX_MEMBERS:
            raise ValueError("more than a plain ZIP can hold")

    def stream(self) -> Iterator[bytes]:
        """The archive in pieces of at most CHUNK bytes."""
        directory: list[bytes] = []
        missing: list[str] = []
        at = 0
        for member in self.members:
            try:
                content = member.read()
                if len(content) > member.size:
                    raise MemberMissingError("larger than expected")
            except MemberMissingError as reason:
                missing.append(f"{member.name}: {reason}\n")
                continue
            head, entry = _entry(member.name, content, member.modified, at)
            directory.append(entry)
            at += len(head) + len(content)
            yield head
            yield from _pieces(content)
        room = self.length - at - sum(map(len, directory)) - _END.size
        if missing:
            note = (_NOTE_HEAD + "".join(missing)).encode()[: room - _overhead(MISSING)]
            modified = max(member.modified for member in self.members)
            head, entry = _entry(MISSING, note, modified, at)
            directory.append(entry)
            at += len(head) + len(note)
            room -= len(head) + len(entry) + len(note)
            yield head + note
        yield from _pieces(bytes(CHUNK), room)
        listing = b"".join(directory)
        count = len(directory)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(listing), at + room, 0)
        yield from _pieces(listing + end)


def slug(text: str, *, limit: int) -> str:
    """The words of a text as part of a file name: letters and digits of every script, joined by
    hyphens, in at most `limit` bytes of UTF-8. Empty when the text has none.
    """
    known = unicodedata.normalize("NFKC", text).lower()
    letters = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in known)
    words = "-".join(letters.split())
    if len(words.encode()) <= limit:
        return words
    cut = words.encode()[:limit].decode(errors="ignore")
    whole_words = cut.rpartition("-")[0]
    return whole_words if len(whole_words) > len(cut) // 2 else cut


def numbered(names: Sequence[str]) -> list[str]:
    """The names with a number where one was there before, however it is spelt."""
    taken: set[str] = set()
    result: list[str] = []
    for name in names:
        stem, dot, extension = name.rpartition(".")
        free, number = name, 1
        while free.casefold() in taken:
            number += 1
            free = f"{stem}-{number}{dot}{extension}"
        taken.add(free.casefold())
        result.append(free)
    return result


def _overhead(name: str) -> int:
    return _LOCAL.size + _CENTRAL.size + 2 * len(name.encode())


def _entry(name: str, content: bytes, modified: datetime, at: int) -> tuple[bytes, bytes]:
    """The header in front of a member and its line in the directory."""
    raw = name.encode()
    checksum, size = zlib.crc32(content), len(content)
    year = min(max(modified.year, 1980), 2107) - 1980
    day = year << 9 | modified.month << 5 | modified.day
    time = modified.hour << 11 | modified.minute << 5 | modified.second // 2
    common = (_NAMES_IN_UTF8, 0, time, day, checksum, size, size, len(raw), 0)
    head = _LOCAL.pack(b"PK\3\4", _VERSION, *common)
    line = _CENTRAL.pack(b"PK\1\2", _MADE_ON_UNIX, _VERSION, *common, 0, 0, 0, _PLAIN_FILE, at)
    return head + raw, line + raw


def _pieces(content: bytes, length: int | None = None) -> Iterator[bytes]:
    """The content, over and over until there are `length` bytes; once if that is not said."""
    left = len(content) if length is None else length
    view = memoryview(content)
    at = 0
    while left > 0:
        piece = bytes(view[at : at + min(CHUNK, left)])
        yield piece
        left -= len(piece)
        at = (at + len(piece)) % len(content)
