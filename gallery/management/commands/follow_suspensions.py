"""`manage.py follow_suspensions`: take back what suspended people shared, or bring it back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gallery.services import suspension
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every minute. The pages end at once without it."""

    help = "Let the pictures of people who were suspended or let in again go where they belong."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=10_000, help="posts (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        followed = suspension.carry_out(limit=options["limit"])
        noun = "post" if followed == 1 else "posts"
        self.stdout.write(f"The pictures of {followed} {noun} are on their way.")
