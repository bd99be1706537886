"""Reports: said once, even at the same moment, and gone with their post."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gallery.models import AuditEvent, Post, Report
from gallery.services import deletion, erasure, purge, reports
from gallery.services.export_records import account_record
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post

SPAM = Report.Reason.SPAM


@pytest.fixture
def post(alice: User) -> Post:
    """A post that everybody may see."""
    return create_post(alice, visibility=Post.Visibility.PUBLIC)


@pytest.mark.django_db
def test_it_says_whether_it_is_new(post: Post, bob: User, sam: User) -> None:
    assert reports.report(post=post, by=bob, reason=SPAM)
    assert not reports.report(post=post, by=bob, reason=Report.Reason.HATE)
    assert reports.report(post=post, by=sam, reason=SPAM)
    assert Report.objects.open().count() == 2


@pytest.mark.django_db
def test_ones_own_post_and_one_that_was_withdrawn_are_refused(post: Post, bob: User) -> None:
    with pytest.raises(reports.OwnPostError):
        reports.report(post=post, by=post.owner, reason=SPAM)
    Post.objects.update(sharing_enabled=False)
    with pytest.raises(Post.DoesNotExist):
        reports.report(post=post, by=bob, reason=SPAM)
    assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_report(post: Post, bob: User) -> None:
    together = threading.Barrier(4)
    answers: list[bool] = []

    def click() -> None:
        try:
            together.wait(10)
            answers.append(reports.report(post=post, by=bob, reason=SPAM))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [False, False, False, True]
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_where_no_lock_parts_two_the_constraint_does(
    post: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = reports.is_open
    asked: list[bool] = []

    def not_yet(*, post: Post, by: User) -> bool:
        asked.append(True)
        return len(asked) > 1 and really_open(post=post, by=by)

    Report.objects.create(post=post, reporter=bob, reason=SPAM)
    monkeypatch.setattr(reports, "is_open", not_yet)
    assert not reports.report(post=post, by=bob, reason=SPAM)
    assert len(asked) == 2
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_a_post_is_deleted_with_what_was_reported_of_it(post: Post, bob: User, sam: User) -> None:
    reports.report(post=post, by=bob, reason=SPAM)
    other = create_post(post.owner)
    reports.report(post=other, by=bob, reason=SPAM)
    deletion.delete_chosen(Post.objects.all(), [post.pk], by=sam)
    assert Report.objects.get().post == other
    assert broken() == []


@pytest.mark.django_db
def test_the_purge_takes_what_was_reported_of_a_post_along(post: Post, bob: User) -> None:
    version = create_post(post.owner, parent=post)
    for one in (post, version):
        reports.report(post=one, by=bob, reason=SPAM)
    old = timezone.now() - timedelta(days=31)
    Post.objects.update(deleted_at=old)
    assert purge.purge_trash()
    assert not Post.objects.exists()
    assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_leaves_no_report_and_no_name_of_who_decided(
    post: Post, bob: User, sam: User
) -> None:
    reports.report(post=post, by=bob, reason=SPAM, details="my face")
    reports.report(post=post, by=sam, reason=SPAM)
    reports.resolve([post.pk], Report.Outcome.KEPT, by=bob)
    erasure.ask(bob, at_once=True)
    assert erasure.run_due() == 1
    left = Report.objects.get()
    assert (left.reporter, left.outcome, left.resolved_by) == (sam, "kept", None)
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_takes_along_what_was_reported_of_their_posts(post: Post, bob: User) -> None:
    reports.report(post=post, by=bob, reason=SPAM)
    erasure.ask(post.owner, at_once=True)
    assert erasure.run_due() == 1
    assert not Report.objects.exists()
    assert broken() == []


@pytest.mark.django_db
def test_an_export_has_what_the_person_reported_and_nothing_of_whom(post: Post, bob: User) -> None:
    reports.report(post=post, by=bob, reason=SPAM, details="again and again")
    (record,) = account_record(bob)["reports"]
    assert record["reason"] == "spam"
    assert record["details"] == "again and again"
    assert not {"post_id", "reporter_id", "resolved_by_id"} & set(record)
    assert account_record(post.owner)["reports"] == []


@pytest.mark.django_db
def test_reporting_is_in_no_audit_log(post: Post, bob: User) -> None:
    reports.report(post=post, by=bob, reason=SPAM)
    assert not AuditEvent.objects.exists()
