"""What a restore refuses, before it has changed anything, and what a check finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from pixelstream import local
from pixelstream.backups import manifests
from pixelstream.backups.folders import BackupError, Folder
from tests.pixelstream.backups.world import backup, everything, people_and_their_things, restore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backed_up(folder: Path) -> dict[str, Any]:
    """An installation with a backup of it: what it holds."""
    people_and_their_things(1)
    before = everything()
    backup(folder)
    return before


def rewrite(folder: Path, **changes: Any) -> None:
    """Let the newest manifest say something else, and be whole."""
    run = Folder(folder).newest()
    manifest = manifests.read(run)
    manifests.write(run, manifests.Manifest(**{**vars(manifest), **changes}))


def refused(folder: Path, before: dict[str, Any], match: str, **options: Any) -> None:
    with pytest.raises(CommandError, match=match):
        restore(folder, **{"yes": True, **options})
    assert everything() == before


def test_an_installation_with_people_is_not_replaced_unasked(
    folder: Path, backed_up: dict[str, Any]
) -> None:
    refused(folder, backed_up, "not empty: the database has 1 people", yes=False)


def test_an_empty_folder_is_no_backup(folder: Path, backed_up: dict[str, Any]) -> None:
    refused(folder / "elsewhere", backed_up, "There is no backup in")


def test_a_backup_of_a_newer_version_is_refused(folder: Path, backed_up: dict[str, Any]) -> None:
    rewrite(folder, migrations=["gallery.9999_from_tomorrow"], version="99.0")
    refused(folder, backed_up, r"newer version \(99.0\).*gallery.9999_from_tomorrow")


def test_a_backup_of_another_kind_of_database_is_refused(
    folder: Path, backed_up: dict[str, Any]
) -> None:
    rewrite(folder, vendor="oracle")
    refused(folder, backed_up, f"of oracle, this installation is on {connection.vendor}")


@pytest.mark.parametrize("damage", ["cut", "changed", "none"])
def test_a_damaged_manifest_is_refused(
    folder: Path, backed_up: dict[str, Any], damage: str
) -> None:
    path = Folder(folder).newest().manifest
    text = path.read_text()
    damaged = {
        "cut": text[: len(text) // 2],
        "changed": text.replace('"objects": 1', '"objects": 2', 1),
        "none": json.dumps({"manifest": {}}),
    }
    assert damaged[damage] != text
    path.write_text(damaged[damage])
    refused(folder, backed_up, "damaged")


@pytest.mark.parametrize("what", ["dump", "list", "object", "missing object"])
def test_damage_is_found_before_anything_is_changed(
    folder: Path, backed_up: dict[str, Any], what: str
) -> None:
    run = Folder(folder).newest()
    objects = sorted((folder / "objects").rglob("*.jpg"))
    if what == "missing object":
        objects[0].unlink()
    else:
        path = {
            "dump": run.path / manifests.read(run).database,
            "list": run.objects,
            "object": objects[0],
        }[what]
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    with pytest.raises(CommandError, match="1 backups are damaged"):
        call_command("backup", to=folder, verify=True)
    refused(folder, backed_up, "The backup is damaged")


def test_a_running_application_is_not_replaced(folder: Path, backed_up: dict[str, Any]) -> None:
    with local.hold(settings.DATA_DIR):
        refused(folder, backed_up, "A restore needs it stopped")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to ask")
def test_a_database_that_others_use_is_not_replaced(
    folder: Path, backed_up: dict[str, Any]
) -> None:
    other = connection.copy("other")
    other.ensure_connection()
    try:
        refused(folder, backed_up, "1 other connections use the database")
    finally:
        other.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite needs no programs")
def test_without_the_servers_own_pg_dump_it_says_what_to_install(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=r"no pg_dump \d+ here.*postgresql-client-"):
        call_command("backup", to=folder, programs=tmp_path)


def test_two_backups_do_not_meet_in_one_folder(folder: Path, backed_up: dict[str, Any]) -> None:
    with (
        Folder(folder).hold(),
        pytest.raises(CommandError, match="Another backup is being made"),
    ):
        backup(folder)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "", "a/../../b"])
def test_no_key_leads_out_of_the_folder(folder: Path, key: str) -> None:
    with pytest.raises(BackupError):
        Folder(folder).object("public", key)
    with pytest.raises(BackupError):
        Folder(folder).object("../public", "key")
