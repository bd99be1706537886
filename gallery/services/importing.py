"""An export of another installation becomes posts and references of somebody here.

Running it twice imports once, and goes on where it stopped: every post remembers where it comes
from, in the transaction that makes it. What was deleted here since then comes anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.imaging.gate import admit
from gallery.imaging.renditions import develop
from gallery.models import (
    AuditEvent,
    ChatMessage,
    GeneratedImage,
    Imported,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
)
from gallery.services import moves, objects, quota
from gallery.services.downloads import UNKNOWN_SOURCE
from gallery.services.import_files import BrokenArchiveError, ExportArchive
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint

POST_FIELDS = (
    *("status", "prompt", "negative_prompt", "aspect_ratio", "resolution", "seed", "caption"),
    *("caption_model", "cover_position", "sharing_enabled", "share_expires_at"),
    *("is_disabled_by_admin", "disabled_by_admin_reason", "download_count"),
)
IMAGE_FIELDS = (
    *("position", "filename", "aspect_ratio", "resolution", "prompt", "negative_prompt", "model"),
    *("model_name", "seed", "params", "duration_ms", "cost", "cost_basis", "selected"),
)
MESSAGE_FIELDS = ("role", "text", "snapshot", "credits_used", "error", "duration_ms")
REFERENCE_FIELDS = ("filename", "kept")
PROJECT_FIELDS = ("name", "brief")
RATIO = re.compile(r"[1-9]\d{0,3}:[1-9]\d{0,3}")

MOST_PICTURES = 50
"""Of one post."""

LARGEST_SOURCE_ID = 2**63 - 1


@dataclass
class Tally:
    """What came of it."""

    posts: int = 0
    pictures: int = 0
    references: int = 0
    known: int = 0
    """Posts and references that were here already."""
    refused: list[str] = field(default_factory=list)
    """Pictures and references that are no pictures for us, or were missing at the export."""
    is_complete: bool = True
    """Whether all parts of the export were given."""


def import_account(paths: Sequence[Path], *, to: User) -> Tally:
    """Import the parts of an export; each may also be given alone, and later.

    All archives are read and checked whole before anything is imported. Raises BrokenArchiveError,
    and QuotaExceededError where there is no room; what was imported until then stays.
    """
    tally = Tally()
    with ExitStack() as opened:
        archives = [opened.enter_context(ExportArchive(path)) for path in paths]
        archives.sort(key=lambda archive: (str(archive.instance), archive.export, archive.number))
        for archive in archives:
            archive.check_files()
            _check_records(archive)
        tally.is_complete = _is_complete(archives)
        for archive in archives:
            account, references, _posts = archive.texts()
            projects = _projects(account, to)
            for record in references:
                _import_reference(archive, record, to, tally)
            for record in archive.texts()[2]:
                _import_post(archive, record, to, projects, tally)
    _link(to, {archive.instance for archive in archives})
    AuditEvent.objects.record(
        "account.import", actor=None, target=to, posts=tally.posts, references=tally.references
    )
    return tally


def _is_complete(archives: Sequence[ExportArchive]) -> bool:
    by_export: dict[tuple[UUID, str], list[ExportArchive]] = {}
    for archive in archives:
        by_export.setdefault((archive.instance, archive.export), []).append(archive)
    return all(
        [part.number for part in parts] == list(range(1, len(parts) + 1)) and parts[-1].is_last
        for parts in by_export.values()
    )


# --- references ------------------------------------------------------------------------------


def _import_reference(
    archive: ExportArchive, record: Mapping[str, Any], to: User, tally: Tally
) -> None:
    source_id = record["id"]
    if _is_here(to, archive.instance, Imported.Kind.REFERENCE, source_id):
        tally.known += 1
        return
    name = record["file"]
    if not archive.holds(name):
        tally.refused.append(f"{name}: was missing at the export")
        return
    try:
        # As every upload: decoded in a child process, and what is kept is of our making.
        admitted = admit(archive.file(name))
    except ImageRefused as error:
        tally.refused.append(f"{name}: {error}")
        return
    obj = objects.begin(
        kind="reference",
        owner_id=to.pk,
        area=StoredObject.Area.PRIVATE,
        data=admitted.data,
        content_type=admitted.media_type,
        extension=admitted.extension,
        rendition_widths=sorted(admitted.renditions),
    )
    try:
        objects.put(obj, admitted.data, admitted.renditions)
        with quota.counting(within_limit=True):
            reference = _row(ReferenceImage, record, REFERENCE_FIELDS)
            reference.owner, reference.object = to, obj
            reference.width, reference.height = admitted.width, admitted.height
            reference.dominant_colour = admitted.dominant_colour
            objects.make_live(obj)
            reference.save()
            _keep_times(reference, record, "created_at")
            _remember(to, archive.instance, Imported.Kind.REFERENCE, source_id, reference.pk)
            faultpoint("import.before_commit", source_id)
    except BaseException:
        objects.retract(obj.pk)
        raise
    tally.references += 1


# --- posts -----------------------------------------------------------------------------------


def _import_post(
    archive: ExportArchive,
    record: Mapping[str, Any],
    to: User,
    projects: Mapping[int, Project],
    tally: Tally,
) -> None:
    source_id = record["id"]
    if _is_here(to, archive.instance, Imported.Kind.POST, source_id):
        tally.known += 1
        return
    images, written = [], []
    try:
        for image_record in record["images"]:
            image = _write_picture(archive, image_record, to, tally)
            if image is not None:
                images.append(image)
                written.append(image.object_id)
        with quota.counting(within_limit=True):
            post = _make_post(archive, record, to, projects, images)
            _remember(
                to,
                archive.instance,
                Imported.Kind.POST,
                source_id,
                post.pk,
                parent=record["parent_id"],
            )
            faultpoint("import.before_commit", source_id)
    except BaseException:
        objects.retract(*written)
        raise
    tally.posts += 1
    tally.pictures += len(images)


def _write_picture(
    archive: ExportArchive, record: Mapping[str, Any], to: User, tally: Tally
) -> GeneratedImage | None:
    """The picture's row, not saved, its bytes in storage. Each is in memory once."""
    name = record["file"]
    if not archive.holds(name):
        tally.refused.append(f"{name}: was missing at the export")
        return None
    try:
        # The bytes stay as they are: they carry the mark, and how the picture was made.
        developed = develop(archive.file(name), mark=UNKNOWN_SOURCE)
    except ImageRefused as error:
        tally.refused.append(f"{name}: {error}")
        return None
    obj = objects.begin(
        kind="generated",
        owner_id=to.pk,
        area=StoredObject.Area.PRIVATE,
        data=developed.data,
        content_type=developed.media_type,
        extension=EXTENSIONS[developed.media_type],
        rendition_widths=sorted(developed.renditions),
    )
    try:
        objects.put(obj, developed.data, developed.renditions)
    except BaseException:
        objects.retract(obj.pk)
        raise
    image: GeneratedImage = _row(GeneratedImage, record, IMAGE_FIELDS)
    image.owner, image.object = to, obj
    image.width, image.height = developed.width, developed.height
    image.dominant_colour, image.hue = developed.dominant_colour, developed.hue
    image.created_at = _moment(record, "created_at")
    return image


