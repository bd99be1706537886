"""The queue of what visitors reported, worked off by administrators."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.models import Post, Report
from gallery.services import outbox
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, create_user

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/report/"


@pytest.fixture
def post(alice: User) -> Post:
    """A post that everybody finds."""
    return create_post(alice, visibility=Post.Visibility.PUBLIC, caption="Red sun, nine swells.")


def reported(post: Post, by: User, reason: str = "spam", details: str = "") -> Report:
    return Report.objects.create(post=post, reporter=by, reason=reason, details=details)


def choose(client: Client, action: str, *reports: Report, **fields: str) -> str:
    """What the page says after the action was chosen for these reports."""
    chosen = {"action": action, "_selected_action": [report.pk for report in reports]}
    return client.post(LIST, {**chosen, **fields}, follow=True).content.decode()


def test_it_shows_what_is_open_with_all_that_a_decision_needs(
    as_sam: Client, post: Post, bob: User, sam: User
) -> None:
    reported(post, sam)
    reported(post, bob, "copyright", "Copies <a poster>\nsold elsewhere.")
    page = as_sam.get(LIST).content.decode()
    assert page.count('class="thumbnail"') == 2
    assert page.count(f'href="{post.public_address}"') == 2
    assert page.count(f'href="/admin/gallery/post/{post.pk}/change/"') == 2
    assert page.count('<td class="field-of_this_post">2</td>') == 2
    assert "Red sun, nine swells." in page
    assert post.owner.email in page
    assert "Copied from somebody" in page
    assert "Copies &lt;a poster&gt;" in page
    assert page.index("Copied from somebody") < page.index("Spam or misleading")


def test_the_decided_ones_are_one_click_away(as_sam: Client, post: Post, bob: User) -> None:
    report = reported(post, bob)
    choose(as_sam, "keep", report)

    def shown(**query: str) -> int:
        return int(as_sam.get(LIST, query).context["cl"].result_count)

    assert (shown(), shown(decided="yes"), shown(decided="all")) == (0, 1, 1)
    assert "kept (sam@example.com)" in as_sam.get(LIST, {"decided": "yes"}).content.decode()
    assert shown(decided="yes", q=str(post.pk)) == shown(decided="yes", q=post.owner.email) == 1
    assert shown(decided="yes", q="nobody@example.com") == 0


def test_keeping_decides_all_that_is_open_of_the_post(
    as_sam: Client, post: Post, bob: User, sam: User
) -> None:
    report, other = reported(post, bob), reported(post, sam)
    assert "1 post kept as it is." in choose(as_sam, "keep", report)
    assert set(Report.objects.values_list("outcome", flat=True)) == {"kept"}
    assert "No report" in choose(as_sam, "keep", other) or not Report.objects.open().exists()


def test_disabling_asks_why_and_decides(as_sam: Client, post: Post, bob: User, sam: User) -> None:
    report = reported(post, bob)
    page = choose(as_sam, "disable", report)
    assert "Disable 1 post?" in page
    assert f"/admin/gallery/post/{post.pk}/change/" in page
    page = choose(as_sam, "disable", report, confirm="1", reason="Copied.")
    assert "1 post disabled." in page
    after = Post.objects.get()
    assert (after.is_disabled_by_admin, after.disabled_by_admin_reason) == (True, "Copied.")
    report.refresh_from_db()
    assert (report.outcome, report.resolved_by) == ("disabled", sam)


def test_the_post_can_be_deleted_from_here_with_the_same_question(
    as_sam: Client, post: Post, bob: User, sam: User
) -> None:
    report = reported(post, bob)
    reported(post, sam)
    create_post(post.owner, parent=post)
    page = choose(as_sam, "delete_reported_for_good", report)
    assert "Delete image?" in page
    assert "remove this photo and every generated version for the user" in page
    assert "Red sun, nine swells." in page
    assert Post.objects.count() == 2
    page = choose(as_sam, "delete_reported_for_good", report, confirm="1", include_generated="1")
    assert "Image deleted. Removed 1 original and 1 generated version." in page
    assert "The user can no longer access this photo." in page
    assert not Post.objects.exists()
    assert not Report.objects.exists()
    outbox.run()
    assert broken() == []


def test_two_reports_of_one_post_are_one_decision(
    as_sam: Client, post: Post, bob: User, sam: User
) -> None:
    both = [reported(post, bob), reported(post, sam)]
    assert "Disable 1 post?" in choose(as_sam, "disable", *both)
    assert "Delete image?" in choose(as_sam, "delete_reported_for_good", *both)


def test_a_longer_queue_asks_no_more_of_the_database(as_sam: Client, alice: User) -> None:
    def grow(times: int) -> None:
        for _ in range(times):
            person = create_user(f"p{User.objects.count()}@example.com")
            reported(create_post(person), alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_sam.get(LIST)
        return len(captured)

    grow(1)
    queries()
    few = queries()
    grow(5)
    assert queries() == few


def test_who_may_only_look_decides_nothing(post: Post, bob: User) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(codename__in=["view_report", "view_post"]))
    client = Client()
    client.force_login(bea)
    report = reported(post, bob)
    assert client.get(LIST).status_code == 200
    for action in ("keep", "disable", "delete_reported_for_good"):
        choose(client, action, report, confirm="1", reason="Spam.")
    assert Report.objects.open().get() == report
    assert not Post.objects.get().is_disabled_by_admin
