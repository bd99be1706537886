"""What the page of the trash shows."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils import timezone

from gallery.covers import with_covers
from gallery.models import Post, StoredObject, TrashEmptying
from gallery.models.posts import PostQuerySet
from gallery.services import trash
from gallery.trash_forms import TrashCursor, cursor_after
from pixelstream.accounts.models import User
from pixelstream.templatetags.ui import grouped

PAGE_SIZE = 30
COUNTED = 1000
CANCELED = "canceled"
"""The error code of a job that somebody stopped."""
SOON = 4
"""From so few days left on a post's end is shown in red."""


@dataclass(frozen=True)
class TrashedPost:
    """A post with the time that it has left."""

    post: Post
    days_left: int
    is_canceled: bool
    """Whether it was still being made when somebody stopped that."""

    @property
    def ratio(self) -> float:
        """Width over height of what its card shows."""
        return self.post.cover.ratio if self.post.cover else self.post.ratio

    @property
    def cursor(self) -> TrashCursor | None:
        """Where the posts begin that went in after this one."""
        return cursor_after(self.post)

    @property
    def is_soon(self) -> bool:
        """Whether it is gone in a few days."""
        return self.days_left < SOON

    @property
    def share_left(self) -> int:
        """Percent of the time that is left, for the bar."""
        return round(100 * self.days_left / settings.TRASH_RETENTION.days)


@dataclass(frozen=True)
class TrashPage:
    """A page of the trash. The whole of it is counted and weighed up to COUNTED posts."""

    items: list[TrashedPost]
    next_cursor: TrashCursor | None
    count: int
    size: int

    @property
    def is_counted(self) -> bool:
        """Whether the figures are of everything."""
        return self.count <= COUNTED

    @property
    def shown_count(self) -> str:
        """How many posts, as it is written."""
        return grouped(self.count) if self.is_counted else f"{grouped(COUNTED)}+"


@dataclass(frozen=True)
class TrashNews:
    """What happened to the trash since a page of it was shown."""

    gone: list[int]
    page: TrashPage
    """With the posts that came in since, at most a page of them."""


def page_of(user: User, cursor: TrashCursor | None) -> TrashPage:
    """The posts after the cursor, those that went in last first."""
    rows = Post.objects.in_trash_of(user).for_cards()
    if cursor:
        rows = rows.filter(_after(cursor))
    return _page(user, rows)


def figures_of(user: User) -> TrashPage:
    """How much is in the trash, without any of it."""
    return _page(user, Post.objects.none())


def news_of(user: User, *, shown: list[int], newest: TrashCursor | None) -> TrashNews:
    """What of `shown` is not in the trash any more, and what came in after `newest`."""
    in_trash = Post.objects.in_trash_of(user)
    there = set(in_trash.filter(pk__in=shown).values_list("pk", flat=True)) if shown else set()
    rows = in_trash.for_cards()
    if newest:
        rows = rows.filter(_before(newest))
    return TrashNews([pk for pk in shown if pk not in there], _page(user, rows))


def _page(user: User, rows: PostQuerySet) -> TrashPage:
    posts = list(rows[: PAGE_SIZE + 1])
    shown = with_covers(posts[:PAGE_SIZE])
    for post in shown:
        if post.cover:
            # There or on the way there: only its owner's address answers before and after.
            post.cover.object.area = StoredObject.Area.PRIVATE
    canceled = _canceled(shown)
    now = timezone.now()
    counted = Post.objects.in_trash_of(user).values("pk")[: COUNTED + 1]
    return TrashPage(
        [TrashedPost(post, _days_left(post, now), post.pk in canceled) for post in shown],
        cursor_after(shown[-1]) if len(posts) > PAGE_SIZE else None,
        counted.count(),
        trash.size_of(Post.objects.filter(pk__in=counted)),
    )


def _canceled(posts: list[Post]) -> set[int]:
    """Those of the posts for which the last attempt at something was canceled."""
    jobs = Post.objects.filter(pk__in=[post.pk for post in posts], jobs__isnull=False)
    rows = jobs.order_by("jobs__id").values_list(
        "pk", "jobs__kind", "jobs__slot", "jobs__error_code"
    )
    last = {(pk, kind, slot): code for pk, kind, slot, code in rows} if posts else {}
    return {pk for (pk, _kind, _slot), code in last.items() if code == CANCELED}


def emptying_of(user: User) -> TrashEmptying | None:
    """The emptying that is under way."""
    return TrashEmptying.objects.unfinished().filter(owner=user).first()


# Written so that it does not matter how many digits of a second the database keeps: SQLite
# compares texts, and its own clock writes three where we write six or none. Of two conditions the
# first alone lets the database begin at the right place of its index.
def _after(cursor: TrashCursor) -> models.Q:
    before, after = _around(cursor)
    return models.Q(deleted_at__lt=after) & (
        models.Q(deleted_at__lte=before) | models.Q(pk__lt=cursor.post_id)
    )


def _before(cursor: TrashCursor) -> models.Q:
    before, after = _around(cursor)
    return models.Q(deleted_at__gt=before) & (
        models.Q(deleted_at__gte=after) | models.Q(pk__gt=cursor.post_id)
    )


def _around(cursor: TrashCursor) -> tuple[dt.datetime, dt.datetime]:
    """The moments next to that of the cursor."""
    return cursor.deleted_at - dt.timedelta.resolution, cursor.deleted_at + dt.timedelta.resolution


def _days_left(post: Post, now: dt.datetime) -> int:
    """Whole days, the begun one included: in the last hour it is one."""
    if post.deleted_at is None:
        return 0
    left = post.deleted_at + settings.TRASH_RETENTION - now
    return max(0, min(settings.TRASH_RETENTION.days, math.ceil(left / dt.timedelta(days=1))))
