"""Everything of a person as archives to take away: asked for on a page, made in the background.

Part after part: a part is built in a file of its own on the disk, stored, and committed together
with how far it is. Whatever stops in between costs the part that was being made.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import IO, Any, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from gallery.imaging.formats import EXTENSIONS
from gallery.models import (
    AccountExport,
    AuditEvent,
    EditConversation,
    ExportPart,
    GeneratedImage,
    Installation,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
)
from gallery.models.objects import new_key
from gallery.services import conversation_records, downloads, letters, objects
from gallery.services.downloads import MARK_ROOM, Metadata
from gallery.services.export_files import PartWriter, as_json, fields_of
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RENEWED_EVERY = 10.0
PAUSE = timedelta(seconds=60)
"""After a failure, before the next try."""

AT_A_TIME = 240.0
"""Seconds after which a part is closed and the next worker goes on: a task must end some time."""

BATCH = 50
PIECE = 1024 * 1024

CONVERSATIONS_TEXT = 4 * 1024 * 1024
"""Characters after which a file of conversations ends: who imports it has it in memory."""

CLOCK_ROOM = timedelta(seconds=1)
"""Between the clock of the database, which says when an export was asked for, and ours."""

OWN = frozenset({"owner_id", "object_id"})


class LeaseLostError(Exception):
    """Another worker has the export, or it was deleted."""


def begin(owner: User) -> AccountExport:
    """Write down that everything is wanted. One that is ready is deleted for it; one that is being
    made is the same one.
    """
    with transaction.atomic():
        _lock(owner)
        existing = AccountExport.objects.filter(owner=owner).first()
        if existing is not None and existing.finished_at is None:
            return existing
        if existing is not None:
            _delete(existing, by=owner)
        references = ReferenceImage.objects.owned_by(owner).aggregate(n=Count("pk"), last=Max("pk"))
        pictures = GeneratedImage.objects.filter(owner=owner).count()
        last_post = Post.objects.owned_by(owner).aggregate(last=Max("pk"))["last"]
        export = AccountExport.objects.create(
            owner=owner,
            found=references["n"] + pictures,
            until_reference=references["last"] or 0,
            until_post=last_post or 0,
        )
        AuditEvent.objects.record("export.create", actor=owner, target=export)
        return export


def delete(owner: User) -> bool:
    """Delete the person's export, ready or not. Says whether there was one."""
    with transaction.atomic():
        _lock(owner)
        existing = AccountExport.objects.filter(owner=owner).first()
        if existing is None:
            return False
        _delete(existing, by=owner)
        return True


def delete_expired(*, limit: int = 1000) -> int:
    """Delete exports that were ready for a week. Returns how many."""
    deleted = 0
    rows = AccountExport.objects.expired().order_by("pk").select_related("owner")[:limit]
    for found in list(rows):
        with transaction.atomic():
            _lock(found.owner)
            export = AccountExport.objects.expired().filter(pk=found.pk).first()
            if export is not None:
                _delete(export, by=None)
                deleted += 1
    return deleted


def carry_out(export_id: int) -> None:
    """Make what is left of an export, for a few minutes at most; the next call goes on.

    One worker at a time holds it, by a lease.
    """
    export = _claim(export_id)
    if export is None:
        return
    started = time.monotonic()
    try:
        while _make_part(export, started):
            if time.monotonic() - started > AT_A_TIME:
                break
    except LeaseLostError:
        logger.info("Export %s is somebody else's, or nobody's any more", export_id)
        return
    except OSError as error:
        logger.warning("Export %s goes on later: %s", export_id, error)
        _mine(export).update(lease_token=None, lease_until=Now() + PAUSE)
        return
    except Exception:
        _mine(export).update(lease_token=None, lease_until=Now() + PAUSE)
        raise
    _mine(export).update(lease_token=None, lease_until=None)
    tell(export_id)


def unfinished(*, limit: int = 100) -> list[int]:
    """Those that nobody is at: their worker died or ended, or the broker lost the word."""
    rows = AccountExport.objects.claimable().order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def tell(export_id: int) -> bool:
    """Tell the person by e-mail, once, that it is ready. When mail fails, another try follows."""
    mine = AccountExport.objects.untold().filter(pk=export_id, owner__is_active=True)
    if not mine.update(told_at=Now()):
        return False
    export = AccountExport.objects.select_related("owner").get(pk=export_id)
    if letters.send(export.owner, "export_ready", export=export, until=expires_at(export)):
        return True
    AccountExport.objects.filter(pk=export_id).update(told_at=None)
    return False


