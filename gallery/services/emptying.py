"""Emptying the trash: asked for on a page, done in the background, resumed after any stop."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from gallery.models import EditConversation, Post, TrashEmptying
from gallery.models.conversations import EditConversationQuerySet
from gallery.models.posts import PostQuerySet
from gallery.services import conversations, deletion, quota
from gallery.services.deletion import Deleted
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
CHUNK = 100
"""Posts of one step: the page tells how far it is after each."""


def begin(owner: User) -> TrashEmptying | None:
    """Write down that the trash is to be emptied of what is in it now. None when it is empty.

    Asked for again while it runs, it is the same one.
    """
    running = TrashEmptying.objects.unfinished().filter(owner=owner).first()
    if running is not None:
        return running
    found = Post.objects.filter(owner=owner, deleted_at__isnull=False).count()
    talks = EditConversation.objects.filter(owner=owner, deleted_at__isnull=False).count()
    if not found and not talks:
        return None
    try:
        with transaction.atomic():
            return TrashEmptying.objects.create(owner=owner, found=found, found_conversations=talks)
    except IntegrityError:  # a second click was faster
        return TrashEmptying.objects.unfinished().filter(owner=owner).first()


def carry_out(emptying_id: int) -> Deleted:
    """Delete what is left, step by step: the posts, then the conversations. Returns what this call
    deleted.

    One worker at a time: it holds a lease, and renews it with every step. The counts change in
    the transaction that deletes, so they are what is really gone.
    """
    deleted = Deleted()
    if not _claim(emptying_id):
        return deleted
    emptying = TrashEmptying.objects.select_related("owner").get(pk=emptying_id)
    while (step := _step(emptying)) is not None:
        deleted += step
    return deleted


def unfinished(*, limit: int = 100) -> list[int]:
    """Those that nobody is at: their worker died, or the broker lost the word."""
    rows = TrashEmptying.objects.claimable().order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def resume(*, limit: int = 100) -> tuple[int, Deleted]:
    """Carry out those that nobody is at. Returns how many that were, and what was deleted."""
    ids = unfinished(limit=limit)
    return len(ids), sum((carry_out(emptying_id) for emptying_id in ids), Deleted())


def left(emptying: TrashEmptying) -> PostQuerySet:
    """The posts that are still to be deleted: what was in the trash then and still is."""
    in_trash = Post.objects.filter(owner=emptying.owner_id, deleted_at__isnull=False)
    return in_trash.filter(deleted_at__lte=emptying.requested_at)


def conversations_left(emptying: TrashEmptying) -> EditConversationQuerySet:
    """The conversations that are still to be deleted, in the same way."""
    in_trash = EditConversation.objects.filter(owner=emptying.owner_id, deleted_at__isnull=False)
    return in_trash.filter(deleted_at__lte=emptying.requested_at)


def _claim(emptying_id: int) -> bool:
    rows = TrashEmptying.objects.claimable().filter(pk=emptying_id)
    return bool(rows.update(lease_until=Now() + LEASE))


def _step(emptying: TrashEmptying) -> Deleted | None:
    """Delete some; None at the end."""
    with quota.counting():
        row = TrashEmptying.objects.unfinished().filter(pk=emptying.pk)
        step = deletion.delete_some(left(emptying), by=emptying.owner, limit=CHUNK)
        if step is None:
            step = conversations.delete_some(conversations_left(emptying), by=emptying.owner)
        if step is None:
            row.update(finished_at=Now(), lease_until=None)
            return None
        row.update(
            deleted_posts=F("deleted_posts") + step.total,
            deleted_images=F("deleted_images") + step.images,
            freed_bytes=F("freed_bytes") + step.freed_bytes,
            deleted_conversations=F("deleted_conversations") + step.conversations,
            lease_until=Now() + LEASE,
        )
        return step
