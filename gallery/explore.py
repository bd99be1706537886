"""The public wall: what everybody may see listed, the featured first; filters and search in it.

A word of a prompt, of a conversation's title or of a project finds nothing here and leaves nothing
out: what is private cannot be guessed at by searching.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from gallery import search
from gallery.browse import Filters, Matches, ids_of
from gallery.covers import card_facts, with_public_covers
from gallery.keyset import Page, newest_first, oldest_first
from gallery.models import GeneratedImage, Post

if TYPE_CHECKING:
    from gallery.models.posts import PostQuerySet

SIZE = 20
"""Posts of a page."""

FEATURED = 12
"""Posts of the shelf on the first page."""

LOOKED_AT = {"sqlite": (200,), "postgresql": (SIZE + 5, 200)}
"""Posts that a search takes from the index for a page, and then once more: the index does not know
who was suspended or what was disabled. So a page may be short, or even empty, and still lead on.
To SQLite it makes no difference how many are asked for. PostgreSQL finds a few of a common word
among the newest posts, and many only by reading all that have it.
"""

RECENT_POSTS = 300
"""Where the models come from that can be chosen."""

MAX_AGE = 300.0
"""Seconds for which a process keeps them."""


@dataclass(frozen=True)
class Wall:
    """A page of the public wall."""

    featured: list[Post]
    """The shelf above the list; empty on all pages but the first one without filters."""
    page: Page[Post]

    @property
    def facts(self) -> tuple[object, ...]:
        """All that the cards and the way on depend on."""
        shown = [[card_facts(post) for post in posts] for posts in (self.featured, self.page.items)]
        return (*shown, self.page.before, self.page.after)


def wall(filters: Filters, *, before: int | None = None, after: int | None = None) -> Wall:
    """A page of it, ready for cards, in at most five queries.

    `before` and `after` are as in `gallery.browse.browse`.
    """
    cursor = before if filters.newest else after
    featured: list[Post] = []
    if filters.narrows:
        page = _found(filters, cursor)
    elif filters.newest:
        featured = list(_featured())
        # Those of the shelf are on no other page of the list either.
        others = _listed().exclude(pk__in=[post.pk for post in featured])
        page = newest_first(others, size=SIZE, before=cursor)
        featured = featured if cursor is None else []
    else:
        page = oldest_first(_listed(), size=SIZE, after=cursor)
    shown = {post.pk for post in with_public_covers([*featured, *page.items])}
    return Wall(
        [post for post in featured if post.pk in shown],
        Page([post for post in page.items if post.pk in shown], page.before, page.after),
    )


def matches_of(filters: Filters) -> Matches | None:
    """What the cards are to set apart, in captions only; None without a search."""
    return Matches(search.parse(filters.q), of_captions=True) if filters.q else None


def models_to_choose(chosen: str = "") -> list[tuple[str, str]]:
    """Keys and display names of the models of the newest public posts, by name; and of the one
    that was chosen, of which perhaps no more than the key is known.
    """
    models = dict(_recent_models())
    if chosen:
        models.setdefault(chosen, chosen)
    return sorted(models.items(), key=lambda pair: pair[1].casefold())


def forget_models() -> None:
    """Ask for the models anew next time."""
    global _models
    _models = None


_models: tuple[float, list[tuple[str, str]]] | None = None


def _recent_models() -> list[tuple[str, str]]:
    global _models
    if _models is None or time.monotonic() - _models[0] > MAX_AGE:
        _models = (time.monotonic(), _read_models())
    return _models[1]


def _read_models() -> list[tuple[str, str]]:
    recent = Post.objects.in_feed().order_by("-id").values("pk")[:RECENT_POSTS]
    pictures = GeneratedImage.objects.filter(post__in=recent).order_by()
    # By name as well: a model that was renamed goes by whichever comes last.
    return list(pictures.values_list("model", "model_name").distinct())


def _listed() -> PostQuerySet:
    return Post.objects.in_feed().for_public_cards()


def _featured() -> PostQuerySet:
    chosen = _listed().filter(is_featured=True)
    return chosen.order_by(F("featured_at").desc(), F("id").desc())[:FEATURED]


def _found(filters: Filters, cursor: int | None) -> Page[Post]:
    order = F("id").desc() if filters.newest else F("id").asc()
    posts: list[Post] = []
    for limit in LOOKED_AT[connection.vendor]:
        ids = ids_of(search.PUBLIC, filters, cursor=cursor, limit=limit)
        seen = _listed().filter(pk__in=ids).order_by(order)
        posts += seen[: SIZE + 1 - len(posts)]
        cursor = ids[-1] if len(ids) == limit else None
        if cursor is None or len(posts) > SIZE:
            break
    if len(posts) > SIZE:
        posts = posts[:SIZE]
        cursor = posts[-1].pk
    return Page(posts, before=cursor) if filters.newest else Page(posts, after=cursor)
