"""`manage.py purge_trash`: delete for good what was in the trash for 30 days."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.template.defaultfilters import filesizeformat

from gallery.models import Post
from gallery.services import purge
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Resumable, and safe to run twice at once."""

    help = "Delete posts that were in the trash for too long, with everything in them."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most, or only how much it would be."""
        parser.add_argument("--limit", type=at_least_one, help="posts (all)")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was deleted. The bytes follow through the outbox."""
        if options["dry_run"]:
            self.stdout.write(f"{Post.objects.expired().count()} posts would be deleted.")
            return
        deleted = purge.purge_trash(limit=options["limit"])
        receipts = purge.forget_receipts()
        self.stdout.write(
            f"{deleted.total} posts with {deleted.images} images deleted, "
            f"{filesizeformat(deleted.freed_bytes)} freed; {receipts} old receipts forgotten."
        )
