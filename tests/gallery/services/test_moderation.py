"""What administrators decide about posts: once, written down, and carried out in storage."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from gallery.models import AuditEvent, Post, Report, StoredObject
from gallery.services import moderation, outbox, posts, reports, trash
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PUBLIC = Post.Visibility.PUBLIC


@pytest.fixture
def post(alice: User) -> Post:
    """A post that everybody finds."""
    return create_post(alice, visibility=PUBLIC)


def areas() -> set[str]:
    outbox.run()
    live = StoredObject.objects.filter(state=StoredObject.State.LIVE)
    return set(live.values_list("area", flat=True))


def test_featured_is_only_what_everybody_may_see_listed(alice: User, sam: User) -> None:
    shown = create_post(alice, visibility=PUBLIC)
    others = [
        create_post(alice),
        create_post(alice, visibility=PUBLIC, sharing_enabled=False),
        create_post(alice, visibility=PUBLIC, is_disabled_by_admin=True),
        create_post(alice, visibility=PUBLIC, review=Post.Review.HELD),
        create_post(alice, visibility=PUBLIC, status=Post.Status.GENERATING_IMAGES),
        create_post(alice, visibility=PUBLIC, deleted_at=timezone.now()),
    ]
    ids = [shown.pk, *(post.pk for post in others), 10**9]
    assert len(moderation.feature(ids, by=sam)) == 1
    assert len(moderation.feature(ids, by=sam)) == 0
    featured = Post.objects.get(is_featured=True)
    assert featured == shown
    assert featured.featured_at is not None
    assert featured.revision == shown.revision + 1
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("post.feature", sam, shown.pk)


def test_no_longer_featured(post: Post, sam: User) -> None:
    moderation.feature([post.pk], by=sam)
    assert len(moderation.unfeature([post.pk], by=sam)) == 1
    assert len(moderation.unfeature([post.pk], by=sam)) == 0
    post.refresh_from_db()
    assert (post.is_featured, post.featured_at, post.revision) == (False, None, 3)


def test_disabling_takes_it_from_everybody_else_and_tells_the_owner_why(
    post: Post, sam: User, bob: User, alice: User
) -> None:
    moderation.feature([post.pk], by=sam)
    reports.report(post=post, by=bob, reason=Report.Reason.SPAM)
    assert len(moderation.disable([post.pk], reason=" Spam. ", by=sam)) == 1
    after = Post.objects.get()
    assert (after.is_disabled_by_admin, after.disabled_by_admin_reason) == (True, "Spam.")
    assert (after.is_featured, after.featured_at) == (False, None)
    assert after.revision == post.revision + 2
    assert not Post.objects.viewable_by_others().exists()
    assert Post.objects.visible_to(alice).exists()
    report = Report.objects.get()
    assert (report.outcome, report.resolved_by) == ("disabled", sam)
    assert report.resolved_at is not None
    assert areas() == {"private"}
    assert AuditEvent.objects.filter(action="post.disable", actor=sam, target_id=post.pk).exists()
    assert broken() == []


def test_disabling_needs_a_reason(post: Post, sam: User) -> None:
    with pytest.raises(moderation.NoReasonError):
        moderation.disable([post.pk], reason=" \n", by=sam)
    assert Post.objects.viewable_by_others().exists()


def test_disabling_again_says_another_reason_or_nothing(post: Post, sam: User) -> None:
    moderation.disable([post.pk], reason="Spam.", by=sam)
    assert len(moderation.disable([post.pk], reason="Spam.", by=sam)) == 0
    assert len(moderation.disable([post.pk], reason="Copied.", by=sam)) == 1
    assert Post.objects.get().disabled_by_admin_reason == "Copied."
    assert AuditEvent.objects.filter(action="post.disable").count() == 2


def test_enabling_brings_it_back_but_not_to_the_front(post: Post, sam: User) -> None:
    moderation.feature([post.pk], by=sam)
    moderation.disable([post.pk], reason="Spam.", by=sam)
    outbox.run()
    assert len(moderation.enable([post.pk], by=sam)) == 1
    assert len(moderation.enable([post.pk], by=sam)) == 0
    after = Post.objects.in_feed().get()
    assert (after.is_featured, after.disabled_by_admin_reason) == (False, "")
    assert areas() == {"public"}
    assert broken() == []


def test_what_its_owner_does_not_share_stays_private_when_it_is_enabled(
    post: Post, sam: User
) -> None:
    moderation.disable([post.pk], reason="Spam.", by=sam)
    Post.objects.update(sharing_enabled=False)
    moderation.enable([post.pk], by=sam)
    assert areas() == {"private"}


def test_the_owner_of_a_disabled_post_cannot_make_it_public(
    alice: User, sam: User, post: Post
) -> None:
    Post.objects.update(visibility=Post.Visibility.UNLISTED)
    moderation.disable([post.pk], reason="Spam.", by=sam)
    with pytest.raises(posts.BarredByAdminError):
        posts.set_visibility(post=post, visibility=PUBLIC, by=alice)


def test_a_disabled_post_goes_to_the_trash_and_comes_back_disabled(
    alice: User, sam: User, post: Post
) -> None:
    moderation.disable([post.pk], reason="Spam.", by=sam)
    trash.trash(owner=alice, ids=[post.pk])
    trash.restore(owner=alice, ids=[post.pk])
    assert Post.objects.get().is_disabled_by_admin
    assert areas() == {"private"}


def test_what_was_held_back_is_let_into_the_feed(alice: User, sam: User) -> None:
    held = create_post(alice, visibility=PUBLIC, review=Post.Review.HELD)
    assert not Post.objects.in_feed().exists()
    assert len(moderation.release([held.pk], by=sam)) == 1
    assert len(moderation.release([held.pk], by=sam)) == 0
    assert Post.objects.in_feed().get().review == Post.Review.PASSED
    assert AuditEvent.objects.get().action == "post.release"


def test_keeping_decides_what_was_reported_and_changes_nothing(
    post: Post, sam: User, bob: User
) -> None:
    other = create_post(post.owner, visibility=PUBLIC)
    for reporter in (bob, sam):
        reports.report(post=post, by=reporter, reason=Report.Reason.SPAM)
    reports.report(post=other, by=bob, reason=Report.Reason.SPAM)
    assert len(moderation.keep([post.pk], by=sam)) == 1
    assert len(moderation.keep([post.pk], by=sam)) == 0
    assert set(Report.objects.filter(post=post).values_list("outcome", flat=True)) == {"kept"}
    assert Report.objects.open().get().post == other
    assert Post.objects.get(pk=post.pk).revision == post.revision
    assert AuditEvent.objects.get().action == "post.keep"


def test_what_nobody_else_sees_any_more_is_kept_as_such(
    alice: User, post: Post, sam: User, bob: User
) -> None:
    reports.report(post=post, by=bob, reason=Report.Reason.SPAM)
    trash.trash(owner=alice, ids=[post.pk])
    moderation.keep([post.pk], by=sam)
    assert Report.objects.get().outcome == Report.Outcome.WITHDRAWN


def test_posts_that_are_gone_are_left_out(post: Post, sam: User) -> None:
    ids = [post.pk, 10**9]
    verbs: list[Callable[[], list[int]]] = [
        lambda: moderation.feature(ids, by=sam),
        lambda: moderation.disable(ids, reason="Spam.", by=sam),
        lambda: moderation.enable(ids, by=sam),
    ]
    assert [verb() for verb in verbs] == [[post.pk]] * 3
    Post.objects.get().images.all().delete()
    Post.objects.all().delete()
    assert [verb() for verb in verbs] == [[], [], []]
    assert len(moderation.keep(ids, by=sam)) == 0


def test_many_are_decided_about_in_several_transactions(
    alice: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderation, "CHUNK", 2)
    ids = [create_post(alice, images=0).pk for _ in range(5)]
    assert len(moderation.disable([*ids, *ids], reason="Spam.", by=sam)) == 5
    assert AuditEvent.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_the_same_moment_write_one_line(alice: User, sam: User) -> None:
    ids = [create_post(alice, images=0, visibility=PUBLIC).pk for _ in range(3)]
    together = threading.Barrier(2)
    changed: list[int] = []

    def decide(order: list[int]) -> None:
        try:
            together.wait(10)
            changed.extend(moderation.disable(order, reason="Spam.", by=sam))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[order]) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(changed) == ids
    assert AuditEvent.objects.count() == 3
    assert set(Post.objects.values_list("revision", flat=True)) == {2}
