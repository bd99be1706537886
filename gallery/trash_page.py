"""What the page of the trash shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from gallery.covers import with_covers
from gallery.keyset import Moment, before_moment
from gallery.models import Post, StoredObject, TrashEmptying
from gallery.models.posts import PostQuerySet
from gallery.services import trash
from gallery.trash_shelf import Shelf, TimeLeft, days_left, shelf_of
from pixelstream.accounts.models import User
from pixelstream.templatetags.ui import grouped

PAGE_SIZE = 30
COUNTED = 1000
CANCELED = "canceled"
"""The error code of a job that somebody stopped."""


@dataclass(frozen=True)
class TrashedPost(TimeLeft):
    """A post with the time that it has left."""

    post: Post
    is_canceled: bool
    """Whether it was still being made when somebody stopped that."""

    @property
    def ratio(self) -> float:
        """Width over height of what its card shows."""
        return self.post.cover.ratio if self.post.cover else self.post.ratio

    @property
    def cursor(self) -> Moment | None:
        """Where the posts begin that went in after this one."""
        return _cursor_after(self.post)


@dataclass(frozen=True)
class TrashPage:
    """A page of the trash. The whole of it is counted and weighed up to COUNTED posts."""

    items: list[TrashedPost]
    next_cursor: Moment | None
    count: int
    size: int
    shelf: Shelf
    """The conversations that stand above the posts."""

    @property
    def is_counted(self) -> bool:
        """Whether the figures are of all posts."""
        return self.count <= COUNTED

    @property
    def shown_count(self) -> str:
        """How many posts, as it is written."""
        return grouped(self.count) if self.is_counted else f"{grouped(COUNTED)}+"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is in the trash."""
        return not (self.count or self.shelf.count)


@dataclass(frozen=True)
class TrashNews:
    """What happened to the trash since a page of it was shown."""

    gone: list[int]
    page: TrashPage
    """With the posts that came in since, at most a page of them."""


def page_of(user: User, cursor: Moment | None, shelf: Moment | None = None) -> TrashPage:
    """The posts after the cursor, those that went in last first; so the conversations."""
    rows = Post.objects.in_trash_of(user).for_cards()
    if cursor:
        rows = rows.filter(before_moment("deleted_at", cursor))
    return _page(user, rows, shelf)


def figures_of(user: User, shelf: Moment | None = None) -> TrashPage:
    """How much is in the trash, without any of its posts."""
    return _page(user, Post.objects.none(), shelf)


def news_of(
    user: User, *, shown: list[int], newest: Moment | None, shelf: Moment | None = None
) -> TrashNews:
    """What of `shown` is not in the trash any more, and what came in after `newest`."""
    in_trash = Post.objects.in_trash_of(user)
    there = set(in_trash.filter(pk__in=shown).values_list("pk", flat=True)) if shown else set()
    rows = in_trash.for_cards()
    if newest:
        rows = rows.filter(_after_moment(newest))
    return TrashNews([pk for pk in shown if pk not in there], _page(user, rows, shelf))


def _page(user: User, rows: PostQuerySet, shelf: Moment | None) -> TrashPage:
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
        [TrashedPost(days_left(p.deleted_at, now), p, p.pk in canceled) for p in shown],
        _cursor_after(shown[-1]) if len(posts) > PAGE_SIZE else None,
        counted.count(),
        trash.size_of(Post.objects.filter(pk__in=counted)),
        shelf_of(user, shelf),
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


def _cursor_after(post: Post) -> Moment | None:
    """The cursor of the page that follows this post."""
    return Moment(post.deleted_at, post.pk) if post.deleted_at else None


def _after_moment(moment: Moment) -> models.Q:
    """The counterpart of `before_moment`: what went in after it."""
    tick = dt.timedelta.resolution
    is_later = models.Q(deleted_at__gte=moment.at + tick) | models.Q(pk__gt=moment.pk)
    return models.Q(deleted_at__gt=moment.at - tick) & is_later
