"""Who may look at a post of whom: what its owner says, and the end of sharing.

Who may see a post is asked anew at every request. What has to follow are the bytes of its pictures
(`gallery.services.moves`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import AuditEvent, Post, StoredObject
from gallery.models.posts import new_share_token
from gallery.services import moves, posts
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit

CHUNK = 500

SAME_END = timedelta(minutes=1)
"""Ends that are no further apart are the same: "7 days" sent twice is one change."""


@dataclass(frozen=True)
class SharingChoice:
    """What the owner of a post says about others."""

    visibility: Post.Visibility
    sharing_enabled: bool
    share_expires_at: datetime | None
    """When sharing ends; None is never."""
    prompt_is_shared: bool
    downloads_allowed: bool


@transaction.atomic
def set_sharing(*, post: Post, choice: SharingChoice, by: User) -> bool:
    """Let others see a post as its owner says. Says whether that changed anything; the given post
    is as it is then.

    From the commit on the public page and the feed say so. When it is a matter of whether others
    see it at all, the pictures follow within seconds: out of the public area, or back under new
    addresses. Raises `posts.BarredByAdminError`, and Post.DoesNotExist when it went meanwhile.
    """
    locked = posts.lock(post)
    listed = posts.set_visibility(post=locked, visibility=choice.visibility, by=by)
    wanted = {name: value for name, value in asdict(choice).items() if name != "visibility"}
    if _is_same_end(locked.share_expires_at, choice.share_expires_at):
        wanted["share_expires_at"] = locked.share_expires_at
    changed = {name: value for name, value in wanted.items() if value != getattr(locked, name)}
    if changed:
        Post.objects.filter(pk=locked.pk).update(
            **changed, revision=F("revision") + 1, updated_at=timezone.now()
        )
        AuditEvent.objects.record("post.share", actor=by, target=locked, **_as_counts(changed))
    if {"sharing_enabled", "share_expires_at"} & set(changed):
        moves.follow([locked.pk])
    post.refresh_from_db()
    if (listed or changed) and locked.is_unfinished:
        announce_on_commit(post_id=locked.pk, owner_id=locked.owner_id)
    return listed or bool(changed)


@transaction.atomic
def revoke(*, post: Post, by: User) -> None:
    """Give a post another public link; the given post has it then.

    The old link answers at the very next request as one that never was. The addresses of the
    pictures are exchanged by the outbox: for some seconds the old ones still work, so that the page
    under the new link never lacks its pictures. Raises Post.DoesNotExist when it went meanwhile.
    """
    locked = posts.lock(post)
    Post.objects.filter(pk=locked.pk).update(
        share_token=new_share_token(), revision=F("revision") + 1, updated_at=timezone.now()
    )
    moves.renew([locked.pk])
    AuditEvent.objects.record("post.share.revoke", actor=by, target=locked)
    post.refresh_from_db()
    if locked.is_unfinished:
        announce_on_commit(post_id=locked.pk, owner_id=locked.owner_id)


def _is_same_end(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) < SAME_END


def _as_counts(changed: dict[str, bool | datetime | None]) -> dict[str, int]:
    """What the log says: 1 and 0 for yes and no, an end in seconds since 1970, 0 for never."""
    return {
        name: int(value.timestamp()) if isinstance(value, datetime) else int(value or 0)
        for name, value in changed.items()
    }


def expire(*, limit: int) -> int:
    """Let the pictures of posts whose sharing has ended leave the public area. Returns how many
    posts, at most `limit`. Safe to run twice and at once.
    """
    ended = 0
    while ended < limit:
        with transaction.atomic():
            ids = list(_ended()[: min(CHUNK, limit - ended)])
            if not ids:
                break
            moves.follow(ids)
        ended += len(ids)
    return ended


def _ended() -> models.QuerySet[Post, int]:
    shown = StoredObject.objects.filter(
        image__post=OuterRef("pk"), state=StoredObject.State.LIVE, area=StoredObject.Area.PUBLIC
    ).exclude(moving_to=StoredObject.Area.PRIVATE)
    posts = Post.objects.live().filter(share_expires_at__lte=Now()).filter(Exists(shown))
    return (
        posts.order_by("share_expires_at")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)
    )
