"""The mails that people get."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client, override_settings

from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_forgotten_password_brings_a_link_that_works(anonymous: Client, alice: User) -> None:
    anonymous.post("/accounts/password/reset/", {"email": alice.email})
    (message,) = mail.outbox
    assert message.to == [alice.email]
    assert message.subject.endswith("Choose a new password")
    link = next(
        line for line in message.body.splitlines() if "/accounts/password/reset/key/" in line
    )
    path = "/" + link.split("/", 3)[3]
    assert anonymous.get(path, follow=True).status_code == 200
    assert "!" not in message.body


def test_an_unknown_address_is_told_by_mail_and_never_on_the_page(
    anonymous: Client, alice: User
) -> None:
    known = anonymous.post("/accounts/password/reset/", {"email": alice.email}, follow=True)
    unknown = anonymous.post("/accounts/password/reset/", {"email": "no@example.com"}, follow=True)
    assert known.content.decode().count("<p") == unknown.content.decode().count("<p")
    assert "no Pixelstream account with this address" in mail.outbox[1].body


@override_settings(ACCOUNT_EMAIL_VERIFICATION="mandatory", MAIL_IS_SENT=True)
def test_with_a_mail_server_a_new_address_is_confirmed_first(anonymous: Client) -> None:
    anonymous.post(
        "/accounts/signup/", {"email": "new@example.com", "password1": "a long enough phrase"}
    )
    (message,) = mail.outbox
    assert message.subject.endswith("Confirm your email address")
    assert anonymous.get("/gallery/").status_code == 302, "not signed in yet"


def test_mails_speak_portuguese_to_those_who_do(anonymous: Client, alice: User) -> None:
    headers = {"Accept-Language": "pt-BR"}
    anonymous.post("/accounts/password/reset/", {"email": alice.email}, headers=headers)
    assert mail.outbox[0].subject.endswith("Escolha uma senha nova")


def test_without_mail_nobody_changes_an_address_by_sending_the_form(
    as_alice: Client, as_bob: Client, alice: User, bob: User
) -> None:
    for client in (as_alice, as_bob):
        form = {"email": "third@example.com", "action_add": ""}
        assert client.post("/accounts/email/", form, follow=True).status_code < 500
    assert set(User.objects.values_list("email", flat=True)) == {alice.email, bob.email}


@override_settings(ACCOUNT_EMAIL_VERIFICATION="mandatory", MAIL_IS_SENT=True)
def test_with_mail_two_people_may_ask_for_one_address_and_the_first_to_confirm_gets_it(
    alice: User, bob: User
) -> None:
    for person in (alice, bob):
        trust_address(person)
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        form = {"email": "third@example.com", "action_add": ""}
        assert client.post("/accounts/email/", form, follow=True).status_code < 500
    assert set(User.objects.values_list("email", flat=True)) == {alice.email, bob.email}
