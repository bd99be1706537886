"""Reference images: private, through the gate, kept or transient."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.imaging import gate
from gallery.models import Post, ReferenceImage, StoredObject
from gallery.views import references as views
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from pixelstream.storages import LocalStorage
from tests.factories import create_post, create_reference, picture_bytes, start

pytestmark = pytest.mark.django_db

UPLOAD = "/references/upload/"
LIBRARY = "/references/"
ADD = "/references/add/"
HTMX = {"HX-Request": "true"}


def a_file(data: bytes, name: str = "cat.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_an_upload_becomes_a_private_transient_reference(as_alice: Client, alice: User) -> None:
    response = as_alice.post(UPLOAD, {"file": a_file(picture_bytes())})
    assert response.status_code == 201
    reference = ReferenceImage.objects.get()
    assert reference.owner == alice
    assert not reference.kept
    assert reference.object.area == StoredObject.Area.PRIVATE
    assert reference.object.key.startswith(f"reference/{alice.pk}/")
    assert f'value="{reference.pk}"' in response.content.decode()
    assert broken() == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Invalid file type."),
        (b"hello", "Invalid file type."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Invalid file type."),
        (picture_bytes()[:150], "Invalid file type."),
        (picture_bytes() + b"\0" * (12 * 1024 * 1024), "File too large. Maximum size: 10MB"),
    ],
    ids=["empty", "text", "svg", "broken", "twelve megabytes"],
)
def test_what_is_no_picture_is_refused_in_words(
    as_alice: Client, data: bytes, message: str
) -> None:
    response = as_alice.post(UPLOAD, {"file": a_file(data)})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not StoredObject.objects.exists()


def test_without_a_file_the_answer_says_so(as_alice: Client) -> None:
    response = as_alice.post(UPLOAD)
    assert response.status_code == 422
    assert "No file provided" in response.content.decode()


def test_a_reference_is_seen_by_its_owner_only(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    reference = create_reference(alice)
    mine = as_alice.get(reference.url)
    assert mine.status_code == 200
    assert mine.headers["Content-Type"] == "image/webp"
    assert mine.headers["Cache-Control"].startswith("private")
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    assert as_bob.get(reference.url).status_code == 404
    assert anonymous.get(reference.url).status_code == 302


def test_the_library_holds_what_was_kept(as_alice: Client, as_bob: Client, alice: User) -> None:
    reference = create_reference(alice)
    library = "/references/library/"
    assert reference.url not in as_alice.get(library).content.decode()
    assert as_bob.post(f"/references/{reference.pk}/keep/").status_code == 404
    as_alice.post(f"/references/{reference.pk}/keep/")
    assert reference.url in as_alice.get(library).content.decode()
    assert reference.url not in as_bob.get(library).content.decode()
    as_alice.post(f"/references/{reference.pk}/keep/")
    assert reference.url not in as_alice.get(library).content.decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
        ("a\x00b\x1f.jpg", "ab.jpg"),
        ("x" * 400 + ".jpg", "x" * 196 + ".jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    ],
)
def test_names_of_files_are_for_display_only(alice: User, name: str, shown: str) -> None:
    from gallery.services.references import _clean_filename

    assert _clean_filename(name) == shown


def keep(owner: User, name: str = "reference.jpg") -> ReferenceImage:
    reference = create_reference(owner, kept=True)
    ReferenceImage.objects.filter(pk=reference.pk).update(filename=name)
    reference.refresh_from_db()
    return reference


def shown(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="reference-card-(\d+)"', html)]


def test_the_page_shows_what_was_kept_newest_first_and_to_its_owner_only(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    older, newer = keep(alice), keep(alice)
    create_reference(alice)
    html = as_alice.get(LIBRARY).content.decode()
    assert shown(html) == [newer.pk, older.pk]
    assert f"/posts/create/?reference={newer.pk}" in html
    assert shown(as_bob.get(LIBRARY).content.decode()) == []


def test_an_empty_library_says_what_a_reference_is(as_alice: Client) -> None:
    assert "No references yet" in as_alice.get(LIBRARY).content.decode()


@pytest.mark.parametrize("page", [LIBRARY, "/references/library/"])
def test_the_pages_of_the_library_join_without_gap_or_repetition(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(views, "LIBRARY_SIZE", 2)
    kept = [keep(alice).pk for _ in range(5)]
    seen: list[int] = []
    address = page
    for _ in range(3):
        html = as_alice.get(address, headers=HTMX).content.decode()
        seen += shown(html) or [int(pk) for pk in re.findall(r'data-reference-add="(\d+)"', html)]
        more = re.search(r'hx-get="([^"]+)"[^>]*\s+data-reference-more', html)
        address = more[1] if more else ""
    assert seen == kept[::-1]
    assert address == ""


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "\x00", "1.5", "", "١"])
@pytest.mark.parametrize("page", [LIBRARY, "/references/library/"])
def test_a_cursor_that_makes_no_sense_is_the_first_page(
    as_alice: Client, alice: User, page: str, before: str
) -> None:
    reference = keep(alice)
    response = as_alice.get(page, {"before": before})
    assert response.status_code == 200
    if before != "١":  # a one, in Arabic: below it there is nothing
        assert reference.url in response.content.decode()


def test_the_number_of_queries_does_not_grow(
    as_alice: Client, alice: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    keep(alice)
    with CaptureQueriesContext(connection) as one:
        as_alice.get(LIBRARY)
    for _ in range(6):
        keep(alice)
    with django_assert_num_queries(len(one)):
        as_alice.get(LIBRARY)


def test_a_picture_is_added_to_the_library(as_alice: Client, alice: User) -> None:
    response = as_alice.post(ADD, {"file": a_file(picture_bytes())}, headers=HTMX)
    assert response.status_code == 201
    reference = ReferenceImage.objects.get()
    assert reference.kept
    assert shown(response.content.decode()) == [reference.pk]
    assert broken() == []


def test_a_file_that_is_refused_is_named(as_alice: Client) -> None:
    response = as_alice.post(ADD, {"file": a_file(b"hello", "<b>.txt")}, headers=HTMX)
    assert response.status_code == 422
    assert "&lt;b&gt;.txt: Invalid file type." in response.content.decode()
    missing = as_alice.post(ADD, headers=HTMX)
    assert missing.status_code == 422
    assert "No file provided" in missing.content.decode()


def test_a_plain_form_adds_several_and_tells_of_each(as_alice: Client) -> None:
    files = [
        a_file(picture_bytes(), "one.jpg"),
        a_file(b"hello", "two.jpg"),
        a_file(picture_bytes(48, 48), "three.jpg"),
    ]
    response = as_alice.post(ADD, {"file": files}, follow=True)
    html = response.content.decode()
    assert response.redirect_chain == [(LIBRARY, 302)]
    assert "2 references added." in html
    assert "two.jpg: Invalid file type." in html
    assert len(shown(html)) == 2
    assert "No file provided" in as_alice.post(ADD, follow=True).content.decode()


def test_more_files_than_one_form_may_bring_are_named(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UPLOADS_AT_ONCE", 1)
    files = [a_file(picture_bytes(), f"{n}.jpg") for n in range(2)]
    html = as_alice.post(ADD, {"file": files}, follow=True).content.decode()
    assert "1.jpg: not added; at most 1 files at once" in html
    assert len(shown(html)) == 1


def test_a_reference_is_renamed_by_its_owner_only(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    reference = keep(alice, "harbour.png")
    address = f"/references/{reference.pk}/rename/"
    assert as_bob.post(address, {"name": "mine"}).status_code == 404
    assert as_alice.get(address).status_code == 405
    response = as_alice.post(address, {"name": " <i>Jetty "}, headers=HTMX)
    reference.refresh_from_db()
    assert reference.filename == "<i>Jetty.png"
    assert "&lt;i&gt;Jetty.png" in response.content.decode()
    assert as_alice.post(address, {"name": "pier"}).headers["Location"] == LIBRARY
    reference.refresh_from_db()
    assert reference.filename == "pier.png"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Give the reference a name."),
        ("   ", "Give the reference a name."),
        ("\u202e\u200b", "Give the reference a name."),
        ("x" * 121, "A name has at most 120 characters."),
        ("a/b", "A name cannot have / or \\ in it."),
        ("..\\b", "A name cannot have / or \\ in it."),
        ("nul\x00", "Null characters are not allowed."),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(
    as_alice: Client, alice: User, name: str, message: str
) -> None:
    reference = keep(alice, "harbour.png")
    address = f"/references/{reference.pk}/rename/"
    response = as_alice.post(address, {"name": name}, headers=HTMX)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert message in as_alice.post(address, {"name": name}, follow=True).content.decode()
    reference.refresh_from_db()
    assert reference.filename == "harbour.png"


CONFIRMED = {"confirm": "1"}


def test_a_reference_is_deleted_by_its_owner_only(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    first, second = keep(alice), keep(alice)
    address = f"/references/{first.pk}/delete/"
    assert as_bob.post(address, CONFIRMED).status_code == 404
    assert as_alice.get(address).status_code == 405
    response = as_alice.post(address, CONFIRMED, headers=HTMX)
    assert f'hx-target="#reference-card-{first.pk}" hx-swap="delete"' in response.content.decode()
    told = "Image deleted. Removed 1 original and 0 generated versions."
    assert told in response.headers["HX-Trigger"]
    assert as_alice.get(first.url).status_code == 404
    for again in (CONFIRMED, {}):
        response = as_alice.post(address, again, headers=HTMX)
        assert f'hx-target="#reference-card-{first.pk}"' in response.content.decode()
        assert '"Already deleted.", "level": "info"' in response.headers["HX-Trigger"]
        assert as_bob.post(address, again).status_code == 404
    assert "Already deleted." in as_alice.post(address, CONFIRMED, follow=True).content.decode()
    address = f"/references/{second.pk}/delete/"
    html = as_alice.post(address, CONFIRMED, follow=True).content.decode()
    assert told in html
    assert shown(html) == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_reference_is_asked_about_with_what_was_made_from_it(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    reference = keep(alice)
    posts = [start(alice, references=[reference]) for _ in range(2)]
    create_post(alice, parent=posts[0])
    address = f"/references/{reference.pk}/delete/"
    html = as_alice.post(address, headers=headers).content.decode()
    assert "remove the original plus all generated versions. This cannot be undone." in html
    assert "(3 posts)" in html
    assert re.search(r'name="include_generated" value="1"[^>]* checked', html)
    assert ReferenceImage.objects.exists()
    sent = {**CONFIRMED, "include_generated": "1"}
    told = as_alice.post(address, sent, headers=HTMX).headers["HX-Trigger"]
    assert "Image deleted. Removed 1 original and 3 generated versions." in told
    assert not Post.objects.exists()


def test_a_reference_that_is_in_use_stays_and_the_answer_says_why(
    as_alice: Client, alice: User
) -> None:
    reference = keep(alice)
    start(alice, references=[reference])
    address = f"/references/{reference.pk}/delete/"
    response = as_alice.post(address, CONFIRMED, headers=HTMX)
    assert response.status_code == 409
    assert "Pictures are being made with this reference." in response.content.decode()
    assert shown(response.content.decode()) == [reference.pk]
    html = as_alice.post(address, CONFIRMED, follow=True).content.decode()
    assert "Pictures are being made with this reference." in html
    assert ReferenceImage.objects.exists()


def test_the_studio_opens_with_a_reference_of_ones_own(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    reference = keep(alice)
    field = f'name="references" value="{reference.pk}"'
    address = f"/posts/create/?reference={reference.pk}"
    assert field in as_alice.get(address).content.decode()
    assert field not in as_bob.get(address).content.decode()
    for rubbish in ("x", "-1", "9" * 30, "\x00"):
        assert as_alice.get("/posts/create/", {"reference": rubbish}).status_code == 200


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("address", [ADD, UPLOAD, "/posts/create/"])
@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "The server has no room for more pictures now. Try again later."),
        (errno.EMFILE, "The picture could not be stored. Try again in a moment."),
    ],
)
def test_a_temporary_folder_that_takes_nothing_is_not_the_pictures_fault(
    as_alice: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    address: str,
    headers: dict[str, str],
    number: int,
    told: str,
) -> None:
    def refuse() -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(gate.tempfile, "TemporaryFile", refuse)
    name = "uploads" if address == "/posts/create/" else "file"
    fields = {name: a_file(picture_bytes())}
    response = as_alice.post(address, fields, headers=headers, follow=True)
    assert response.status_code == (200 if address == ADD and not headers else 422)
    assert f"cat.jpg: {told}" in unescape(response.content.decode())
    assert os.strerror(number) in caplog.text
    assert not ReferenceImage.objects.exists()
    assert not StoredObject.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("address", [ADD, UPLOAD, "/posts/create/"])
def test_a_disk_that_is_full_is_told_and_nothing_of_it_stays(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, address: str, headers: dict[str, str]
) -> None:
    def full(_storage: object, _name: str, _content: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalStorage, "_save", full)
    name = "uploads" if address == "/posts/create/" else "file"
    fields = {name: a_file(picture_bytes())}
    response = as_alice.post(address, fields, headers=headers, follow=True)
    assert response.status_code == (200 if address == ADD and not headers else 422)
    told = unescape(response.content.decode())
    assert "cat.jpg: The server has no room for more pictures now. Try again later." in told
    assert not ReferenceImage.objects.exists()
    assert [obj.state for obj in StoredObject.objects.all()] == [StoredObject.State.DELETING]
