"""`manage.py flush_download_counts`: bring the downloads that were counted to the posts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from gallery.services import downloads


class Command(BaseCommand):
    """For cron; beat does the same every minute. Safe to run twice at once."""

    help = "Bring the downloads that were counted in the broker to the posts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many; the exit status is 1 when the broker does not answer."""
        try:
            counted = downloads.flush_counts()
        except RedisError as error:
            raise CommandError(f"The broker does not answer: {error}") from error
        self.stdout.write(f"{counted} downloads counted.")
