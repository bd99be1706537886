"""Taking everything along."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gallery.models import (
    AccountExport,
    AuditEvent,
    ChatMessage,
    ExportPart,
    GeneratedImage,
    Installation,
    Post,
    StoredObject,
    Usage,
)
from gallery.services import (
    downloads,
    export_files,
    export_parts,
    export_progress,
    exporting,
    objects,
    outbox,
    recount,
)
from gallery.services.downloads import Metadata
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError
from tests.factories import create_post, create_reference
from tests.gallery.services.archives import LONG_AGO, export_of, read, save_parts

pytestmark = pytest.mark.django_db(transaction=True)

BUILDING = ("export.after_build", "export.before_put", "export.after_put", "export.before_commit")


def time_passes() -> None:
    past = Now() - timedelta(seconds=1)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    AccountExport.objects.filter(lease_until__isnull=False).update(lease_until=past)


def test_an_export_holds_every_file_with_its_size_and_digest(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    export = export_of(alice)
    (path,) = save_parts(export, tmp_path)
    manifest = read(path, "manifest.json")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        listed = {entry["name"]: entry for entry in manifest["files"]}
        assert {*listed, "manifest.json"} == set(archive.namelist())
        for name, entry in listed.items():
            data = archive.read(name)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"])
    assert (manifest["version"], manifest["part"], manifest["is_last"]) == (2, 1, True)
    assert manifest["missing"] == []
    assert (export.done, export.found) == (5, 5)
    assert Installation.objects.get().identifier.hex == manifest["instance"].replace("-", "")


def test_pictures_are_what_downloads_give(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    posts = {post["id"]: post for post in read(path, "posts.json")}
    with zipfile.ZipFile(path) as archive:
        for image in GeneratedImage.objects.select_related("object", "post"):
            record = posts[image.post_id]["images"][image.position]
            data = archive.read(record["file"])
            assert data == downloads.picture_file(image, Metadata.FULL)
            assert b"digitalsourcetype/" in data


def test_every_column_is_in_it(alice: User, library: dict[str, Any], tmp_path: Path) -> None:
    about = {"handle": "alice_w", "bio": "Slow things.", "posts_begin_public": True}
    User.objects.filter(pk=alice.pk).update(**about)
    (path,) = save_parts(export_of(alice), tmp_path)
    posts = {post["id"]: post for post in read(path, "posts.json")}
    first = posts[library["first"].pk]
    assert {field.attname for field in Post._meta.concrete_fields} - {"owner_id"} <= set(first)
    images = {field.attname for field in GeneratedImage._meta.concrete_fields}
    assert images - {"owner_id", "object_id", "post_id"} <= set(first["images"][0])
    messages = {field.attname for field in ChatMessage._meta.concrete_fields}
    assert messages - {"post_id"} <= set(first["messages"][0])
    assert parse_datetime(first["created_at"]) == LONG_AGO
    assert first["prompt"] == library["first"].prompt
    assert first["visibility"] == "public"
    assert first["images"][0]["cost"] == "0.040000"
    assert first["messages"][0]["attachments"] == [library["reference"].pk]
    assert posts[library["child"].pk]["parent_id"] == library["first"].pk
    assert [post["is_in_trash"] for post in posts.values()] == [False, False, True, False]
    account = read(path, "account.json")
    assert (account["email"], account["projects"][0]["name"]) == ("alice@example.com", "Farol")
    assert "password" not in account
    profile = ("name", "handle", "bio", "posts_begin_public")
    assert [account[field] for field in profile] == ["Alice", "alice_w", "Slow things.", True]


def test_nothing_of_anybody_else_is_in_it(
    alice: User, bob: User, library: dict[str, Any], tmp_path: Path
) -> None:
    create_post(bob, caption="Bob's own.")
    create_reference(bob)
    (path,) = save_parts(export_of(alice), tmp_path)
    assert "Bob" not in json.dumps(read(path, "posts.json"))
    assert len(read(path, "references.json")) == 1


def test_an_account_without_anything_has_an_export_too(alice: User, tmp_path: Path) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    assert read(path, "posts.json") == read(path, "references.json") == []


def test_large_accounts_are_split_and_no_part_is_larger_than_said(
    alice: User, library: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", 25_000)
    export = export_of(alice)
    paths = save_parts(export, tmp_path)
    assert len(paths) > 1
    assert all(path.stat().st_size <= 25_000 for path in paths)
    ids = [post["id"] for path in paths for post in read(path, "posts.json")]
    assert ids == sorted(Post.objects.values_list("pk", flat=True))
    assert [read(path, "manifest.json")["is_last"] for path in paths] == [
        *[False] * (len(paths) - 1),
        True,
    ]
    assert export.done == export.found


def test_a_picture_whose_bytes_are_gone_is_named_and_the_rest_is_there(
    alice: User, library: dict[str, Any], tmp_path: Path
) -> None:
    lost = library["child"].images.get()
    lost.refresh_from_db()
    objects.storage_of(lost.object).delete(lost.object.key)
    (path,) = save_parts(export_of(alice), tmp_path)
    manifest = read(path, "manifest.json")
    assert [one["name"].partition("-")[0] for one in manifest["missing"]] == [
        f"pictures/{library['child'].pk}"
    ]
    assert len([name for name in manifest["files"] if "/" in name["name"]]) == 4


def test_exports_count_to_nobody_and_the_audit_knows_them(
    alice: User, library: dict[str, Any]
) -> None:
    before = Usage.objects.of(alice).bytes_used
    export = export_of(alice)
    (obj,) = [part.object for part in export.parts.all()]
    assert obj.key.startswith(f"export/{alice.pk}/")
    assert (obj.area, obj.state, obj.owner_id) == ("private", "live", None)
    assert Usage.objects.of(alice).bytes_used == before
    assert list(recount.drifts()) == []
    assert invariants.broken() == []


def test_the_person_is_told_once(alice: User, library: dict[str, Any]) -> None:
    User.objects.filter(pk=alice.pk).update(language="en")
    export = export_of(alice)
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert "/settings/account/" in mail.outbox[0].body
    assert not exporting.tell(export.pk)
    assert exporting.tell_who_was_not() == 0
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_is_tried_again(
    alice: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    export = export_of(alice)
    assert export.told_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert exporting.tell_who_was_not() == 1


def test_asked_for_twice_it_is_one(alice: User) -> None:
    assert exporting.begin(alice).pk == exporting.begin(alice).pk


def test_a_new_export_takes_the_place_of_the_old_one(alice: User, library: dict[str, Any]) -> None:
    old = export_of(alice)
    old_object = old.parts.get().object
    new = export_of(alice)
    assert AccountExport.objects.get().pk == new.pk != old.pk
    outbox.run()
    old_object.refresh_from_db()
    assert old_object.state == "gone"
    assert AuditEvent.objects.filter(action="export.delete").get().counts["parts"] == 1
    assert invariants.broken() == []


def test_an_export_is_deleted_after_a_week(alice: User, library: dict[str, Any]) -> None:
    export = export_of(alice)
    AccountExport.objects.update(finished_at=timezone.now() - timedelta(days=6, hours=23))
    assert exporting.delete_expired() == 0
    AccountExport.objects.update(finished_at=timezone.now() - timedelta(days=7, seconds=1))
    assert exporting.delete_expired() == 1
    assert exporting.delete_expired() == 0
    assert not ExportPart.objects.exists()
    outbox.run()
    assert StoredObject.objects.filter(key__startswith="export/", state="gone").count() == 1
    assert not AccountExport.objects.filter(pk=export.pk).exists()


@pytest.mark.parametrize("place", BUILDING)
def test_an_export_stopped_anywhere_is_finished_by_the_next_worker(
    place: str,
    alice: User,
    library: dict[str, Any],
    tmp_path: Path,
    stopped_at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", 25_000)
    export = exporting.begin(alice)
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        exporting.carry_out(export.pk)
    assert exporting.unfinished() == [], "it waits a moment before the next try"
    stopped_at("")
    time_passes()
    assert exporting.unfinished() == [export.pk]
    exporting.carry_out(export.pk)
    outbox.run()
    export.refresh_from_db()
    assert export.finished_at is not None
    paths = save_parts(export, tmp_path)
    ids = [post["id"] for path in paths for post in read(path, "posts.json")]
    assert ids == sorted(Post.objects.values_list("pk", flat=True))
    assert [part.number for part in export.parts.all()] == list(range(1, len(paths) + 1))
    assert invariants.broken() == []


def test_two_workers_are_never_at_one_export(alice: User, library: dict[str, Any]) -> None:
    export = exporting.begin(alice)
    held = export_progress.claim(export.pk)
    assert held is not None
    assert export_progress.claim(export.pk) is None
    exporting.carry_out(export.pk)
    assert not ExportPart.objects.exists()


def test_a_worker_that_lost_its_lease_commits_nothing(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exporting.begin(alice)
    put_file = objects.put_file

    def put_and_lose(*args: Any) -> None:
        put_file(*args)
        AccountExport.objects.update(lease_token=uuid4())

    monkeypatch.setattr(objects, "put_file", put_and_lose)
    exporting.carry_out(export.pk)
    assert not ExportPart.objects.exists()
    outbox.run()
    assert invariants.broken() == []


def test_an_export_that_is_deleted_while_it_is_made_leaves_nothing(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = exporting.begin(alice)
    put_file = objects.put_file

    def put_and_delete(*args: Any) -> None:
        put_file(*args)
        exporting.delete(alice)

    monkeypatch.setattr(objects, "put_file", put_and_delete)
    exporting.carry_out(export.pk)
    outbox.run()
    assert not AccountExport.objects.exists()
    assert invariants.broken() == []


def test_a_storage_that_fails_is_tried_again(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise OSError("no space left on device")

    export = exporting.begin(alice)
    with monkeypatch.context() as patched:
        patched.setattr(objects, "put_file", fail)
        exporting.carry_out(export.pk)
    time_passes()
    exporting.carry_out(export.pk)
    export.refresh_from_db()
    assert export.finished_at is not None


def test_a_long_export_goes_on_with_the_next_worker(
    alice: User, library: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parts, "AT_A_TIME", -1.0)
    export = exporting.begin(alice)
    rounds = 0
    while exporting.unfinished() and rounds < 20:
        exporting.carry_out(export.pk)
        rounds += 1
    export.refresh_from_db()
    assert export.finished_at is not None
    assert rounds == export.parts.count() > 2
    assert export.done == export.found
