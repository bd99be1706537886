"""People who were erased after a backup was made, and whom it would bring back.

Each manifest says whose erasure had begun by then: a number and a time, nothing about anybody. So
the newest manifest of a folder, and the database that is replaced, know more than an old dump.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from gallery.services import erasure
from gallery.services.administrators import LastAdministratorError
from gallery.services.remains import is_erased
from pixelstream.accounts.models import User
from pixelstream.backups import databases, manifests
from pixelstream.backups.folders import BackupError, Folder, written_whole
from pixelstream.backups.manifests import Manifest

REMEMBERED = "erased-again.json"
"""In DATA_DIR while a restore is under way: one that was killed forgets nobody."""

Erased = set[tuple[int, str]]


def since(folder: Folder, manifest: Manifest) -> tuple[Erased, list[str]]:
    """Whose erasure had begun by any backup of the same installation, or by now; and which backups
    could not be asked, in words.
    """
    found, notes = _remembered(manifest.installation), []
    for run in folder.complete_runs():
        try:
            other = manifests.read(run)
        except BackupError as error:
            notes.append(f"{error} Whoever was erased by then may be here again.")
            continue
        if other.installation == manifest.installation:
            found |= {(person, asked) for person, asked in other.erased}
    try:
        present = databases.present()
        if present.installation() == manifest.installation:
            found |= set(present.erased())
    except DatabaseError:
        pass  # it has no tables: it knows of nobody
    finally:
        connection.close()
    return found, notes


def remember(found: Erased, installation: str) -> None:
    """Write down whom of this installation, until `erase_again` has been through."""
    content = {"installation": installation, "erased": sorted(found)}
    with written_whole(_path()) as file:
        file.write(json.dumps(content).encode())


def erase_again(found: Erased) -> tuple[int, list[str]]:
    """Erase those who are there again. Returns how many, and what is left to do, in words.

    Somebody who joined after the erasure was asked for has the number by chance and is spared: a
    database that went back in time gives its numbers once more.
    """
    erased, notes = 0, []
    for number, asked in sorted(found):
        person = User.objects.filter(pk=number).first()
        if person is None or is_erased(person) or person.date_joined > _time(asked):
            continue
        try:
            row = erasure.ask(person, at_once=True)
        except LastAdministratorError:
            notes.append(
                f"Person {number} was erased after the backup and is the last administrator now: "
                "make somebody else one, then manage.py erase_accounts --now EMAIL"
            )
            continue
        if erasure.carry_out(row.pk):
            erased += 1
        else:
            notes.append(f"Person {number} is erased again as soon as the workers run.")
    _path().unlink(missing_ok=True)
    return erased, notes


def _path() -> Path:
    return Path(settings.DATA_DIR) / REMEMBERED


def _remembered(installation: str) -> Erased:
    """Who is left from a restore that was killed; nobody where it was of another installation,
    whose numbers are of other people.
    """
    try:
        content = json.loads(_path().read_text("utf-8"))
        if content["installation"] != installation:
            return set()
        return {(int(person), str(asked)) for person, asked in content["erased"]}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(
            f"{_path()} is damaged. It names who has to be erased again after a restore that was "
            "cut off: move it away, and erase them by hand."
        ) from error


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
