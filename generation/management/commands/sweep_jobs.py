"""`manage.py sweep_jobs`: ring again for what the broker lost, end what went silent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.services import sweep
from pixelstream.health import beat
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """The same as the beat task, once. Harmless beside it."""

    help = "Ring again for jobs that nobody took, and end those that went silent."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=sweep.LIMIT, help="jobs (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        swept = sweep.sweep(limit=options["limit"])
        beat.swept(by_cron=True)
        self.stdout.write(f"{swept} jobs rung for or ended.")
