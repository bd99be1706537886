"""Reference images: private, through the gate, kept or transient."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import ReferenceImage, StoredObject
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_reference, picture_bytes

pytestmark = pytest.mark.django_db

UPLOAD = "/references/upload/"


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
