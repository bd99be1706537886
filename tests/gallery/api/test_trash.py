"""The trash by the API: into it, out of it, and out of it for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.models import AuditEvent, Post, StoredObject
from gallery.services import outbox, trash
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.gallery.api.answers import data_of, error_of, ids, refused, walk

pytestmark = pytest.mark.django_db


def test_a_post_goes_to_the_trash_and_comes_back(alices: Client, alice: User) -> None:
    post = create_post(alice)
    data = data_of(alices.post(f"/api/posts/{post.pk}/trash"))
    assert data["id"] == post.pk
    assert data["deletedAt"] is not None
    assert ids(data_of(alices.get("/api/trash"))["items"]) == [post.pk]
    assert data_of(alices.get("/api/posts"))["items"] == []
    data = data_of(alices.post(f"/api/posts/{post.pk}/restore"))
    assert data["deletedAt"] is None
    assert data_of(alices.get("/api/trash"))["items"] == []
    assert ids(data_of(alices.get("/api/posts"))["items"]) == [post.pk]


def test_what_is_there_already_stays_there(alices: Client, alice: User) -> None:
    post = create_post(alice)
    first = data_of(alices.post(f"/api/posts/{post.pk}/trash"))
    assert data_of(alices.post(f"/api/posts/{post.pk}/trash")) == first
    data_of(alices.post(f"/api/posts/{post.pk}/restore"))
    data_of(alices.post(f"/api/posts/{post.pk}/restore"))
    events = AuditEvent.objects.filter(actor=alice, target_type="gallery.post").order_by("pk")
    assert list(events.values_list("action", flat=True)) == ["post.trash", "post.restore"]


def test_posts_of_somebody_else_stay_where_they_are(bobs: Client, alice: User) -> None:
    live, trashed = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    expected = (404, "NOT_FOUND", "Not found")
    for post in (live, trashed):
        for verb in ("trash", "restore"):
            assert error_of(bobs.post(f"/api/posts/{post.pk}/{verb}")) == expected
        assert error_of(bobs.delete(f"/api/posts/{post.pk}")) == expected
    assert data_of(bobs.get("/api/trash"))["items"] == []
    assert set(Post.objects.live()) == {live}


def test_the_trash_is_walked_page_after_page_those_that_went_last_first(
    alices: Client, alice: User
) -> None:
    posts = [create_post(alice, images=0) for _ in range(5)]
    order = [posts[index].pk for index in (3, 0, 4, 1, 2)]
    for pk in order:
        trash.trash(owner=alice, ids=[pk])
    Post.objects.update(deleted_at=Now() - timedelta(minutes=1))  # some at the same moment
    trash.restore(owner=alice, ids=[order[0]])
    trash.trash(owner=alice, ids=[order[0]])
    rest = sorted(order[1:], reverse=True)
    pages = walk(alices, "/api/trash", limit=2)
    assert [ids(page) for page in pages] == [[order[0], rest[0]], rest[1:3], rest[3:]]


def test_pictures_of_the_trash_have_addresses_that_only_a_token_opens(
    alices: Client, bobs: Client, alice: User
) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    for is_moved in (False, True):
        if is_moved:
            outbox.run()
            assert post.images.get().object.area == StoredObject.Area.PRIVATE
        (item,) = data_of(alices.get("/api/trash"))["items"]
        (image,) = item["images"]
        path = f"/api/images/{image['id']}/file"
        assert image["url"].endswith(path)
        assert [one["url"] for one in image["renditions"]] == [f"{image['url']}?width=320"]
        assert refused(bobs.get(path)) == (404, "NOT_FOUND")
    assert b"".join(alices.get(path).streaming_content).startswith(b"\xff\xd8\xff")
    small = alices.get(f"{path}?width=320")
    assert small["Content-Type"] == "image/webp"


def test_more_posts_in_the_trash_take_no_more_queries(alices: Client, alice: User) -> None:
    trash.trash(owner=alice, ids=[create_post(alice).pk])
    with CaptureQueriesContext(connection) as one:
        data_of(alices.get("/api/trash"))
    trash.trash(owner=alice, ids=[create_post(alice, images=2).pk for _ in range(29)])
    with CaptureQueriesContext(connection) as thirty:
        assert len(data_of(alices.get("/api/trash?limit=30"))["items"]) == 30
    assert len(thirty) == len(one) <= 3


# --- for good


def test_a_post_of_the_trash_is_deleted_for_good(alices: Client, alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    data = data_of(alices.delete(f"/api/posts/{post.pk}"))
    assert data == {"deletedTotal": 1, "deletedGenerated": 0}
    assert not Post.objects.exists()
    assert not StoredObject.objects.filter(state=StoredObject.State.LIVE).exists()


def test_what_was_made_from_it_goes_along_unless_it_is_to_stay(alices: Client, alice: User) -> None:
    for query, expected, left in (
        ("", {"deletedTotal": 3, "deletedGenerated": 2}, 0),
        ("?includeGenerated=false", {"deletedTotal": 1, "deletedGenerated": 0}, 2),
    ):
        original = create_post(alice)
        child = create_post(alice, parent=original)
        create_post(alice, parent=child)
        trash.trash(owner=alice, ids=[original.pk])
        assert data_of(alices.delete(f"/api/posts/{original.pk}{query}")) == expected
        assert Post.objects.count() == left


def test_what_is_deleted_already_counts_as_nothing(alices: Client, alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    data_of(alices.delete(f"/api/posts/{post.pk}"))
    data = data_of(alices.delete(f"/api/posts/{post.pk}"))
    assert data == {"deletedTotal": 0, "deletedGenerated": 0}
    assert refused(alices.post(f"/api/posts/{post.pk}/restore")) == (404, "NOT_FOUND")
    assert refused(alices.delete("/api/posts/987654")) == (404, "NOT_FOUND")


def test_only_posts_of_the_trash_are_deleted_for_good(alices: Client, alice: User) -> None:
    post = create_post(alice)
    status, code, message = error_of(alices.delete(f"/api/posts/{post.pk}"))
    assert (status, code) == (409, "NOT_IN_TRASH")
    assert "trash" in message
    assert Post.objects.filter(pk=post.pk).exists()


def test_after_thirty_days_nothing_comes_back(alices: Client, alice: User) -> None:
    post = create_post(alice)
    Post.objects.filter(pk=post.pk).update(deleted_at=Now() - timedelta(days=31))
    assert refused(alices.post(f"/api/posts/{post.pk}/restore")) == (404, "NOT_FOUND")
    assert data_of(alices.get("/api/trash"))["items"] == []
