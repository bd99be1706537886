"""`manage.py purge_api_requests`: forget the answers to repeatable requests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pixelstream.api import idempotency
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Safe to run twice at once."""

    help = "Forget the answers that were kept for 24 hours, to requests with an Idempotency-Key."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit",
            type=at_least_one,
            default=idempotency.PURGED_AT_ONCE,
            help="answers (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        purged = idempotency.purge(limit=options["limit"])
        self.stdout.write(f"{purged} answers of the API forgotten.")
