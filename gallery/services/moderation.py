"""What administrators decide about posts, whoever owns them.

A decision is one transaction for each few posts, locked in the order of their ids. Posts that it
does not concern, or that are gone meanwhile, are left out: the answer is the ids of the others. The
audit log says who decided; a reason stands with the post, where its owner reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from gallery.models import AuditEvent, Post, Report
from gallery.models.posts import PostQuerySet
from gallery.services import moves, reports
from pixelstream.accounts.models import User

CHUNK = 500
"""Posts of one transaction: their rows stay locked meanwhile."""


class NoReasonError(ValueError):
    """Whoever takes something away says why."""


def can_be_featured() -> PostQuerySet:
    """What may stand first for everybody: what everybody may see listed."""
    return Post.objects.in_feed()


def feature(ids: Iterable[int], *, by: User) -> list[int]:
    """Show these posts first, those of them that everybody may see listed."""
    posts = can_be_featured().filter(is_featured=False)
    return _decide(ids, posts, "post.feature", by=by, is_featured=True, featured_at=Now())


def unfeature(ids: Iterable[int], *, by: User) -> list[int]:
    """Show these posts among the others again."""
    posts = Post.objects.filter(is_featured=True)
    return _decide(ids, posts, "post.unfeature", by=by, is_featured=False, featured_at=None)


def disable(ids: Iterable[int], *, reason: str, by: User) -> list[int]:
    """Take these posts away from everybody but their owners, who read the reason. What was open
    about them is decided.

    They are no longer featured: who enables one again says anew whether it is to stand first.
    Raises NoReasonError.
    """
    reason = reason.strip()
    if not reason:
        raise NoReasonError
    posts = Post.objects.exclude(is_disabled_by_admin=True, disabled_by_admin_reason=reason)
    return _decide(
        ids,
        posts,
        "post.disable",
        by=by,
        outcome=Report.Outcome.DISABLED,
        is_disabled_by_admin=True,
        disabled_by_admin_reason=reason,
        is_featured=False,
        featured_at=None,
    )


def enable(ids: Iterable[int], *, by: User) -> list[int]:
    """Let these posts be seen again as far as their owners share them."""
    posts = Post.objects.filter(is_disabled_by_admin=True)
    return _decide(
        ids,
        posts,
        "post.enable",
        by=by,
        is_disabled_by_admin=False,
        disabled_by_admin_reason="",
    )


def release(ids: Iterable[int], *, by: User) -> list[int]:
    """Let posts into the feed that the check of new pictures held back."""
    posts = Post.objects.filter(review=Post.Review.HELD)
    return _decide(ids, posts, "post.release", by=by, review=Post.Review.PASSED)


def keep(ids: Iterable[int], *, by: User) -> list[int]:
    """Leave these posts as they are, and so decide what was open about them. Of a post that nobody
    else sees any more the reports end as such.
    """
    decided: list[int] = []
    for chunk in _chunks(ids):
        with transaction.atomic():
            reported = Report.objects.open().filter(post__in=chunk).values("post")
            posts = _lock(Post.objects.filter(pk__in=reported))
            seen = Post.objects.viewable_by_others().filter(pk__in=posts)
            shared = set(seen.values_list("pk", flat=True))
            reports.resolve(shared, Report.Outcome.KEPT, by=by)
            reports.resolve(set(posts) - shared, Report.Outcome.WITHDRAWN, by=by)
            AuditEvent.objects.record_many("post.keep", Post, posts, actor=by)
        decided += posts
    return decided


def _decide(
    ids: Iterable[int],
    posts: PostQuerySet,
    action: str,
    *,
    by: User,
    outcome: Report.Outcome | None = None,
    **changes: Any,
) -> list[int]:
    changed: list[int] = []
    for chunk in _chunks(ids):
        with transaction.atomic():
            locked = _lock(posts.filter(pk__in=chunk))
            Post.objects.filter(pk__in=locked).update(
                revision=F("revision") + 1, updated_at=Now(), **changes
            )
            moves.follow(locked)
            if outcome is not None:
                reports.resolve(chunk, outcome, by=by)
            AuditEvent.objects.record_many(action, Post, locked, actor=by)
        changed += locked
    return changed


def _lock(posts: PostQuerySet) -> list[int]:
    rows = posts.order_by("pk").select_for_update(of=("self",))
    return list(rows.values_list("pk", flat=True))


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    unique = sorted(set(ids))
    for start in range(0, len(unique), CHUNK):
        yield unique[start : start + CHUNK]
