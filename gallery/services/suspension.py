"""Suspending people, and letting them in again.

Both change one row, and everything that asks who may see a post follows from it at the next
request. The pictures follow in the background: `carry_out` walks through the person's posts and
brings back or away what lies in the wrong area. It keeps no place. What is left to do is what still
lies wrong, so it may be stopped anywhere and done twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from gallery import signals, tasks
from gallery.models import AccountErasure, AuditEvent, Post, StoredObject
from gallery.models.posts import PostQuerySet
from gallery.services import administrators, moves
from gallery.services.moderation import NoReasonError
from pixelstream.accounts.models import User

CHUNK = 500
"""Posts of one transaction."""

SETTLED_AFTER = timedelta(minutes=1)
"""For so long what the person began a moment before the suspension may still be ending."""

PUBLIC, PRIVATE = StoredObject.Area.PUBLIC, StoredObject.Area.PRIVATE


class NotTheirsToSuspendError(Exception):
    """Nobody suspends themselves, and only a superuser suspends a superuser."""


class LeavingError(Exception):
    """The account is being deleted, or is: it is nobody's to open again."""


def suspend(person: User, *, reason: str, by: User) -> bool:
    """Close a person's account: they are signed out everywhere, nobody sees what they shared, and
    what is being made for them stops. Says whether that changed anything; a new reason does not.

    Raises NoReasonError, NotTheirsToSuspendError and, for the only one,
    administrators.LastAdministratorError.
    """
    reason = reason.strip()
    if not reason:
        raise NoReasonError
    with transaction.atomic():
        administrators.lock()  # two must not suspend each other at the same moment
        locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        _require_power(over=locked, by=by)
        if administrators.is_last(locked):
            raise administrators.LastAdministratorError
        row = User.objects.filter(pk=locked.pk)
        if locked.suspended_at is not None:
            row.update(suspended_reason=reason)
            return False
        row.update(
            is_active=False, suspended_at=Now(), suspended_reason=reason, bytes_to_follow=True
        )
        signals.person_suspended.send(User, person=locked)
        AuditEvent.objects.record("person.suspend", actor=by, target=locked)
        tasks.ring_to_follow_suspensions()
    return True


def let_in(person: User, *, by: User) -> bool:
    """Open a suspended account again: what it shared is there as before. Says whether that changed
    anything. Raises NotTheirsToSuspendError and LeavingError.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        _require_power(over=locked, by=by)
        if locked.is_active:
            return False
        if AccountErasure.objects.filter(person=locked, started_at__isnull=False).exists():
            raise LeavingError
        User.objects.filter(pk=locked.pk).update(
            is_active=True, suspended_at=None, suspended_reason="", bytes_to_follow=True
        )
        AuditEvent.objects.record("person.let_in", actor=by, target=locked)
        tasks.ring_to_follow_suspensions()
    return True


def carry_out(*, limit: int) -> int:
    """Let the pictures of people who were suspended or let in go where they belong. Returns of how
    many posts, at most `limit`. Safe to stop, and to run twice and at once.
    """
    followed = 0
    waiting = User.objects.filter(bytes_to_follow=True).order_by("pk")
    for person_id in waiting.values_list("pk", flat=True):
        after = 0
        while followed < limit:
            ids = _follow_some(person_id, after=after, limit=min(CHUNK, limit - followed))
            if not ids:
                _settle(person_id)
                break
            followed += len(ids)
            after = ids[-1]
    return followed


def _follow_some(person_id: int, *, after: int, limit: int) -> list[int]:
    """One transaction: the next posts with a picture in the wrong area, which ask for a move."""
    with transaction.atomic():
        person = _lock(person_id)
        posts = _out_of_place(person).filter(pk__gt=after).order_by("pk")
        ids = list(posts.values_list("pk", flat=True)[:limit])
        rows = Post.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        moves.follow(rows.values_list("pk", flat=True))
    return ids


def _settle(person_id: int) -> None:
    """There is nothing left to follow, unless something came in between."""
    with transaction.atomic():
        person = _lock(person_id)
        if person.suspended_at and person.suspended_at > timezone.now() - SETTLED_AFTER:
            return
        if not _out_of_place(person).exists():
            User.objects.filter(pk=person_id).update(bytes_to_follow=False)


def _lock(person_id: int) -> User:
    """The person as they are now. Who suspends or lets in waits for the chunk to end."""
    return User.objects.select_for_update(no_key=True).get(pk=person_id)


def _out_of_place(person: User) -> PostQuerySet:
    """The person's posts with a picture that lies, or is on its way, where it must not be."""
    live = StoredObject.objects.filter(owner=person, state=StoredObject.State.LIVE)
    if person.is_active:
        wrong, posts = PRIVATE, Post.objects.viewable_by_others()
    else:
        wrong, posts = PUBLIC, Post.objects.all()
    stays = Q(area=wrong) & ~Q(moving_to=_other(wrong))
    turns_back = ~Q(area=wrong) & Q(moving_to=wrong)
    objects = live.filter(stays | turns_back)
    return posts.filter(owner=person, pk__in=objects.values("image__post"))


def _other(area: StoredObject.Area) -> StoredObject.Area:
    return PRIVATE if area == PUBLIC else PUBLIC


def _require_power(*, over: User, by: User) -> None:
    if over.pk == by.pk or (over.is_superuser and not by.is_superuser):
        raise NotTheirsToSuspendError
