"""One action on many posts: all or nothing, told post by post."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gallery.models import AuditEvent, Post
from gallery.services import batch
from gallery.services.batch import Reason
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, start

pytestmark = pytest.mark.django_db

PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED


def bare_posts(owner: User, number: int, **fields: object) -> list[int]:
    """Posts without pictures, quickly made."""
    made = Post.objects.bulk_create(
        Post(owner=owner, prompt="x", status=Post.Status.GENERATED, **fields) for _ in range(number)
    )
    return [post.pk for post in made]


def test_visibility_changes_and_what_is_left_as_it_is_says_why(alice: User) -> None:
    plain, public = create_post(alice), create_post(alice, visibility=PUBLIC)
    disabled = create_post(alice, is_disabled_by_admin=True)
    ids = [plain.pk, public.pk, disabled.pk]
    outcome = batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC)
    assert outcome.done == [plain.pk]
    assert {(skipped.post.pk, skipped.reason) for skipped in outcome.skipped} == {
        (public.pk, Reason.AS_WANTED),
        (disabled.pk, Reason.DISABLED),
    }
    assert outcome.missing == 0
    disabled.refresh_from_db()
    assert disabled.visibility == UNLISTED
    assert batch.set_visibility(owner=alice, ids=ids, visibility=UNLISTED).missing == 0
    assert set(Post.objects.values_list("visibility", flat=True)) == {UNLISTED}


def test_only_ones_own_live_posts_are_touched_and_the_rest_counts_as_not_found(
    alice: User, bob: User
) -> None:
    mine, theirs = create_post(alice), create_post(bob)
    trashed = create_post(alice, deleted_at=timezone.now())
    ids = [mine.pk, theirs.pk, trashed.pk, 10**15, mine.pk]
    outcome = batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC)
    assert (outcome.done, outcome.skipped, outcome.missing) == ([mine.pk], [], 3)
    assert list(Post.objects.filter(visibility=PUBLIC)) == [mine]


def test_a_change_counts_the_revision_and_nothing_else_does(alice: User) -> None:
    changed, same = create_post(alice), create_post(alice, visibility=PUBLIC)
    batch.set_visibility(owner=alice, ids=[changed.pk, same.pk], visibility=PUBLIC)
    revisions = Post.objects.in_bulk([changed.pk, same.pk])
    assert revisions[changed.pk].revision == changed.revision + 1
    assert revisions[changed.pk].updated_at > changed.updated_at
    assert revisions[same.pk].revision == same.revision


def test_posts_move_into_a_project_and_out_of_it(alice: User) -> None:
    project = create_project(alice)
    inside, outside = create_post(alice, project=project), create_post(alice)
    ids = [inside.pk, outside.pk]
    assert batch.move_to_project(owner=alice, ids=ids, project=project).done == [outside.pk]
    assert project.posts.count() == 2
    assert sorted(batch.move_to_project(owner=alice, ids=ids, project=None).done) == ids
    assert project.posts.count() == 0


def test_one_action_is_one_line_in_the_log(alice: User) -> None:
    create_post(alice, visibility=PUBLIC)
    ids = [*bare_posts(alice, 3), *Post.objects.values_list("pk", flat=True), 10**12]
    batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC)
    event = AuditEvent.objects.get()
    assert event.action == "post.batch.public"
    assert event.actor == alice
    assert event.counts == {"done": 3, "skipped": 1, "missing": 1}


def test_five_hundred_need_as_many_queries_as_one(
    alice: User, django_assert_num_queries: object
) -> None:
    ids = bare_posts(alice, 1001)
    for number, queries in ((1, 5), (500, 5), (1001, 9)):
        visibility = PUBLIC if number == 500 else UNLISTED
        Post.objects.update(visibility=UNLISTED if visibility == PUBLIC else PUBLIC)
        with django_assert_num_queries(queries):  # type: ignore[operator]
            outcome = batch.set_visibility(owner=alice, ids=ids[:number], visibility=visibility)
        assert len(outcome.done) == number


def test_when_a_part_fails_nothing_is_changed(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = bare_posts(alice, 4)
    monkeypatch.setattr(batch, "CHUNK", 2)
    change, calls = batch._change_chunk, []

    def fail_second(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("out of power")
        change(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "_change_chunk", fail_second)
    with pytest.raises(RuntimeError):
        batch.set_visibility(owner=alice, ids=ids, visibility=PUBLIC)
    assert not Post.objects.filter(visibility=PUBLIC).exists()
    assert not AuditEvent.objects.exists()


def test_only_posts_in_the_making_are_announced(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(batch, "announce_on_commit", lambda post_id, owner_id: told.append(post_id))
    making = start(alice)
    batch.set_visibility(owner=alice, ids=[making.pk, *bare_posts(alice, 3)], visibility=PUBLIC)
    assert told == [making.pk]
