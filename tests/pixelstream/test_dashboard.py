"""What administrators see first: numbers that cost next to nothing, and lead to their lists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import Post, Report, StoredObject
from gallery.services import moderation, suspension
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from pixelstream import dashboard
from pixelstream.accounts.models import User
from tests.factories import create_object, create_post, create_user, start
from tests.gallery.services.test_plans import plans

pytestmark = pytest.mark.django_db

PUBLIC = Post.Visibility.PUBLIC


def shown(person: User) -> dict[str, str]:
    """The numbers by what they are."""
    return {str(number.label): number.text for number in dashboard.numbers_for(person)}


def fill(alice: User, bob: User, sam: User) -> None:
    """One of each, and something that is none of them."""
    posts = [create_post(alice, visibility=PUBLIC) for _ in range(4)]
    Report.objects.create(post=posts[0], reporter=bob, reason="spam")
    decided = Report.objects.create(post=posts[1], reporter=bob, reason="spam")
    Report.objects.filter(pk=decided.pk).update(outcome="kept", resolved_at=timezone.now())
    moderation.feature([posts[0].pk], by=sam)
    moderation.disable([posts[1].pk], reason="Spam.", by=sam)
    Post.objects.filter(pk=posts[2].pk).update(review=Post.Review.HELD)
    suspension.suspend(create_user("eve@example.com"), reason="Spam.", by=sam)
    create_object(alice)
    StoredObject.objects.filter(image=None).update(state="deleting", attempts=12)
    failed, canceled = start(alice), start(alice)
    for post, error in ((failed, ErrorCode.INTERNAL), (canceled, ErrorCode.CANCELED)):
        post.jobs.update(status="failed", error_code=error, finished_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=2)
    start(alice).jobs.update(status="failed", error_code=ErrorCode.INTERNAL, finished_at=long_ago)


def test_the_numbers_say_what_there_is(alice: User, bob: User, sam: User) -> None:
    assert set(shown(sam).values()) == {"0", "3"}
    fill(alice, bob, sam)
    assert shown(sam) == {
        "open reports": "1",
        "posts held back": "1",
        "posts disabled": "1",
        "posts featured": "1",
        "people": "4",
        "people suspended": "1",
        "objects in the outbox": "2",
        "objects that storage refuses again and again": "1",
        "jobs that failed within a day": str(
            GenerationJob.objects.filter(error_code=ErrorCode.INTERNAL).count() // 2
        ),
    }


def test_each_leads_to_the_list_that_has_as_many(
    as_sam: Client, alice: User, bob: User, sam: User
) -> None:
    fill(alice, bob, sam)
    for number in dashboard.numbers_for(sam):
        page = as_sam.get(number.url)
        assert page.status_code == 200, number.label
        if "jobs" not in str(number.label):  # that list has the older ones, too
            assert page.context["cl"].result_count == int(number.text), number.label


def test_the_first_page_has_them(as_sam: Client, alice: User, bob: User, sam: User) -> None:
    fill(alice, bob, sam)
    page = as_sam.get("/admin/").content.decode()
    numbers = re.findall(r'class="number( number--urgent)?" href="([^"]+)"', page)
    assert len(numbers) == len(dashboard.NUMBERS)
    urgent = [address for mark, address in numbers if mark]
    assert urgent == [
        "/admin/gallery/report/",
        "/admin/gallery/post/?state=held",
        "/admin/gallery/storedobject/?failed=stuck",
    ]


def test_they_are_counted_no_further_than_needed(
    alice: User, bob: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "MOST", 2)
    for _ in range(3):
        post = create_post(alice, images=0, visibility=PUBLIC)
        Report.objects.create(post=post, reporter=bob, reason="spam")
    assert shown(sam)["open reports"] == "2+"


def test_no_number_reads_a_growing_table(alice: User, bob: User, sam: User) -> None:
    fill(alice, bob, sam)
    with plans() as read:
        dashboard.numbers_for(sam)
    known = re.compile(
        r"INDEX (report_open|post_held|post_disabled|post_featured)"
        r"|ORDER BY \S+ DESC LIMIT 2000$"  # along the ids
    )
    assert [step for step in read if not known.search(step)] == []


def test_who_is_suspended_is_found_without_reading_everybody() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which would rightly read a small table
            cursor.execute("SET LOCAL enable_seqscan = off")
    number = next(one for one in dashboard.NUMBERS if one.query == "state=suspended")
    (rows,) = number.rows()
    assert "user_suspended" in rows[: dashboard.MOST].explain()


def test_they_take_as_many_queries_whatever_there_is(
    as_sam: Client, alice: User, bob: User, sam: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_sam.get("/admin/")
        return len(captured)

    queries()
    few = queries()
    fill(alice, bob, sam)
    assert queries() == few


def test_staff_see_only_what_they_may_look_into(alice: User) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    assert shown(bea) == {}
    bea.user_permissions.set(Permission.objects.filter(codename="view_report"))
    assert list(shown(User.objects.get(pk=bea.pk))) == ["open reports"]
    client = Client()
    client.force_login(bea)
    page = client.get("/admin/").content.decode()
    assert page.count('class="number') == 2  # the list and its entry
