"""`manage.py expire_shares`: take pictures back whose sharing has ended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gallery.services import sharing
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every minute. The page itself ends at once without it."""

    help = "Let the pictures of posts whose sharing has ended leave the public area."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=10_000, help="posts (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        self.stdout.write(
            f"{sharing.expire(limit=options['limit'])} posts are not shared any more."
        )
