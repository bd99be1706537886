"""`POST /api/upload`: its envelopes, its codes, and the order in which it looks."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from PIL import Image

from gallery.imaging.formats import MAX_UPLOAD_BYTES
from gallery.models import Post, ReferenceImage, StoredObject, Usage
from gallery.services import objects, quota, references
from pixelstream.accounts.models import User
from pixelstream.api.models import Scope
from tests.factories import create_post, picture_bytes
from tests.gallery.api.answers import data_of, error_of
from tests.gallery.api.conftest import Program

pytestmark = pytest.mark.django_db

PATH = "/api/upload"
NO_FILE = (400, "NO_FILE", "No file provided")
INVALID_TYPE = (
    400,
    "INVALID_TYPE",
    "Invalid file type. Allowed: image/jpeg, image/png, image/webp, image/gif",
)
FILE_TOO_LARGE = (400, "FILE_TOO_LARGE", "File too large. Maximum size: 10MB")


def send(client: Client, data: bytes, name: str = "farol.jpg", kind: str = "image/jpeg") -> Any:
    """Upload a file."""
    return client.post(PATH, {"file": SimpleUploadedFile(name, data, kind)})


def as_format(name: str) -> bytes:
    """A small picture of that format."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "#b04a2f").save(buffer, name)
    return buffer.getvalue()


def test_a_picture_is_taken_into_the_library(alices: Client, alice: User) -> None:
    data = data_of(send(alices, picture_bytes(), name="../férias/farol.jpg"))
    reference = ReferenceImage.objects.get()
    assert data == {
        "id": reference.pk,
        "url": f"http://127.0.0.1:8000/api/references/{reference.pk}/file",
        "r2Key": reference.object.key,
        "contentType": "image/jpeg",
        "sizeBytes": reference.object.size,
        "notices": [],
    }
    assert (reference.owner, reference.filename, reference.kept) == (alice, "farol.jpg", True)
    assert reference.object.area == StoredObject.Area.PRIVATE
    file = alices.get(f"/api/references/{reference.pk}/file")
    assert len(b"".join(file.streaming_content)) == data["sizeBytes"]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "GIF"])
def test_all_four_types_are_taken_whatever_the_file_says_of_itself(
    alices: Client, name: str
) -> None:
    data = data_of(send(alices, as_format(name), name="x.txt", kind="text/plain"))
    reference = ReferenceImage.objects.get()
    assert data["contentType"] == reference.object.content_type
    assert data["contentType"] in {"image/jpeg", "image/webp"}, "re-encoded"
    assert (reference.width, reference.height) == (40, 30)


def test_without_a_file_it_says_so(alices: Client) -> None:
    assert error_of(alices.post(PATH)) == NO_FILE
    assert error_of(alices.post(PATH, {"file": "a text"})) == NO_FILE
    other = SimpleUploadedFile("a.jpg", picture_bytes(), "image/jpeg")
    assert error_of(alices.post(PATH, {"image": other})) == NO_FILE
    assert error_of(alices.post(PATH, b"{}", content_type="application/json")) == NO_FILE
    assert error_of(alices.post(PATH, picture_bytes(), content_type="image/jpeg")) == NO_FILE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff" + b"x" * 100,
        b"%PDF-1.7",
        b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100,
    ],
)
def test_what_is_no_picture_of_these_types_is_refused(alices: Client, data: bytes) -> None:
    assert error_of(send(alices, data)) == INVALID_TYPE
    assert not StoredObject.objects.exists()


def test_ten_megabytes_are_the_most(alices: Client) -> None:
    padded = picture_bytes().ljust(MAX_UPLOAD_BYTES, b"\0")
    data_of(send(alices, padded))
    assert error_of(send(alices, padded + b"\0")) == FILE_TOO_LARGE
    assert ReferenceImage.objects.count() == 1


def test_the_order_is_who_then_whether_then_type_then_size(
    alices: Client, alice: User, program: Program
) -> None:
    too_large = b"x" * (MAX_UPLOAD_BYTES + 1)
    assert error_of(Client().post(PATH)) == (401, "UNAUTHORIZED", "Not authenticated")
    assert error_of(send(Client(), too_large))[:2] == (401, "UNAUTHORIZED")
    assert error_of(program(alice, Scope.READ).post(PATH))[:2] == (403, "FORBIDDEN")
    assert error_of(alices.post(PATH)) == NO_FILE
    assert error_of(send(alices, too_large)) == INVALID_TYPE
    quota.set_limit(alice, 1)
    Usage.objects.filter(owner=alice).update(bytes_used=1)
    assert error_of(send(alices, b"no picture")) == INVALID_TYPE
    large = picture_bytes().ljust(MAX_UPLOAD_BYTES + 1, b"\0")
    assert error_of(send(alices, large)) == FILE_TOO_LARGE
    status, code, message = error_of(send(alices, picture_bytes()))
    assert (status, code) == (403, "STORAGE_FULL")
    assert "Delete posts or references to free space." in message


