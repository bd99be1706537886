"""`manage.py rotate_keys`: put everything that is encrypted under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.services import keys
from pixelstream import encryption
from pixelstream.accounts import mfa
from pixelstream.management.limits import at_least_one


class Command(BaseCommand):
    """Can be stopped, repeated and run twice at once. Exit status 1 when a key is unreadable."""

    help = (
        "Encrypt stored provider keys and secrets of two-step sign-in again, under the first entry "
        "of FIELD_ENCRYPTION_KEYS. "
        "The older entries have to stay until this has been done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at most."""
        parser.add_argument("--limit", type=at_least_one, help="renew at most so many, then stop")

    def handle(self, *args: Any, limit: int | None = None, **options: Any) -> None:
        """Renew, and say what was done."""
        if limit is not None and limit < 1:
            raise CommandError("--limit must be 1 or more.")
        try:
            done = keys.rotate(limit=limit)
            second = mfa.rotate(limit=None if limit is None else limit - done.renewed)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Renewed under key {encryption.newest_key_id()}: {done.renewed}. "
            f"Current already: {done.current}. Changed by others meanwhile: {done.overtaken}."
        )
        self.stdout.write(
            f"Secrets of two-step sign-in renewed: {second.renewed}, current: {second.current}."
        )
        if limit is not None and done.renewed + second.renewed >= limit:
            self.stdout.write("Stopped at the limit; run it again for the rest.")
        if second.unreadable:
            ids = ", ".join(str(pk) for pk in second.unreadable)
            self.stderr.write(f"Two-step sign-in that could not be decrypted: rows {ids}")
        if done.unreadable:
            ids = ", ".join(str(pk) for pk in done.unreadable)
            raise CommandError(f"Could not be decrypted, and left as they are: {ids}")
        if second.unreadable:
            raise CommandError("Not everything could be decrypted.")
