"""Reading the archives of an export, which anybody may have changed or made up.

Nothing is unpacked to the disk. The manifest says which files there are; what the archive holds
beyond it, or holds differently, makes it refused as a whole before anything is imported.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from gallery.imaging.formats import CLIP_MEDIA_TYPE, EXTENSIONS, MAX_CLIP_BYTES
from gallery.services.export_files import (
    ACCOUNT,
    CONVERSATIONS,
    FORMAT,
    KNOWN_VERSIONS,
    MANIFEST,
    PART_BYTES,
    PART_FILES,
    POSTS,
    REFERENCES,
)

MAX_TEXT = 64 * 1024**2
"""Bytes of one of the JSON files: they are read into memory."""

MAX_PICTURE = 64 * 1024**2
MAX_CLIP = MAX_CLIP_BYTES + 4 * 1024**2
"""With what a download tells of it."""

MAX_TOTAL = PART_BYTES + 3 * MAX_TEXT
"""Bytes of everything in one archive when it is unpacked."""

_NAME = re.compile(r"(pictures|references)/[^/\\\x00-\x1f\x7f]{1,240}")
_CONVERSATIONS = re.compile(rf"{CONVERSATIONS}/([1-9][0-9]{{0,5}})\.json")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = (ACCOUNT, POSTS, REFERENCES)


class BrokenArchiveError(Exception):
    """It is no export of ours, or not as it was made. Nothing of it was imported."""


@dataclass(frozen=True)
class Listed:
    """What the manifest says of a file."""

    size: int
    sha256: str


class ExportArchive:
    """One part of an export, checked as far as that goes without reading the pictures.

    Raises BrokenArchiveError. Use it with `with`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
            raise BrokenArchiveError(f"{path.name}: not a ZIP archive: {error}") from error
        try:
            self._infos = self._entries()
            self._read_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> ExportArchive:
        return self

    def __exit__(self, *exc: object) -> None:
        self._zip.close()

    def texts(self) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
        """The account, the references and the posts."""
        account = self._json(ACCOUNT)
        if not isinstance(account, dict):
            self._refuse(f"{ACCOUNT} is no object")
        return account, self._records(REFERENCES), self._records(POSTS)

    def conversations(self) -> Iterator[dict[str, Any]]:
        """The conversations, a file of them in memory at a time."""
        names = {name: match for name in self._listed if (match := _CONVERSATIONS.fullmatch(name))}
        for name in sorted(names, key=lambda name: int(names[name][1])):
            yield from self._records(name)

    def holds(self, name: str) -> bool:
        """Whether the manifest lists the file; what was missing at the export is not."""
        return name in self._listed

    def file(self, name: str) -> bytes:
        """A file, its size and SHA-256 as the manifest says."""
        listed = self._listed.get(name)
        if listed is None:
            self._refuse(f"{name!r} is not in the manifest")
        data = self._bytes(name, listed.size)
        if len(data) != listed.size or hashlib.sha256(data).hexdigest() != listed.sha256:
            self._refuse(f"{name!r} is not what the manifest says")
        return data

    def check_files(self) -> None:
        """Read everything once, before anything is imported."""
        for name in self._listed:
            self.file(name)

    def _refuse(self, why: str) -> NoReturn:
        raise BrokenArchiveError(f"{self.path.name}: {why}")

    def _entries(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > PART_FILES + len(_TEXTS) + 1:
            self._refuse(f"{len(infos)} files are too many")
        found: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in infos:
            name = info.orig_filename
            if name not in {MANIFEST, *_TEXTS} and not _is_plain(name):
                self._refuse(f"{name[:200]!r} is no name of a file that we export")
            if name in found:
                self._refuse(f"{name!r} is there twice")
            if info.is_dir() or info.flag_bits & 0x1 or (info.external_attr >> 28) not in (0, 0o10):
                self._refuse(f"{name!r} is no plain file")
            if info.file_size > _most_bytes(name):
                self._refuse(f"{name!r} is too large")
            total += info.file_size
            found[name] = info
        if total > MAX_TOTAL:
            self._refuse(f"{total} bytes are too many")
        return found

    def _read_manifest(self) -> None:
        if MANIFEST not in self._infos:
            self._refuse("it has no manifest")
        manifest = self._parsed(MANIFEST, self._bytes(MANIFEST, MAX_TEXT))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            self._refuse("it is no export of Pixelstream")
        if manifest.get("version") not in KNOWN_VERSIONS:
            self._refuse(f"version {str(manifest.get('version'))[:20]} is not known here")
        try:
            self.instance = UUID(manifest["instance"])
            self.export = str(manifest["export"])[:40]
            self.number = int(manifest["part"])
            self.is_last = manifest["is_last"] is True
            self._listed = {entry["name"]: _listed(entry) for entry in manifest["files"]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BrokenArchiveError(f"{self.path.name}: the manifest is broken") from error
        if {*self._listed, MANIFEST} != set(self._infos):
            odd = sorted({*self._listed, MANIFEST} ^ set(self._infos))[:3]
            self._refuse(f"the manifest and the archive differ: {odd}")
        if not set(_TEXTS) <= set(self._listed):
            self._refuse("posts.json, references.json or account.json is missing")

    def _records(self, name: str) -> list[dict[str, Any]]:
        records = self._json(name)
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            self._refuse(f"{name} is no list of objects")
        return records

    def _json(self, name: str) -> Any:
        return self._parsed(name, self.file(name))

    def _parsed(self, name: str, data: bytes) -> Any:
        try:
            value = json.loads(data, parse_constant=_no_constant)
            require_storable(value)
        except (ValueError, RecursionError) as error:
            raise BrokenArchiveError(f"{self.path.name}: {name}: {str(error)[:200]}") from error
        return value

    def _bytes(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes, and one more if there are more."""
        try:
            with self._zip.open(self._infos[name]) as stored:
                return stored.read(limit + 1)
        except Exception as error:
            # What zipfile raises has nothing in common: BadZipFile, zlib.error, struct.error, ...
            raise BrokenArchiveError(f"{self.path.name}: {name!r}: {error}") from error


def require_storable(value: Any) -> None:
    """Raise ValueError for text that no database takes: NUL, half of a surrogate."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if "\x00" in item:
                raise ValueError("text with a NUL")
            item.encode()  # UnicodeEncodeError is a ValueError
        elif isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            stack += item


def _is_plain(name: str) -> bool:
    if _CONVERSATIONS.fullmatch(name):
        return True
    return bool(_NAME.fullmatch(name)) and not name.rpartition("/")[2].startswith(".")


def _most_bytes(name: str) -> int:
    """Of a file of this name."""
    if name.endswith(f".{EXTENSIONS[CLIP_MEDIA_TYPE]}"):
        return MAX_CLIP
    return MAX_PICTURE if "/" in name else MAX_TEXT


def _listed(entry: dict[str, Any]) -> Listed:
    size, sha256 = entry["size"], entry["sha256"]
    most = _most_bytes(entry["name"])
    if not (isinstance(size, int) and 0 <= size <= most and _SHA256.fullmatch(sha256)):
        raise ValueError("a line of the manifest is broken")
    return Listed(size, sha256)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
