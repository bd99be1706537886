"""What stands beside a post: what it was made from, the conversations about its pictures, and what
was made from it. Derived, never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gallery.conversation_list import Shelf, shelf_of
from gallery.lineage import Origin, made_from, origin_of
from gallery.models import GeneratedImage, Post


@dataclass(frozen=True)
class Relatives:
    """The posts and conversations that a post belongs with."""

    origin: Origin | None
    """What it was made from; None when it was made from words."""
    shelf: Shelf
    """The conversations about its pictures."""
    cover_number: int | None
    """Which of its pictures a new conversation begins with, from 1: the one that stands for it,
    else the first that is no clip. None where nothing can be edited.
    """
    children: tuple[Post, ...]
    """The newest of what was made from it, with their covers."""
    has_more_children: bool

    @property
    def mark(self) -> tuple[object, ...]:
        """Differs when a page has to show something else."""
        return (
            self.origin and self.origin.mark,
            self.shelf.mark,
            self.cover_number,
            [(child.pk, child.cover and child.cover.pk) for child in self.children],
            self.has_more_children,
        )


def relatives_of(post: Post, images: Sequence[GeneratedImage]) -> Relatives:
    """The relatives of a post with these pictures, which stand in the order of their positions. At
    most eight queries: two for what it was made from, two for what was made from it, four for the
    conversations.
    """
    children, has_more_children = made_from(post)
    return Relatives(
        origin=origin_of(post),
        shelf=shelf_of(images),
        cover_number=_number_to_edit(images, post),
        children=tuple(children),
        has_more_children=has_more_children,
    )


def _number_to_edit(images: Sequence[GeneratedImage], post: Post) -> int | None:
    number = cover_number([image.position for image in images], post)
    if number is None or not images[number - 1].is_clip:
        return number
    return next((at for at, image in enumerate(images, 1) if not image.is_clip), None)


def cover_number(positions: Sequence[int], post: Post) -> int | None:
    """Which of the pictures at these positions stands for the post, from 1: the chosen one, else
    the first. None without pictures.
    """
    if not positions:
        return None
    chosen = post.cover_position
    return positions.index(chosen) + 1 if chosen in positions else 1
