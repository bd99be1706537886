"""Posts of an export become posts here: with pictures and messages, in projects of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Now

from gallery.imaging.clips import DevelopedClip, develop_either
from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.models import ChatMessage, GeneratedImage, Imported, Post, Project, StoredObject
from gallery.services import moves, objects, quota
from gallery.services.downloads import UNKNOWN_SOURCE
from gallery.services.import_files import ExportArchive
from gallery.services.import_memory import Memory
from gallery.services.import_records import clip_resolution, keep_times, moment, row_of
from gallery.services.import_tally import Tally
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint

POST_FIELDS = (
    *("status", "prompt", "negative_prompt", "aspect_ratio", "resolution", "seed", "caption"),
    *("caption_model", "cover_position", "sharing_enabled", "share_expires_at"),
    *("prompt_is_shared", "downloads_allowed"),
    *("is_disabled_by_admin", "disabled_by_admin_reason", "download_count"),
)
ADDED_SINCE = {"prompt_is_shared": False, "downloads_allowed": True}
"""Columns that the first exports do not have, and what they are then."""

IMAGE_FIELDS = (
    *("position", "filename", "aspect_ratio", "resolution", "prompt", "negative_prompt", "model"),
    *("model_name", "seed", "params", "duration_ms", "cost", "cost_basis", "selected"),
)
MESSAGE_FIELDS = ("role", "text", "snapshot", "credits_used", "error", "duration_ms")
PROJECT_FIELDS = ("name", "brief")


def post_of(record: Mapping[str, Any]) -> Post:
    """The post of a record, not saved and of nobody. Raises as `row_of` does."""
    post: Post = row_of(Post, {**ADDED_SINCE, **record}, POST_FIELDS)
    return post


def import_one(
    archive: ExportArchive,
    record: Mapping[str, Any],
    memory: Memory,
    projects: Mapping[int, Project],
    tally: Tally,
) -> None:
    """Make the post of a record, unless it is here. Raises QuotaExceededError, OSError."""
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
    tally.note_resolution(f"post {source_id}", record, post)
    tally.posts += 1
    tally.pictures += len(images)


def projects_of(account: Mapping[str, Any], to: User) -> dict[int, Project]:
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


def _write_picture(
    archive: ExportArchive, record: Mapping[str, Any], to: User, tally: Tally
) -> GeneratedImage | None:
    """The picture's row, not saved, its bytes in storage. Each is in memory once.

    What it is, a clip or a picture, and how long: the file says it, whatever the record does.
    """
    name = record["file"]
    if not archive.holds(name):
        tally.refused.append(f"{name}: was missing at the export")
        return None
    try:
        # The bytes of a picture stay as they are: they carry the mark, and how it was made.
        developed = develop_either(archive.file(name), mark=UNKNOWN_SOURCE)
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
    if isinstance(developed, DevelopedClip):
        image.clip_ms, image.has_sound = developed.clip_ms, developed.has_sound
        image.resolution = clip_resolution(record)
    image.created_at = moment(record, "created_at")
    tally.note_resolution(name, record, image)
    return image


def _make_post(
    record: Mapping[str, Any],
    memory: Memory,
    projects: Mapping[int, Project],
    images: Sequence[GeneratedImage],
) -> Post:
    """With pictures and messages. Unlisted; what was in the trash is in the trash from now on."""
    post = post_of(record)
    post.owner, post.visibility = memory.owner, Post.Visibility.UNLISTED
    post.project = projects.get(record["project_id"])
    if post.status in Post.UNFINISHED or (not images and post.status in Post.SHOWABLE):
        post.status = Post.Status.GENERATED if images else Post.Status.FAILED
    if any(image.is_clip for image in images):
        post.resolution = clip_resolution(record)
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
