"""Into the trash and out of it. Nothing is deleted here, and everything comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now

from gallery import signals
from gallery.models import AuditEvent, GeneratedImage, Post
from gallery.models.posts import PostQuerySet
from gallery.services import deletion, moves
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit

MAX_POSTS = 500
"""In one go: the rows stay locked meanwhile."""


@dataclass(frozen=True)
class Moved:
    """What became of the posts. `missing` counts what was not there, not theirs, or too late."""

    ids: list[int]
    missing: int


def trash(*, owner: User, ids: Iterable[int]) -> Moved:
    """Move the person's posts to the trash. From the commit on nobody but them sees the posts.

    What is still being made for them is canceled; their pictures leave the public
    area through the outbox.
    """
    wanted = _unique(ids)
    with transaction.atomic():
        moved, unfinished = _locked(Post.objects.visible_to(owner).filter(pk__in=wanted))
        Post.objects.filter(pk__in=moved).update(
            deleted_at=Now(), updated_at=Now(), revision=F("revision") + 1
        )
        signals.posts_trashed.send(Post, ids=moved)
        deletion.show_in_conversations(moved)
        moves.follow(moved)
        _record("post.trash", moved, owner)
        for post_id in unfinished:  # the others have no stream
            announce_on_commit(post_id=post_id, owner_id=owner.pk)
    return Moved(moved, len(wanted) - len(moved))


def restore(*, owner: User, ids: Iterable[int]) -> Moved:
    """Put posts back where they were: caption, project, visibility, link and lineage as before.

    Refused once their time in the trash is over, also while the purge is late. Restoring twice is
    no error; what was not in the trash counts as missing.
    """
    wanted = _unique(ids)
    with transaction.atomic():
        moved, _unfinished = _locked(Post.objects.in_trash_of(owner).filter(pk__in=wanted))
        Post.objects.filter(pk__in=moved).update(
            deleted_at=None, updated_at=Now(), revision=F("revision") + 1
        )
        deletion.show_in_conversations(moved)
        moves.follow(moved)
        _record("post.restore", moved, owner)
    return Moved(moved, len(wanted) - len(moved))


def restore_all(*, owner: User) -> int:
    """Put everything back, in transactions of MAX_POSTS. Returns how many posts."""
    restored = 0
    while ids := list(Post.objects.in_trash_of(owner).values_list("pk", flat=True)[:MAX_POSTS]):
        moved = restore(owner=owner, ids=ids)
        if not moved.ids:
            break
        restored += len(moved.ids)
    return restored


def size_of(posts: PostQuerySet) -> int:
    """Bytes of the originals of these posts: what deleting them would free."""
    images = GeneratedImage.objects.filter(post__in=posts.order_by().values("pk"))
    return images.aggregate(total=Sum("object__size"))["total"] or 0


def _unique(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))[:MAX_POSTS]


def _locked(posts: PostQuerySet) -> tuple[list[int], list[int]]:
    """The ids of these posts, their rows locked in the order in which everybody locks them; and
    those of them for which something is being made.
    """
    rows = posts.order_by("pk").select_for_update(of=("self",)).values_list("pk", "status")
    statuses = dict(rows)
    return list(statuses), [pk for pk, status in statuses.items() if status in Post.UNFINISHED]


def _record(action: str, ids: list[int], actor: User) -> None:
    AuditEvent.objects.record_many(action, Post, ids, actor=actor)
