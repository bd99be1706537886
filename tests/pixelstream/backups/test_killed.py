"""Killed anywhere, a backup counts for nothing and a restore leaves the old or the new, whole."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.pixelstream.backups.world import (
    backup,
    destroy,
    everything,
    in_another_process,
    objects,
    people_and_their_things,
    restore,
    rows,
)

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

KILLED = -signal.SIGKILL


PLACES = ["between_objects", "after_objects", "after_dump", "before_manifest"]


@pytest.mark.parametrize("place", PLACES)
def test_a_backup_that_was_killed_counts_for_nothing_and_the_next_one_is_whole(
    place: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people_and_their_things(1)
    before = everything()

    assert in_another_process("backup", f"--to={folder}", faults=f"backup.{place}=kill9") == KILLED
    with pytest.raises(CommandError, match="cut off"):
        restore(folder, yes=True)

    assert in_another_process("backup", f"--to={folder}") == 0
    call_command("backup", to=folder, verify=True)
    said = capsys.readouterr().out
    assert said.count("cut off") == 1
    assert said.count("whole") == 1
    destroy()
    restore(folder)
    assert everything() == before


def test_killed_while_it_deletes_what_is_old_it_leaves_the_newest_whole(folder: Path) -> None:
    people_and_their_things(1)
    before = everything()
    backup(folder)

    killed = in_another_process(
        "backup", f"--to={folder}", "--keep=1", faults="backup.before_prune=kill9"
    )

    assert killed == KILLED
    call_command("backup", to=folder, verify=True)
    destroy()
    restore(folder)
    assert everything() == before


@pytest.mark.parametrize("place", ["between_objects", "after_objects", "in_database"])
def test_a_restore_that_was_killed_leaves_the_old_database_until_another_one_ends(
    place: str, folder: Path, storage: str
) -> None:
    alice, *_ = people_and_their_things(1)
    before = everything()
    backup(folder)
    alice.name = "Somebody else"
    alice.save()
    changed = rows()

    killed = in_another_process(
        "restore", f"--from={folder}", "--yes", faults=f"restore.{place}=kill9"
    )

    assert killed == KILLED
    assert rows() == changed
    assert in_another_process("restore", f"--from={folder}", "--yes") == 0
    assert everything() == before


def test_a_restore_that_was_killed_after_the_database_is_completed_by_another_one(
    folder: Path,
) -> None:
    people_and_their_things(1)
    before = everything()
    backup(folder)
    destroy()

    killed = in_another_process(
        "restore", f"--from={folder}", faults="restore.after_database=kill9"
    )

    assert killed == KILLED
    assert rows() == before["rows"]
    assert objects() == before["objects"]
    assert in_another_process("restore", f"--from={folder}", "--yes") == 0
    assert everything() == before
