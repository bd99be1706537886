"""Bytes that went bad, in storage, in the folder or in the database: the rest is saved."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from gallery.models import Installation, StoredObject
from pixelstream.accounts.models import User
from pixelstream.backups import lists, manifests
from pixelstream.backups.copying import DAMAGED
from pixelstream.backups.folders import Folder
from pixelstream.storages import LocalStorage
from tests.factories import create_post, create_user
from tests.pixelstream.backups.world import (
    backup,
    destroy,
    everything,
    objects,
    people_and_their_things,
    restore,
    rows,
)

pytestmark = pytest.mark.django_db(transaction=True)

REMEMBERED = "erased-again.json"


def spoil(path: Path) -> None:
    """Turn one bit in the middle over."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def original(user: User) -> StoredObject:
    """The object of a new picture of theirs."""
    return create_post(user).images.get().object


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the disk cannot read this key."""

    def plan(bad: str) -> None:
        opened = LocalStorage.open

        def failing(self: LocalStorage, name: str, mode: str = "rb") -> Any:
            if name == bad:
                raise OSError(5, "Input/output error")
            return opened(self, name, mode)

        monkeypatch.setattr(LocalStorage, "open", failing)

    return plan


@pytest.mark.parametrize("how", ["other bytes", "cannot be read"])
def test_an_object_that_is_damaged_in_storage_is_listed_and_the_rest_is_saved(
    folder: Path,
    alice: User,
    how: str,
    unreadable: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad, good = original(alice), original(alice)
    if how == "other bytes":
        spoil(Path(storages["public"].path(bad.key)))
    else:
        unreadable(bad.key)

    with pytest.raises(CommandError, match="1 live objects are not in storage, or damaged there"):
        backup(folder)

    assert f"public/{bad.key} is {DAMAGED}." in capsys.readouterr().err
    run = Folder(folder).newest()
    assert {one.key: one.missing for one in lists.read(run) if one.missing} == {bad.key: DAMAGED}
    assert (folder / "objects/public" / good.key).exists()
    assert not (folder / "objects/public" / bad.key).exists()


def test_a_damaged_object_of_the_folder_is_left_out_where_that_is_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alice,) = people_and_their_things(1)
    bad = original(alice)
    before = everything()
    backup(folder)
    spoil(folder / "objects/public" / bad.key)
    destroy()
    with pytest.raises(CommandError, match="--without-damaged restores all the rest"):
        restore(folder)
    assert objects() == {}
    call_command("migrate", verbosity=0)
    capsys.readouterr()

    with pytest.raises(CommandError, match="Something differs"):
        restore(folder, without_damaged=True, yes=True)

    assert f"The backup has no bytes of public/{bad.key}" in capsys.readouterr().out
    assert rows() == before["rows"]
    assert before["objects"].keys() - objects().keys() == {f"public/{bad.key}"}


def test_a_damaged_dump_is_refused_also_without_damaged_objects(folder: Path, alice: User) -> None:
    create_post(alice)
    backup(folder)
    run = Folder(folder).newest()
    spoil(run.path / manifests.read(run).database)
    with pytest.raises(CommandError, match="The backup is damaged"):
        restore(folder, yes=True, without_damaged=True)


def test_a_check_sets_a_damaged_object_aside_and_the_next_backup_repairs_it(
    folder: Path, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "objects/public" / original(alice).key
    backup(folder)
    before = everything()
    spoil(path)
    backup(folder)  # it does not read what it knows

    with pytest.raises(CommandError, match="2 backups are damaged"):
        call_command("backup", to=folder, verify=True)
    (aside,) = path.parent.glob(f"{path.name}.damaged-*")
    assert f"{path} is now {aside.name}" in capsys.readouterr().out
    assert not path.exists()

    backup(folder, keep=3)
    assert not aside.exists(), "no run names it"
    call_command("backup", to=folder, verify=True)
    destroy()
    restore(folder)
    assert everything() == before


def test_damage_in_an_older_backup_keeps_nobody_from_a_new_one_or_from_restoring_it(
    folder: Path, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    create_post(alice)
    backup(folder)
    backup(folder)
    first, second = Folder(folder).complete_runs()
    spoil(first.manifest)
    spoil(second.objects)
    before = everything()

    backup(folder)

    said = capsys.readouterr().err
    assert f"{first.name} is damaged and cannot be restored" in said
    assert f"{second.name} is damaged and cannot be restored" in said
    destroy()
    restore(folder)
    assert everything() == before
    assert f"The manifest of {first.name} is damaged" in capsys.readouterr().out


def test_nothing_is_deleted_while_a_list_cannot_be_read(folder: Path, alice: User) -> None:
    path = folder / "objects/public" / original(alice).key
    backup(folder)
    Folder(folder).newest().objects.write_text("{half")
    lone = path.with_name("lone.jpg")
    lone.write_bytes(b"whose?")

    with pytest.raises(CommandError, match=r"is made, and no object was deleted.*in line 1"):
        backup(folder, keep=2)

    assert lone.exists()
    assert len(Folder(folder).complete_runs()) == 2
    backup(folder, keep=1)
    assert not lone.exists()


def test_no_backup_takes_anything_away_while_one_is_restored_or_checked(
    folder: Path, alice: User
) -> None:
    create_post(alice)
    backup(folder)
    with Folder(folder).hold():
        with pytest.raises(CommandError, match="checked or restored"):
            restore(folder, yes=True)
        with pytest.raises(CommandError, match="checked or restored"):
            call_command("backup", to=folder, verify=True)


def test_a_folder_that_cannot_be_written_to_is_restored(
    folder: Path, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_post(alice)
    before = everything()
    backup(folder)
    opened = Path.open

    def read_only(self: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        if self == folder / ".lock":
            raise OSError(30, os.strerror(30))
        return opened(self, mode, *args, **options)

    monkeypatch.setattr(Path, "open", read_only)  # as root, no mode of a file does it

    restore(folder, yes=True)

    assert everything() == before


@pytest.mark.parametrize("of", ["this one", "another one"])
def test_who_is_left_from_a_restore_that_was_killed_is_of_this_installation_or_nobody(
    folder: Path, alice: User, of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    create_user("sam@example.com", is_staff=True, is_superuser=True)
    Installation.objects.get_or_create()
    backup(folder)
    here = manifests.read(Folder(folder).newest()).installation
    assert here
    remembered = settings.DATA_DIR / REMEMBERED
    content = {
        "installation": here if of == "this one" else "f" * 32,
        "erased": [[alice.pk, "2099-01-01T00:00:00+00:00"]],
    }
    remembered.write_text(json.dumps(content))
    try:
        restore(folder, yes=True)
    finally:
        remembered.unlink(missing_ok=True)

    is_told = "1 people are erased again." in capsys.readouterr().out
    assert is_told is (of == "this one")
    assert User.objects.filter(email=alice.email).exists() is (of == "another one")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite")
@pytest.mark.parametrize("broken", [b"this is no database" * 300, b"half"])
def test_a_sqlite_file_that_cannot_be_read_is_kept_beside_the_restored_one(
    folder: Path, alice: User, broken: bytes
) -> None:
    create_post(alice)
    before = everything()
    backup(folder)
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    path.write_bytes(broken)
    try:
        restore(folder, yes=True)

        assert everything() == before
        (kept,) = path.parent.glob(f"{path.name}.broken-*")
        assert kept.read_bytes() == broken
        with contextlib.closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        for kept in path.parent.glob(f"{path.name}*.broken-*"):
            kept.unlink()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no schemas")
def test_what_others_keep_in_the_same_database_stays(folder: Path, alice: User) -> None:
    create_post(alice)
    before = everything()
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA theirs; CREATE TABLE theirs.things (word text)")
            cursor.execute("INSERT INTO theirs.things VALUES ('before')")
        backup(folder)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE theirs.things SET word = 'after'")
        restore(folder, yes=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM theirs.things")
            assert cursor.fetchall() == [("after",)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS theirs CASCADE")
    assert everything() == before
