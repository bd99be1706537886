"""The drill: back up, destroy everything, restore, compare every row and every byte."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gallery.models import Post
from gallery.services import outbox, trash
from pixelstream.accounts.models import User
from tests.factories import create_post, create_user
from tests.pixelstream.backups.world import (
    backup,
    destroy,
    everything,
    fill,
    people_and_their_things,
    restore,
)
from tests.storage.servers import running_moto

pytestmark = pytest.mark.django_db(transaction=True)


def report(line: str) -> None:
    """One line for `python -m tests.prove`, which prints it."""
    if path := os.environ.get("DRILL_REPORT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def test_what_was_backed_up_comes_back_to_the_last_row_and_byte(
    storage: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people_and_their_things()
    before = everything()

    begun = time.monotonic()
    backup(folder)
    backed_up = time.monotonic()
    destroy()
    destroyed = time.monotonic()
    restore(folder)
    restored = time.monotonic()

    after = everything()
    assert after["rows"] == before["rows"]
    assert after["objects"] == before["objects"]
    rows = sum(map(len, after["rows"].values()))
    report(
        f"{connection.vendor} and {storage}: {rows} rows and {len(after['objects'])} objects are "
        f"the same; backup {backed_up - begun:.1f} s, restore {restored - destroyed:.1f} s"
    )
    assert "Nothing else differs." in capsys.readouterr().out


def test_it_comes_back_in_place_of_what_was_made_since(folder: Path, storage: str) -> None:
    alice, *_ = people_and_their_things(1)
    before = everything()
    backup(folder)

    create_post(alice)
    gone = Post.objects.filter(deleted_at__isnull=True).latest("pk")
    trash.trash(owner=alice, ids=[gone.pk])
    outbox.run()
    create_user("bob@example.com")

    restore(folder, yes=True)

    after = everything()
    assert after["rows"] == before["rows"]
    assert before["objects"].items() <= after["objects"].items()


def test_the_second_backup_copies_only_what_is_new(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people_and_their_things(1)
    backup(folder)
    first = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*.*")}
    alice = User.objects.get()
    create_post(alice)
    capsys.readouterr()

    backup(folder)

    second = {path: path.stat().st_mtime_ns for path in (folder / "objects").rglob("*.*")}
    assert first.items() <= second.items()
    new = len(second) - len(first)
    assert new >= 1
    assert f"of which {new} are new" in capsys.readouterr().out
    before = everything()
    destroy()
    restore(folder)
    assert everything() == before


def test_an_older_backup_of_the_folder_can_be_asked_for(folder: Path) -> None:
    people_and_their_things(1)
    before = everything()
    backup(folder)
    oldest = min(path.name for path in (folder / "runs").iterdir())
    fill(User.objects.get())
    backup(folder)

    restore(folder, run=oldest, yes=True)

    assert everything()["rows"] == before["rows"]


def test_a_backup_of_the_disk_is_restored_into_buckets(folder: Path, settings: Any) -> None:
    people_and_their_things(1)
    before = everything()
    backup(folder)
    destroy()

    with running_moto() as server:
        server.new_place().use(settings)
        restore(folder)
        assert everything() == before
