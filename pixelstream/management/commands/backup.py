"""`manage.py backup`: everything of this installation into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.template.defaultfilters import filesizeformat

from pixelstream.backups import checking, making
from pixelstream.backups.copying import Tally
from pixelstream.backups.folders import BackupError, Folder
from pixelstream.backups.lists import Entry
from pixelstream.management.limits import at_least_one

KEEP_SECRETS = (
    "SECRET_KEY and FIELD_ENCRYPTION_KEYS are not in this backup: keep them elsewhere. Without "
    "FIELD_ENCRYPTION_KEYS people's provider keys and second steps cannot be read."
)
HAS_SECRETS = (
    "SECRET_KEY and FIELD_ENCRYPTION_KEYS are in this backup: whoever reads it can sign in as "
    "anybody."
)


class Command(BaseCommand):
    """Runs beside the application. Exit status 1 if anything is missing that should be there."""

    help = (
        "Back up the database and all objects into a folder. People go on working. A second "
        "backup into the same folder copies only objects that are new."
    )
    requires_system_checks = []  # whatever else is wrong: a backup is wanted all the more

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how many are kept."""
        parser.add_argument("--to", required=True, type=Path, metavar="FOLDER")
        parser.add_argument(
            "--keep", type=at_least_one, help="keep the newest so many backups; default: all"
        )
        parser.add_argument(
            "--with-secrets", action="store_true", help="also the secrets made for this machine"
        )
        parser.add_argument(
            "--verify", action="store_true", help="make none: check all that are there"
        )
        parser.add_argument("--programs", type=Path, help="the folder of pg_dump")

    def handle(self, *args: Any, to: Path, verify: bool = False, **options: Any) -> None:
        """Make one, or check those that are there."""
        self._told = 0
        folder = Folder(to.absolute())
        try:
            if verify:
                self._verify(folder)
            else:
                self._make(folder, options)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error

    def _make(self, folder: Folder, options: dict[str, Any]) -> None:
        with_secrets = bool(options.get("with_secrets"))
        made = making.make(
            folder,
            with_secrets=with_secrets,
            keep=options.get("keep"),
            programs=options.get("programs"),
            progress=self._tell,
        )
        manifest, tally = made.manifest, made.tally
        self.stdout.write(
            f"Backup {made.run.name}: {sum(manifest.rows.values())} rows, {manifest.objects} "
            f"objects ({filesizeformat(manifest.object_bytes)}), of which {tally.copied} are new "
            f"({filesizeformat(tally.bytes)})."
        )
        if deleted := manifest.missing - len(tally.lost):
            self.stdout.write(f"{deleted} objects were deleted while it was made.")
        if made.forgotten or made.pruned:
            self.stdout.write(
                f"{made.forgotten} older backups and {made.pruned} objects that none needs are "
                "deleted."
            )
        for warning in made.warnings:
            self.stderr.write(warning)
        self.stdout.write(HAS_SECRETS if with_secrets else KEEP_SECRETS)
        for lost in tally.lost[:20]:
            self.stderr.write(lost)
        if tally.lost:
            raise CommandError(
                f"{len(tally.lost)} live objects are not in storage, or damaged there; the backup "
                "has all the rest. "
                "See manage.py doctor."
            )

    def _verify(self, folder: Folder) -> None:
        folder.newest()  # says what there is instead
        with folder.hold_to_read():
            bad = self._check(folder)
        if bad:
            raise CommandError(f"{bad} backups are damaged.")

    def _check(self, folder: Folder) -> int:
        """How many runs are damaged. What is damaged of the objects is set aside."""
        bad = 0
        objects: set[Entry] = set()
        for run in folder.runs():
            if not run.is_complete:
                self.stdout.write(f"{run.name}: cut off, it counts for nothing.")
                continue
            problems = list(checking.problems_of(folder, run))
            objects |= {problem.entry for problem in problems if problem.entry}
            bad += bool(problems)
            self.stdout.write(f"{run.name}: {'damaged' if problems else 'whole'}.")
            for problem in problems[:20]:
                self.stderr.write(str(problem))
        try:
            for path, aside in checking.set_aside(folder, objects):
                self.stdout.write(f"{path} is now {aside.name}: the next backup copies it again.")
        except OSError as error:
            self.stderr.write(f"A damaged object stays where it is, and is not repaired: {error}")
        return bad

    def _tell(self, tally: Tally) -> None:
        if tally.seen >= self._told + 1000:
            self._told = tally.seen
            self.stdout.write(f"{tally.seen} objects looked at, {tally.copied} copied.")
            self.stdout.flush()
