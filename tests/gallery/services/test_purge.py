"""What time takes away, and nothing before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from gallery.models import AuditEvent, Post, ReferenceImage, StoredObject, TrashEmptying
from gallery.services import deletion, emptying, outbox, purge, sharing, trash
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_object, create_post, create_reference, start

pytestmark = pytest.mark.django_db


def trashed(owner: User, *, days: float, images: int = 1) -> Post:
    post = create_post(owner, images=images)
    trash.trash(owner=owner, ids=[post.pk])
    Post.objects.filter(pk=post.pk).update(deleted_at=Now() - timedelta(days=days))
    return post


def test_the_purge_takes_what_is_older_than_thirty_days_and_nothing_else(
    alice: User, bob: User
) -> None:
    young, live = trashed(alice, days=29.99), create_post(alice)
    trashed(alice, days=30.01, images=2)
    trashed(bob, days=400)
    deleted = purge.purge_trash()
    assert (deleted.total, deleted.images) == (2, 3)
    assert set(Post.objects.all()) == {young, live}
    assert purge.purge_trash().total == 0
    outbox.run()
    assert broken() == []


def test_a_limit_leaves_the_rest_for_the_next_run(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "CHUNK", 2)
    for _ in range(5):
        trashed(alice, days=31)
    assert purge.purge_trash(limit=3).total == 3
    assert purge.purge_trash().total == 2


def test_receipts_are_kept_for_ninety_days(alice: User) -> None:
    for days in (89, 91):
        trashed(alice, days=31)
        outbox.run()
        purge.purge_trash()
        outbox.run()
        gone = StoredObject.objects.filter(state="gone", gone_at__gte=Now() - timedelta(days=1))
        gone.update(gone_at=Now() - timedelta(days=days))
    assert purge.forget_receipts() == 2, "the public object and the private one after it"
    assert StoredObject.objects.count() == 2


def test_a_receipt_that_a_failed_job_still_names_is_left_alone(alice: User) -> None:
    stopped = start(alice, models="builtin/poster").jobs.get(kind="image")
    objects = [create_object(alice), create_object(alice)]
    ids = [obj.pk for obj in objects]
    long_ago = Now() - timedelta(days=91)
    StoredObject.objects.filter(pk__in=ids).update(state="gone", gone_at=long_ago)
    stopped.output = objects[0]
    stopped.save()

    assert purge.forget_receipts() == 1
    assert list(StoredObject.objects.filter(pk__in=ids)) == [objects[0]]


def test_uploads_that_nobody_kept_go_after_a_day(alice: User) -> None:
    young, kept = create_reference(alice), create_reference(alice, kept=True)
    used = create_reference(alice)
    start(alice, references=[used])
    create_reference(alice)
    old = ReferenceImage.objects.exclude(pk=young.pk)
    old.update(created_at=Now() - timedelta(hours=25))
    assert purge.clean_references() == 1
    assert set(ReferenceImage.objects.all()) == {young, kept, used}
    receipt = AuditEvent.objects.get(action="reference.delete")
    assert receipt.actor is None
    assert receipt.counts["bytes"] > 0
    outbox.run()
    assert broken() == []


def test_when_sharing_ends_the_pictures_leave_the_public_area(alice: User) -> None:
    over, later = create_post(alice), create_post(alice)
    Post.objects.filter(pk=over.pk).update(share_expires_at=Now() - timedelta(seconds=1))
    Post.objects.filter(pk=later.pk).update(share_expires_at=Now() + timedelta(hours=1))
    assert sharing.expire(limit=10) == 1
    assert sharing.expire(limit=10) == 0
    outbox.run()
    areas = Post.objects.order_by("pk").values_list("images__object__area", flat=True)
    assert list(areas) == ["private", "public"]
    assert broken() == []


def test_restoring_what_others_may_not_see_leaves_its_pictures_private(alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    Post.objects.update(is_disabled_by_admin=True)
    outbox.run()
    trash.restore(owner=alice, ids=[post.pk])
    outbox.run()
    assert Post.objects.values_list("images__object__area", flat=True).get() == "private"


def test_emptying_takes_what_was_in_the_trash_then(alice: User, bob: User) -> None:
    old = [trashed(alice, days=3), trashed(alice, days=0.1, images=3)]
    foreign = trashed(bob, days=3)
    asked = emptying.begin(alice)
    assert asked is not None
    assert emptying.begin(alice) == asked, "a second click"
    later, live = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[later.pk])
    deleted = emptying.carry_out(asked.pk)

    assert (deleted.total, deleted.images) == (len(old), 4)
    assert set(Post.objects.all()) == {foreign, later, live}
    asked.refresh_from_db()
    assert (asked.found, asked.deleted_posts, asked.deleted_images) == (2, 2, 4)
    assert asked.freed_bytes == deleted.freed_bytes > 0
    assert asked.finished_at is not None
    assert emptying.carry_out(asked.pk).total == 0


def test_an_empty_trash_needs_no_emptying(alice: User) -> None:
    assert emptying.begin(alice) is None
    assert not TrashEmptying.objects.exists()


def test_what_is_restored_meanwhile_stays(alice: User) -> None:
    kept, gone = trashed(alice, days=1), trashed(alice, days=1)
    asked = emptying.begin(alice)
    assert asked is not None
    trash.restore(owner=alice, ids=[kept.pk])
    assert emptying.carry_out(asked.pk).total == 1
    assert list(Post.objects.all()) == [kept]
    assert not Post.objects.filter(pk=gone.pk).exists()


def test_an_emptying_whose_worker_died_is_resumed_after_its_lease(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "CHUNK", 1)
    for _ in range(3):
        trashed(alice, days=1)
    asked = emptying.begin(alice)
    assert asked is not None
    with monkeypatch.context() as dying:
        dying.setattr(deletion, "delete_some", _once(deletion.delete_some))
        with pytest.raises(SystemExit):
            emptying.carry_out(asked.pk)
    assert Post.objects.count() == 2
    assert emptying.unfinished() == [], "its lease still holds"
    TrashEmptying.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert emptying.unfinished() == [asked.pk]
    emptying.carry_out(asked.pk)
    asked.refresh_from_db()
    assert asked.deleted_posts == 3
    assert not Post.objects.exists()


def _once(real: object) -> object:
    calls = []

    def delete_some(*args: object, **kwargs: object) -> object:
        if calls:
            raise SystemExit
        calls.append(1)
        return real(*args, **kwargs)  # type: ignore[operator]

    return delete_some
