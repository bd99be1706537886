"""The mails that people get."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User
from tests.factories import PASSWORD
from tests.ports import free_port

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


@pytest.fixture
def mail_server_is_away(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.MAIL_IS_SENT = True


def says_that_nothing_was_sent(answer: Any) -> bool:
    words = "We could not send the mail" in answer.content.decode()
    return answer.status_code == 503 and words and bool(answer.headers["Retry-After"])


def test_who_signs_up_while_the_mail_server_is_away_gets_the_link_later(
    anonymous: Client, mail_server_is_away: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    form = {"email": "new@example.com", "password1": "a long enough phrase"}
    assert says_that_nothing_was_sent(anonymous.post("/accounts/signup/", form))
    assert "No mail was sent (account/email/email_confirmation_signup)" in caplog.text
    assert "new@example.com" not in caplog.text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()  # five minutes later
    form = {"login": "new@example.com", "password": "a long enough phrase"}
    anonymous.post("/accounts/login/", form)
    (message,) = mail.outbox
    assert message.subject.endswith("Confirm your email address")


@pytest.mark.parametrize("known", [True, False])
def test_a_mail_server_that_is_away_does_not_tell_who_has_an_account(
    anonymous: Client, alice: User, mail_server_is_away: None, known: bool
) -> None:
    email = alice.email if known else "no@example.com"
    answer = anonymous.post("/accounts/password/reset/", {"email": email})
    assert says_that_nothing_was_sent(answer)


def test_an_address_stays_as_it_is_while_the_mail_server_is_away(
    anonymous: Client, alice: User, mail_server_is_away: None
) -> None:
    trust_address(alice)
    anonymous.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    form = {"email": "other@example.com", "action_add": ""}
    assert says_that_nothing_was_sent(anonymous.post("/accounts/email/", form))
    assert User.objects.get(pk=alice.pk).email == alice.email
