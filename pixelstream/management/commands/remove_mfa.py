"""`manage.py remove_mfa`: let somebody in again who lost their phone and their recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pixelstream.accounts import mfa
from pixelstream.accounts.models import User


class Command(BaseCommand):
    """Make sure first that it is really them who asks. The audit log keeps a line."""

    help = "Switch a person's two-step sign-in off; they sign in with the password alone then."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", help="the address that they sign in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Say whether there was one."""
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"There is nobody with the address {email}.")
        if mfa.remove(person):
            self.stdout.write(f"Two-step sign-in is off for {person.email}.")
        else:
            self.stdout.write(f"{person.email} had no two-step sign-in.")
