"""The library of references: names, and what deleting one takes along."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError

from gallery.models import AuditEvent, ReferenceImage, StoredObject
from gallery.services import deletion, objects, outbox, references
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_reference, start, work_off

pytestmark = pytest.mark.django_db

State = StoredObject.State


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("harbour.png", "jetty", "jetty.png"),
        ("harbour.png", "jetty.png", "jetty.png"),
        ("harbour.PNG", "jetty.png", "jetty.PNG"),
        ("harbour.png", "jetty.jpg", "jetty.jpg.png"),
        ("harbour.png", ".png", ".png.png"),
        ("a.b.jpeg", "c.d", "c.d.jpeg"),
        ("image", "jetty", "jetty"),
        ("notes.v2", "jetty", "jetty"),
        ("harbour.png", "ação 1", "ação 1.png"),
    ],
)
def test_a_new_name_keeps_the_ending(alice: User, before: str, typed: str, after: str) -> None:
    reference = create_reference(alice)
    reference.filename = before
    references.rename(reference=reference, stem=typed)
    reference.refresh_from_db()
    assert reference.filename == after


def test_a_deleted_reference_takes_its_bytes_along(alice: User) -> None:
    reference = create_reference(alice, kept=True)
    obj = reference.object
    deletion.delete_reference(reference=reference, by=alice, include_generated=False)

    obj.refresh_from_db()
    assert obj.state == State.DELETING
    assert not ReferenceImage.objects.exists()
    assert outbox.drain() == 1
    obj.refresh_from_db()
    assert obj.state == State.GONE
    assert not any(storages["private"].exists(key) for key in obj.all_keys)
    assert broken() == []
    event = AuditEvent.objects.get()
    assert (event.action, event.actor) == ("reference.delete", alice)


def test_deleting_twice_is_no_error(alice: User) -> None:
    reference = create_reference(alice)
    again = ReferenceImage.objects.get()
    deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    deletion.delete_reference(reference=again, by=alice, include_generated=False)
    assert AuditEvent.objects.count() == 1


def test_what_is_being_made_keeps_its_reference_until_it_is_ready(alice: User) -> None:
    reference = create_reference(alice, kept=True)
    post = start(alice, references=[reference])
    with pytest.raises(deletion.InUseError):
        deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    reference.refresh_from_db()
    assert reference.object.state == State.LIVE
    assert not AuditEvent.objects.exists()

    work_off(post)
    assert not GenerationJob.objects.unfinished().exists()
    deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert not ReferenceImage.objects.exists()
    assert post.images.count() == 1
    assert post.messages.filter(role="user").get().attachments.count() == 0
    outbox.drain()
    assert broken() == []


def test_a_job_that_begins_at_the_same_moment_wins(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database checks the keys at the commit, and says so then."""

    def too_late(*object_ids: int) -> int:
        raise IntegrityError("still referenced")

    reference = create_reference(alice)
    monkeypatch.setattr(objects, "release", too_late)
    with pytest.raises(deletion.InUseError):
        deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert ReferenceImage.objects.exists()
