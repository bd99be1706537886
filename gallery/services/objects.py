"""Writing objects to storage so that rows and bytes are never out of step.

The order is always: a `writing` row (committed), the bytes, then the transaction that makes the
row `live` together with what points to it. Whatever stops in between leaves a `writing` row whose
lease runs out, and the outbox removes its bytes. Deleting is only ever a change of state.

What is live counts for its owner, in the same transaction (`gallery.services.quota`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

from django.core.files.base import ContentFile, File
from django.db.models.functions import Now

from gallery.imaging.renditions import rendition_key
from gallery.models import StoredObject
from gallery.models.objects import new_key
from gallery.services import quota
from pixelstream.storages import Area, area_named


class ObjectLostError(Exception):
    """The `writing` row was swept before its commit: the bytes are on their way out."""


def storage_of(obj: StoredObject) -> Area:
    """The storage of the object's area."""
    return area_named(obj.area)


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
    """Write the renditions, then the original: an original that is there is complete.

    After a failure it may be called again: what is there already is not written twice.
    """
    storage = storage_of(obj)
    files = {rendition_key(obj.key, width): made for width, made in renditions.items()}
    for key, content in {**files, obj.key: data}.items():
        try:
            storage.save(key, ContentFile(content))
        except FileExistsError:
            with storage.open(key) as stored:
                if stored.read() != content:
                    raise


def put_file(obj: StoredObject, file: File[bytes]) -> None:
    """Write an object that is too large for the memory, without renditions."""
    storage_of(obj).save(obj.key, file)


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
    take_place(obj)
    _count(obj)


def take_place(obj: StoredObject) -> None:
    """`make_live` for a copy that takes the place of an object of the same owner and size in the
    same transaction: what its owner uses stays the same.
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
    live = StoredObject.objects.filter(pk__in=object_ids, state=StoredObject.State.LIVE)
    sizes = live.order_by("pk").select_for_update().values_list("pk", "owner_id", "size")
    found = list(sizes)
    freed: Counter[int] = Counter()
    for _pk, owner_id, size in found:
        if owner_id is not None:
            freed[owner_id] -= size
    released = StoredObject.objects.filter(pk__in=[pk for pk, _owner, _size in found]).update(
        state=StoredObject.State.DELETING,
        moving_to="",
        claim=None,
        next_attempt_at=None,
        attempts=0,
    )
    quota.count(freed)
    return released


def retain(obj: StoredObject) -> None:
    """Count an object again whose release was taken back, in that transaction."""
    _count(obj)


def _count(obj: StoredObject) -> None:
    if obj.owner_id is not None:
        quota.count(Counter({obj.owner_id: obj.size}))


def copy(source: StoredObject, target: StoredObject) -> None:
    """Copy the bytes of an object to the place of another row; renditions first, as in `put`.

    Raises FileNotFoundError when the source is not whole, other OSErrors when storage fails.
    """
    reading, writing = storage_of(source), storage_of(target)
    for width in source.rendition_widths:
        old, new = rendition_key(source.key, width), rendition_key(target.key, width)
        reading.copy(old, writing, new)
    reading.copy(source.key, writing, target.key)


def retract(*object_ids: int) -> None:
    """Hand objects to the outbox whose writer came too late, whatever became of their rows.

    The outbox may have been through before the late writer put the bytes: it has to come again.
    A live object stays.
    """
    StoredObject.objects.filter(pk__in=object_ids).exclude(state=StoredObject.State.LIVE).update(
        state=StoredObject.State.DELETING,
        lease_until=None,
        claim=None,
        next_attempt_at=None,
        gone_at=None,
    )
