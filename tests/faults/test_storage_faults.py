"""What people see, and what is left, when the storage, the disk or the database fails.

Through pages and services; what the areas themselves do about a server that is not well is in
tests/storage/test_faults.py.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from gallery.models import AuditEvent, Post, ReferenceImage, StoredObject
from gallery.services import deletion, trash
from pixelstream import invariants
from pixelstream.accounts.models import User

UPLOAD = "/references/upload/"
LARGE = 3 * 1024 * 1024
"""Bytes. What is larger than 2 MB is written to a temporary file while it comes."""


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """For this process; the kernel refuses it as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def full_database() -> Iterator[None]:
    """It may not grow by a single page."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("address", [UPLOAD, "/references/add/", "/posts/create/"])
@pytest.mark.parametrize("checked", [True, False], ids=["in the middleware", "in the view"])
def test_a_large_upload_that_finds_the_disk_full_is_told_and_leaves_nothing(
    as_alice: Client, address: str, headers: dict[str, str], checked: bool
) -> None:
    """Whoever asks first for what was sent makes Django read it: mostly the check of its origin."""
    browser = Client(enforce_csrf_checks=checked)
    browser.cookies = as_alice.cookies
    browser.cookies["csrftoken"] = "a" * 32
    browser.cookies["django_language"] = "pt-br"
    field = "uploads" if address == "/posts/create/" else "file"
    file = SimpleUploadedFile("cat.jpg", b"\xff\xd8\xff" + bytes(LARGE), "image/jpeg")
    with no_file_larger_than(1024 * 1024):
        answer = browser.post(address, {field: file}, headers=headers)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    said = answer.content.decode()
    assert '<html lang="pt-br">' in said
    assert "Tente de novo" in said
    assert not ReferenceImage.objects.exists()
    assert not StoredObject.objects.exists()


@pytest.mark.django_db
def test_the_next_upload_after_a_full_disk_is_read(as_alice: Client) -> None:
    def post() -> int:
        file = SimpleUploadedFile("cat.jpg", b"\xff\xd8\xff" + bytes(LARGE), "image/jpeg")
        return as_alice.post(UPLOAD, {"file": file}).status_code

    with no_file_larger_than(1024 * 1024):
        assert post() == 503
    assert post() == 422, "read to its end, and found to be no picture"


@pytest.mark.django_db
def test_a_folder_for_uploads_that_went_away_is_no_fault_of_ours_to_show(
    as_alice: Client, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "went")
    file = SimpleUploadedFile("cat.jpg", bytes(LARGE), "image/jpeg")
    assert as_alice.post(UPLOAD, {"file": file}).status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_deletes_all_or_nothing(alice: User, as_alice: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own way to be full")
    made = [Post(owner=alice, prompt="x", status=Post.Status.GENERATED) for _ in range(400)]
    ids = [post.pk for post in Post.objects.bulk_create(made)]
    joined = ",".join(map(str, ids))
    with full_database():
        answer = as_alice.post(
            "/gallery/batch/", {"action": "trash", "posts": joined, "confirm": 1}
        )
        assert answer.status_code == 503
        with pytest.raises(OperationalError):
            trash.trash(owner=alice, ids=ids)
    assert Post.objects.visible_to(alice).count() == 400
    assert not AuditEvent.objects.exists()
    trash.trash(owner=alice, ids=ids)
    with full_database(), pytest.raises(OperationalError):
        deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice)
    assert AuditEvent.objects.filter(action="post.delete").count() == 400 - Post.objects.count()
    deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice)
    assert AuditEvent.objects.filter(action="post.delete").count() == 400
    assert invariants.broken() == []
