"""Into the trash and back: nothing is lost, and nobody else sees it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db.models.functions import Now

from gallery import search
from gallery.models import AuditEvent, Post, StoredObject
from gallery.services import outbox, trash
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, create_project, start

pytestmark = pytest.mark.django_db


def test_a_trashed_post_is_in_the_trash_and_nowhere_else(alice: User) -> None:
    post = create_post(alice, visibility=Post.Visibility.PUBLIC)
    moved = trash.trash(owner=alice, ids=[post.pk])
    assert (moved.ids, moved.missing) == ([post.pk], 0)
    assert list(Post.objects.in_trash_of(alice)) == [post]
    assert not Post.objects.visible_to(alice).exists()
    assert not Post.objects.in_feed().exists()
    assert search.search(alice.pk, search.parse("lighthouse"), limit=10) == []
    assert AuditEvent.objects.get(action="post.trash").target_id == post.pk


def test_everything_comes_back(alice: User) -> None:
    project = create_project(alice)
    post = create_post(alice, images=2, visibility=Post.Visibility.PUBLIC, project=project)
    fields = ("caption", "prompt", "project_id", "visibility", "share_token", "cover_position")
    before = Post.objects.values(*fields).get()
    trash.trash(owner=alice, ids=[post.pk])
    assert trash.restore(owner=alice, ids=[post.pk]).ids == [post.pk]
    assert Post.objects.visible_to(alice).values(*fields).get() == before
    assert search.search(alice.pk, search.parse("lighthouse"), limit=10) == [post.pk]
    assert broken() == []


def test_nobody_trashes_or_restores_what_is_not_theirs(alice: User, bob: User) -> None:
    post, trashed = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    assert trash.trash(owner=bob, ids=[post.pk]).missing == 1
    assert trash.restore(owner=bob, ids=[trashed.pk]).missing == 1
    assert list(Post.objects.visible_to(alice)) == [post]
    assert list(Post.objects.in_trash_of(alice)) == [trashed]


def test_twice_is_once(alice: User) -> None:
    post = create_post(alice)
    assert trash.trash(owner=alice, ids=[post.pk, post.pk]).ids == [post.pk]
    assert trash.trash(owner=alice, ids=[post.pk]).missing == 1
    assert trash.restore(owner=alice, ids=[post.pk]).ids == [post.pk]
    assert trash.restore(owner=alice, ids=[post.pk]).missing == 1
    assert AuditEvent.objects.filter(action="post.trash").count() == 1


def test_after_thirty_days_nothing_is_restored_however_late_the_purge_is(alice: User) -> None:
    kept, late = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[kept.pk, late.pk])
    age(kept, timedelta(days=30) - timedelta(minutes=1))
    age(late, timedelta(days=30, seconds=1))
    assert list(Post.objects.in_trash_of(alice)) == [kept]
    moved = trash.restore(owner=alice, ids=[kept.pk, late.pk])
    assert (moved.ids, moved.missing) == ([kept.pk], 1)


def test_what_is_being_made_for_it_stops_at_once(alice: User, bob: User) -> None:
    post = start(alice, models="builtin/sketch builtin/lumen")
    other = start(alice)
    trash.trash(owner=alice, ids=[post.pk])
    jobs = GenerationJob.objects.filter(post=post)
    assert set(jobs.values_list("status", "error_code")) == {("failed", "canceled")}
    assert GenerationJob.objects.filter(post=other).unfinished().exists()
    post.refresh_from_db()
    assert post.status == Post.Status.FAILED
    assert broken() == []


def test_its_pictures_leave_the_public_area_and_come_back_under_new_keys(alice: User) -> None:
    image = create_post(alice).images.select_related("object").get()
    first = image.object
    trash.trash(owner=alice, ids=[image.post_id])
    outbox.run()

    image.refresh_from_db()
    withdrawn = StoredObject.objects.get(pk=image.object_id)
    assert withdrawn.area == "private"
    assert withdrawn.key != first.key
    assert not any(storages["public"].exists(key) for key in first.all_keys)
    assert all(storages["private"].exists(key) for key in withdrawn.all_keys)
    assert StoredObject.objects.get(pk=first.pk).state == "gone"
    assert broken() == []

    trash.restore(owner=alice, ids=[image.post_id])
    outbox.run()
    image.refresh_from_db()
    again = StoredObject.objects.get(pk=image.object_id)
    assert again.area == "public"
    assert again.key not in {first.key, withdrawn.key}
    assert not storages["private"].exists(withdrawn.key)
    assert broken() == []


def test_undone_before_the_pictures_left_nothing_moves(alice: User) -> None:
    image = create_post(alice).images.get()
    trash.trash(owner=alice, ids=[image.post_id])
    trash.restore(owner=alice, ids=[image.post_id])
    outbox.run()
    assert not StoredObject.objects.exclude(pk=image.object_id).exists()
    assert StoredObject.objects.get(pk=image.object_id).state == "live"


def test_the_trash_knows_what_it_would_free(alice: User) -> None:
    posts = [create_post(alice, images=2), create_post(alice)]
    create_post(alice)
    trash.trash(owner=alice, ids=[post.pk for post in posts])
    sizes = StoredObject.objects.filter(image__post__in=posts).values_list("size", flat=True)
    assert trash.size_of(Post.objects.in_trash_of(alice)) == sum(sizes) > 0


def test_trashing_five_hundred_takes_as_many_queries_as_trashing_two(
    alice: User, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for many in (2, 40):
        ids = [create_post(alice, images=0).pk for _ in range(many)]
        with CaptureQueriesContext(connection) as captured:
            trash.trash(owner=alice, ids=ids)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def age(post: Post, by: timedelta) -> None:
    """Let the post have been in the trash for that long, by the database's clock."""
    Post.objects.filter(pk=post.pk).update(deleted_at=Now() - by)
