"""What a person does to a post."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gallery.models import AuditEvent, Post
from gallery.services import review
from pixelstream.accounts.models import User


class BarredByAdminError(Exception):
    """An administrator disabled the post: nobody lists it for everybody."""


def lock(post: Post) -> Post:
    """The post as it is now; nobody else changes it before the transaction ends.

    Raises Post.DoesNotExist when it went since it was looked up, to the trash or for good.
    """
    return Post.objects.live().select_for_update(of=("self",)).get(pk=post.pk)


def is_barred(post: Post, visibility: Post.Visibility) -> bool:
    """Whether an administrator does not allow it: what was disabled cannot be made public."""
    return post.is_disabled_by_admin and visibility == Post.Visibility.PUBLIC


def first_visibility(owner: User) -> Post.Visibility:
    """Who finds the person's new posts, until they say otherwise of one."""
    return Post.Visibility.PUBLIC if owner.posts_begin_public else Post.Visibility.UNLISTED


@transaction.atomic
def set_visibility(*, post: Post, visibility: Post.Visibility, by: User) -> bool:
    """List a post for everybody, or take it out of the lists; whoever has the link still opens it.

    Says whether that changed anything: the same twice is one change and one line in the log.
    Raises BarredByAdminError, and Post.DoesNotExist as `lock` does.
    """
    locked = lock(post)
    post.visibility = locked.visibility
    if locked.visibility == visibility:
        return False
    if is_barred(locked, visibility):
        raise BarredByAdminError
    Post.objects.filter(pk=locked.pk).update(
        visibility=visibility, revision=F("revision") + 1, updated_at=timezone.now()
    )
    post.visibility = visibility
    review.became_public([locked.pk])
    AuditEvent.objects.record(f"post.{visibility.value}", actor=by, target=locked)
    return True
