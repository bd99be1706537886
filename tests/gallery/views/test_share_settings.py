"""The owner's page of who may open a post: what it shows, saves and refuses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import AuditEvent, Post, StoredObject
from gallery.services import trash
from pixelstream.accounts.models import User
from tests.factories import create_post, start

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED
SHARED = {"visibility": "unlisted", "sharing_enabled": "on", "ends": "never"}


def address(post: Post) -> str:
    """Of the page and of what is sent."""
    return f"/posts/{post.pk}/share/"


def text_of(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def is_checked(html: str, **named: str) -> bool:
    """Whether a box or button of the form is chosen."""
    name, value = next(iter(named.items()))
    inputs = re.findall(r"<input[^>]*>", html)
    [found] = [one for one in inputs if f'name="{name}"' in one and f'value="{value}"' in one]
    return " checked" in found


# --- the page


def test_the_page_shows_the_whole_link_its_code_and_how_others_see_it(
    as_alice: Client, alice: User, settings: object
) -> None:
    settings.SITE_URL = "https://pictures.example"  # type: ignore[attr-defined]
    post = create_post(alice)
    html = text_of(as_alice, address(post))
    link = f"https://pictures.example/p/{post.share_token}/"
    assert f'value="{link}"' in html
    assert f'href="/p/{post.share_token}/"' in html
    assert "Unlisted: who has the link" in html
    svg = re.search(r"<svg class=\"qr\".*?</svg>", html, re.DOTALL)
    assert svg
    assert 'role="img" aria-label="QR code of the link"' in svg[0]
    assert "style=" not in svg[0]
    assert ElementTree.fromstring(svg[0])[0].get("d", "").startswith("M4,4H5V5H4z")


def test_with_htmx_it_is_a_dialog_of_the_page_that_asked(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    html = text_of(as_alice, f"{address(post)}?view=lightbox", **HTMX)
    assert "<html" not in html
    assert "data-dialog-auto" in html
    assert '<input type="hidden" name="view" value="lightbox">' in html
    rubbish = text_of(as_alice, f"{address(post)}?view=<b>", **HTMX)
    assert '<input type="hidden" name="view" value="">' in rubbish


def test_head_is_answered_and_reading_writes_nothing(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    before = Post.objects.values().get(pk=post.pk)
    assert as_alice.head(address(post)).status_code == 200
    as_alice.get(address(post))
    assert Post.objects.values().get(pk=post.pk) == before
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("path", ["share/", "share/revoke/"])
def test_it_is_for_the_owner_of_a_live_post_only(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, path: str
) -> None:
    post, trashed = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    before = list(Post.objects.order_by("pk").values())
    sent = {**SHARED, "prompt_is_shared": "on", "confirm": "1"}
    assert as_bob.post(f"/posts/{post.pk}/{path}", sent).status_code == 404
    assert as_alice.post(f"/posts/{trashed.pk}/{path}", sent).status_code == 404
    assert as_alice.post(f"/posts/{2**70}/{path}", sent).status_code == 404
    answer = anonymous.post(f"/posts/{post.pk}/{path}", sent)
    assert answer["Location"].startswith("/accounts/login/")
    assert list(Post.objects.order_by("pk").values()) == before


def test_how_many_queries_it_takes_does_not_depend_on_the_post(
    as_alice: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    post = create_post(alice, images=5)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        as_alice.get(address(post))


# --- saving


def test_without_a_script_it_leads_back_to_the_page_that_says_so(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    sent = {"visibility": "public", "sharing_enabled": "on", "ends": "week"}
    sent["prompt_is_shared"] = "on"
    answer = as_alice.post(address(post), sent, follow=True)
    assert answer.redirect_chain == [(address(post), 302)]
    html = answer.content.decode()
    assert "The sharing of this post is saved." in html
    assert "Public: everybody finds it" in html
    assert "Shared until" in html
    post.refresh_from_db()
    assert (post.visibility, post.sharing_enabled) == (PUBLIC, True)
    assert (post.prompt_is_shared, post.downloads_allowed) == (True, False)
    assert post.share_expires_at is not None
    left = post.share_expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


@pytest.mark.parametrize(
    ("view", "targets"),
    [
        ("", ["#sharing"]),
        ("post", ["#sharing", "#share-post"]),
        ("lightbox", ["#sharing", "#share-lightbox"]),
    ],
)
def test_with_htmx_the_dialog_and_the_page_below_show_it(
    as_alice: Client, alice: User, view: str, targets: list[str]
) -> None:
    post = create_post(alice)
    sent = {**SHARED, "visibility": "public", "view": view}
    answer = as_alice.post(address(post), sent, headers=HTMX)
    html = answer.content.decode()
    assert re.findall(r'hx-partial hx-target="([^"]+)"', html) == targets
    assert html.count("Public: everybody finds it") == len(targets)
    assert json.loads(answer["HX-Trigger"])["toast"]["level"] == "success"


@pytest.mark.parametrize(
    ("day", "offset", "ends_at"),
    [
        ("2030-05-17", "", "2030-05-17T23:59:59"),
        ("2030-05-17", "180", "2030-05-18T02:59:59"),
        ("2030-05-17", "-840", "2030-05-17T09:59:59"),
        ("2030-05-17", "rubbish", "2030-05-17T23:59:59"),
        ("2030-05-17", "99999", "2030-05-17T23:59:59"),
        ("9000-12-31", "840", "9001-01-01T13:59:59"),
    ],
)
def test_a_day_ends_where_the_person_is(
    as_alice: Client, alice: User, day: str, offset: str, ends_at: str
) -> None:
    post = create_post(alice)
    sent = {**SHARED, "ends": "date", "date": day, "offset": offset}
    assert as_alice.post(address(post), sent).status_code == 302
    post.refresh_from_db()
    assert post.share_expires_at == datetime.fromisoformat(ends_at).replace(tzinfo=UTC)


def test_today_is_a_day_that_is_not_over_and_yesterday_is_one_that_is(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    today = timezone.now().date()
    for day, status in ((today, 302), (today - timedelta(days=1), 422)):
        sent = {**SHARED, "ends": "date", "date": day.isoformat()}
        assert as_alice.post(address(post), sent).status_code == status


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ends": "date"}, "Choose a day."),
        ({"ends": "date", "date": "2001-01-01"}, "Choose a day that is not over yet."),
        ({"ends": "date", "date": "31.12.2030"}, "Enter a valid date."),
        ({"ends": ""}, "Say when sharing ends."),
        ({"ends": "as-now"}, "Say when sharing ends."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_chosen_is_kept(
    as_alice: Client, alice: User, fields: dict[str, str], message: str, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    sent = {**SHARED, "visibility": "public", "prompt_is_shared": "on", **fields}
    answer = as_alice.post(address(post), sent, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert message in html
    assert ("<html" in html) is not bool(headers)
    assert is_checked(html, visibility="public")
    post.refresh_from_db()
    assert (post.visibility, post.prompt_is_shared) == (UNLISTED, False)


def test_where_nothing_is_shared_no_end_has_to_make_sense(as_alice: Client, alice: User) -> None:
    post = create_post(alice, share_expires_at=timezone.now() + timedelta(days=2))
    sent = {"visibility": "unlisted", "ends": "date", "date": "rubbish"}
    assert as_alice.post(address(post), sent).status_code == 302
    post.refresh_from_db()
    assert (post.sharing_enabled, post.share_expires_at) == (False, None)
    html = text_of(as_alice, address(post))
    assert "Not shared" in html
    assert "share-link" not in html


def test_an_end_that_is_set_stays_as_it_is_unless_another_is_chosen(
    as_alice: Client, alice: User
) -> None:
    end = timezone.now() + timedelta(days=3)
    post = create_post(alice, share_expires_at=end)
    html = text_of(as_alice, address(post))
    assert is_checked(html, ends="as-now")
    sent = {**SHARED, "ends": "as-now", "prompt_is_shared": "on"}
    as_alice.post(address(post), sent)
    post.refresh_from_db()
    assert (post.share_expires_at, post.prompt_is_shared) == (end, True)
    as_alice.post(address(post), SHARED)
    post.refresh_from_db()
    assert post.share_expires_at is None


def test_what_has_ended_says_so_and_can_be_shared_again(as_alice: Client, alice: User) -> None:
    post = create_post(alice, share_expires_at=timezone.now() - timedelta(days=1))
    html = text_of(as_alice, address(post))
    assert "Sharing ended:" in html
    assert is_checked(html, ends="never")
    assert "as-now" not in html
    enabled = re.search(r'<input[^>]*name="sharing_enabled"[^>]*>', html)
    assert enabled
    assert " checked" not in enabled[0]
    as_alice.post(address(post), {**SHARED, "ends": "day"})
    post.refresh_from_db()
    assert post.is_shared


def test_a_post_that_is_being_made_can_be_shared_or_not(as_alice: Client, alice: User) -> None:
    post = start(alice)
    assert as_alice.get(address(post)).status_code == 200
    assert as_alice.post(address(post), {"visibility": "unlisted"}).status_code == 302
    post.refresh_from_db()
    assert not post.sharing_enabled


# --- disabled, or held back


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_was_disabled_says_why_and_cannot_be_made_public(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    reason = "Looks like <b>a real person</b>."
    post = create_post(alice, is_disabled_by_admin=True, disabled_by_admin_reason=reason)
    page = text_of(as_alice, address(post), **headers)
    assert "Reason: Looks like &lt;b&gt;a real person&lt;/b&gt;." in page
    assert "share-link" not in page
    answer = as_alice.post(address(post), {**SHARED, "visibility": "public"}, headers=headers)
    assert answer.status_code == 422
    assert "It cannot be made public." in answer.content.decode()
    post.refresh_from_db()
    assert post.visibility == UNLISTED


@pytest.mark.parametrize("path", ["", "lightbox/"])
def test_the_owners_pages_say_what_others_see(as_alice: Client, alice: User, path: str) -> None:
    soon = timezone.now() + timedelta(days=1)
    said = [
        ({}, "Unlisted: who has the link"),
        ({"visibility": "public"}, "Public: everybody finds it"),
        ({"share_expires_at": soon}, "Shared until"),
        ({"share_expires_at": soon - timedelta(days=2)}, "Sharing ended:"),
        ({"sharing_enabled": False}, "Not shared"),
        ({"is_disabled_by_admin": True, "disabled_by_admin_reason": "No."}, "Reason: No."),
        (
            {"visibility": "public", "review": "held"},
            "Waits for a look by an administrator before it is listed.",
        ),
    ]
    for fields, words in said:
        post = create_post(alice, **fields)
        html = text_of(as_alice, f"/posts/{post.pk}/{path}", **(HTMX if path else {}))
        assert words in html
        assert f'href="{address(post)}"' in html


def test_what_is_held_and_unlisted_waits_for_nobody(as_alice: Client, alice: User) -> None:
    post = create_post(alice, review="held")
    assert "Waits for a look" not in text_of(as_alice, f"/posts/{post.pk}/")


# --- another link


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_it_is_asked_before_a_link_is_taken_away(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    answer = as_alice.post(f"{address(post)}revoke/", {"view": "post"}, headers=headers)
    html = answer.content.decode()
    assert "Make a new link?" in html
    assert '<input type="hidden" name="view" value="post">' in html
    assert ("<html" in html) is not bool(headers)
    assert Post.objects.get(pk=post.pk).share_token == post.share_token


def test_confirmed_the_old_link_is_dead_and_the_new_one_is_shown(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    token = post.share_token
    sent = {"confirm": "1", "view": "lightbox"}
    answer = as_alice.post(f"{address(post)}revoke/", sent, headers=HTMX)
    html = answer.content.decode()
    post.refresh_from_db()
    assert post.share_token != token
    assert token not in html
    assert post.share_token in html
    assert StoredObject.objects.get(image__post=post).moving_to == "public"

    plain = as_alice.post(f"{address(post)}revoke/", {"confirm": "1"}, follow=True)
    assert plain.redirect_chain == [(address(post), 302)]
    assert "The old link is dead." in plain.content.decode()


def test_a_link_is_not_taken_away_by_a_get(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    assert as_alice.get(f"{address(post)}revoke/?confirm=1").status_code == 405
