"""`manage.py resume_exports`: go on making the exports that people asked for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.models import AccountExport
from gallery.services import exporting
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every 10 seconds. Resumable, and safe to run twice at once.

    Of a large account one run makes what takes a few minutes; the next one goes on.
    """

    help = "Make the exports that people asked for and at which nobody is."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=1000, help="exports (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many are ready; the exit status is 1 when something failed and waits."""
        ready = exporting.resume(limit=options["limit"])
        self.stdout.write(
            f"{ready} exports ready, {AccountExport.objects.unfinished().count()} being made."
        )
        if paused := AccountExport.objects.paused().count():
            raise CommandError(f"{paused} failed and are tried again later.")
