"""How an export looks: ZIP archives that anybody can open, and that `import_account` reads.

Each part stands for itself. It holds pictures and references as files, the posts and references
that they belong to (`posts.json`, `references.json`), the person and their projects
(`account.json`), and a list of all its files with size and SHA-256 (`manifest.json`).

The last part also holds the conversations, some in a file (`conversations/1.json`): their turns
with messages, references, the pictures that each starts from (`bases`) and those that it gave
(`outputs`). A picture is named by its post and its place there (`post_id`, `place`); a place that
is null says that it was deleted. Version 1 of the format has no conversations.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, Final, Self
from uuid import UUID

from django.db import models

FORMAT: Final = "pixelstream-export"
VERSION: Final = 2
KNOWN_VERSIONS: Final = (1, 2)
MANIFEST = "manifest.json"
ACCOUNT = "account.json"
POSTS = "posts.json"
REFERENCES = "references.json"
CONVERSATIONS = "conversations"
"""The folder of their files."""

PART_BYTES = 1024**3
"""Most bytes of a part."""

PART_TEXT = 32 * 1024**2
"""Most bytes of its JSON: it is in memory."""

PART_FILES = 20_000

END_ROOM = 1024**2
"""Kept free for account.json and the ends of things."""

ENTRY_ROOM = 1024
"""Bytes of a file in the ZIP's directory and in the manifest."""

_PLAIN_FILE = 0o100644 << 16


class PartWriter:
    """One part, written to a file. Memory is bounded by PART_TEXT and one picture.

    Use it with `with`: what is left before `close` is no archive.
    """

    def __init__(self, file: IO[bytes], *, about: Mapping[str, Any], made: datetime) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._about = dict(about)
        self._made = made
        self._listed: list[dict[str, Any]] = []
        self._missing: list[dict[str, str]] = []
        self._posts: list[str] = []
        self._references: list[str] = []
        self._conversation_files = 0
        self._text = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):  # nobody wants what could not be written
            self._zip.close()

    @property
    def files(self) -> int:
        """Pictures and references so far, those that are missing as well."""
        return len(self._listed) + len(self._missing) - self._conversation_files

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it yet."""
        return not (self._posts or self._references or self._conversation_files)

    def has_room(self, size: int, text: str, files: int) -> bool:
        """Whether so many bytes in so many files, and a record, still fit."""
        added = self._text + len(text.encode()) + ENTRY_ROOM * (files + self.files)
        taken = self._file.tell() + added + size + END_ROOM
        many = self.files + files > PART_FILES or added > PART_TEXT
        return taken <= PART_BYTES and not many

    def add_post(self, record: str) -> None:
        """A post, as `as_json` gives it."""
        self._posts.append(record)
        self._text += len(record.encode())

    def add_reference(self, record: str) -> None:
        """A reference."""
        self._references.append(record)
        self._text += len(record.encode())

    def add_conversations(self, records: Iterable[str]) -> None:
        """Some conversations, written at once: nothing of them stays in memory."""
        self._conversation_files += 1
        name = f"{CONVERSATIONS}/{self._conversation_files}.json"
        self._write_text(name, _as_list(records))

    def add_file(self, name: str, data: bytes, made: datetime) -> None:
        """A picture or a reference. Packing would not make it smaller."""
        self._write(name, data, made, zipfile.ZIP_STORED)

    def add_missing(self, name: str, why: str) -> None:
        """Name what should be there and is not."""
        self._missing.append({"name": name, "why": why})

    def close(self, *, account: Mapping[str, Any], is_last: bool) -> None:
        """Write the lists, and the end of the archive."""
        self._write_text(ACCOUNT, as_json(account))
        self._write_text(POSTS, _as_list(self._posts))
        self._write_text(REFERENCES, _as_list(self._references))
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            **self._about,
            "is_last": is_last,
            "made": self._made,
            "files": self._listed,
            "missing": self._missing,
        }
        self._write_text(MANIFEST, as_json(manifest))
        self._zip.close()

    def _write_text(self, name: str, text: str) -> None:
        self._write(name, text.encode(), self._made, zipfile.ZIP_DEFLATED)

    def _write(self, name: str, data: bytes, made: datetime, method: int) -> None:
        year = min(max(made.year, 1980), 2107)
        moment = (year, made.month, made.day, made.hour, made.minute, made.second)
        info = zipfile.ZipInfo(name, moment)
        info.compress_type = method
        info.external_attr = _PLAIN_FILE
        self._zip.writestr(info, data)
        self._listed.append(
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        )


def fields_of(row: models.Model, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Every column of a row by its name, so that a new one is exported as well."""
    columns = (field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in columns if name not in without}


def as_json(value: Any) -> str:
    """Readable text; moments with their microseconds, amounts of money exactly."""
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1)


def _as_list(records: Iterable[str]) -> str:
    return "[\n" + ",\n".join(records) + "\n]\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not exported")
