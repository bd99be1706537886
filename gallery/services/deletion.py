"""Deleting for good: posts with everything in them, references, and what was made from either.
Conversations have a module of their own (`gallery.services.conversations`).

One transaction takes the rows away and hands the objects to the outbox, so rows and bytes are
never out of step; the bytes follow within seconds, or as soon as storage works again. Nothing here
talks to storage. What is deleted twice is deleted once: the second time counts nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from gallery import signals
from gallery.models import (
    AuditEvent,
    ChatMessage,
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    Report,
    TurnBase,
)
from gallery.models.posts import PostQuerySet
from gallery.services import objects, quota
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint
from pixelstream.live_bus import announce_on_commit

logger = logging.getLogger(__name__)

CHUNK = 500
"""Posts of one transaction: SQLite's only writer is held for less than 50 ms."""
TRIES = 3
"""How often a deletion that something new got in the way of is begun again."""


WRITTEN_OF_THEIRS = (
    *("post.delete", "post.trash", "reference.delete"),
    *("conversation.delete", "conversation.trash"),
)
"""What the audit log says of things that were the actor's to delete."""


class InUseError(Exception):
    """Something that is being made needs the reference, and is to stay."""


@dataclass(frozen=True)
class Deleted:
    """What is gone: posts (or a reference) with what was made from them, and their bytes.

    Conversations are counted apart; what was made in them counts as generated.
    """

    total: int = 0
    generated: int = 0
    images: int = 0
    freed_bytes: int = 0
    conversations: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(
            self.total + other.total,
            self.generated + other.generated,
            self.images + other.images,
            self.freed_bytes + other.freed_bytes,
            self.conversations + other.conversations,
        )


def delete_posts(
    posts: PostQuerySet, *, by: User | None, include_generated: bool = False
) -> Deleted:
    """Delete these posts for good, in chunks of their own transactions.

    `posts` says which ones may be deleted, and is asked again under the lock: a post that was
    restored meanwhile is not among them any more. `include_generated` takes along what was made
    from them, wherever that is. `by` is None for the purge.
    """
    deleted = Deleted()
    while chunk := delete_some(posts, by=by, include_generated=include_generated):
        deleted += chunk
        faultpoint("purge.between_chunks")
    return deleted


def delete_some(
    posts: PostQuerySet,
    *,
    by: User | None,
    include_generated: bool = False,
    limit: int = CHUNK,
    skips_locked: bool = False,
) -> Deleted | None:
    """One transaction of `delete_posts`: at most `limit` posts, None when there are no more.

    It waits for whoever is changing one of them; with `skips_locked` such posts are left for
    another time. Two purges at once share the work like that.
    """
    with quota.counting():
        ids = lock_some(posts, limit=limit, skips_locked=skips_locked)
        if not ids:
            return None
        faultpoint("purge.after_lock", ids[0])
        family = descendants(ids) if include_generated else set()
        if family:
            _lock(family)
        return _delete_rows(ids, family, by=by, with_versions=include_generated)


def delete_chosen(
    posts: PostQuerySet, ids: Iterable[int], *, by: User, include_generated: bool = False
) -> Deleted:
    """`delete_posts` of those of the posts that have one of these ids."""
    chosen = posts.filter(pk__in=list(dict.fromkeys(ids)))
    return delete_posts(chosen, by=by, include_generated=include_generated)


def delete_reference(*, reference: ReferenceImage, by: User, include_generated: bool) -> Deleted:
    """Delete an uploaded original for good, by default with everything that was made with it.

    Without `include_generated` the posts stay as they are and forget it. Raises InUseError while
    something that is to stay is being made with it: an edit, or any picture without
    `include_generated`.
    """
    for _ in range(TRIES):
        try:
            return _delete_reference(reference, by=by, include_generated=include_generated)
        except IntegrityError as error:
            # A job that began to use it at the same moment was faster: the database checks the
            # keys at the commit. The next look finds that job and what is made by it.
            raced = error
    raise InUseError from raced


