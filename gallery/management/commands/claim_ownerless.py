"""`manage.py claim_ownerless`: give objects that belong to nobody to a person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.services import ownerless
from pixelstream.accounts.models import User
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """For what an import or an older version left behind. Never done by itself: whoever asked for
    something to be deleted must not become its owner by asking (docs/decisions.md).
    """

    help = "Give stored objects without an owner to a person. Without --to, only count them."

    def add_arguments(self, parser: CommandParser) -> None:
        """To whom, and how many at most."""
        parser.add_argument("--to", metavar="EMAIL", help="the new owner")
        parser.add_argument(
            "--limit", type=at_least_one, default=10_000, help="objects (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many."""
        if not options["to"]:
            self.stdout.write(f"{ownerless.count()} objects belong to nobody.")
            return
        owner = User.objects.filter(email__iexact=options["to"], is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active person with the address {options['to']}.")
        claimed = ownerless.claim(owner=owner, limit=options["limit"])
        self.stdout.write(f"{claimed} objects belong to {owner.email} now.")
