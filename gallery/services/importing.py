"""An export of another installation becomes posts, references and conversations of somebody here.

Running it twice imports once, and goes on where it stopped: every post remembers where it comes
from, in the transaction that makes it. What was deleted here since then comes anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

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
from gallery.services import import_conversations, moves, objects, quota
from gallery.services.downloads import UNKNOWN_SOURCE
from gallery.services.import_conversations import Outcome
from gallery.services.import_files import BrokenArchiveError, ExportArchive
from gallery.services.import_memory import Memory
from gallery.services.import_records import (
    RATIO,
    keep_times,
    list_of,
    moment,
    require_id,
    require_text,
    row_of,
)
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
MOST_PICTURES = 50
"""Of one post."""


@dataclass
class Tally:
    """What came of it."""

    posts: int = 0
    pictures: int = 0
    references: int = 0
    conversations: int = 0
    known: int = 0
    """Posts, references and conversations that were here already."""
    waiting: int = 0
    """Conversations of which no picture is here yet."""
    unlinked: int = 0
    """Posts that came before what they were made from: who is made from another has the higher id,
    so their parents are missing here."""
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
            memory = Memory(to, archive.instance)
            projects = _projects(account, to)
            for record in references:
                _import_reference(archive, record, memory, tally)
            for record in archive.texts()[2]:
                _import_post(archive, record, memory, projects, tally)
        for source in {archive.instance for archive in archives}:
            tally.unlinked += _link(to, source)
        for archive in archives:
            for record in archive.conversations():
                _import_conversation(record, Memory(to, archive.instance), tally)
    AuditEvent.objects.record(
        "account.import",
        actor=None,
        target=to,
        posts=tally.posts,
        references=tally.references,
        conversations=tally.conversations,
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
    archive: ExportArchive, record: Mapping[str, Any], memory: Memory, tally: Tally
) -> None:
    source_id, to = record["id"], memory.owner
    if memory.local_id(Imported.Kind.REFERENCE, source_id):
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
            reference = row_of(ReferenceImage, record, REFERENCE_FIELDS)
            reference.owner, reference.object = to, obj
            reference.width, reference.height = admitted.width, admitted.height
            reference.dominant_colour = admitted.dominant_colour
            objects.make_live(obj)
            reference.save()
            keep_times(reference, record, "created_at")
            memory.remember(Imported.Kind.REFERENCE, source_id, reference.pk)
            faultpoint("import.before_commit", source_id)
    except BaseException:
        objects.retract(obj.pk)
        raise
    tally.references += 1


# --- posts -----------------------------------------------------------------------------------


def _import_post(
    archive: ExportArchive,
    record: Mapping[str, Any],
    memory: Memory,
    projects: Mapping[int, Project],
    tally: Tally,
) -> None:
    source_id = record["id"]
    if memory.local_id(Imported.Kind.POST, source_id):
        tally.known += 1
        return
    images, written = [], []
    try:
        for image_record in record["images"]:
            image = _write_picture(archive, image_record, memory.owner, tally)
            if image is not None:
                images.append(image)
                written.append(image.object_id)
        with quota.counting(within_limit=True):
            post = _make_post(record, memory, projects, images)
            memory.remember(Imported.Kind.POST, source_id, post.pk, parent=record["parent_id"])
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
    image: GeneratedImage = row_of(GeneratedImage, record, IMAGE_FIELDS)
    image.owner, image.object = to, obj
    image.width, image.height = developed.width, developed.height
    image.dominant_colour, image.hue = developed.dominant_colour, developed.hue
    image.created_at = moment(record, "created_at")
    return image


def _make_post(
    record: Mapping[str, Any],
    memory: Memory,
    projects: Mapping[int, Project],
    images: Sequence[GeneratedImage],
) -> Post:
    """With pictures and messages. Unlisted; what was in the trash is in the trash from now on."""
    post: Post = row_of(Post, record, POST_FIELDS)
    post.owner, post.visibility = memory.owner, Post.Visibility.UNLISTED
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
        message = row_of(ChatMessage, message_record, MESSAGE_FIELDS)
        message.post = post
        message.save()
        keep_times(message, message_record, "created_at")
        message.attachments.set(memory.references(message_record["attachments"]))
    keep_times(post, record, "created_at", "updated_at")
    if record["deleted_at"] is not None:
        # Not as long ago as it was: it would be purged before anybody has seen it.
        Post.objects.filter(pk=post.pk).update(deleted_at=Now())
    moves.follow([post.pk])
    return post


def _projects(account: Mapping[str, Any], to: User) -> dict[int, Project]:
    """The person's projects of these names, made where there are none, by their ids there."""
    found: dict[int, Project] = {}
    for record in account.get("projects", ()):
        named = Project.objects.owned_by(to).filter(name__iexact=record["name"]).first()
        if named is None:
            named = row_of(Project, record, PROJECT_FIELDS)
            named.owner = to
            named.save()
            keep_times(named, record, "created_at")
        found[record["id"]] = named
    return found