def tell_who_was_not(*, limit: int = 1000) -> int:
    """Tell those whose mail was lost or failed. Returns how many."""
    ids = AccountExport.objects.untold().order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(tell(export_id) for export_id in list(ids))


def expires_at(export: AccountExport) -> Any:
    """When a ready export is deleted; None before it is ready."""
    return export.finished_at and export.finished_at + settings.EXPORT_RETENTION


def installation() -> str:
    """Which installation this is, in every export of it."""
    row, _created = Installation.objects.get_or_create(pk=1)
    return str(row.identifier)


# --- the job ---------------------------------------------------------------------------------


def _lock(owner: User) -> None:
    """Whoever begins or deletes an export of the person does so one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)


def _delete(export: AccountExport, *, by: User | None) -> None:
    """Its worker, if there is one, finds no row to commit to and takes its part back."""
    parts = ExportPart.objects.filter(export=export)
    object_ids = list(parts.values_list("object_id", flat=True))
    size = parts.aggregate(total=Sum("object__size"))["total"] or 0
    AuditEvent.objects.record(
        "export.delete", actor=by, target=export, parts=len(object_ids), bytes=size
    )
    parts.delete()
    export.delete()
    objects.release(*object_ids)


def _claim(export_id: int) -> AccountExport | None:
    token = uuid4()
    rows = AccountExport.objects.claimable().filter(pk=export_id, owner__is_active=True)
    if not rows.update(lease_token=token, lease_until=Now() + LEASE):
        return None
    claimed = AccountExport.objects.filter(lease_token=token).select_related("owner")
    return claimed.first()


def _mine(export: AccountExport) -> QuerySet[AccountExport]:
    """Its row while this worker holds it."""
    return AccountExport.objects.filter(pk=export.pk, lease_token=export.lease_token)


class _Pulse:
    """Renews the lease, and says how far it is, every few seconds in which something happens."""

    def __init__(self, export: AccountExport, done_before: int) -> None:
        self.export = export
        self.done = done_before
        self.object_id: int | None = None
        self._next = time.monotonic() + RENEWED_EVERY

    def beat(self) -> None:
        """Raises LeaseLostError."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + RENEWED_EVERY
        if not _mine(self.export).update(lease_until=Now() + LEASE, done=self.done):
            raise LeaseLostError
        if self.object_id is not None:
            writing = StoredObject.objects.filter(
                pk=self.object_id, state=StoredObject.State.WRITING
            )
            writing.update(lease_until=Now() + StoredObject.writing_lease())


def _make_part(export: AccountExport, started: float) -> bool:
    """Make, store and commit the next part. Says whether there is more to do."""
    export.refresh_from_db()
    parts = export.parts.aggregate(n=Count("pk"), files=Sum("files"))
    number, pulse = parts["n"] + 1, _Pulse(export, parts["files"] or 0)
    now = timezone.now()
    # On the disk of the data: /tmp may be memory. Without a name, so it goes with the process.
    about = {"instance": installation(), "export": str(export.pk), "part": number}
    with (
        tempfile.TemporaryFile(dir=settings.DATA_DIR) as file,
        PartWriter(cast(IO[bytes], file), about=about, made=now) as writer,
    ):
        ended = _add_references(writer, export, pulse, started)
        if ended:
            ended = _add_posts(writer, export, pulse, started)
        if ended:
            ended = _add_conversations(writer, export, pulse, started)
        files = writer.files
        writer.close(account=_account(export.owner), is_last=ended)
        faultpoint("export.after_build", export.pk)
        _store(export, cast(IO[bytes], file), pulse, number, files, is_last=ended)
    return not ended


def _is_late(writer: PartWriter, started: float) -> bool:
    return not writer.is_empty and time.monotonic() - started > AT_A_TIME


def _add_references(
    writer: PartWriter, export: AccountExport, pulse: _Pulse, started: float
) -> bool:
    """Says whether those were all."""
    rows = ReferenceImage.objects.filter(owner=export.owner_id, pk__lte=export.until_reference)
    for reference in _ascending(rows.select_related("object"), export.last_reference):
        name = f"references/{reference.pk}.{EXTENSIONS.get(reference.object.content_type, 'bin')}"
        record = fields_of(reference, without=OWN)
        record |= {"file": name, "media_type": reference.object.content_type}
        text = as_json(record)
        fits = writer.has_room(reference.object.size, text, 1)
        if not writer.is_empty and (not fits or _is_late(writer, started)):
            return False
        writer.add_reference(text)
        data = objects.read_if_complete(reference.object)
        if data is None:
            writer.add_missing(name, "the file is no longer there")
        else:
            writer.add_file(name, data, reference.created_at)
        export.last_reference = reference.pk
        pulse.done += 1
        pulse.beat()
    return True


