"""Where bytes live. Two areas: `public` (unguessable keys, cached for ever) and `private`.

Local disk here; object storage takes the same two names in `STORAGES`.
Only `gallery.services.objects` and the outbox write or delete through these.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

Paths = dict[str, tuple[Storage, str]]

CSS_IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')
CSS_URL = re.compile(r'url\("(?!data:)([^"]+)"\)')


class LocalStorage(FileSystemStorage):
    """Files under one folder. A name is written once and never overwritten or changed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Keys are random and unique; a clash is a fault, not a reason to rename."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            for chunk in content.chunks():
                target.write(chunk)
            target.flush()
            # The row that says "live" commits after this: it must not outlive the bytes.
            os.fsync(target.fileno())
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
