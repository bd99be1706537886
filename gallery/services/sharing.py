"""The end of sharing. (Who may see a post is asked anew at every request; this is about bytes.)"""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from gallery.models import Post, StoredObject
from gallery.services import moves

CHUNK = 500


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
    ).filter(moving_to="")
    posts = Post.objects.live().filter(share_expires_at__lte=Now()).filter(Exists(shown))
    return (
        posts.order_by("share_expires_at")
        .select_for_update(of=("self",), skip_locked=True)
        .values_list("pk", flat=True)
    )