def _delete_reference(reference: ReferenceImage, *, by: User, include_generated: bool) -> Deleted:
    with quota.counting():
        if include_generated:
            # Posts before references, as who deletes a post takes along what was uploaded for it:
            # the other way round the two would wait for each other.
            ids = list(made_with(reference).values_list("pk", flat=True))
            line = {*ids, *descendants(ids)}
            _lock(line)
            _lock_conversations(
                line, with_versions=True
            )  # as who sends a turn, before its references
        locked = ReferenceImage.objects.select_for_update().filter(pk=reference.pk).first()
        if locked is None:
            return Deleted()
        made = Deleted()
        if include_generated:
            made = _cascade(made_with(locked), by=by)
        if locked.jobs.unfinished().exists():
            raise InUseError
        size = locked.object.size
        AuditEvent.objects.record(
            "reference.delete", actor=by, target=locked, generated=made.total, bytes=size
        )
        key, deleted = locked.object.key, locked.pk
        locked.delete()
        objects.release(locked.object_id)
        said = "Reference %s is deleted (by person %s), %s follows"
        transaction.on_commit(partial(logger.info, said, deleted, by.pk, key), robust=True)
    return made + Deleted(total=1, generated=made.total - made.generated, freed_bytes=size)


def was_theirs(
    user: User, kind: type[Post] | type[ReferenceImage] | type[EditConversation], pk: int
) -> bool:
    """Whether what had that id is deleted for good and was this person's (or this
    administrator's) to delete: the audit log shows it, or that they moved it to the trash.
    """
    if kind._default_manager.filter(pk=pk).exists():
        return False
    return AuditEvent.objects.filter(
        action__in=WRITTEN_OF_THEIRS,
        actor=user,
        target_type=kind._meta.label_lower,
        target_id=pk,
    ).exists()


def where_away(user: User, post_id: int) -> str:
    """Where a post of this person is that they cannot open: `trash`, `gone`, else nothing."""
    if Post.objects.in_trash_of(user).filter(pk=post_id).exists():
        return "trash"
    return "gone" if was_theirs(user, Post, post_id) else ""


def where_conversation_away(user: User, conversation_id: int) -> str:
    """`where_away`, of a conversation."""
    if EditConversation.objects.in_trash_of(user).filter(pk=conversation_id).exists():
        return "trash"
    return "gone" if was_theirs(user, EditConversation, conversation_id) else ""


def made_with(reference: ReferenceImage) -> PostQuerySet:
    """The posts that were made with a reference, in a conversation too."""
    asked = Post.objects.filter(jobs__references=reference)
    # Also where the conversation is gone: the history of a post that came of an edit shows it.
    edited = Post.objects.filter(messages__attachments=reference)
    return Post.objects.filter(pk__in=asked.order_by().values("pk").union(edited.values("pk")))


def descendants(ids: Collection[int]) -> set[int]:
    """Everything that was made from these posts, and from that, and so on; without themselves.

    Of the first of a line that is everything of its line, also where what stood between is deleted
    for good. Below any other post it is what can still be reached from it.
    """
    found = set(Post.objects.filter(root__in=ids).values_list("pk", flat=True)) - set(ids)
    frontier = set(ids) | found
    while frontier:
        children = Post.objects.filter(parent__in=frontier).values_list("pk", flat=True)
        frontier = set(children) - found - set(ids)
        found |= frontier
    return found