def _make_post(
    archive: ExportArchive,
    record: Mapping[str, Any],
    to: User,
    projects: Mapping[int, Project],
    images: Sequence[GeneratedImage],
) -> Post:
    """With pictures and messages. Unlisted; what was in the trash is in the trash from now on."""
    post: Post = _row(Post, record, POST_FIELDS)
    post.owner, post.visibility = to, Post.Visibility.UNLISTED
    post.project = projects.get(record["project_id"])
    if post.status in Post.UNFINISHED or (not images and post.status in Post.SHOWABLE):
        post.status = Post.Status.GENERATED if images else Post.Status.FAILED
    post.save()
    for image in images:
        made = image.created_at
        objects.make_live(image.object)
        image.post = post
        image.save()
        GeneratedImage.objects.filter(pk=image.pk).update(created_at=made)
    for message_record in record["messages"]:
        message = _row(ChatMessage, message_record, MESSAGE_FIELDS)
        message.post = post
        message.save()
        _keep_times(message, message_record, "created_at")
        message.attachments.set(_references(archive, message_record["attachments"], to))
    _keep_times(post, record, "created_at", "updated_at")
    if record["deleted_at"] is not None:
        # Not as long ago as it was: it would be purged before anybody has seen it.
        Post.objects.filter(pk=post.pk).update(deleted_at=Now())
    moves.follow([post.pk])
    return post


def _references(
    archive: ExportArchive, source_ids: Iterable[int], to: User
) -> list[ReferenceImage]:
    local = Imported.objects.filter(
        owner=to,
        source=archive.instance,
        kind=Imported.Kind.REFERENCE,
        source_id__in=list(source_ids),
    )
    ids = list(local.values_list("local_id", flat=True))
    return list(ReferenceImage.objects.owned_by(to).filter(pk__in=ids))


def _projects(account: Mapping[str, Any], to: User) -> dict[int, Project]:
    """The person's projects of these names, made where there are none, by their ids there."""
    found: dict[int, Project] = {}
    for record in account.get("projects", ()):
        named = Project.objects.owned_by(to).filter(name__iexact=record["name"]).first()
        if named is None:
            named = _row(Project, record, PROJECT_FIELDS)
            named.owner = to
            named.save()
            _keep_times(named, record, "created_at")
        found[record["id"]] = named
    return found


