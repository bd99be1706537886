"""Archives of an export in buckets: made, loaded, deleted, moved and brought back."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile, File
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from gallery.models import (
    AccountExport,
    ExportPart,
    Installation,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import (
    export_files,
    exporting,
    importing,
    objects,
    outbox,
    storage_audit,
    trash,
)
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.object_storage import moving, transfers
from tests.factories import create_post, create_reference
from tests.storage.proxy import Proxy
from tests.storage.servers import Place
from tests.storage.test_commands import keys_of_rows, move

pytestmark = pytest.mark.django_db(transaction=True)

PART_BYTES = 25_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few pictures to a part; and nothing but the smallest things are read into memory."""
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", PART_BYTES)
    for module in (transfers, moving):
        monkeypatch.setattr(module, "IN_MEMORY", 5_000)


@pytest.fixture
def used(place: Place, settings: Any) -> Place:
    """The application keeps its objects on either server."""
    place.use(settings)
    return place


def export_of(person: User) -> AccountExport:
    """Asked for, and made to its end."""
    create_reference(person, kept=True)
    for number in range(3):
        post = create_post(person, images=2, caption=f"Post {number}")
    trash.trash(owner=person, ids=[post.pk])
    outbox.run()
    export = exporting.begin(person)
    while AccountExport.objects.unfinished().filter(pk=export.pk).exists():
        exporting.carry_out(export.pk)
    export.refresh_from_db()
    assert export.parts.count() > 2
    return export


def loaded(client: Client, part: ExportPart) -> bytes:
    """A part, as a browser loads it: sent on to the storage by a signed address."""
    response = client.get(part.get_absolute_url())
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "private, no-store"
    address = response.headers["Location"]
    assert "X-Amz-Expires=60&" in address
    with urllib.request.urlopen(address, timeout=10) as answer:
        # Nothing that a browser might show.
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "private, no-store"
        data: bytes = answer.read()
    return data


def archives_in(place: Place) -> set[str]:
    """The keys of all parts in the buckets."""
    keys = place.keys()
    return {key for key in keys if "/export/" in key}


def fetched(address: str) -> int:
    """The status that anybody gets."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def save_parts(client: Client, export: AccountExport, folder: Path) -> list[Path]:
    paths = []
    for part in export.parts.all():
        path = folder / part.filename
        path.write_bytes(loaded(client, part))
        paths.append(path)
    return paths


def test_every_part_is_loaded_by_a_signed_address_and_comes_back_whole(
    used: Place,
    as_alice: Client,
    as_bob: Client,
    anonymous: Client,
    alice: User,
    bob: User,
    tmp_path: Path,
) -> None:
    export = export_of(alice)
    paths = save_parts(as_alice, export, tmp_path)
    expected = {f"{used.private_bucket}/{part.object.key}" for part in export.parts.all()}
    assert archives_in(used) == expected
    for part, path in zip(export.parts.all(), paths, strict=True):
        data = path.read_bytes()
        assert len(data) == part.object.size <= PART_BYTES
        assert hashlib.sha256(data).hexdigest() == part.object.sha256
        assert as_bob.get(part.get_absolute_url()).status_code == 404
        assert "X-Amz" not in anonymous.get(part.get_absolute_url()).headers["Location"]
        unsigned = f"{used.server.endpoint}/{used.private_bucket}/{part.object.key}"
        assert fetched(unsigned) in {403, 404}
    Installation.objects.update(identifier=uuid4())
    tally = importing.import_account(paths, to=bob)
    assert (tally.posts, tally.pictures, tally.references) == (3, 6, 1)
    assert (tally.is_complete, tally.refused) == (True, [])
    outbox.run()
    assert Post.objects.owned_by(bob).filter(deleted_at__isnull=False).count() == 1
    assert ReferenceImage.objects.owned_by(bob).count() == 1
    assert used.keys() == keys_of_rows(used)
    assert invariants.broken() == []


def test_parts_are_owned_for_the_audit_and_gone_with_their_export(
    used: Place, as_alice: Client, alice: User
) -> None:
    export = export_of(alice)
    report = storage_audit.audit()
    assert (report.samples, report.is_clean) == ([], True)
    assert report.checked == len(used.keys())
    lost = export.parts.all()[0]
    objects.storage_of(lost.object).delete(lost.object.key)
    assert storage_audit.audit().samples == [f"missing: private {lost.object.key}"]
    assert fetched(as_alice.get(lost.get_absolute_url()).headers["Location"]) == 404
    addresses = [part.get_absolute_url() for part in export.parts.all()]
    assert exporting.delete(alice)
    outbox.run()
    assert archives_in(used) == set()
    assert [as_alice.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert used.keys() == keys_of_rows(used)
    assert storage_audit.audit().is_clean
    assert invariants.broken() == []


def test_an_export_whose_week_is_over_leaves_the_bucket(used: Place, alice: User) -> None:
    export_of(alice)
    AccountExport.objects.update(finished_at=Now() - timedelta(days=7, seconds=1))
    assert exporting.delete_expired() == 1
    outbox.run()
    assert archives_in(used) == set()
    assert invariants.broken() == []


def test_a_storage_that_breaks_off_is_tried_again_and_leaves_no_half_part(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    create_post(alice, images=3)
    export = exporting.begin(alice)
    proxy.unavailable_every = 1
    exporting.carry_out(export.pk)
    proxy.unavailable_every = None
    AccountExport.objects.update(lease_until=Now() - timedelta(seconds=1))
    outbox.run()
    assert archives_in(behind_proxy) == set()
    exporting.carry_out(export.pk)
    export.refresh_from_db()
    assert export.finished_at is not None
    assert behind_proxy.keys() == keys_of_rows(behind_proxy)
    assert invariants.broken() == []


def test_a_part_whose_answer_was_lost_is_recognised_without_reading_it_into_memory(
    behind_proxy: Place, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second try finds the first one's object and compares the two, piece by piece."""
    monkeypatch.setattr(transfers, "PIECE", 1000)
    data = bytes(range(256)) * 200
    area = behind_proxy.area("private")
    proxy.lose_answers = 1
    assert area.save("export/1/1-a.zip", ContentFile(data)) == "export/1/1-a.zip"
    for other in (data[:-1], data[:-1] + b"?", b"?" + data[1:]):
        proxy.lose_answers = 1
        with pytest.raises(FileExistsError):
            area.save("export/1/1-a.zip", ContentFile(other))
    assert area.open("export/1/1-a.zip").read() == data


