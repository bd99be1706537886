"""What time takes away: what was trashed after 30 days, receipts of deleted objects after 90."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from gallery.models import (
    AuditEvent,
    EditConversation,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import conversations, deletion, objects
from gallery.services.deletion import Deleted

logger = logging.getLogger(__name__)

RECEIPTS_AT_ONCE = 10_000
ABANDONED_AFTER = timedelta(hours=24)


def purge_trash(*, limit: int | None = None) -> Deleted:
    """Delete the posts and the conversations whose time in the trash is over, at most `limit`.

    Resumable: killed at any point, the next run does what is left. Two at once share the work.
    """
    deleted = Deleted()
    while room := _room(deletion.CHUNK, limit, deleted):
        step = deletion.delete_some(Post.objects.expired(), by=None, limit=room, skips_locked=True)
        if step is None:
            break
        deleted += step
    while room := _room(conversations.CHUNK, limit, deleted):
        overdue = EditConversation.objects.expired()
        step = conversations.delete_some(overdue, by=None, limit=room, skips_locked=True)
        if step is None:
            break
        deleted += step
    if deleted != Deleted():
        logger.info(
            "Purged %s posts with %s images, and %s conversations",
            deleted.total,
            deleted.images,
            deleted.conversations,
        )
    return deleted


def _room(chunk: int, limit: int | None, deleted: Deleted) -> int:
    """How many the next step may delete."""
    left = chunk if limit is None else limit - deleted.total - deleted.conversations
    return max(0, min(chunk, left))


def clean_references(*, limit: int = RECEIPTS_AT_ONCE) -> int:
    """Delete transient references that were uploaded a day ago and that nothing unfinished uses,
    at most `limit`: those that were never sent, for the others go with their jobs. Returns how
    many.
    """
    old = ReferenceImage.objects.filter(kept=False, created_at__lt=Now() - ABANDONED_AFTER)
    cleaned = 0
    for pk in list(old.order_by("created_at", "pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            locked = old.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if locked is None or locked.jobs.unfinished().exists():
                continue
            AuditEvent.objects.record("reference.delete", target=locked, bytes=locked.object.size)
            locked.delete()
            objects.release(locked.object_id)
        logger.info("Reference %s is deleted (nobody kept it), %s follows", pk, locked.object.key)
        cleaned += 1
    if cleaned:
        logger.info("Deleted %s references that nobody kept", cleaned)
    return cleaned


def forget_receipts(*, limit: int = RECEIPTS_AT_ONCE) -> int:
    """Delete rows of objects that are gone for longer than receipts are kept. Returns how many."""
    old = StoredObject.objects.filter(
        state=StoredObject.State.GONE, gone_at__lt=Now() - settings.RECEIPT_RETENTION
    )
    # A job that failed after its picture was stored still names it, and belongs to another app: so
    # every relation is asked, not a list of those that are known here.
    pointed_to = {
        object_id
        for relation in StoredObject._meta.related_objects
        for object_id in relation.field.model._default_manager.filter(
            **{f"{relation.field.name}__in": old}
        ).values_list(relation.field.name, flat=True)
    }
    ids = set(old.order_by("gone_at").values_list("pk", flat=True)[:limit]) - pointed_to
    return StoredObject.objects.filter(pk__in=ids).delete()[0]
