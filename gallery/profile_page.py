"""What somebody's public page shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery.covers import with_public_covers
from gallery.keyset import Page, newest_first
from gallery.models import Post

if TYPE_CHECKING:
    from gallery.models.posts import PostQuerySet
    from pixelstream.accounts.models import User

SIZE = 20
"""Posts of a page."""


def public_posts(person: User) -> PostQuerySet:
    """What they show to everybody. (An index knows the public posts of a person.)"""
    return Post.objects.in_feed().filter(owner=person)


def profile_page(person: User, *, before: int | None) -> Page[Post]:
    """A page of it, the newest first, ready for cards, in two queries."""
    rows = public_posts(person).for_public_cards()
    page = newest_first(rows, size=SIZE, before=before)
    return replace(page, items=with_public_covers(page.items))
