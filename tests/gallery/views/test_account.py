"""The page of a person's account: taking everything along, and leaving."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery import tasks
from gallery.models import AccountErasure, AccountExport, Post
from gallery.services import downloads, erasure, exporting, objects
from pixelstream.accounts.models import User
from pixelstream.storages import StorageUnavailableError
from tests.factories import PASSWORD, create_post, create_reference

pytestmark = pytest.mark.django_db

PAGE = "/settings/account/"
EXPORT, DELETE = f"{PAGE}export/", f"{PAGE}export/delete/"
ERASE, KEEP = f"{PAGE}erase/", f"{PAGE}keep/"


@pytest.fixture
def fresh(alice: User) -> Client:
    """Alice's browser, a moment after she gave her password."""
    client = Client()
    assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    return client


def page(client: Client, path: str = PAGE, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def make_export(person: User) -> AccountExport:
    export = exporting.begin(person)
    exporting.carry_out(export.pk)
    export.refresh_from_db()
    return export


# --- taking everything along


def test_an_export_is_asked_for_and_the_page_follows_it(as_alice: Client, alice: User) -> None:
    create_post(alice, images=2)
    assert "Export everything" in page(as_alice)
    assert as_alice.post(EXPORT).status_code == 302
    html = page(as_alice)
    assert "0 of 2 files" in html
    assert 'hx-trigger="every 2s"' in html
    assert '<meta http-equiv="refresh"' in html
    assert "Export everything" not in html
    exporting.carry_out(AccountExport.objects.get().pk)
    fragment = page(as_alice, f"{EXPORT}progress/")
    assert "<html" not in fragment
    assert "Your export is ready" in fragment
    assert "hx-trigger" not in fragment
    assert "Download part 1 of 1" in fragment


def test_the_archive_comes_from_here_to_its_owner_alone(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    create_post(alice)
    part = make_export(alice).parts.get()
    answer = as_alice.get(part.get_absolute_url())
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(content) == int(answer["Content-Length"]) == part.object.size
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    assert re.fullmatch(
        r'attachment; filename="pixelstream-export-[\d-]+-1.zip"', answer["Content-Disposition"]
    )
    assert "sandbox" in answer["Content-Security-Policy"]
    assert downloads.streams.running == 0
    assert as_bob.get(part.get_absolute_url()).status_code == 404
    assert anonymous.get(part.get_absolute_url()).status_code == 302


def test_a_storage_that_serves_itself_is_where_the_archive_comes_from(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = make_export(alice).parts.get()

    class Elsewhere:
        serves_itself = True

        def url(self, key: str) -> str:
            return f"https://bucket.example/{key}?signed"

    monkeypatch.setattr(objects, "storage_of", lambda obj: Elsewhere())
    answer = as_alice.get(part.get_absolute_url())
    assert answer.status_code == 302
    assert answer["Location"] == f"https://bucket.example/{part.object.key}?signed"
    assert answer["Cache-Control"] == "private, no-store"


def test_only_so_many_archives_are_loaded_at_a_time(as_alice: Client, alice: User) -> None:
    part = make_export(alice).parts.get()
    for _ in range(downloads.MAX_STREAMS_PER_PERSON):
        downloads.streams.begin(alice.pk)
    try:
        assert as_alice.get(part.get_absolute_url()).status_code == 429
    finally:
        for _ in range(downloads.MAX_STREAMS_PER_PERSON):
            downloads.streams.end(alice.pk)
    assert as_alice.head(part.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("error", "status"), [(FileNotFoundError(), 404), (StorageUnavailableError(), 503)]
)
def test_a_storage_in_trouble_is_told_in_words(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch, error: OSError, status: int
) -> None:
    part = make_export(alice).parts.get()

    class Broken:
        serves_itself = False

        def open(self, key: str) -> None:
            raise error

    monkeypatch.setattr(objects, "storage_of", lambda obj: Broken())
    assert as_alice.get(part.get_absolute_url()).status_code == status


def test_an_export_that_is_not_ready_cannot_be_loaded(as_alice: Client, alice: User) -> None:
    export = make_export(alice)
    AccountExport.objects.update(finished_at=None)
    assert as_alice.get(export.parts.get().get_absolute_url()).status_code == 404


def test_an_export_can_be_deleted_and_asking_twice_is_no_error(
    as_alice: Client, alice: User
) -> None:
    make_export(alice)
    assert "Delete the export" in page(as_alice)
    answer = as_alice.post(DELETE, follow=True)
    assert "The export is deleted." in answer.content.decode()
    assert "There is no export." in as_alice.post(DELETE, follow=True).content.decode()
    assert not AccountExport.objects.exists()


def test_a_broker_that_is_away_costs_a_moment(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise tasks.OperationalError

    monkeypatch.setattr(tasks.export_account, "delay", fail)
    assert as_alice.post(EXPORT).status_code == 302
    tasks.resume_exports()
    assert AccountExport.objects.get().finished_at is not None


# --- leaving


def test_the_password_comes_first(as_alice: Client) -> None:
    html = page(as_alice, ERASE)
    assert "/accounts/reauthenticate/?next=%2Fsettings%2Faccount%2Ferase%2F" in html
    assert 'name="understood"' not in html
    answer = as_alice.post(ERASE, {"understood": "on"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not AccountErasure.objects.exists()


def test_a_password_of_long_ago_does_not_count(fresh: Client) -> None:
    session = fresh.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()
    assert fresh.post(ERASE, {"understood": "on"})["Location"].startswith("/accounts/re")
    assert not AccountErasure.objects.exists()


def test_the_page_says_what_is_deleted_before_it_asks(fresh: Client, alice: User) -> None:
    create_post(alice, images=2)
    create_post(alice, deleted_at=timezone.now())
    create_reference(alice)
    html = page(fresh, ERASE)
    for words in ("1 post,", "1 post in the trash", "3 images", "1 reference", "in 7 days"):
        assert words in html
    assert "successor" not in html


def test_without_the_box_nothing_happens_and_the_page_says_so(fresh: Client) -> None:
    answer = fresh.post(ERASE)
    assert answer.status_code == 422
    assert "Check the box" in answer.content.decode()
    assert not AccountErasure.objects.exists()


@pytest.mark.parametrize("path", ["/", "/gallery/", "/posts/create/", PAGE, "/gallery/trash/"])
def test_every_page_says_the_day_and_offers_to_stay(fresh: Client, path: str) -> None:
    assert "Keep my account" not in page(fresh, path)
    fresh.post(ERASE, {"understood": "on"})
    html = page(fresh, path)
    assert "Your account will be deleted" in html
    assert f'action="{KEEP}"' in html


def test_who_does_not_leave_pays_no_query_for_it(
    as_alice: Client, as_bob: Client, bob: User
) -> None:
    create_post(bob)
    erasure.ask(bob)
    for client in (as_alice, as_bob):
        client.get("/references/")
    with CaptureQueriesContext(connection) as nothing:
        page(as_alice, "/references/")
    with CaptureQueriesContext(connection) as leaving:
        page(as_bob, "/references/")
    assert len(nothing) == len(leaving)


def test_one_click_keeps_the_account(fresh: Client, alice: User) -> None:
    fresh.post(ERASE, {"understood": "on"})
    assert AccountErasure.objects.get().person == alice
    answer = fresh.post(KEEP, follow=True)
    assert "Your account stays as it is." in answer.content.decode()
    assert "Your account will be deleted" not in page(fresh)
    assert "Nothing was to be deleted" in fresh.post(KEEP, follow=True).content.decode()


def test_the_mails_are_sent_after_the_answer(
    fresh: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(tasks.confirm_erasure, "delay", tasks.confirm_erasure)
    monkeypatch.setattr(tasks.tell_kept, "delay", tasks.tell_kept)
    with django_capture_on_commit_callbacks(execute=True):
        fresh.post(ERASE, {"understood": "on"})
    with django_capture_on_commit_callbacks(execute=True):
        fresh.post(KEEP)
    assert [message.subject for message in mail.outbox] == [
        "Your Pixelstream account will be deleted",
        "Your Pixelstream account stays",
    ]


def test_a_mail_that_a_broker_lost_is_sent_within_the_hour(fresh: Client) -> None:
    fresh.post(ERASE, {"understood": "on"})
    assert mail.outbox == []
    tasks.erase_accounts()
    assert len(mail.outbox) == 1


def test_every_browser_of_an_erased_person_is_signed_out(
    fresh: Client, as_alice: Client, alice: User
) -> None:
    fresh.post(ERASE, {"understood": "on"})
    AccountErasure.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    tasks.erase_accounts()
    for client in (fresh, as_alice):
        assert client.get("/gallery/")["Location"] == "/accounts/login/?next=/gallery/"
    again = Client().post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert again.status_code == 200
    assert User.objects.create_user(alice.email, PASSWORD).pk != alice.pk, "the address is free"


def test_the_last_administrator_names_the_next_one(sam: User, bob: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})
    assert "next administrator" in page(client, ERASE)
    for wrong in ("", "nobody@example.com", sam.email, "rubbish"):
        answer = client.post(ERASE, {"understood": "on", "successor": wrong})
        assert answer.status_code == 422
    assert not AccountErasure.objects.exists()
    client.post(ERASE, {"understood": "on", "successor": bob.email})
    bob.refresh_from_db()
    assert bob.is_superuser
    assert AccountErasure.objects.get().person == sam


def test_asking_again_leads_to_the_page_that_says_so(fresh: Client) -> None:
    fresh.post(ERASE, {"understood": "on"})
    first = AccountErasure.objects.get()
    assert fresh.get(ERASE)["Location"] == PAGE
    fresh.post(ERASE, {"understood": "on"})
    again = AccountErasure.objects.get()
    assert (again.pk, again.due_at) == (first.pk, first.due_at)
    assert not Post.objects.exists()
