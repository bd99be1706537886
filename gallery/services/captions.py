"""A caption is the person's to change, once it was written."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gallery.models import AuditEvent, Post
from gallery.services import posts
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit

CAPTION_MAX_LENGTH = 5000
"""Characters that a caption may have, a line break being one."""
MARK_LENGTH = 16


class CaptionBeingWrittenError(Exception):
    """The model is still at it: what it answers would replace the edit."""


class CaptionChangedError(Exception):
    """The caption is not the one any more that the edit was made from."""

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current
        """The caption as it is now."""


def mark_of(caption: str) -> str:
    """A short mark of a text, by which an edit says what it was made from."""
    return hashlib.sha256(caption.encode()).hexdigest()[:MARK_LENGTH]


def edit_caption(*, post: Post, text: str, seen: str, by: User) -> bool:
    """Put a text in the place of the caption; empty is allowed. Returns whether it changed.

    `seen` is the mark of the caption that the edit was made from. Raises CaptionBeingWrittenError,
    CaptionChangedError when somebody else was quicker with another text, and Post.DoesNotExist when
    the post went.
    """
    with transaction.atomic():
        locked = posts.lock(post)
        if locked.status == Post.Status.GENERATING_CAPTION:
            raise CaptionBeingWrittenError
        if locked.caption == text:
            return False
        if mark_of(locked.caption) != seen:
            raise CaptionChangedError(locked.caption)
        Post.objects.filter(pk=locked.pk).update(
            caption=text, revision=F("revision") + 1, updated_at=timezone.now()
        )
        AuditEvent.objects.record("post.caption", actor=by, target=locked, characters=len(text))
        announce_on_commit(post_id=locked.pk, owner_id=locked.owner_id)
    return True
