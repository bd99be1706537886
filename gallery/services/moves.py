"""Objects that move between the areas, out of everybody's reach and back, or to a new address.

Asking for a move is a change of `moving_to` in the transaction that makes it necessary. Carrying
it out copies the bytes under a new key, whose row takes the place of the old one; the old one is
deleted by the outbox. So the old address dies, and whatever stops in between leaves either the
old object or a `writing` row that is swept (docs/decisions.md, "The trash is private"). A public
object that moves to the public area only changes its address.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from gallery import signals
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.models.objects import StoredObjectQuerySet, new_key
from gallery.services import claims, objects
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

PUBLIC, PRIVATE = StoredObject.Area.PUBLIC, StoredObject.Area.PRIVATE
LIVE, DELETING = StoredObject.State.LIVE, StoredObject.State.DELETING

AT_ONCE = 50
COPIES_AT_ONCE = 8
ANEW: dict[str, Any] = {"claim": None, "next_attempt_at": None, "attempts": 0}
"""Whoever wants something else of an object takes the claim off it."""


def follow(post_ids: Iterable[int]) -> None:
    """Ask for the pictures of these posts to lie where they belong: in the public area while
    others can look at the post, else in the private one. Call it in the transaction that changed
    who can.
    """
    asked = set(post_ids)
    seen = Post.objects.viewable_by_others().filter(pk__in=asked).values_list("pk", flat=True)
    public = set(seen)
    _show(public)
    _hide(asked - public)


def renew(post_ids: Iterable[int]) -> None:
    """Ask for new public addresses for what others see of these posts; `follow` for the rest. Call
    it in the transaction that took the old link away, under the locks on the posts.

    Until the outbox has been through, some seconds, the pictures are at their old addresses: pages
    under the new link show them, and whoever knows an address of a picture can still load it.
    """
    asked = set(post_ids)
    follow(asked)
    public = _objects_of(asked).filter(area=PUBLIC)
    # Also of what is on its way out: it may turn round.
    public.update(is_revoked=True)
    public.filter(moving_to="").update(moving_to=PUBLIC, **ANEW)


def carry_out(*, limit: int) -> int:
    """Move up to `limit` objects that are to be moved. Returns how many were.

    Safe to run twice and at once: objects are claimed before they are worked on, and a copy takes
    the place only if that is still wanted. The claims are few, so that they last.
    """
    moved = taken = 0
    while taken < limit:
        size = min(AT_ONCE, limit - taken)
        claimed = claims.take(StoredObject.objects.to_be_moved(), limit=size)
        if not claimed:
            break
        taken += len(claimed)
        moved += _move(claimed)
    return moved


def _show(post_ids: set[int]) -> None:
    objects_of = _objects_of(post_ids)
    leaving = objects_of.filter(area=PUBLIC, moving_to=PRIVATE)
    leaving.filter(is_revoked=True).update(moving_to=PUBLIC, **ANEW)
    leaving.filter(is_revoked=False).update(moving_to="", **ANEW)
    objects_of.filter(area=PRIVATE, moving_to="").update(moving_to=PUBLIC, **ANEW)


def _hide(post_ids: set[int]) -> None:
    objects_of = _objects_of(post_ids)
    objects_of.filter(area=PRIVATE, moving_to=PUBLIC).update(moving_to="", **ANEW)
    leaving = objects_of.filter(area=PUBLIC).exclude(moving_to=PRIVATE)
    leaving.update(moving_to=PRIVATE, **ANEW)


def _objects_of(post_ids: set[int]) -> StoredObjectQuerySet:
    return StoredObject.objects.filter(image__post__in=post_ids, state=LIVE)


def _move(claimed: list[StoredObject]) -> int:
    """Copy these and let the copies take their places. Only the copying is done in threads."""
    copies = [(obj, _begin_copy(obj)) for obj in claimed]
    faultpoint("outbox.before_copy", claimed[0].pk)
    with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
        errors = list(pool.map(_copy, copies))
    faultpoint("outbox.after_copy", claimed[0].pk)
    return sum(_settle(obj, new, error) for (obj, new), error in zip(copies, errors, strict=True))


def _begin_copy(obj: StoredObject) -> StoredObject:
    return StoredObject.objects.create(
        key=new_key("generated", obj.owner_id or 0, obj.key.rpartition(".")[2]),
        area=obj.moving_to,
        owner_id=obj.owner_id,
        content_type=obj.content_type,
        size=obj.size,
        sha256=obj.sha256,
        rendition_widths=obj.rendition_widths,
        lease_until=Now() + StoredObject.writing_lease(),
    )


def _copy(pair: tuple[StoredObject, StoredObject]) -> OSError | None:
    try:
        objects.copy(*pair)
    except OSError as error:
        return error
    return None


def _settle(obj: StoredObject, new: StoredObject, error: OSError | None) -> bool:
    """End the move of one object. Says whether it moved."""
    if error is None:
        if _replace(obj, new):
            return True
        objects.retract(new.pk)
        return False
    objects.retract(new.pk)
    if isinstance(error, FileNotFoundError):
        # The audit says what is missing; moving it has no sense.
        logger.error("Object %s is to be moved and is not there: %s", obj.key, error)
        claims.settle(obj, moving_to="", last_error="missing")
    else:
        claims.postpone(obj, error)
    return False


@transaction.atomic
def _replace(obj: StoredObject, new: StoredObject) -> bool:
    """Put the copy in the place of the object. False when that is not wanted any more."""
    # The post first, as everybody who changes a post does.
    shown_by = Post.objects.select_for_update(of=("self",)).filter(images__object=obj).first()
    if shown_by is None:
        return False
    replaced = claims.settle(obj, state=DELETING, moving_to="", attempts=0, last_error="")
    if not replaced:
        return False
    try:
        objects.take_place(new)
    except objects.ObjectLostError:
        transaction.set_rollback(True)
        return False
    GeneratedImage.objects.filter(object=obj).update(object=new)
    signals.object_replaced.send(StoredObject, old_id=obj.pk, new_id=new.pk)
    Post.objects.filter(pk=shown_by.pk).update(revision=F("revision") + 1)
    faultpoint("outbox.before_replace", obj.pk)
    return True
