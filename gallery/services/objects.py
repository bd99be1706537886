"""Writing objects to storage so that rows and bytes are never out of step.

The order is always: a `writing` row (committed), the bytes, then the transaction that makes the
row `live` together with what points to it. Whatever stops in between leaves a `writing` row whose
lease runs out, and the outbox removes its bytes. Deleting is only ever a change of state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models.functions import Now

from gallery.imaging.renditions import rendition_key
from gallery.models import StoredObject
from gallery.models.objects import new_key


class ObjectLostError(Exception):
    """The `writing` row was swept before its commit: the bytes are on their way out."""


def storage_of(obj: StoredObject) -> Storage:
    """The storage of the object's area."""
    return storages[obj.area]


def begin(
    *,
    kind: str,
    owner_id: int,
    area: StoredObject.Area,
    data: bytes,
    content_type: str,
    extension: str,
    rendition_widths: list[int],
) -> StoredObject:
    """Record that an object is about to be written, under a new key. Writes no bytes."""
    return StoredObject.objects.create(
        key=new_key(kind, owner_id, extension),
        area=area,
        owner_id=owner_id,
        content_type=content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        rendition_widths=rendition_widths,
        lease_until=Now() + StoredObject.writing_lease(),
    )


def put(obj: StoredObject, data: bytes, renditions: Mapping[int, bytes]) -> None:
    """Write the renditions, then the original: an original that is there is complete."""
    storage = storage_of(obj)
    for width, rendition in renditions.items():
        storage.save(rendition_key(obj.key, width), ContentFile(rendition))
    storage.save(obj.key, ContentFile(data))


def read_if_complete(obj: StoredObject) -> bytes | None:
    """The original's bytes if all of them are there, unchanged; else None."""
    storage = storage_of(obj)
    try:
        with storage.open(obj.key) as stored:
            data: bytes = stored.read()
    except FileNotFoundError:
        return None
    if hashlib.sha256(data).hexdigest() != obj.sha256:
        return None
    keys = (rendition_key(obj.key, width) for width in obj.rendition_widths)
    return data if all(storage.exists(key) for key in keys) else None


def make_live(obj: StoredObject) -> None:
    """Make a written object live. Call it in the transaction that creates what points to it.

    Raises ObjectLostError when the sweep was faster.
    """
    changed = StoredObject.objects.filter(pk=obj.pk, state=StoredObject.State.WRITING).update(
        state=StoredObject.State.LIVE, lease_until=None
    )
    if not changed:
        raise ObjectLostError(obj.key)
    obj.state = StoredObject.State.LIVE


def discard(*object_ids: int) -> int:
    """Hand written but never committed objects to the outbox. Returns how many."""
    return StoredObject.objects.filter(pk__in=object_ids, state=StoredObject.State.WRITING).update(
        state=StoredObject.State.DELETING, lease_until=None
    )


def release(*object_ids: int) -> int:
    """Hand live objects to the outbox. Call it in the transaction that removes what points to
    them. Returns how many.
    """
    return StoredObject.objects.filter(pk__in=object_ids, state=StoredObject.State.LIVE).update(
        state=StoredObject.State.DELETING, lease_until=None
    )


def retract(object_id: int) -> None:
    """Hand an object to the outbox whose writer came too late, whatever became of its row.

    The outbox may have been through before the late writer put the bytes: it has to come again.
    A live object stays.
    """
    StoredObject.objects.filter(pk=object_id).exclude(state=StoredObject.State.LIVE).update(
        state=StoredObject.State.DELETING, lease_until=None, next_attempt_at=None, gone_at=None
    )
