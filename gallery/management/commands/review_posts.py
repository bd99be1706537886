"""`manage.py review_posts`: look at new public pictures, where the gate is on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from gallery.models import Post
from gallery.services import review
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every minute. Safe to run twice at once."""

    help = "Score the pictures of posts that wait to become public (MODERATION_GATE)."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most."""
        parser.add_argument("--limit", type=at_least_one, default=1000, help="posts (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were looked at, and how many wait for an administrator."""
        seen = review.sweep(limit=options["limit"])
        held = Post.objects.live().filter(review=Post.Review.HELD, review_score__isnull=False)
        gate = "" if settings.MODERATION_GATE else " The gate is off."
        self.stdout.write(
            f"{seen} posts looked at, {held.count()} wait for an administrator.{gate}"
        )
