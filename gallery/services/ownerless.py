"""Stored objects that belong to nobody."""

from __future__ import annotations

from collections import Counter

from django.db.models import Sum

from gallery.models import AuditEvent, StoredObject
from gallery.models.objects import StoredObjectQuerySet
from gallery.services import quota
from pixelstream.accounts.models import User


def count() -> int:
    """How many there are."""
    return _ownerless().count()


def claim(*, owner: User, limit: int) -> int:
    """Give at most `limit` of them to this person, and count them as theirs. Returns how many."""
    with quota.counting():
        rows = _ownerless().order_by("pk").select_for_update(of=("self",), skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        chosen = StoredObject.objects.filter(pk__in=ids)
        size = chosen.aggregate(total=Sum("size"))["total"] or 0
        chosen.update(owner=owner)
        quota.count(Counter({owner.pk: size}))
        if ids:
            AuditEvent.objects.record("object.claim", target=owner, objects=len(ids), bytes=size)
    return len(ids)


def _ownerless() -> StoredObjectQuerySet:
    """Live ones. The archives of exports belong to nobody, and are to."""
    live = StoredObject.objects.filter(state=StoredObject.State.LIVE)
    return live.filter(owner=None, export_part=None)