def test_a_storage_that_fails_is_our_fault_and_only_the_log_says_more(
    alices: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*given: Any) -> None:
        raise OSError(28, "No space left on device", "/srv/secret")

    monkeypatch.setattr(objects, "put", fail)
    with caplog.at_level(logging.ERROR):
        answer = error_of(send(alices, picture_bytes()))
    assert answer == (500, "UPLOAD_FAILED", "Failed to upload image")
    (line,) = [one for one in caplog.records if one.message.startswith("[/api/upload] Error:")]
    assert "No space left" in caplog.text
    assert line.levelno == logging.ERROR
    assert not ReferenceImage.objects.exists()


def test_a_fault_of_ours_is_told_like_a_storage_that_fails(
    alices: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**given: Any) -> None:
        raise ZeroDivisionError("on line 1 of nowhere")

    monkeypatch.setattr(references, "add_reference", fail)
    answer = error_of(send(alices, picture_bytes()))
    assert answer == (500, "UPLOAD_FAILED", "Failed to upload image")
    assert "[/api/upload] Error: on line 1 of nowhere" in caplog.text


def test_a_database_that_is_away_is_no_failed_upload(
    alices: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(references, "add_reference", fail)
    assert error_of(send(alices, picture_bytes()))[:2] == (503, "UNAVAILABLE")


def test_a_body_that_breaks_off_is_the_senders_fault(alices: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    for body in (head, head + b"\r\n", b"--x", b"\xff\xfe", head + b"\r\n" + picture_bytes()):
        assert error_of(alices.post(PATH, body, content_type=kind))[0] == 400, body
    for broken in ("multipart/form-data", "multipart/form-data; boundary=\xe9"):
        answer = error_of(alices.post(PATH, b"x", content_type=broken))
        assert answer[0] == 400, broken


def test_a_body_that_is_far_too_large_is_not_even_read(
    alices: Client, alice: User, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: HttpRequest) -> None:
        pytest.fail("the body was read")

    monkeypatch.setattr(HttpRequest, "_load_post_and_files", fail)
    huge = picture_bytes().ljust(MAX_UPLOAD_BYTES + 2 * 1024 * 1024, b"\0")
    assert error_of(send(alices, huge)) == FILE_TOO_LARGE
    assert error_of(send(program(alice, Scope.READ), huge))[:2] == (403, "FORBIDDEN")
    assert error_of(send(Client(), huge))[:2] == (401, "UNAUTHORIZED")


def test_what_was_deleted_to_make_room_is_told(alices: Client, alice: User) -> None:
    old = create_post(alice, images=1, deleted_at=timezone.now() - timedelta(days=5))
    usage = Usage.objects.get(owner=alice)
    Usage.objects.filter(pk=usage.pk).update(limit_bytes=usage.bytes_used, is_auto_cleaned=True)
    (notice,) = data_of(send(alices, picture_bytes()))["notices"]
    assert notice.startswith("Deleted for good to make room: 1 post from the trash")
    assert not Post.objects.filter(pk=old.pk).exists()


def test_an_upload_that_failed_may_be_tried_again_with_its_key(
    alices: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    key = {"Idempotency-Key": "the holiday"}
    with monkeypatch.context() as broken:
        broken.setattr(objects, "put", fail)
        file = SimpleUploadedFile("farol.jpg", picture_bytes(), "image/jpeg")
        failed = alices.post(PATH, {"file": file}, headers=key)
        assert error_of(failed)[:2] == (500, "UPLOAD_FAILED")
    file = SimpleUploadedFile("farol.jpg", picture_bytes(), "image/jpeg")
    data_of(alices.post(PATH, {"file": file}, headers=key))
    assert ReferenceImage.objects.count() == 1


def test_a_file_that_was_refused_leaves_its_key_to_a_better_one(alices: Client) -> None:
    key = {"Idempotency-Key": "the holiday"}
    assert error_of(alices.post(PATH, headers=key)) == NO_FILE
    text = SimpleUploadedFile("farol.jpg", b"no picture", "image/jpeg")
    assert error_of(alices.post(PATH, {"file": text}, headers=key)) == INVALID_TYPE
    file = SimpleUploadedFile("farol.jpg", picture_bytes(), "image/jpeg")
    data_of(alices.post(PATH, {"file": file}, headers=key))
    assert ReferenceImage.objects.count() == 1


def test_the_same_key_uploads_once(alices: Client) -> None:
    answers = []
    for _ in range(2):
        file = SimpleUploadedFile("farol.jpg", picture_bytes(), "image/jpeg")
        headers = {"Idempotency-Key": "the holiday"}
        answers.append(data_of(alices.post(PATH, {"file": file}, headers=headers)))
    assert answers[0] == answers[1]
    assert ReferenceImage.objects.count() == 1