def _cascade(posts: PostQuerySet, *, by: User | None) -> Deleted:
    """Posts with all that was made from them, within the caller's transaction."""
    ids = list(posts.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return Deleted()
    family = descendants(ids)
    _lock({*ids, *family})
    return _delete_rows(ids, family, by=by, with_versions=True)


def show_in_conversations(ids: Collection[int], *, with_versions: bool = False) -> None:
    """Count up the conversations in which these posts were made, or that began with them: their
    pages show something else now. Call it in the transaction that changed the posts, with these
    locked. `with_versions` takes in those in which something is being made from them.
    """
    if conversations := _lock_conversations(ids, with_versions=with_versions):
        rows = EditConversation.objects.filter(pk__in=conversations)
        rows.update(revision=F("revision") + 1)
        making = EditTurn.objects.filter(
            conversation=OuterRef("pk"), status=EditTurn.Status.GENERATING
        )
        # The others have no stream: their pages ask.
        for pk, owner_id in rows.filter(Exists(making)).values_list("pk", "owner_id"):
            announce_on_commit(conversation_id=pk, owner_id=owner_id)


def delete_rows(rows: QuerySet[Any]) -> None:
    """One DELETE, without collecting what points to the rows: the caller has seen to that."""
    rows._raw_delete(rows.db)


def lock_some(rows: QuerySet[Any], *, limit: int, skips_locked: bool) -> list[int]:
    """The ids of at most `limit` of the rows (posts, say), locked; none when there are no more."""
    # Found in the order of the index of the trash; by their ids, the purge would read all posts to
    # find a few. Who skips what is locked may lock in any order, others lock as everybody does.
    oldest = rows.order_by("deleted_at", "pk")
    if skips_locked:
        locked = oldest.select_for_update(of=("self",), skip_locked=True)
        return sorted(locked.values_list("pk", flat=True)[:limit])
    while found := list(oldest.values_list("pk", flat=True)[:limit]):
        locked = rows.filter(pk__in=found).order_by("pk").select_for_update(of=("self",))
        if ids := list(locked.values_list("pk", flat=True)):
            return ids
    return []


def _lock(ids: Collection[int]) -> None:
    rows = Post.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def _lock_conversations(post_ids: Collection[int], *, with_versions: bool = False) -> list[int]:
    """The ids of the conversations in which these posts were made, or that began with them, their
    rows locked; and of those in which something is being made from them, where versions are meant
    as well.
    """
    made_in = GeneratedImage.objects.filter(post__in=post_ids, turn__isnull=False).order_by()
    begun = EditConversation.objects.filter(source_image__post__in=post_ids).order_by()
    found = set(made_in.values_list("turn__conversation").union(begun.values_list("pk")))
    if with_versions:
        going_on = TurnBase.objects.filter(
            post__in=post_ids, turn__status=EditTurn.Status.GENERATING
        )
        found |= set(going_on.order_by().values_list("turn__conversation"))
    if not found:
        return []
    rows = EditConversation.objects.filter(pk__in=[pk for (pk,) in found])
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _delete_rows(
    ids: list[int], family: set[int], *, by: User | None, with_versions: bool
) -> Deleted:
    """Take the rows of these locked posts away, their objects to the outbox first.

    Rows are deleted without looking at each: whatever owns an object is named here, and the
    database's own constraints (no table that owns an object cascades) would refuse what is not.
    """
    everything = [*ids, *sorted(family)]
    # Conversations before the jobs of their turns and the references of those, as who sends a turn
    # or deletes a conversation: the other way round the two would wait for each other.
    show_in_conversations(everything, with_versions=with_versions)
    signals.posts_deleting.send(Post, ids=everything, with_versions=with_versions)
    images = GeneratedImage.objects.filter(post__in=everything)
    receipts = {pk: {"images": 0, "bytes": 0} for pk in everything}
    object_ids = []
    for post_id, object_id, size in images.values_list("post_id", "object_id", "object__size"):
        object_ids.append(object_id)
        receipts[post_id]["images"] += 1
        receipts[post_id]["bytes"] += size
    freed = sum(counts["bytes"] for counts in receipts.values())
    if family and len(ids) == 1:
        receipts[ids[0]]["generated"] = len(family)
    delete_rows(images)
    objects.release(*object_ids)
    faultpoint("purge.after_images", everything[0])
    messages = ChatMessage.objects.filter(post__in=everything)
    delete_rows(ChatMessage.attachments.through.objects.filter(chatmessage__in=messages))
    delete_rows(messages)
    delete_rows(Report.objects.filter(post__in=everything))
    AuditEvent.objects.record_many("post.delete", Post, everything, actor=by, counts=receipts)
    delete_rows(Post.objects.filter(pk__in=everything))
    faultpoint("purge.before_commit", everything[0])
    return Deleted(len(everything), len(family), len(object_ids), freed)
