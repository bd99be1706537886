"""`manage.py expire_exports`: delete the exports that were ready for a week."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.models import AccountExport
from gallery.services import exporting
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Safe to run twice at once."""

    help = "Delete exports that were ready for a week, and tell those whom no mail reached."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=1000, help="exports (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many; the exit status is 1 while somebody could not be told."""
        deleted = exporting.delete_expired(limit=options["limit"])
        told = exporting.tell_who_was_not(limit=options["limit"])
        self.stdout.write(f"{deleted} exports deleted, {told} people told that theirs is ready.")
        untold = AccountExport.objects.untold().filter(owner__is_active=True).count()
        if untold and told < options["limit"]:
            raise CommandError(f"{untold} people could not be told; they are told later.")
