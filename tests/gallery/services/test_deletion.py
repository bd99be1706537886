"""Deleting for good: every row, every object, and a receipt."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import storages

from gallery.models import (
    AuditEvent,
    ChatMessage,
    GeneratedImage,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import deletion, outbox, trash
from gallery.services.deletion import Deleted
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.services import jobs
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, create_reference, start, work_off

pytestmark = pytest.mark.django_db


def keys_in_storage() -> set[str]:
    def walk(area: str, folder: str = "") -> set[str]:
        try:
            folders, files = storages[area].listdir(folder)
        except FileNotFoundError:
            return set()
        found = {f"{folder}/{name}" if folder else name for name in files}
        for name in folders:
            found |= walk(area, f"{folder}/{name}" if folder else name)
        return found

    return walk("public") | walk("private")


def made(owner: User, **wish: Any) -> Post:
    """A post as the workshop makes it."""
    post = start(owner, **wish)
    work_off(post)
    return post


def in_trash(owner: User, *posts: Post) -> None:
    trash.trash(owner=owner, ids=[post.pk for post in posts])


def delete(owner: User, *posts: Post, include_generated: bool = False) -> Deleted:
    ids = [post.pk for post in posts]
    return deletion.delete_chosen(
        Post.objects.in_trash_of(owner), ids, by=owner, include_generated=include_generated
    )


def test_a_deleted_post_leaves_no_row_and_no_object_but_a_receipt(alice: User) -> None:
    post = made(alice, models="builtin/sketch builtin/lumen")
    size = sum(obj.size for obj in StoredObject.objects.filter(image__post=post))
    in_trash(alice, post)
    deleted = delete(alice, post)
    outbox.run()

    assert deleted == Deleted(total=1, generated=0, images=2, freed_bytes=size)
    for model in (Post, GeneratedImage, ChatMessage, GenerationJob):
        assert not model._default_manager.exists(), model.__name__
    assert keys_in_storage() == set()
    receipt = AuditEvent.objects.get(action="post.delete")
    assert (receipt.actor, receipt.target_id) == (alice, post.pk)
    assert receipt.counts == {"images": 2, "bytes": size}
    assert not StoredObject.objects.exclude(state="gone", gone_at__isnull=False).exists()
    assert broken() == []


def test_only_what_is_in_the_trash_is_deleted(alice: User, bob: User) -> None:
    live, foreign = create_post(alice), create_post(bob)
    in_trash(bob, foreign)
    assert delete(alice, live, foreign) == Deleted()
    assert Post.objects.count() == 2


def test_deleting_twice_is_deleting_once(alice: User) -> None:
    post = create_post(alice)
    in_trash(alice, post)
    assert delete(alice, post).total == 1
    assert delete(alice, post) == Deleted()
    assert deletion.was_theirs(alice, Post, post.pk)
    assert not deletion.was_theirs(alice, Post, post.pk + 1)


def test_it_is_known_whose_a_post_was_that_the_purge_deleted(alice: User, bob: User) -> None:
    post = create_post(alice)
    in_trash(alice, post)
    assert not deletion.was_theirs(alice, Post, post.pk)  # it is still there
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=None)
    assert deletion.was_theirs(alice, Post, post.pk)
    assert not deletion.was_theirs(bob, Post, post.pk)


def test_what_was_made_from_it_survives_and_knows_that_it_had_a_parent(alice: User) -> None:
    post = create_post(alice)
    child = create_post(alice, parent=post)
    in_trash(alice, post)
    delete(alice, post)
    child.refresh_from_db()
    assert child.parent_id == post.pk
    assert not Post.objects.filter(pk=post.pk).exists()


def test_with_all_versions_the_whole_family_goes(alice: User) -> None:
    post = create_post(alice)
    child = create_post(alice, parent=post)
    grandchild = create_post(alice, parent=child)
    stranger = create_post(alice)
    in_trash(alice, post)
    deleted = delete(alice, post, include_generated=True)
    assert (deleted.total, deleted.generated, deleted.images) == (3, 2, 3)
    receipts = AuditEvent.objects.filter(action="post.delete").order_by("target_id")
    assert [receipt.counts["images"] for receipt in receipts] == [1, 1, 1]
    assert sum(receipt.counts["bytes"] for receipt in receipts) == deleted.freed_bytes
    assert [receipt.counts.get("generated") for receipt in receipts] == [2, None, None]
    assert list(Post.objects.all()) == [stranger]
    assert not Post.objects.filter(pk=grandchild.pk).exists()
    outbox.run()
    assert broken() == []


def test_from_the_middle_of_a_line_everything_below_goes_and_nothing_else(alice: User) -> None:
    first = create_post(alice)
    middle = create_post(alice, parent=first)
    sister = create_post(alice, parent=first)
    child = create_post(alice, parent=middle)
    create_post(alice, parent=create_post(alice, parent=child))
    in_trash(alice, middle)
    deleted = delete(alice, middle, include_generated=True)
    assert (deleted.total, deleted.generated) == (4, 3)
    assert set(Post.objects.all()) == {first, sister}


def test_a_family_that_is_chosen_as_a_whole_is_counted_once(alice: User) -> None:
    post = create_post(alice)
    child = create_post(alice, parent=post)
    in_trash(alice, post, child)
    deleted = delete(alice, post, child, include_generated=True)
    assert (deleted.total, deleted.generated) == (2, 0)


def test_a_job_in_work_finds_nothing_to_write_to(alice: User) -> None:
    post = start(alice)
    in_trash(alice, post)
    delete(alice, post)
    assert not GenerationJob.objects.exists()
    assert broken() == []


def test_an_original_goes_with_everything_that_was_made_with_it(alice: User) -> None:
    reference = create_reference(alice, kept=True)
    post = made(alice, references=[reference])
    version = create_post(alice, parent=post)
    other = create_post(alice)
    deleted = deletion.delete_reference(reference=reference, by=alice, include_generated=True)
    assert (deleted.total, deleted.generated) == (3, 2)
    assert list(Post.objects.all()) == [other]
    assert not Post.objects.filter(pk=version.pk).exists()
    outbox.run()
    assert broken() == []
    assert (
        deletion.delete_reference(reference=reference, by=alice, include_generated=True)
        == Deleted()
    )


def test_an_original_alone_leaves_what_was_made_with_it(alice: User) -> None:
    reference = create_reference(alice, kept=True)
    post = made(alice, references=[reference])
    deleted = deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert (deleted.total, deleted.generated) == (1, 0)
    assert list(Post.objects.all()) == [post]
    assert not ReferenceImage.objects.exists()
    outbox.run()
    assert broken() == []


def test_an_original_in_use_stays_unless_what_uses_it_goes_too(alice: User) -> None:
    reference = create_reference(alice, kept=True)
    start(alice, references=[reference])
    with pytest.raises(deletion.InUseError):
        deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    deleted = deletion.delete_reference(reference=reference, by=alice, include_generated=True)
    assert deleted.total == 2
    assert broken() == []


@pytest.mark.parametrize("stage", ["pending", "processing", "completed", "failed"])
def test_at_every_stage_of_its_making_an_original_goes_whole(alice: User, stage: str) -> None:
    reference = create_reference(alice, kept=True)
    post = start(alice, references=[reference])
    if stage == "completed":
        work_off(post)
    elif stage != "pending":
        held = jobs.claim(post.jobs.filter(run_after__isnull=False).get().pk)
        assert held is not None
        if stage == "failed":
            jobs.fail(held, ErrorCode.RATE)
    assert post.jobs.filter(status=stage).exists()
    deleted = deletion.delete_reference(reference=reference, by=alice, include_generated=True)
    assert (deleted.total, deleted.generated) == (2, 1)
    for model in (Post, GenerationJob, ReferenceImage):
        assert not model._default_manager.exists(), model.__name__
    outbox.run()
    assert keys_in_storage() == set()
    assert broken() == []


def test_an_administrator_deletes_what_is_anybodys_and_the_receipt_says_so(
    alice: User, sam: User
) -> None:
    post = made(alice)
    version = create_post(alice, parent=post)
    deleted = deletion.delete_chosen(Post.objects.all(), [post.pk], by=sam, include_generated=True)
    assert (deleted.total, deleted.generated) == (2, 1)
    receipts = AuditEvent.objects.filter(action="post.delete", actor=sam)
    assert set(receipts.values_list("target_id", flat=True)) == {post.pk, version.pk}
    assert deletion.was_theirs(sam, Post, post.pk)
    outbox.run()
    assert broken() == []


def test_what_was_uploaded_only_for_it_goes_with_it(alice: User) -> None:
    transient, kept = create_reference(alice), create_reference(alice, kept=True)
    post = made(alice, references=[transient, kept])
    in_trash(alice, post)
    delete(alice, post)
    assert list(ReferenceImage.objects.all()) == [kept]
    receipt = AuditEvent.objects.get(action="reference.delete")
    assert (receipt.target_id, receipt.counts) == (transient.pk, {"bytes": transient.object.size})
    outbox.run()
    assert broken() == []


def test_many_posts_are_deleted_in_chunks(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "CHUNK", 2)
    posts = [create_post(alice) for _ in range(5)]
    in_trash(alice, *posts)
    deleted = deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice)
    assert (deleted.total, deleted.images) == (5, 5)
    assert AuditEvent.objects.filter(action="post.delete").count() == 5
