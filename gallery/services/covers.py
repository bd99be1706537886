"""Which picture stands for a post."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gallery.models import AuditEvent, Post
from gallery.services import posts
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit


class NoSuchPictureError(Exception):
    """The post has fewer pictures than that."""


def choose_cover(*, post: Post, img: int, by: User) -> bool:
    """Let the picture stand for the post in the gallery. Returns whether that changed anything.

    `img` counts the post's pictures from 1, as the pages do. Raises NoSuchPictureError,
    and Post.DoesNotExist when the post went.
    """
    with transaction.atomic():
        locked = posts.lock(post)
        positions = list(locked.images.order_by("position").values_list("position", flat=True))
        if not 1 <= img <= len(positions):
            raise NoSuchPictureError
        position = positions[img - 1]
        if locked.cover_position == position:
            return False
        Post.objects.filter(pk=locked.pk).update(
            cover_position=position, revision=F("revision") + 1, updated_at=timezone.now()
        )
        AuditEvent.objects.record("post.cover", actor=by, target=locked, position=position)
        announce_on_commit(post_id=locked.pk, owner_id=locked.owner_id)
    return True