@transaction.atomic
def _link(to: User, source: UUID) -> int:
    """Give descendants the parents that are here by now, whichever part those came in. Returns how
    many have theirs here and cannot be linked to it.

    Who has none here was made from something that is gone, or not here yet.
    """
    posts = Imported.objects.filter(owner=to, source=source, kind=Imported.Kind.POST)
    local = dict(posts.values_list("source_id", "local_id"))
    rows = Post.objects.filter(owner=to, pk__in=posts.values("local_id"))
    lines = {pk: (parent, root) for pk, parent, root in rows.values_list("pk", "parent", "root")}
    lineages: dict[int, list[int]] = defaultdict(list)
    for pk, (_parent, root) in lines.items():
        lineages[root or pk].append(pk)
    children = posts.filter(source_parent_id__isnull=False).order_by("local_id")
    unlinked = 0
    # Upwards: whoever stands below a post has the higher id, so its own line is settled before.
    for pk, source_parent in children.values_list("local_id", "source_parent_id"):
        known, first = lines.get(pk, (pk, pk))
        if known is not None and known > 0:
            continue
        parent = local.get(source_parent or 0, 0)
        if parent in lines and parent < pk:
            root = lines[parent][1] or parent
        else:
            unlinked += parent in lines
            parent = root = _gone(pk)
        line = lineages.pop(first or pk)
        Post.objects.filter(pk=pk).update(parent=parent, root=root)
        lines[pk] = parent, root
        # What was made from it, if that came before: its line begins where this one's does.
        Post.objects.filter(owner=to, root=first or pk).update(root=root)
        for other in line:
            if other != pk:
                lines[other] = lines[other][0], root
        lineages[root] += line
    return unlinked


def _gone(pk: int) -> int:
    """The parent of a post whose parent is not here: an id of its own that no post ever gets."""
    return -pk


# --- conversations ---------------------------------------------------------------------------


def _import_conversation(record: Mapping[str, Any], memory: Memory, tally: Tally) -> None:
    match import_conversations.import_one(record, memory):
        case Outcome.MADE:
            tally.conversations += 1
        case Outcome.KNOWN:
            tally.known += 1
        case Outcome.WAITS:
            tally.waiting += 1


# --- records that anybody may have written ---------------------------------------------------


def _check_records(archive: ExportArchive) -> None:
    """Raise BrokenArchiveError for what could not be a row here. Writes nothing."""
    account, references, posts = archive.texts()
    try:
        for record in list_of(account.get("projects", [])):
            require_id(record["id"])
            row_of(Project, record, PROJECT_FIELDS)
            moment(record, "created_at")
        for record in references:
            require_id(record["id"])
            require_text(record["file"])
            row_of(ReferenceImage, record, REFERENCE_FIELDS)
            moment(record, "created_at")
        for record in posts:
            _check_post(record)
        for record in archive.conversations():
            import_conversations.check(record)
    except ValidationError as error:
        why = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise BrokenArchiveError(f"{archive.path.name}: {why[:500]}") from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BrokenArchiveError(f"{archive.path.name}: a record is broken: {error}") from error


def _check_post(record: Mapping[str, Any]) -> None:
    require_id(record["id"])
    if record["project_id"] is not None:
        require_id(record["project_id"])
    if record["parent_id"] is not None:
        # Below zero where it was imported without its parent (`_gone`).
        require_id(abs(record["parent_id"]))
    post = row_of(Post, record, POST_FIELDS)
    if not RATIO.fullmatch(post.aspect_ratio):
        raise ValueError(f"{post.aspect_ratio!r} is no aspect ratio")
    for name in ("created_at", "updated_at"):
        moment(record, name)
    if record["deleted_at"] is not None:
        moment(record, "deleted_at")
    images = list_of(record["images"])
    if len(images) > MOST_PICTURES:
        raise ValueError(f"{len(images)} pictures of one post")
    if len({image["position"] for image in images}) < len(images):
        raise ValueError("two pictures in one place")
    for image_record in images:
        require_text(image_record["file"])
        image = row_of(GeneratedImage, image_record, IMAGE_FIELDS)
        if not RATIO.fullmatch(image.aspect_ratio) or not isinstance(image.params, dict):
            raise ValueError("a picture's settings are broken")
        moment(image_record, "created_at")
    for message_record in list_of(record["messages"]):
        message = row_of(ChatMessage, message_record, MESSAGE_FIELDS)
        if not isinstance(message.snapshot, dict):
            raise ValueError("a message's settings are broken")
        moment(message_record, "created_at")
        for pk in list_of(message_record["attachments"]):
            require_id(pk)
