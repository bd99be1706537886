"""What beat resumes and ends can be resumed and ended by cron."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.core import mail
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import AccountExport, Post, TrashEmptying, Usage
from gallery.services import downloads, emptying, erasure, exporting, objects, quota, trash
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db(transaction=True)

Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return lambda: capsys.readouterr().out


@pytest.fixture
def mail_fails(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def ask_to_empty(person: User) -> TrashEmptying:
    trash.trash(owner=person, ids=[create_post(person).pk])
    asked = emptying.begin(person)
    assert asked is not None
    return asked


def test_emptyings_go_on_and_only_those_that_nobody_is_at(
    alice: User, bob: User, said: Said
) -> None:
    ask_to_empty(alice)
    held = ask_to_empty(bob)
    TrashEmptying.objects.filter(pk=held.pk).update(lease_until=Now() + timedelta(seconds=60))
    call_command("resume_emptyings")
    assert said() == "1 trashes emptied: 1 posts with 1 images and 0 conversations deleted.\n"
    assert {post.owner for post in Post.objects.all()} == {bob}
    call_command("resume_emptyings")
    assert said().startswith("0 trashes emptied")
    assert invariants.broken() == []


def test_no_more_emptyings_than_the_limit_allows(alice: User, bob: User, said: Said) -> None:
    for person in (alice, bob):
        ask_to_empty(person)
    call_command("resume_emptyings", limit=1)
    assert said().startswith("1 trashes emptied")
    assert TrashEmptying.objects.unfinished().count() == 1


def test_exports_go_on_and_only_those_that_nobody_is_at(alice: User, bob: User, said: Said) -> None:
    create_post(alice)
    exporting.begin(alice)
    held = exporting.begin(bob)
    AccountExport.objects.filter(pk=held.pk).update(
        lease_token=uuid4(), lease_until=Now() + timedelta(seconds=60)
    )
    call_command("resume_exports")
    assert said() == "1 exports ready, 1 being made.\n"
    assert [letter.to for letter in mail.outbox] == [[alice.email]]
    call_command("resume_exports")
    assert said() == "0 exports ready, 1 being made.\n"
    assert invariants.broken() == []


def test_an_export_that_fails_is_told_by_the_exit_status_until_it_is_made(
    alice: User, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OSError("no space left on device")

    exporting.begin(alice)
    with monkeypatch.context() as patched:
        patched.setattr(objects, "put_file", fail)
        with pytest.raises(CommandError, match="1 failed and are tried again later"):
            call_command("resume_exports")
    with pytest.raises(CommandError, match="1 failed"):
        call_command("resume_exports")
    AccountExport.objects.update(lease_until=Now() - timedelta(seconds=1))
    said()
    call_command("resume_exports")
    assert said() == "1 exports ready, 0 being made.\n"


def test_exports_end_after_their_week(alice: User, said: Said) -> None:
    exporting.carry_out(exporting.begin(alice).pk)
    call_command("expire_exports")
    assert said() == "0 exports deleted, 0 people told that theirs is ready.\n"
    AccountExport.objects.update(finished_at=timezone.now() - timedelta(days=7, seconds=1))
    call_command("expire_exports")
    assert said().startswith("1 exports deleted")
    assert not AccountExport.objects.exists()


@pytest.mark.usefixtures("mail_fails")
def test_who_could_not_be_told_of_an_export_is_told_later(
    alice: User, said: Said, settings: Any
) -> None:
    exporting.carry_out(exporting.begin(alice).pk)
    with pytest.raises(CommandError, match="1 people could not be told"):
        call_command("expire_exports")
    said()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("expire_exports")
    assert said() == "0 exports deleted, 1 people told that theirs is ready.\n"


def test_who_asked_to_be_forgotten_is_told_by_cron_too(alice: User, said: Said) -> None:
    erasure.ask(alice)
    call_command("erase_accounts")
    assert said() == "0 people erased.\n1 requests confirmed by e-mail.\n"
    call_command("erase_accounts")
    assert said() == "0 people erased.\n"


def test_downloads_that_were_counted_reach_their_posts(
    alice: User, broker: redis.Redis, said: Said
) -> None:
    post = create_post(alice)
    downloads.count_download(post.pk)
    call_command("flush_download_counts")
    assert said() == "1 downloads counted.\n"
    post.refresh_from_db()
    assert post.download_count == 1


def test_a_broker_that_is_away_is_told_by_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_broker", lambda: redis.Redis(host="127.0.0.1", port=9))
    with pytest.raises(CommandError, match="The broker does not answer"):
        call_command("flush_download_counts")


def test_a_recount_that_corrects_warns_whom_no_mail_reached(alice: User, said: Said) -> None:
    create_post(alice)
    quota.set_limit(alice, Usage.objects.of(alice).bytes_used + 1)
    Usage.objects.update(warned_at=None)
    mail.outbox.clear()
    call_command("recount_quota")
    assert "warned" not in said()
    call_command("recount_quota", fix=True)
    assert "1 people warned of a nearly full storage by e-mail." in said()
    assert [letter.to for letter in mail.outbox] == [[alice.email]]
