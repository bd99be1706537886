"""What is done to conversations: named, chosen from, into the trash and out of it, and deleted.

The row of a conversation is the lock of all of it: whoever changes a turn holds it. Posts are
locked before conversations, never after one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import Now

from gallery import signals
from gallery.models import (
    AuditEvent,
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    TurnBase,
)
from gallery.models.conversations import TITLE_MAX_LENGTH, EditConversationQuerySet
from gallery.models.posts import PostQuerySet
from gallery.services import deletion, quota
from gallery.services.deletion import Deleted
from gallery.services.trash import MAX_POSTS, Moved
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint
from pixelstream.live_bus import announce_on_commit

CHUNK = 20
"""Conversations of one transaction that deletes: each may have hundreds of turns and pictures."""


# --- its page --------------------------------------------------------------------------------


def rename(*, conversation: EditConversation, title: str) -> None:
    """Give a live conversation another title: one line of 1 to 120 characters.

    Raises ValueError for any other title, and EditConversation.DoesNotExist when the conversation
    went to the trash meanwhile.
    """
    line = " ".join(title.split())
    if not 1 <= len(line) <= TITLE_MAX_LENGTH:
        raise ValueError(f"a title of {len(line)} characters")
    with transaction.atomic():
        live = EditConversation.objects.filter(pk=conversation.pk, deleted_at__isnull=True)
        _lock_outputs(live)
        if not live.update(title=line, updated_at=Now(), revision=F("revision") + 1):
            raise EditConversation.DoesNotExist
        _announce(conversation.pk, conversation.owner_id)
    conversation.title = line


def set_selected(*, image: GeneratedImage, value: bool) -> None:
    """Let the next turn start from this picture of a live conversation, or not.

    Raises GeneratedImage.DoesNotExist for any other picture.
    """
    with transaction.atomic():
        found = EditConversation.objects.filter(turns__images=image.pk, deleted_at__isnull=True)
        conversation = found.select_for_update(of=("self",)).first()
        if conversation is None:
            raise GeneratedImage.DoesNotExist
        GeneratedImage.objects.filter(pk=image.pk).update(selected=value)
        EditConversation.objects.filter(pk=conversation.pk).update(revision=F("revision") + 1)
        _announce(conversation.pk, conversation.owner_id)
    image.selected = value


# --- the trash -------------------------------------------------------------------------------


def trash(*, owner: User, ids: Iterable[int]) -> Moved:
    """Move the person's conversations to the trash; what is being made in them is canceled.

    The posts that they made stay where they are.
    """
    return _move(EditConversation.objects.visible_to(owner), owner=owner, ids=ids, is_trashed=True)


def restore(*, owner: User, ids: Iterable[int]) -> Moved:
    """Put conversations back as they were; what was canceled stays canceled.

    Refused once their time in the trash is over, also while the purge is late.
    """
    return _move(
        EditConversation.objects.in_trash_of(owner), owner=owner, ids=ids, is_trashed=False
    )


def restore_all(*, owner: User) -> int:
    """Put everything back, in transactions of MAX_POSTS. Returns how many conversations."""
    restored = 0
    in_trash = EditConversation.objects.in_trash_of(owner)
    while ids := list(in_trash.values_list("pk", flat=True)[:MAX_POSTS]):
        moved = restore(owner=owner, ids=ids)
        if not moved.ids:
            break
        restored += len(moved.ids)
    return restored


def _move(
    rows: EditConversationQuerySet, *, owner: User, ids: Iterable[int], is_trashed: bool
) -> Moved:
    wanted = list(dict.fromkeys(ids))[:MAX_POSTS]
    with transaction.atomic():
        chosen = rows.filter(pk__in=wanted)
        _lock_outputs(chosen)
        locked = chosen.order_by("pk").select_for_update(of=("self",))
        moved = list(locked.values_list("pk", flat=True))
        _mark(moved, is_trashed=is_trashed)
        action = "conversation.trash" if is_trashed else "conversation.restore"
        AuditEvent.objects.record_many(action, EditConversation, moved, actor=owner)
        for pk in moved:
            _announce(pk, owner.pk)
    return Moved(moved, len(wanted) - len(moved))


def _mark(ids: list[int], *, is_trashed: bool) -> None:
    """Write it into these locked rows, and let everybody else follow."""
    EditConversation.objects.filter(pk__in=ids).update(
        deleted_at=Now() if is_trashed else None, revision=F("revision") + 1
    )
    if is_trashed:
        signals.conversations_trashed.send(EditConversation, ids=ids)


# --- for good --------------------------------------------------------------------------------


def delete_conversations(
    conversations: EditConversationQuerySet, *, by: User | None, include_generated: bool = False
) -> Deleted:
    """Delete these conversations for good, in chunks of their own transactions.

    `conversations` says which ones may be deleted, and is asked again under the lock, as that of
    `deletion.delete_posts`. Their turns go along; their pictures stay as the posts that they are.
    `include_generated` takes those along first, with all that was made from them, wherever that is:
    killed in between, the rest is done by who asks again. `by` is None for the purge.
    """
    deleted = Deleted()
    if include_generated:
        deleted += _delete_outputs(conversations, by=by)
    while chunk := delete_some(conversations, by=by):
        deleted += chunk
        faultpoint("purge.between_chunks")
    return deleted


def delete_chosen(
    conversations: EditConversationQuerySet,
    ids: Iterable[int],
    *,
    by: User,
    include_generated: bool = False,
) -> Deleted:
    """`delete_conversations` of those of the conversations that have one of these ids."""
    chosen = conversations.filter(pk__in=list(dict.fromkeys(ids)))
    return delete_conversations(chosen, by=by, include_generated=include_generated)


def delete_some(
    conversations: EditConversationQuerySet,
    *,
    by: User | None,
    limit: int | None = None,
    skips_locked: bool = False,
) -> Deleted | None:
    """One transaction of `delete_conversations`: at most `limit` conversations without their
    pictures, None when there are no more.
    """
    with quota.counting():
        _lock_outputs(conversations.filter(deleted_at__isnull=True))
        ids = deletion.lock_some(conversations, limit=limit or CHUNK, skips_locked=skips_locked)
        if not ids:
            return None
        faultpoint("purge.after_lock", ids[0])
        _delete_rows(ids, by=by)
        faultpoint("purge.before_commit", ids[0])
        return Deleted(conversations=len(ids))


def outputs_of(conversations: EditConversationQuerySet) -> PostQuerySet:
    """The posts that were made in these conversations, wherever they are."""
    images = GeneratedImage.objects.filter(turn__conversation__in=conversations.order_by())
    return Post.objects.filter(pk__in=images.order_by().values("post"))


def _delete_outputs(conversations: EditConversationQuerySet, *, by: User | None) -> Deleted:
    """Delete what was made in them, with all versions."""
    deleted = Deleted()
    while ids := list(conversations.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        # Asked again with each chunk: one that was restored meanwhile keeps its pictures.
        chosen = conversations.filter(pk__in=ids)
        with transaction.atomic():
            # What is not in the trash yet (an administrator deletes it) would go on making more.
            live = chosen.filter(deleted_at__isnull=True).order_by("pk")
            _lock_outputs(live)
            locked = live.select_for_update(of=("self",)).values_list("pk", flat=True)
            _mark(list(locked), is_trashed=True)
        gone = deletion.delete_posts(outputs_of(chosen), by=by, include_generated=True)
        deleted += replace(gone, generated=gone.total)
        conversations = conversations.filter(pk__gt=ids[-1])
    return deleted


def _delete_rows(ids: list[int], *, by: User | None) -> None:
    """Take the rows of these locked conversations away. Rows are named, nothing is collected."""
    turns = EditTurn.objects.filter(conversation__in=ids).order_by()
    sizes = dict(turns.values_list("conversation").annotate(turns=Count("pk")))
    # Pictures before jobs, as the outbox, which moves a picture and holds its post, not these rows.
    GeneratedImage.objects.filter(turn__in=turns.values("pk")).update(turn=None, turn_slot=None)
    signals.conversations_deleting.send(EditConversation, ids=ids)
    deletion.delete_rows(TurnBase.objects.filter(turn__in=turns.values("pk")))
    uses = EditTurn.references.through.objects
    deletion.delete_rows(uses.filter(editturn__in=turns.values("pk")))
    deletion.delete_rows(turns)
    AuditEvent.objects.record_many(
        "conversation.delete",
        EditConversation,
        ids,
        actor=by,
        counts={pk: {"turns": sizes.get(pk, 0)} for pk in ids},
    )
    deletion.delete_rows(EditConversation.objects.filter(pk__in=ids))


def _lock_outputs(conversations: EditConversationQuerySet) -> None:
    """Lock what was made in them, before them. The index of the search has the titles of live
    conversations, so whoever changes one of these changes its posts. What is made meanwhile is new:
    nobody else holds it.
    """
    if connection.features.has_select_for_update:
        posts = outputs_of(conversations).order_by("pk").select_for_update(of=("self",))
        list(posts.values_list("pk", flat=True))


def _announce(pk: int, owner_id: int) -> None:
    announce_on_commit(conversation_id=pk, owner_id=owner_id)
