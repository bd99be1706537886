"""The visibility of a post, changed on its card."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from gallery.models import AuditEvent, Post
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PUBLIC = {"visibility": "public"}


def address(post: Post) -> str:
    """Where the verb is."""
    return f"/posts/{post.pk}/visibility/"


def test_htmx_gets_the_card_as_it_is_now_and_a_message(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    response = as_alice.post(address(post), PUBLIC, headers=HTMX)
    html = response.content.decode()
    assert f'id="post-{post.pk}"' in html
    assert html.count("<li ") == 1
    assert 'value="unlisted"' in html, "the next press takes it back"
    assert json.loads(response["HX-Trigger"])["toast"]["level"] == "success"
    post.refresh_from_db()
    assert post.visibility == Post.Visibility.PUBLIC


def test_without_htmx_it_leads_back_to_where_it_was_pressed(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    here = "http://testserver/gallery/?q=light"
    response = as_alice.post(address(post), PUBLIC, headers={"Referer": here})
    assert (response.status_code, response["Location"]) == (302, here)
    for elsewhere in ("https://evil.example/gallery/", "javascript:alert(1)", ""):
        headers = {"Referer": elsewhere}
        response = as_alice.post(address(post), {"visibility": "unlisted"}, headers=headers)
        assert response["Location"] == f"/posts/{post.pk}/"


@pytest.mark.parametrize("value", ["", "private", "PUBLIC", "public\x00", "x" * 9999])
def test_anything_else_is_refused_and_changes_nothing(
    as_alice: Client, alice: User, value: str
) -> None:
    post = create_post(alice)
    assert as_alice.post(address(post), {"visibility": value}).status_code == 422
    post.refresh_from_db()
    assert post.visibility == Post.Visibility.UNLISTED
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("view", ["", "post"])
def test_what_an_administrator_disabled_cannot_be_made_public(
    as_alice: Client, alice: User, headers: dict[str, str], view: str
) -> None:
    post = create_post(alice, is_disabled_by_admin=True)
    response = as_alice.post(address(post), {**PUBLIC, "view": view}, headers=headers)
    told = response.headers.get("HX-Trigger") or as_alice.get("/gallery/").content.decode()
    assert "An administrator disabled this post. It cannot be made public." in told
    assert "Everybody finds this post now." not in told
    post.refresh_from_db()
    assert (post.visibility, post.revision) == (Post.Visibility.UNLISTED, 1)
    assert not AuditEvent.objects.exists()


def test_what_an_administrator_disabled_can_still_be_taken_out_of_the_lists(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice, is_disabled_by_admin=True, visibility=Post.Visibility.PUBLIC)
    as_alice.post(address(post), {"visibility": "unlisted"})
    post.refresh_from_db()
    assert post.visibility == Post.Visibility.UNLISTED
