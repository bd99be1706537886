"""Where bytes live. Two areas: `public` (unguessable keys, cached for ever) and `private`.

Local disk here; object storage takes the same two names in `STORAGES`.
Only `gallery.services.objects` and the outbox write or delete through these.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


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
    """Static files with content hashes in their names, also inside JavaScript imports."""

    support_js_module_import_aggregation = True