def test_what_is_large_is_read_by_way_of_the_disk(s3: Place) -> None:
    area = s3.area("private")
    data = bytes(range(256)) * 200
    area.save("export/1/1-a.zip", ContentFile(data))
    area.save("export/1/1-b.zip", ContentFile(data[:5_000]))
    with area.open("export/1/1-a.zip") as large, area.open("export/1/1-b.zip") as small:
        assert isinstance(small.file, io.BytesIO)
        assert not isinstance(large.file, io.BytesIO)
        assert (large.size, small.size) == (len(data), 5_000)
        assert large.read() == data
        assert File(large.file).size == len(data)


# --- move_storage


@pytest.mark.parametrize("to", ["s3", "local"])
def test_exports_move_with_everything_else(
    to: str, place: Place, settings: Any, as_alice: Client, alice: User, tmp_path: Path
) -> None:
    if to == "local":
        place.use(settings)
    else:
        settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": place.areas}
    export = export_of(alice)
    count = StoredObject.objects.filter(state=StoredObject.State.LIVE).count()
    printed, errors = move(to)
    assert f"{count} copied" in printed
    assert errors == ""
    printed, _errors = move(to)
    assert f"0 copied (0\xa0bytes), {count} there already" in printed
    settings.STORAGE_PLACE = to
    settings.STORAGES = {**settings.STORAGES, **settings.STORAGE_PLACES[to]}
    for part in export.parts.all():
        with objects.storage_of(part.object).open(part.object.key) as stored:
            assert hashlib.sha256(stored.read()).hexdigest() == part.object.sha256
    assert invariants.broken() == []


def test_a_part_that_is_damaged_is_told_and_not_copied(
    moto: Any, settings: Any, alice: User
) -> None:
    place = moto.new_place()
    settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": place.areas}
    part = export_of(alice).parts.all()[0].object
    local = moving.areas_of("local")["private"]
    local.delete(part.key)
    local.save(part.key, ContentFile(b"?" * part.size))
    _printed, errors = move("s3")
    assert f"{part.key}: the source has other bytes" in errors
    assert not place.area("private").exists(part.key)


def test_what_is_deleted_while_it_is_moved_is_no_failure(
    moto: Any, settings: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = moto.new_place()
    settings.STORAGE_PLACES = {**settings.STORAGE_PLACES, "s3": place.areas}
    export_of(alice)
    copy = moving._copy

    def delete_before_copying(obj: StoredObject, *args: Any, **kwargs: Any) -> int | None:
        if obj.key.startswith("export/"):
            source: Any = args[0]
            StoredObject.objects.filter(pk=obj.pk).update(state=StoredObject.State.DELETING)
            source.delete(obj.key)
            connection.close()  # it is this thread's own
        return copy(obj, *args, **kwargs)

    monkeypatch.setattr(moving, "_copy", delete_before_copying)
    _printed, errors = move("s3")
    assert errors == ""
    assert place.keys() == keys_of_rows(place)
