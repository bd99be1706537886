"""A session begins with signing in, lies on the server only, and ends when it should."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pixelstream.accounts.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another battery of staples"


def sign_in(client: Client, person: User, password: str = PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": person.email, "password": password})


def is_in(client: Client) -> bool:
    return client.get(reverse("gallery:post-list")).status_code == 200


def test_signing_in_begins_a_session_with_a_key_of_its_own(alice: User) -> None:
    client = Client()
    client.get(reverse("account_login"))
    client.cookies["sessionid"] = "a" * 32  # a key that somebody else chose
    sign_in(client, alice)
    first = client.cookies["sessionid"].value
    assert is_in(client)
    assert first != "a" * 32
    assert len(first) == 32
    client.post(reverse("account_logout"))
    sign_in(client, alice)
    assert client.cookies["sessionid"].value != first


def test_who_signed_out_cannot_go_on_with_the_old_cookie(alice: User) -> None:
    client = Client()
    sign_in(client, alice)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)

    client.post(reverse("account_logout"))

    assert not is_in(thief)
    assert not Session.objects.exists()


def test_a_session_ends_after_two_weeks_without_a_change(alice: User) -> None:
    client = Client()
    sign_in(client, alice)
    session = Session.objects.get()
    assert session.expire_date - timezone.now() <= timedelta(days=14)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)


def test_another_password_ends_all_other_sessions(alice: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, alice)
    sign_in(elsewhere, alice)
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_signing_in_and_out_and_failing_to_are_lines_without_addresses(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    with caplog.at_level(logging.INFO, logger="pixelstream.sign_ins"):
        sign_in(client, alice, password="not it at all")
        client.post(reverse("account_login"), {"login": "nobody@example.com", "password": PASSWORD})
        sign_in(client, alice)
        client.post(reverse("account_logout"))
    lines = [record.getMessage() for record in caplog.records if "sign_ins" in record.name]
    assert lines == [
        f"Signing in failed: person {alice.pk}",
        "Signing in failed: nobody's address",
        f"Person {alice.pk} signed in (password)",
        f"Person {alice.pk} signed out",
    ]
    assert "@" not in "".join(lines)
    assert PASSWORD not in caplog.text
