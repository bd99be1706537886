"""Making a part of an export: what goes into it, until it is full or time is up."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any, cast

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from gallery.imaging.formats import EXTENSIONS
from gallery.models import (
    AccountExport,
    EditConversation,
    GeneratedImage,
    Installation,
    Post,
    ReferenceImage,
)
from gallery.services import conversation_records, downloads, objects
from gallery.services.downloads import MARK_ROOM, Metadata
from gallery.services.export_files import PartWriter, as_json
from gallery.services.export_progress import Pulse
from gallery.services.export_records import account_record, post_record, reference_record
from gallery.services.export_storing import store
from pixelstream.faultpoints import faultpoint

AT_A_TIME = 240.0
"""Seconds after which a part is closed and the next worker goes on: a task must end some time."""

BATCH = 50
"""Rows that are read at a time."""

CONVERSATIONS_TEXT = 4 * 1024 * 1024
"""Characters after which a file of conversations ends: who imports it has it in memory."""

CLOCK_ROOM = timedelta(seconds=1)
"""Between the clock of the database, which says when an export was asked for, and ours."""


def make_next(export: AccountExport, started: float) -> bool:
    """Make, store and commit the next part. Says whether there is more to do."""
    export.refresh_from_db()
    parts = export.parts.aggregate(n=Count("pk"), files=Sum("files"))
    number, pulse = parts["n"] + 1, Pulse(export, parts["files"] or 0)
    now = timezone.now()
    # On the disk of the data: /tmp may be memory. Without a name, so it goes with the process.
    about = {"instance": _installation(), "export": str(export.pk), "part": number}
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
        writer.close(account=account_record(export.owner), is_last=ended)
        faultpoint("export.after_build", export.pk)
        store(export, cast(IO[bytes], file), pulse, number, files, is_last=ended)
    return not ended


def _installation() -> str:
    """Which installation this is, in every export of it."""
    row, _created = Installation.objects.get_or_create(pk=1)
    return str(row.identifier)


def _is_late(writer: PartWriter, started: float) -> bool:
    return not writer.is_empty and time.monotonic() - started > AT_A_TIME


def _add_references(
    writer: PartWriter, export: AccountExport, pulse: Pulse, started: float
) -> bool:
    """Says whether those were all."""
    rows = ReferenceImage.objects.filter(owner=export.owner_id, pk__lte=export.until_reference)
    for reference in _ascending(rows.select_related("object"), export.last_reference):
        name = f"references/{reference.pk}.{EXTENSIONS.get(reference.object.content_type, 'bin')}"
        text = as_json(reference_record(reference, name))
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


def _add_posts(writer: PartWriter, export: AccountExport, pulse: Pulse, started: float) -> bool:
    """Says whether those were all. A post with its pictures is in one part."""
    rows = Post.objects.filter(owner=export.owner_id, pk__lte=export.until_post)
    for post in _ascending(rows, export.last_post):
        images = list(post.images.select_related("object").order_by("position"))
        names = {
            image.pk: f"pictures/{post.pk}-{image.position + 1}_{downloads.file_name(image)}"
            for image in images
        }
        text = as_json(post_record(post, images, names))
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
    writer: PartWriter, export: AccountExport, pulse: Pulse, started: float
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
