"""`manage.py drain_outbox`: carry out what storage still has to do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.models import StoredObject
from gallery.services import outbox
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """The same as the beat task, once, until nothing is due. Safe beside it."""

    help = "Move and delete objects in storage as their rows ask for."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much at most."""
        parser.add_argument(
            "--limit", type=at_least_one, default=100_000, help="objects (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done; the exit status is 1 when something failed and waits."""
        moved, gone = outbox.run(limit=options["limit"])
        self.stdout.write(f"{gone} deleted, {moved} moved.")
        waiting = StoredObject.objects.waiting_after_failure().count()
        if waiting:
            raise CommandError(f"{waiting} failed and are tried again later.")
