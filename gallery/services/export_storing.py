"""A finished part of an export, into storage and committed together with how far it is."""

from __future__ import annotations

import hashlib
from typing import IO, Any, cast

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from gallery.models import AccountExport, ExportPart, StoredObject
from gallery.models.objects import new_key
from gallery.services import objects
from gallery.services.export_progress import LEASE, LeaseLostError, Pulse, held
from pixelstream.faultpoints import faultpoint

PIECE = 1024 * 1024
"""Bytes that are read at a time."""


def store(
    export: AccountExport,
    file: IO[bytes],
    pulse: Pulse,
    number: int,
    files: int,
    *,
    is_last: bool,
) -> None:
    """Store the file as this part. Raises LeaseLostError, OSError; then nothing of it is kept."""
    size = file.seek(0, 2)
    obj = StoredObject.objects.create(
        key=new_key("export", export.owner_id, "zip"),
        area=StoredObject.Area.PRIVATE,
        owner=None,
        content_type="application/zip",
        size=size,
        sha256=_sha256(file, pulse),
        lease_until=Now() + StoredObject.writing_lease(),
    )
    pulse.object_id = obj.pk
    try:
        faultpoint("export.before_put", export.pk)
        objects.put_file(obj, File(cast(IO[Any], _Watched(file, size, pulse))))
        faultpoint("export.after_put", export.pk)
        with transaction.atomic():
            _commit(export, obj, number, files, is_last=is_last)
            faultpoint("export.before_commit", export.pk)
    except BaseException:
        objects.retract(obj.pk)
        raise


def _commit(
    export: AccountExport, obj: StoredObject, number: int, files: int, *, is_last: bool
) -> None:
    done = (export.parts.aggregate(files=Sum("files"))["files"] or 0) + files
    changes: dict[str, Any] = {"finished_at": Now()} if is_last else {}
    is_held = held(export).update(
        last_reference=export.last_reference,
        last_post=export.last_post,
        done=done,
        lease_until=Now() + LEASE,
        **changes,
    )
    if not is_held:
        raise LeaseLostError
    try:
        objects.make_live(obj)
    except objects.ObjectLostError as error:
        raise LeaseLostError from error
    ExportPart.objects.create(export=export, object=obj, number=number, files=files)


def _sha256(file: IO[bytes], pulse: Pulse) -> str:
    """Of the whole file, which is at its beginning again then."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
        pulse.beat()
    file.seek(0)
    return digest.hexdigest()


class _Watched:
    """A file whose reading keeps the lease alive: storing a gigabyte takes a while."""

    closed = False

    def __init__(self, file: IO[bytes], size: int, pulse: Pulse) -> None:
        self.size = size
        self._file = file
        self._pulse = pulse
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        self._pulse.beat()
        return self._file.read(size)
