"""`manage.py purge_sessions`: forget sessions that are over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pixelstream.accounts import sessions
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Safe to run twice at once."""

    help = "Forget sessions that are over, and from where they were signed in."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit",
            type=at_least_one,
            default=sessions.PURGED_AT_ONCE,
            help="sessions (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        purged = sessions.purge(limit=options["limit"])
        self.stdout.write(f"{purged} rows of sessions forgotten.")
