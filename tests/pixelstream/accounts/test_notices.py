"""People are told by mail what was changed of how they sign in."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client, override_settings

from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User
from tests.factories import PASSWORD
from tests.pixelstream.test_mfa import CODES, later, switch_on

pytestmark = pytest.mark.django_db(transaction=True)

WITH_MAIL = override_settings(
    MAIL_IS_SENT=True, ACCOUNT_EMAIL_VERIFICATION="mandatory", ACCOUNT_EMAIL_NOTIFICATIONS=True
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another battery of staples"
CHANGE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


@pytest.fixture
def browser(alice: User) -> Client:
    """Where Alice signed in a moment ago."""
    trust_address(alice)
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.7")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    return client


def letter() -> EmailMessage:
    """The one that was sent."""
    (found,) = mail.outbox
    return found


def link_in(message: EmailMessage) -> str:
    found = re.search(r"https?://testserver(/\S+)", str(message.body))
    assert found, message.body
    return found[1]


@WITH_MAIL
def test_of_another_password_its_owner_is_told_when_with_what_and_from_where(
    browser: Client, alice: User
) -> None:
    browser.post("/accounts/password/change/", CHANGE)
    assert letter().to == [alice.email]
    assert letter().subject.endswith("Your password was changed")
    text = " ".join(str(letter().body).split())
    assert "The password of your Pixelstream account was changed." in text
    assert "(UTC), with Firefox on Linux, from the network address 203.0.113.7." in text
    assert "/accounts/password/reset/" in text
    assert "Mozilla" not in text
    assert PASSWORD not in text
    assert NEW not in text


@WITH_MAIL
def test_of_a_password_that_a_link_replaced_and_of_a_first_one(
    browser: Client, alice: User
) -> None:
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": alice.email})
    page = stranger.get(link_in(mail.outbox.pop()), follow=True)
    stranger.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert "was replaced, with a link" in str(letter().body)
    mail.outbox.clear()
    alice.set_unusable_password()
    alice.save()
    first = Client()
    first.force_login(alice)
    first.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert letter().subject.endswith("Your account has a password")


@WITH_MAIL
def test_of_another_address_the_old_one_is_told(browser: Client, alice: User) -> None:
    browser.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    browser.post(link_in(mail.outbox.pop()))
    assert letter().to == ["alice@example.com"]
    assert "from alice@example.com to new@example.com" in " ".join(str(letter().body).split())


@WITH_MAIL
def test_of_the_second_step_and_new_recovery_codes(browser: Client, alice: User) -> None:
    switch_on(browser)
    assert letter().subject.endswith("Two-step sign-in is on")
    mail.outbox.clear()
    later()
    browser.post(f"{CODES}generate/")
    assert letter().subject.endswith("New recovery codes")
    assert not re.search(r"\b\d{8}\b", str(letter().body)), "codes are on the page alone"
    mail.outbox.clear()
    browser.post("/accounts/2fa/totp/deactivate/")
    assert letter().subject.endswith("Two-step sign-in is off")


@WITH_MAIL
def test_the_letter_speaks_the_language_of_its_owner(browser: Client, alice: User) -> None:
    alice.language = "pt-br"
    alice.save()
    headers = {"Accept-Language": "en"}
    browser.post("/accounts/password/change/", CHANGE, headers=headers)
    assert re.search(r"\d de \w+ de 20\d\d", str(letter().body)), letter().body


@WITH_MAIL
def test_a_mail_server_that_is_away_undoes_no_change_and_is_in_the_log(
    browser: Client, alice: User, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fails)
    with caplog.at_level(logging.WARNING, logger="pixelstream.accounts.adapter"):
        assert browser.post("/accounts/password/change/", CHANGE).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert f"Person {alice.pk} was not told of account/email/password_changed" in caplog.text
    assert alice.email not in caplog.text


def test_where_no_mail_is_sent_nobody_writes_any(browser: Client, alice: User) -> None:
    assert browser.post("/accounts/password/change/", CHANGE).status_code == 302
    assert not mail.outbox


@WITH_MAIL
def test_an_address_that_an_administrator_changed_is_told_so(as_sam: Client, alice: User) -> None:
    form = {"email": "alicia@example.com", "language": ""}
    as_sam.post(f"/admin/accounts/user/{alice.pk}/change/", form)
    assert letter().to == ["alice@example.com"]
    text = str(letter().body)
    assert "An administrator of this installation did it." in text
    assert "from the network address" not in text