def _link(to: User, sources: Iterable[UUID]) -> None:
    """Give descendants the parents that are here by now, whichever part those came in."""
    for source in sources:
        posts = Imported.objects.filter(owner=to, source=source, kind=Imported.Kind.POST)
        local = dict(posts.values_list("source_id", "local_id"))
        children = posts.filter(source_parent_id__isnull=False)
        for local_id, parent in children.values_list("local_id", "source_parent_id"):
            if parent in local:
                orphans = Post.objects.filter(pk=local_id, owner=to, parent=None)
                orphans.exclude(pk=local[parent]).update(parent=local[parent])


# --- what is known ---------------------------------------------------------------------------


def _is_here(to: User, source: UUID, kind: Imported.Kind, source_id: int) -> bool:
    """Whether it was imported before and is still here; what was deleted is forgotten."""
    known = Imported.objects.filter(owner=to, source=source, kind=kind, source_id=source_id)
    local_id = known.values_list("local_id", flat=True).first()
    if local_id is None:
        return False
    model: type[models.Model] = Post if kind == Imported.Kind.POST else ReferenceImage
    if model._default_manager.filter(pk=local_id, owner=to).exists():
        return True
    known.delete()
    return False


def _remember(
    to: User,
    source: UUID,
    kind: Imported.Kind,
    source_id: int,
    local_id: int,
    *,
    parent: int | None = None,
) -> None:
    Imported.objects.create(
        owner=to,
        source=source,
        kind=kind,
        source_id=source_id,
        source_parent_id=parent,
        local_id=local_id,
    )


# --- records that anybody may have written ---------------------------------------------------


def _check_records(archive: ExportArchive) -> None:
    """Raise BrokenArchiveError for what could not be a row here. Writes nothing."""
    account, references, posts = archive.texts()
    try:
        for record in _list(account.get("projects", [])):
            _require_id(record["id"])
            _row(Project, record, PROJECT_FIELDS)
            _moment(record, "created_at")
        for record in references:
            _require_id(record["id"])
            _require_text(record["file"])
            _row(ReferenceImage, record, REFERENCE_FIELDS)
            _moment(record, "created_at")
        for record in posts:
            _check_post(record)
    except ValidationError as error:
        why = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise BrokenArchiveError(f"{archive.path.name}: {why[:500]}") from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BrokenArchiveError(f"{archive.path.name}: a record is broken: {error}") from error


def _check_post(record: Mapping[str, Any]) -> None:
    _require_id(record["id"])
    for name in ("parent_id", "project_id"):
        if record[name] is not None:
            _require_id(record[name])
    post = _row(Post, record, POST_FIELDS)
    if not RATIO.fullmatch(post.aspect_ratio):
        raise ValueError(f"{post.aspect_ratio!r} is no aspect ratio")
    for name in ("created_at", "updated_at"):
        _moment(record, name)
    if record["deleted_at"] is not None:
        _moment(record, "deleted_at")
    images = _list(record["images"])
    if len(images) > MOST_PICTURES:
        raise ValueError(f"{len(images)} pictures of one post")
    if len({image["position"] for image in images}) < len(images):
        raise ValueError("two pictures in one place")
    for image_record in images:
        _require_text(image_record["file"])
        image = _row(GeneratedImage, image_record, IMAGE_FIELDS)
        if not RATIO.fullmatch(image.aspect_ratio) or not isinstance(image.params, dict):
            raise ValueError("a picture's settings are broken")
        _moment(image_record, "created_at")
    for message_record in _list(record["messages"]):
        message = _row(ChatMessage, message_record, MESSAGE_FIELDS)
        if not isinstance(message.snapshot, dict):
            raise ValueError("a message's settings are broken")
        _moment(message_record, "created_at")
        for pk in _list(message_record["attachments"]):
            _require_id(pk)


def _row(model: type[Any], record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """A row, not saved, with these columns of the record. Raises ValidationError, KeyError."""
    values, empty = {}, set()
    for name in names:
        column = model._meta.get_field(name)
        try:
            values[name] = column.to_python(record[name])
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
        if values[name] in ("", {}) or (values[name] is None and column.null):
            empty.add(name)  # forms would want them; rows do not
    row = model(**values)
    others = {column.name for column in model._meta.concrete_fields} - set(names)
    row.clean_fields(exclude=others | empty)
    return row


def _keep_times(row: models.Model, record: Mapping[str, Any], *names: str) -> None:
    """Times that a row gets by itself when it is made."""
    times = {name: _moment(record, name) for name in names}
    type(row)._default_manager.filter(pk=row.pk).update(**times)


def _moment(record: Mapping[str, Any], name: str) -> datetime:
    moment = parse_datetime(record[name])
    if moment is None or timezone.is_naive(moment) or moment.year < 2000:
        raise ValueError(f"{name} is no moment")
    return moment


def _require_id(value: Any) -> None:
    if not (type(value) is int and 0 < value <= LARGEST_SOURCE_ID):
        raise ValueError("an id is broken")


def _require_text(value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError("a name is no text")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list is no list")
    return value
