"""Where bytes live. Two areas: `public` (unguessable keys, cached for ever) and `private`.

Local disk here; `pixelstream.object_storage` takes the same two names in `STORAGES`. Both are an
`Area` and fail with OSErrors: FileNotFoundError and FileExistsError about one object, any other
about the storage.
Only `gallery.services.objects`, its moves and the outbox write or delete through these.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages
from whitenoise.storage import CompressedManifestStaticFilesStorage

Paths = dict[str, tuple[Storage, str]]

CSS_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')
CSS_URL = re.compile(r'url\("(?!data:)([^"]+)"\)')

Walked = Iterator[tuple[str, int, datetime]]
"""Key, size in bytes and time of the last change (aware)."""


class StorageUnavailableError(OSError):
    """The storage does not answer as it should. It may at another time."""


class Area(Protocol):
    """What the application asks of the storage of an area. A key is written once."""

    serves_itself: bool
    """Whether `url` leads to the storage itself and not to a view of ours."""

    def open(self, name: str, mode: str = "rb") -> File[bytes]:
        """The object. Raises FileNotFoundError."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store an object under a new key. Raises FileExistsError."""

    def delete(self, name: str) -> None:
        """Delete an object; one that is missing is deleted."""

    def delete_many(self, keys: Iterable[str]) -> dict[str, str]:
        """Delete objects; what is missing is deleted. Returns why, for each key that is not."""

    def exists(self, name: str) -> bool:
        """Whether the object is there. Raises OSError when that cannot be said: an audit or an
        adopting job must not take "no answer" for "not there".
        """

    def size(self, name: str) -> int:
        """The object's bytes. Raises FileNotFoundError."""

    def url(self, name: str | None) -> str:
        """Where browsers fetch it. Raises ValueError where only a view of ours leads to it."""

    def copy(self, source: str, target: Area, key: str) -> None:
        """Copy an object to a new key of this or another area. Raises FileNotFoundError for the
        source, FileExistsError for the key.
        """

    def walk(self, prefix: str = "") -> Walked:
        """Everything whose key begins so, in constant memory, one folder after the other."""


def area_named(name: str) -> Area:
    """The storage of an area: "public" or "private"."""
    return cast(Area, storages[name])


class LocalStorage(FileSystemStorage):
    """Files under one folder. A name is written once and never overwritten or changed."""

    serves_itself = False

    def url(self, name: str | None) -> str:
        """The address under `base_url`. Raises ValueError without one, where Django would take
        the public area's.
        """
        if self._base_url is None:  # type: ignore[attr-defined]
            raise ValueError("Only a view leads to the files of this area.")
        return super().url(name)

    def exists(self, name: str) -> bool:
        """Whether the file is there; a disk that cannot say so is an error, unlike in Django."""
        try:
            os.lstat(self.path(name))
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def delete_many(self, keys: Iterable[str]) -> dict[str, str]:
        """Delete them one by one. Returns the reason for each that could not be."""
        errors = {}
        for key in keys:
            try:
                self.delete(key)
            except OSError as error:
                errors[key] = str(error)
        return errors

    def copy(self, source: str, target: Area, key: str) -> None:
        """Copy a file in pieces."""
        with self.open(source) as stored:
            target.save(key, stored)

    def walk(self, prefix: str = "") -> Walked:
        """Every file whose name begins so."""
        return self._walk(prefix.rpartition("/")[0], prefix)

    def _walk(self, folder: str, prefix: str) -> Walked:
        try:
            entries = os.scandir(self.path(folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        with entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    # On the way to the prefix, or behind it.
                    if f"{name}/".startswith(prefix) or prefix.startswith(f"{name}/"):
                        yield from self._walk(name, prefix)
                elif name.startswith(prefix):
                    stat = entry.stat(follow_symlinks=False)
                    yield name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Keys are random and unique; a clash is a fault, not a reason to rename."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            try:
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                # The row that says "live" commits after this: it must not outlive the bytes.
                os.fsync(target.fileno())
            except BaseException:
                path.unlink(missing_ok=True)  # half a file would be in the way of another try
                raise
        return name


class HashedStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Static files with content hashes in their names, also inside JavaScript imports.

    The stylesheet is written as many small files and served as one: a page would otherwise begin
    with sixty requests.
    """

    support_js_module_import_aggregation = True
    stylesheet = "css/app.css"

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """Join the stylesheet's parts, then hash and compress as usual."""
        if not dry_run and self.stylesheet in paths:
            self._join_imports(self.stylesheet, paths)
        yield from super().post_process(paths, dry_run, **options)

    def _join_imports(self, name: str, paths: Paths) -> None:
        folder = posixpath.dirname(name)

        def part(match: re.Match[str]) -> str:
            css = _read(*paths[posixpath.join(folder, match[1])])
            base = posixpath.dirname(match[1])
            return CSS_URL.sub(
                lambda url: f'url("{posixpath.normpath(posixpath.join(base, url[1]))}")', css
            )

        joined = CSS_IMPORT.sub(part, _read(*paths[name]))
        self.delete(name)
        self._save(name, ContentFile(joined.encode()))
        paths[name] = (self, name)


def _read(storage: Storage, path: str) -> str:
    with storage.open(path) as file:
        content: bytes = file.read()
    return content.decode()
