"""Statements that are written once: the same rows as the ORM gives, the same changes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.models import Post
from generation.models import WebhookEvent
from pixelstream.accounts.models import User
from pixelstream.prepared import PreparedInsert, PreparedQuery, PreparedUpdate
from tests.factories import create_post

pytestmark = pytest.mark.django_db

FIELDS = ("id", "created_at", "sharing_enabled", "caption", "owner__email")
OF_OWNER = PreparedQuery(
    lambda owner, post: (
        Post.objects.live().filter(owner=owner, pk__gt=post).order_by("id").values_list(*FIELDS)
    ),
    -1,
    -2,
)


def test_it_gives_what_the_orm_gives_for_each_value(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    posts = [create_post(owner, images=0) for owner in (alice, alice, bob)]
    for owner, after in ((alice, 0), (bob, 0), (alice, posts[0].pk)):
        known = Post.objects.filter(owner=owner, pk__gt=after).order_by("id")
        expected = list(known.values_list(*FIELDS))
        with django_assert_num_queries(1):
            assert OF_OWNER.rows(owner.pk, after) == expected
        assert isinstance(expected[0][2], bool)


def test_a_sample_that_stands_nowhere_is_a_mistake(alice: User) -> None:
    with pytest.raises(ValueError, match="stands nowhere"):
        PreparedQuery(lambda _token: Post.objects.values_list("id"), "x").rows("y")


def test_the_number_of_values_has_to_be_right() -> None:
    with pytest.raises(ValueError, match="2 values are needed"):
        OF_OWNER.rows(1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(alice: User) -> None:
    post = create_post(alice, images=0)
    found = [OF_OWNER.rows(alice.pk, 0)]

    def ask() -> None:
        found.append(OF_OWNER.rows(alice.pk, 0))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert [rows[0][0] for rows in found] == [post.pk, post.pk]


TRASH = PreparedUpdate(
    lambda owner, post: Post.objects.filter(owner=owner, pk__gt=post).order_by("id"),
    {"deleted_at": Now(), "caption": "gone"},
    -1,
    -2,
)


def test_an_update_changes_what_the_query_finds_and_nothing_else(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, *others = [create_post(owner, images=0) for owner in (alice, alice, alice, bob)]
    with django_assert_num_queries(1):
        assert TRASH.run(alice.pk, first.pk) == 2
    assert TRASH.run(alice.pk, 2**40) == 0
    for post in (first, *others):
        post.refresh_from_db()
    assert [post.caption == "gone" for post in (first, *others)] == [False, True, True, False]
    assert others[0].deleted_at is not None
    assert abs(timezone.now() - others[0].deleted_at).total_seconds() < 60


EVENT = PreparedInsert(
    WebhookEvent, *("provider", "event_id", "job", "body", "received_at", "kind", "status")
)


def test_a_row_is_added_once(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    with django_assert_num_queries(1):
        assert EVENT.add("one", "7", 3, b"\x00\xff", now, "", "")
    assert not EVENT.add("one", "7", 4, b"", now, "", "")
    assert EVENT.add("two", "7", 4, b"", now, "", "")
    event = WebhookEvent.objects.get(provider="one")
    assert (event.event_id, event.job_id, bytes(event.body)) == ("7", 3, b"\x00\xff")
    assert event.received_at == now
    assert event.handled_at is None
    assert WebhookEvent.objects.count() == 2
