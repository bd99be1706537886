"""A person says what is wrong with somebody's public post."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from gallery.models import Post, Report
from gallery.services import moderation
from pixelstream.accounts.models import User
from tests.conftest import BrokerServer
from tests.factories import create_post

pytestmark = pytest.mark.django_db

LIMIT = 10


@pytest.fixture
def post(alice: User) -> Post:
    """A post that everybody may see, with a prompt that is nobody's business."""
    return create_post(alice, visibility=Post.Visibility.PUBLIC, prompt="a secret lighthouse")


def address(post: Post) -> str:
    return reverse("gallery:report", args=[post.share_token])


def say(client: Client, post: Post, reason: str = "spam", details: str = "") -> int:
    """Report it; gives the status of the answer."""
    return client.post(address(post), {"reason": reason, "details": details}).status_code


def test_the_page_shows_the_post_and_asks_what_is_wrong(as_bob: Client, post: Post) -> None:
    answer = as_bob.get(address(post))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('type="radio"') == len(Report.Reason)
    assert "Last light." in page
    assert "by Alice" in page
    assert "secret" not in page
    assert post.owner.email not in page
    assert f"/posts/{post.pk}/" not in page


def test_a_report_is_written_down_and_leads_back_to_the_post(
    as_bob: Client, bob: User, post: Post
) -> None:
    answer = as_bob.post(address(post), {"reason": "copyright", "details": " My poster. "})
    assert answer.status_code == 302
    assert answer["Location"] == post.public_address
    report = Report.objects.get()
    assert (report.post, report.reporter) == (post, bob)
    assert (report.reason, report.details, report.outcome) == ("copyright", "My poster.", "")
    assert "Thank you." in as_bob.get("/gallery/").content.decode()


def test_the_same_said_again_is_said_once_and_answered_kindly(as_bob: Client, post: Post) -> None:
    say(as_bob, post)
    for answer in (as_bob.get(address(post)), as_bob.post(address(post), {"reason": "hate"})):
        assert answer.status_code == 200
        assert "You have reported this post." in answer.content.decode()
    assert Report.objects.get().reason == "spam"


def test_after_a_decision_it_can_be_said_again(as_bob: Client, post: Post, sam: User) -> None:
    say(as_bob, post)
    moderation.keep([post.pk], by=sam)
    assert say(as_bob, post, "hate") == 302
    assert Report.objects.open().get().reason == "hate"


def test_nobody_reports_their_own(as_alice: Client, post: Post) -> None:
    page = as_alice.get(address(post))
    assert page.status_code == 200
    assert "This is your own post." in page.content.decode()
    assert say(as_alice, post) == 422
    assert not Report.objects.exists()


def test_a_stranger_signs_in_first_and_comes_back(anonymous: Client, post: Post) -> None:
    for answer in (anonymous.get(address(post)), anonymous.post(address(post), {"reason": "spam"})):
        assert answer["Location"] == f"/accounts/login/?next={address(post)}"
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "hidden",
    [
        {"sharing_enabled": False},
        {"is_disabled_by_admin": True},
        {"deleted_at": "2026-01-01T00:00Z"},
        {"share_expires_at": "2026-01-01T00:00Z"},
    ],
)
def test_what_others_may_not_see_is_not_there(
    as_bob: Client, post: Post, hidden: dict[str, object]
) -> None:
    Post.objects.filter(pk=post.pk).update(**hidden)
    never = reverse("gallery:report", args=["A" * 22])
    assert [as_bob.get(path).status_code for path in (address(post), never)] == [404, 404]
    assert say(as_bob, post) == 404
    assert not Report.objects.exists()


def test_an_unlisted_post_can_be_reported_by_who_has_the_link(as_bob: Client, alice: User) -> None:
    assert say(as_bob, create_post(alice)) == 302


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Say what is wrong."),
        ({"reason": "nonsense"}, "Say what is wrong."),
        ({"reason": ["", "\x00"]}, "Say what is wrong."),
        ({"reason": "spam", "details": "x" * 1001}, "at most 1000 characters"),
        ({"reason": "spam", "details": "a\x00b"}, "Null characters"),
    ],
)
def test_rubbish_is_refused_in_words_and_what_was_typed_stays(
    as_bob: Client, post: Post, sent: dict[str, object], says: str
) -> None:
    answer = as_bob.post(address(post), {"details": "My poster.", **sent})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert str(sent.get("details", "My poster."))[:900] in page or "\x00" in str(sent)
    assert not Report.objects.exists()


def test_the_summary_of_what_is_wrong_leads_to_the_first_reason(as_bob: Client, post: Post) -> None:
    page = as_bob.post(address(post), {}).content.decode()
    assert '<a href="#id_reason_0">Say what is wrong.</a>' in page
    assert 'id="id_reason_0"' in page


def test_a_person_reports_so_much_an_hour_and_others_go_on(
    as_bob: Client, alice: User, sam: User
) -> None:
    posts = [create_post(alice) for _ in range(LIMIT + 1)]
    assert [say(as_bob, post) for post in posts[:LIMIT]] == [302] * LIMIT
    answer = as_bob.post(address(posts[-1]), {"reason": "spam", "details": "The eleventh."})
    assert answer.status_code == 429
    assert "Try again in an hour." in answer.content.decode()
    assert "The eleventh." in answer.content.decode()
    assert Report.objects.count() == LIMIT
    as_sam = Client()
    as_sam.force_login(sam)
    assert say(as_sam, posts[-1]) == 302


def test_looking_and_mistakes_do_not_count_against_the_limit(
    as_bob: Client, alice: User, post: Post
) -> None:
    for _ in range(LIMIT + 1):
        as_bob.get(address(post))
        say(as_bob, post, "nonsense")
    assert say(as_bob, post) == 302


def test_reports_are_taken_while_the_cache_is_away(
    as_bob: Client, post: Post, broker_server: BrokerServer
) -> None:
    broker_server.stop()
    try:
        assert say(as_bob, post) == 302
    finally:
        broker_server.start()
    assert Report.objects.count() == 1


def test_the_page_asks_little_of_the_database(
    as_bob: Client, post: Post, django_assert_num_queries: object
) -> None:
    as_bob.get(address(post))
    with django_assert_num_queries(5):  # type: ignore[operator]
        as_bob.get(address(post))


def test_it_needs_the_token_of_the_form(bob: User, post: Post) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    assert say(client, post) == 403
