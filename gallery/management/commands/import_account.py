"""`manage.py import_account`: take over an account that was exported from another installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.services import importing, quota
from gallery.services.import_files import BrokenArchiveError
from pixelstream.accounts.models import User


class Command(BaseCommand):
    """Can be repeated: what is here already is skipped. Exit status 1 if anything was refused."""

    help = "Import the parts of an account's export. Posts are unlisted and keep their times."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and for whom."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="parts")
        parser.add_argument("--to", required=True, metavar="EMAIL", help="whose it is to be here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what came of it."""
        person = User.objects.filter(email__iexact=options["to"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['to']}.")
        try:
            tally = importing.import_account(options["files"], to=person)
        except BrokenArchiveError as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        except OSError as error:
            raise CommandError(
                f"Stopped: {error}. What was imported stays; run it again for the rest."
            ) from error
        except quota.QuotaExceededError as error:
            raise CommandError(
                f"There is no room: {error}. Set another limit in the admin and run it again; "
                "what was imported is skipped then."
            ) from error
        self.stdout.write(
            f"{tally.posts} posts with {tally.pictures} pictures, {tally.references} references "
            f"and {tally.conversations} conversations imported, {tally.known} were here already."
        )
        for what in tally.replaced:
            self.stdout.write(what)
        if not tally.is_complete:
            self.stdout.write("There are more parts of this export.")
        if tally.unlinked:
            self.stdout.write(
                f"{tally.unlinked} posts came before what they were made from, and are not linked "
                "to it. Import the parts in order."
            )
        if tally.waiting:
            self.stdout.write(
                f"{tally.waiting} conversations wait for their pictures. Import the parts in "
                "order; the last one has the conversations."
            )
        for what in tally.refused:
            self.stderr.write(what)
        if tally.refused:
            raise CommandError(f"{len(tally.refused)} files were not imported.")
