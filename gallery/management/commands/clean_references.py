"""`manage.py clean_references`: delete uploads that nobody kept and nothing uses."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gallery.services import purge
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Safe to run twice at once."""

    help = "Delete references that were uploaded for one post a day ago and are not in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=10_000, help="references (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        cleaned = purge.clean_references(limit=options["limit"])
        self.stdout.write(f"{cleaned} references deleted.")
