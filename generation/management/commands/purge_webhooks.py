"""`manage.py purge_webhooks`: delete what providers said about jobs, when its time is over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.services import webhooks
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Safe to run twice at once."""

    help = "Delete messages of providers that are 30 days old, or whose job is gone."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit",
            type=at_least_one,
            default=webhooks.PURGED_AT_ONCE,
            help="messages (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        purged = webhooks.purge(limit=options["limit"])
        self.stdout.write(f"{purged} messages of providers deleted.")