def _add_posts(writer: PartWriter, export: AccountExport, pulse: _Pulse, started: float) -> bool:
    """Says whether those were all. A post with its pictures is in one part."""
    rows = Post.objects.filter(owner=export.owner_id, pk__lte=export.until_post)
    for post in _ascending(rows, export.last_post):
        images = list(post.images.select_related("object").order_by("position"))
        names = {
            image.pk: f"pictures/{post.pk}-{image.position + 1}_{downloads.file_name(image)}"
            for image in images
        }
        text = as_json(_post_record(post, images, names))
        # How a picture was made is told in the picture, too.
        size = sum(image.object.size + MARK_ROOM for image in images) + len(images) * 2 * len(text)
        fits = writer.has_room(size, text, len(images))
        if not writer.is_empty and (not fits or _is_late(writer, started)):
            return False
        writer.add_post(text)
        for image in images:
            data = _picture(image.pk)
            if data is None:
                writer.add_missing(names[image.pk], "the file is no longer there")
            else:
                writer.add_file(names[image.pk], data, image.created_at)
            pulse.done += 1
            pulse.beat()
        export.last_post = post.pk
        pulse.beat()
    return True


def _add_conversations(
    writer: PartWriter, export: AccountExport, pulse: _Pulse, started: float
) -> bool:
    """Says whether those were all: all of them are in the last part, which a part begins that has
    no room for them.
    """
    until = export.requested_at + CLOCK_ROOM
    rows = EditConversation.objects.filter(owner=export.owner_id, created_at__lt=until)
    if not rows.exists():
        return True
    room, files = conversation_records.most_bytes(rows), rows.count()
    if not writer.is_empty and (not writer.has_room(room, "", files) or _is_late(writer, started)):
        return False
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        texts: list[str] = []
        for record in conversation_records.of(batch, until_post=export.until_post):
            texts.append(as_json(record))
            if sum(map(len, texts)) > CONVERSATIONS_TEXT:
                writer.add_conversations(texts)
                texts.clear()
        if texts:
            writer.add_conversations(texts)
        last = batch[-1].pk
        pulse.beat()
    return True


def _ascending(rows: QuerySet[Any], last: int) -> Iterator[Any]:
    """In the order of their ids, a few at a time."""
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _picture(pk: int) -> bytes | None:
    """The file as a download gives it. Looked up twice: it may just be moving to another place."""
    for _try in range(2):
        image = GeneratedImage.objects.filter(pk=pk).select_related("object", "post").first()
        if image is None:
            return None
        try:
            return downloads.picture_file(image, Metadata.FULL)
        except downloads.PictureGoneError:
            continue
    return None


def _post_record(
    post: Post, images: Iterable[GeneratedImage], names: dict[int, str]
) -> dict[str, Any]:
    messages = [
        {
            **fields_of(message, without=frozenset({"post_id"})),
            "attachments": sorted(message.attachments.values_list("pk", flat=True)),
        }
        for message in post.messages.order_by("pk")
    ]
    pictures = [
        {
            **fields_of(image, without=OWN | {"post_id"}),
            "file": names[image.pk],
            "media_type": image.object.content_type,
        }
        for image in images
    ]
    return {
        **fields_of(post, without=OWN),
        "is_in_trash": post.deleted_at is not None,
        "messages": messages,
        "images": pictures,
    }


def _account(owner: User) -> dict[str, Any]:
    projects = Project.objects.owned_by(owner).order_by("pk")
    return {
        "email": owner.email,
        "name": owner.name,
        "language": owner.language,
        "date_joined": owner.date_joined,
        "projects": [fields_of(project, without=OWN) for project in projects],
    }


def _store(
    export: AccountExport,
    file: IO[bytes],
    pulse: _Pulse,
    number: int,
    files: int,
    *,
    is_last: bool,
) -> None:
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
    held = _mine(export).update(
        last_reference=export.last_reference,
        last_post=export.last_post,
        done=done,
        lease_until=Now() + LEASE,
        **changes,
    )
    if not held:
        raise LeaseLostError
    try:
        objects.make_live(obj)
    except objects.ObjectLostError as error:
        raise LeaseLostError from error
    ExportPart.objects.create(export=export, object=obj, number=number, files=files)


def _sha256(file: IO[bytes], pulse: _Pulse) -> str:
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

    def __init__(self, file: IO[bytes], size: int, pulse: _Pulse) -> None:
        self.size = size
        self._file = file
        self._pulse = pulse
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        self._pulse.beat()
        return self._file.read(size)
