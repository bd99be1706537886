"""`manage.py restore`: put a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.template.defaultfilters import filesizeformat

from pixelstream.backups import restoring
from pixelstream.backups.copying import Tally
from pixelstream.backups.folders import BackupError, Folder

SHOWN = 20


class Command(BaseCommand):
    """Can be killed and repeated. Exit status 1 if something differs from the backup."""

    help = (
        "Replace everything in this installation by a backup. Stop web, worker and beat first. "
        "Everything is checked before anything is changed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, and whether that may cost anything."""
        parser.add_argument("--from", required=True, type=Path, metavar="FOLDER", dest="source")
        parser.add_argument("--run", help="which backup of the folder; default: the newest")
        parser.add_argument(
            "--yes", action="store_true", help="also where there is something, which is lost"
        )
        parser.add_argument(
            "--without-damaged",
            action="store_true",
            help="leave out objects that are damaged in the backup; without it, nothing is changed",
        )
        parser.add_argument("--programs", type=Path, help="the folder of pg_restore and psql")

    def handle(self, *args: Any, source: Path, **options: Any) -> None:
        """Put it back, and say what differs."""
        self._told = 0
        folder = Folder(source.absolute())
        try:
            name = options.get("run")
            run = folder.run_named(name) if name else folder.newest()
            result = restoring.restore(
                folder,
                run,
                replace=bool(options.get("yes")),
                without_damaged=bool(options.get("without_damaged")),
                programs=options.get("programs"),
                progress=self._tell,
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        self.stdout.write(
            f"Restored {run.name}: {sum(result.manifest.rows.values())} rows, "
            f"{result.manifest.objects} objects, of which {result.tally.copied} "
            f"({filesizeformat(result.tally.bytes)}) were not in storage."
        )
        if result.erased_again:
            self.stdout.write(f"{result.erased_again} people are erased again.")
        for note in result.notes:
            self.stdout.write(note)
        self._list("The backup has no bytes of", result.missing)
        self._list("Differs:", result.differences)
        self._list("doctor:", result.findings)
        if not result.is_whole:
            raise CommandError("Something differs from the backup; see above.")
        self.stdout.write(
            "Nothing else differs. Start web, worker and beat; then manage.py doctor, and "
            "manage.py audit_storage for objects that are newer than the backup."
        )

    def _list(self, before: str, lines: list[str]) -> None:
        for line in lines[:SHOWN]:
            self.stdout.write(f"{before} {line}")
        if len(lines) > SHOWN:
            self.stdout.write(f"{before} {len(lines) - SHOWN} more")

    def _tell(self, tally: Tally) -> None:
        if tally.seen >= self._told + 1000:
            self._told = tally.seen
            self.stdout.write(f"{tally.seen} objects looked at, {tally.copied} put back.")
            self.stdout.flush()
