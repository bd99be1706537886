"""The page where people say who they are to others."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.models import AuditEvent
from gallery.services import profiles
from pixelstream.accounts.models import User

pytestmark = pytest.mark.django_db

PAGE = "/settings/profile/"
SENT = {"name": "Marina Duarte", "handle": "marina", "bio": "Honey.\r\nLighthouses."}


def send(client: Client, **changes: str) -> str:
    """Send the form; the page that follows, or the form again."""
    answer = client.post(PAGE, {**SENT, **changes}, follow=True)
    assert answer.status_code == (200 if answer.redirect_chain else 422)
    return answer.content.decode()


def test_what_is_sent_is_kept_and_said_so(as_alice: Client, alice: User) -> None:
    page = send(as_alice, posts_begin_public="on")
    alice.refresh_from_db()
    assert (alice.name, alice.handle) == ("Marina Duarte", "marina")
    assert alice.bio == "Honey.\nLighthouses."
    assert alice.posts_begin_public
    assert "Saved." in page
    assert 'value="marina"' in page
    assert 'href="/@marina/"' in page
    send(as_alice)
    alice.refresh_from_db()
    assert not alice.posts_begin_public


def test_posts_begin_unlisted_unless_somebody_wants_it_otherwise(as_alice: Client) -> None:
    page = as_alice.get(PAGE).content.decode()
    assert 'name="posts_begin_public"' in page
    assert "checked" not in page.partition('name="posts_begin_public"')[2][:200]


@pytest.mark.parametrize("typed", ["@marina", " Marina ", "MARINA"])
def test_a_handle_is_small_letters_without_its_sign(
    as_alice: Client, alice: User, typed: str
) -> None:
    send(as_alice, handle=typed)
    alice.refresh_from_db()
    assert alice.handle == "marina"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ab", "3 to 30 letters"),
        ("_marina", "3 to 30 letters"),
        ("marína", "3 to 30 letters"),
        ("x" * 31, "3 to 30 letters"),
        ("@@marina", "3 to 30 letters"),
        ("Admin", "Nobody can have this handle."),
        ("settings", "Nobody can have this handle."),
        ("bobby", "Somebody else has this handle."),
        ("BOBBY", "Somebody else has this handle."),
        ("mar\x00ina", "Null characters are not allowed."),
    ],
)
def test_a_handle_that_cannot_be_had_says_why_and_keeps_what_was_typed(
    as_alice: Client, alice: User, bob: User, typed: str, said: str
) -> None:
    User.objects.filter(pk=bob.pk).update(handle="bobby")
    page = send(as_alice, handle=typed)
    assert said in page
    assert "<b>Alice</b>" in page, "nothing is shown as if it were kept"
    assert 'value="Marina Duarte"' in page
    alice.refresh_from_db()
    assert (alice.name, alice.handle) == ("Alice", None)


def test_who_was_a_moment_too_late_is_told_the_same(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look whether it is free and the writing."""

    def too_late(*args: object, **kwargs: object) -> bool:
        raise profiles.HandleTakenError

    monkeypatch.setattr(profiles, "change_profile", too_late)
    assert "Somebody else has this handle." in send(as_alice)


def test_who_has_a_handle_that_was_reserved_later_keeps_it(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(handle="admin")
    send(as_alice, handle="admin")
    alice.refresh_from_db()
    assert (alice.name, alice.handle) == ("Marina Duarte", "admin")


def test_the_handle_can_be_given_up(as_alice: Client, alice: User, anonymous: Client) -> None:
    send(as_alice)
    assert anonymous.get("/@marina/").status_code == 200
    send(as_alice, handle="")
    alice.refresh_from_db()
    assert alice.handle is None
    assert anonymous.get("/@marina/").status_code == 404


@pytest.mark.parametrize(("name", "length"), [("name", 80), ("bio", 300)])
def test_texts_have_an_end(as_alice: Client, alice: User, name: str, length: int) -> None:
    send(as_alice, **{name: "x" * length})
    assert f"at most {length} characters" in send(as_alice, **{name: "x" * (length + 1)})
    alice.refresh_from_db()
    assert getattr(alice, name) == "x" * length


def test_a_line_break_of_the_bio_is_one_character(as_alice: Client, alice: User) -> None:
    send(as_alice, bio="x" * 149 + "\r\n" + "x" * 150)
    alice.refresh_from_db()
    assert len(alice.bio) == 300


def test_a_name_that_nobody_can_see_is_none(as_alice: Client, alice: User) -> None:
    send(as_alice, name="\u3164\u200b\u202e", bio="\u2800\n\u00ad")
    alice.refresh_from_db()
    assert (alice.name, alice.bio) == ("", "")


def test_the_record_has_no_word_of_it(as_alice: Client) -> None:
    send(as_alice)
    send(as_alice)
    assert AuditEvent.objects.get().action == "person.profile"


def test_the_settings_begin_here_and_the_menu_leads_to_the_page(
    as_alice: Client, alice: User
) -> None:
    page = as_alice.get(PAGE).content.decode()
    assert page.index(f'href="{PAGE}"') < page.index('href="/settings/keys/"')
    send(as_alice)
    assert 'class="menu__i" href="/@marina/"' in as_alice.get("/gallery/").content.decode()
