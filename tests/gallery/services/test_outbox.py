"""Rows and bytes go together: what nobody committed is swept, what is shown is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db.models.functions import Now

from gallery.models import StoredObject
from gallery.services import objects, outbox
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_object, create_post, picture_bytes

pytestmark = pytest.mark.django_db

State = StoredObject.State


def begin(owner: User, data: bytes = b"bytes") -> StoredObject:
    return objects.begin(
        kind="generated",
        owner_id=owner.pk,
        area=StoredObject.Area.PUBLIC,
        data=data,
        content_type="image/jpeg",
        extension="jpg",
        rendition_widths=[320],
    )


def expire(obj: StoredObject) -> None:
    StoredObject.objects.filter(pk=obj.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_keys_are_never_the_same_and_carry_owner_and_random_part(alice: User) -> None:
    keys = {begin(alice).key for _ in range(50)}
    assert len(keys) == 50
    kind, owner, name = keys.pop().split("/")
    assert (kind, owner) == ("generated", str(alice.pk))
    assert len(name.removesuffix(".jpg").split("-")[1]) == 26


def test_what_was_written_and_never_committed_is_removed_with_its_renditions(alice: User) -> None:
    obj = begin(alice)
    objects.put(obj, b"bytes", {320: b"small"})
    assert outbox.sweep_abandoned() == 0, "its lease still holds"
    expire(obj)
    assert outbox.sweep_abandoned() == 1
    assert outbox.drain() == 1

    obj.refresh_from_db()
    assert obj.state == State.GONE
    assert obj.gone_at is not None
    assert not storages["public"].exists(obj.key)
    assert broken() == []


def test_a_half_written_object_is_removed_as_well(alice: User) -> None:
    obj = begin(alice)
    expire(obj)
    outbox.sweep_abandoned()
    assert outbox.drain() == 1, "a missing object counts as deleted"


def test_a_commit_after_the_sweep_is_refused(alice: User) -> None:
    obj = begin(alice)
    objects.put(obj, b"bytes", {320: b"small"})
    expire(obj)
    outbox.sweep_abandoned()
    with pytest.raises(objects.ObjectLostError):
        objects.make_live(obj)


def test_what_something_live_points_to_is_never_deleted(alice: User) -> None:
    """B3, whoever set the row to be deleted."""
    image = create_post(alice).images.get()
    StoredObject.objects.filter(pk=image.object_id).update(state=State.DELETING)
    assert outbox.drain() == 0
    assert StoredObject.objects.get(pk=image.object_id).state == State.LIVE
    assert storages["public"].exists(image.object.key)


def test_a_storage_that_fails_delays_the_deletion_and_says_why(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    obj = create_object(alice)
    StoredObject.objects.filter(pk=obj.pk).update(state=State.DELETING)
    with monkeypatch.context() as broken_disk:
        broken_disk.setattr(storages["public"], "delete", _fail)
        assert outbox.drain() == 0
    obj.refresh_from_db()
    assert obj.state == State.DELETING
    assert obj.attempts == 1
    assert "no such luck" in obj.last_error
    assert outbox.drain() == 0, "not before its time"
    StoredObject.objects.filter(pk=obj.pk).update(next_attempt_at=Now() - timedelta(seconds=1))
    assert outbox.drain() == 1


def _fail(name: str) -> None:
    raise OSError("no such luck")


def test_draining_twice_is_draining_once(alice: User) -> None:
    obj = create_object(alice)
    StoredObject.objects.filter(pk=obj.pk).update(state=State.DELETING)
    assert outbox.drain() == 1
    assert outbox.drain() == 0


def test_an_incomplete_or_changed_object_is_not_adopted(alice: User) -> None:
    data = picture_bytes()
    obj = begin(alice, data)
    assert objects.read_if_complete(obj) is None
    objects.put(obj, data, {320: b"small"})
    assert objects.read_if_complete(obj) == data
    other = begin(alice, data)
    objects.put(other, data[:-1], {320: b"small"})
    assert objects.read_if_complete(other) is None
    for leftover in (obj, other):
        objects.discard(leftover.pk)
    outbox.drain()


def test_a_key_is_written_once(alice: User) -> None:
    obj = begin(alice)
    objects.put(obj, b"bytes", {320: b"small"})
    with pytest.raises(FileExistsError):
        objects.put(obj, b"other", {})
