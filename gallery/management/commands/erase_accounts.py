"""`manage.py erase_accounts`: forget those who asked for it a week ago."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.models import AccountErasure
from gallery.services import erasure
from gallery.services.administrators import LastAdministratorError
from pixelstream.accounts.models import User
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For cron; beat does the same every hour, and goes on with what has begun every 10 seconds.
    Resumable, and safe to run twice at once.
    """

    help = "Delete everything of the people whose time to think it over has passed."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most, or who at once."""
        parser.add_argument("--limit", type=at_least_one, default=1000, help="people (%(default)s)")
        parser.add_argument(
            "--now", metavar="EMAIL", help="this person, whether they asked or not, at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done; the exit status is 1 while somebody waits who is due."""
        if options["now"]:
            self._erase(options["now"])
            return
        erased = erasure.run_due(limit=options["limit"])
        self.stdout.write(f"{erased} people erased.")
        confirmed = erasure.confirm_who_was_not(limit=options["limit"])
        if confirmed:
            self.stdout.write(f"{confirmed} requests confirmed by e-mail.")
        waiting = AccountErasure.objects.due().count()
        if waiting:
            raise CommandError(f"{waiting} are due and not erased yet; run it again later.")

    def _erase(self, email: str) -> None:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the address {email}.")
        try:
            asked = erasure.ask(person, at_once=True)
        except LastAdministratorError:
            raise CommandError(
                "This is the last administrator. Make somebody else one first."
            ) from None
        is_done = erasure.carry_out(asked.pk)
        asked.refresh_from_db()
        self.stdout.write(
            f"{asked.posts} posts with {asked.images} images and {asked.references} references "
            f"deleted, {asked.freed_bytes} bytes freed."
        )
        if not is_done:
            raise CommandError("Not finished yet; the rest is done by itself, or run it again.")
