"""The audit finds what slipped through, mends what it may, and never deletes what is in use."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from gallery import tasks
from gallery.models import StoredObject
from gallery.services import outbox, storage_audit, trash
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, create_reference

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=2).total_seconds()


def put(key: str, *, area: str = "public", age: float = LONG_AGO) -> str:
    """Bytes of which no row knows."""
    storage = storages[area]
    storage.save(key, ContentFile(b"left behind"))
    then = time.time() - age
    os.utime(Path(storage.path(key)), (then, then))
    return key


def plenty(owner: User) -> None:
    """So many objects that a few leftovers are a small share of them."""
    create_post(owner, images=4)
    for number in range(130):
        obj = StoredObject.objects.create(
            key=f"generated/{owner.pk}/{number}-x.jpg",
            area="public",
            state="deleting",
            owner=owner,
            content_type="image/jpeg",
            size=1,
            sha256="0" * 64,
        )
        storages["public"].save(obj.key, ContentFile(b"x"))


def test_nothing_is_found_where_rows_and_bytes_are_in_step(alice: User, bob: User) -> None:
    create_post(alice, images=3)
    create_reference(bob, kept=True)
    trashed = create_post(bob)
    trash.trash(owner=bob, ids=[trashed.pk])
    outbox.run()
    report = storage_audit.audit()
    assert report.is_clean
    assert not report.counts
    assert report.checked == sum(
        len(obj.all_keys) for obj in StoredObject.objects.filter(state="live")
    )


def test_bytes_without_a_row_are_found_once_they_are_old(alice: User) -> None:
    create_post(alice)
    put(f"generated/{alice.pk}/1-old.jpg")
    put("generated/999999/1-nobody.jpg", area="private")
    put(f"generated/{alice.pk}/1-young.jpg", age=60)
    report = storage_audit.audit()
    assert report.counts == {"unknown": 2}
    assert not report.is_clean
    assert storages["public"].exists(f"generated/{alice.pk}/1-old.jpg"), "it only looks"


def test_they_are_deleted_when_that_is_asked_for(alice: User) -> None:
    plenty(alice)
    old, young = put(f"generated/{alice.pk}/1-old.jpg"), put("generated/7/1-young.jpg", age=60)
    report = storage_audit.audit(fix=True)
    assert report.deleted == 1
    assert report.is_clean
    assert not storages["public"].exists(old)
    assert storages["public"].exists(young)
    assert storage_audit.audit().is_clean


def test_a_run_that_would_delete_suspiciously_much_deletes_nothing(alice: User) -> None:
    create_post(alice)
    keys = [put(f"generated/{alice.pk}/{number}-old.jpg") for number in range(3)]
    report = storage_audit.audit(fix=True)
    assert report.deleted == 0
    assert "3 of" in report.refused
    assert all(storages["public"].exists(key) for key in keys)


def test_a_row_that_came_meanwhile_saves_its_bytes(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plenty(alice)
    key = put(f"generated/{alice.pk}/1-old.jpg")
    delete = storage_audit._delete_unknown

    def after_the_row_came(*args: object) -> None:
        obj = StoredObject.objects.filter(state="live").first()
        assert obj is not None
        StoredObject.objects.filter(pk=obj.pk).update(key=key, rendition_widths=[])
        delete(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storage_audit, "_delete_unknown", after_the_row_came)
    assert storage_audit.audit(fix=True).deleted == 0
    assert storages["public"].exists(key)


def test_a_missing_original_is_found_even_where_a_person_has_nothing_else(alice: User) -> None:
    image = create_post(alice).images.select_related("object").get()
    for key in image.object.all_keys:
        storages["public"].delete(key)
    report = storage_audit.audit(fix=True)
    assert report.counts == {"missing": 1}
    assert not report.is_clean


def test_a_wrong_size_is_found(alice: User) -> None:
    image = create_post(alice).images.select_related("object").get()
    Path(storages["public"].path(image.object.key)).write_bytes(b"cut off")
    assert storage_audit.audit().counts == {"size": 1}


def test_a_missing_rendition_is_made_again_with_its_mark(alice: User) -> None:
    image = create_post(alice).images.select_related("object").get()
    rendition = image.object.all_keys[1]
    before = storages["public"].open(rendition).read()
    storages["public"].delete(rendition)
    report = storage_audit.audit(fix=True)
    assert (report.counts["rendition"], report.rebuilt) == (1, 1)
    assert report.is_clean
    assert storages["public"].open(rendition).read() == before
    assert broken() == []


def test_the_command_says_what_is_off_and_ends_with_status_one(alice: User) -> None:
    output = StringIO()
    create_post(alice)
    call_command("audit_storage", stdout=output)
    assert "all as it should be" in output.getvalue()
    put(f"generated/{alice.pk}/1-old.jpg")
    with pytest.raises(CommandError, match="not in step"):
        call_command("audit_storage", stdout=output)
    assert f"unknown: public generated/{alice.pk}/1-old.jpg" in output.getvalue()


def test_a_limit_never_takes_half_of_a_person(alice: User, bob: User) -> None:
    create_post(alice, images=2)
    create_post(bob)
    assert storage_audit.audit().checked == 6
    assert storage_audit.audit(fix=True, limit=1).is_clean
    assert storage_audit.audit(limit=1).checked in {2, 4}


def test_what_was_stored_after_the_listing_is_not_missing(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_post(alice)
    storage = storages["public"]
    listed = list(storage.walk())
    after = create_post(alice)
    monkeypatch.setattr(storage, "walk", lambda: iter(listed))
    assert storage_audit.audit(fix=True).is_clean
    obj = after.images.get().object
    storage.delete(obj.key)
    assert storage_audit.audit().samples == [f"missing: public {obj.key}"]


def test_the_nightly_task_tells_the_log_and_mends_nothing(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    post = create_post(alice)
    tasks.audit_storage()
    assert caplog.records == []
    obj = post.images.get().object
    storages[obj.area].delete(obj.key)
    tasks.audit_storage()
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "1 missing" in record.getMessage()
    assert obj.key in record.getMessage()
