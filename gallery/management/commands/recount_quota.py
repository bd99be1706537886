"""`manage.py recount_quota`: check how much of the storage each person uses."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.services import quota, recount
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every night, with --fix, which also warns those whose storage is
    nearly full and whom no mail reached. Safe beside everything that goes on.

    Exit status 1 when a count was wrong, corrected or not: that is an error somewhere.
    """

    help = "Count anew what people use, and report where the count is not right."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to correct, and how many at most."""
        parser.add_argument("--fix", action="store_true", help="correct what is wrong")
        parser.add_argument(
            "--limit", type=at_least_one, help="stop after so many wrong counts (all)"
        )

    def handle(
        self, *args: Any, fix: bool = False, limit: int | None = None, **options: Any
    ) -> None:
        """Say whose count is wrong, or that none is."""
        found = recount.recount(fix=fix, limit=limit)
        for drift in found:
            self.stdout.write(str(drift))
        if limit is not None and len(found) >= limit:
            self.stdout.write("Stopped at the limit; run it again for the rest.")
        if fix and (warned := quota.warn_who_was_not()):
            self.stdout.write(f"{warned} people warned of a nearly full storage by e-mail.")
        if found:
            raise CommandError(f"{len(found)} wrong, {'corrected' if fix else 'left as they are'}.")
        self.stdout.write("All counts are right.")
