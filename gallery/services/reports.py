"""What visitors say is wrong with a public post, and what was decided about it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.models import Post, Report
from pixelstream.accounts.models import User


class OwnPostError(Exception):
    """Nobody reports their own post: they can take it back themselves."""


def report(*, post: Post, by: User, reason: Report.Reason, details: str = "") -> bool:
    """Ask the administrators to look at a post. Says whether that is new: what the same person said
    of the same post, and nobody has decided about yet, is said once.

    Raises OwnPostError, and Post.DoesNotExist when the post is not public any more.
    """
    try:
        with transaction.atomic():
            # Locked, as who deletes it does: a report must not keep a post from being deleted.
            posts = Post.objects.viewable_by_others().select_for_update(of=("self",))
            locked = posts.get(pk=post.pk)
            if locked.owner_id == by.pk:
                raise OwnPostError
            if is_open(post=locked, by=by):
                return False
            Report.objects.create(post=locked, reporter=by, reason=reason, details=details)
    except IntegrityError:
        # The database lets only one of two through, also where no lock parted them.
        if is_open(post=post, by=by):
            return False
        raise
    return True


def is_open(*, post: Post, by: User) -> bool:
    """Whether the person has said something of the post that nobody has decided about."""
    return Report.objects.open().filter(post=post, reporter=by).exists()


def resolve(post_ids: Collection[int], outcome: Report.Outcome, *, by: User) -> int:
    """Decide about what is open of these posts, within the caller's transaction, in which they are
    locked. Returns how many reports that were.
    """
    opened = Report.objects.open().filter(post__in=post_ids)
    return opened.update(outcome=outcome, resolved_at=Now(), resolved_by=by)


def forget_person(person: User) -> None:
    """Delete what the person has reported, and forget that they decided anything, within the
    caller's transaction.
    """
    of_person = Report.objects.filter(Q(reporter=person) | Q(resolved_by=person))
    # The posts first, as everybody who changes what was said of them: else whoever decides about
    # some of it at this moment and we would wait for each other.
    of_posts = Post.objects.filter(pk__in=of_person.values("post")).order_by("pk")
    list(of_posts.select_for_update(of=("self",)).values_list("pk"))
    Report.objects.filter(reporter=person).delete()
    Report.objects.filter(resolved_by=person).update(resolved_by=None)
