"""`manage.py resume_emptyings`: go on emptying trashes that somebody asked to be emptied."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gallery.services import emptying
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every 10 seconds. Resumable, and safe to run twice at once."""

    help = "Empty the trashes that people asked to be emptied and at which nobody is."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=1000, help="trashes (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was deleted. The bytes follow through the outbox."""
        count, deleted = emptying.resume(limit=options["limit"])
        self.stdout.write(
            f"{count} trashes emptied: {deleted.total} posts with {deleted.images} images and "
            f"{deleted.conversations} conversations deleted."
        )
