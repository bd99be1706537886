"""Administrators start a new password for somebody else, and never choose it."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client, override_settings

from gallery.models import AuditEvent
from pixelstream.accounts.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

WITH_MAIL = override_settings(MAIL_IS_SENT=True, ACCOUNT_EMAIL_VERIFICATION="mandatory")
CHOSEN = {"password1": "what sam likes", "password2": "what sam likes", "usable_password": "true"}


def address_of(person: User) -> str:
    return f"/admin/accounts/user/{person.pk}/password/"


@WITH_MAIL
def test_the_person_gets_a_link_and_chooses(as_sam: Client, anonymous: Client, alice: User) -> None:
    page = as_sam.get(address_of(alice)).content.decode()
    assert 'value="Send the link"' in page
    assert 'type="password"' not in page
    answer = as_sam.post(address_of(alice), CHOSEN, follow=True)
    assert "is on its way to alice@example.com" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD), "what was sent along is no password"
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    link = re.search(r"https?://testserver(/\S+/key/\S+)", str(letter.body))
    assert link
    form = anonymous.get(link[1], follow=True)
    chosen = "what alice likes"
    anonymous.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    alice.refresh_from_db()
    assert alice.check_password(chosen)


@WITH_MAIL
def test_it_is_written_down(as_sam: Client, alice: User, sam: User) -> None:
    as_sam.post(address_of(alice))
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor, event.target_id) == ("person.password_link", sam, alice.pk)
    history = as_sam.get(f"/admin/accounts/user/{alice.pk}/history/").content.decode()
    assert "Sent a link for a new password." in history


def test_where_no_mail_is_sent_the_page_names_the_command_and_changes_nothing(
    as_sam: Client, alice: User
) -> None:
    page = as_sam.get(address_of(alice)).content.decode()
    assert "python manage.py changepassword alice@example.com" in page
    assert "Send the link" not in page
    assert as_sam.post(address_of(alice), CHOSEN).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert not mail.outbox


@WITH_MAIL
def test_who_cannot_sign_in_gets_no_link(as_sam: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    as_sam.post(address_of(alice))
    assert not mail.outbox


@WITH_MAIL
def test_a_mail_server_that_is_away_is_told_and_nothing_is_written_down(
    as_sam: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fails)
    page = as_sam.post(address_of(alice), follow=True).content.decode()
    assert "The mail server did not take the letter." in page
    assert not AuditEvent.objects.filter(action="person.password_link").exists()


def test_ones_own_password_is_changed_where_everybody_changes_it(as_sam: Client, sam: User) -> None:
    assert as_sam.get(address_of(sam))["Location"] == "/accounts/password/change/"


def test_of_nobody_there_is_no_page(as_sam: Client) -> None:
    assert as_sam.get("/admin/accounts/user/987654/password/").status_code == 404
