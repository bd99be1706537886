"""`manage.py purge_trash`: delete for good what was in the trash for 30 days."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.template.defaultfilters import filesizeformat

from gallery.models import EditConversation, Post
from gallery.services import purge
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour. Resumable, and safe to run twice at once."""

    help = "Delete what was in the trash for too long: posts and conversations, with all in them."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most, or only how much it would be."""
        parser.add_argument("--limit", type=at_least_one, help="posts and conversations (all)")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was deleted. The bytes follow through the outbox."""
        if options["dry_run"]:
            posts, talks = Post.objects.expired(), EditConversation.objects.expired()
            self.stdout.write(
                f"{posts.count()} posts and {talks.count()} conversations would be deleted."
            )
            return
        deleted = purge.purge_trash(limit=options["limit"])
        receipts = purge.forget_receipts()
        self.stdout.write(
            f"{deleted.total} posts with {deleted.images} images and {deleted.conversations} "
            f"conversations deleted, {filesizeformat(deleted.freed_bytes)} freed; "
            f"{receipts} old receipts forgotten."
        )
