"""`manage.py audit_storage`: compare what lies in storage with what the rows say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.services import storage_audit
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """Changes nothing without `--fix`."""

    help = (
        "Find objects without a row, rows without their object, wrong sizes, missing renditions."
        " With --fix, delete the first (older than a day) and make the last again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to mend, and how much to look at."""
        parser.add_argument("--fix", action="store_true", help="mend what can be mended")
        parser.add_argument(
            "--limit", type=at_least_one, help="objects of each area, to the next person (all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings; the exit status is 1 when something is off and was not mended."""
        report = storage_audit.audit(fix=options["fix"], limit=options["limit"])
        for line in report.samples:
            self.stdout.write(line)
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(report.counts.items()))
        self.stdout.write(
            f"{report.checked} objects in storage: {counted or 'all as it should be'}."
        )
        if options["fix"]:
            self.stdout.write(f"{report.deleted} deleted, {report.rebuilt} made again.")
        if report.refused:
            raise CommandError(f"Nothing was deleted: {report.refused} are deleted by themselves.")
        if not report.is_clean:
            raise CommandError("Rows and storage are not in step.")
