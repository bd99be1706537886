"""`manage.py move_storage`: copy everything from the disk to the buckets, or back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from pixelstream.object_storage import moving

NEXT = {
    "s3": "Next: set R2_BUCKET_NAME and the other R2_ variables for every process and restart.",
    "local": "Next: take R2_BUCKET_NAME out of the environment of every process and restart.",
}


class Command(BaseCommand):
    """Can be stopped and repeated. Deletes nothing. Exit status 1 if anything was not copied."""

    help = (
        "Copy every live object (pictures, references, archives of exports) to the storage named, "
        "from the other one, and compare the originals' SHA-256 on the way. What is there already "
        "is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, how many, and whether at all."""
        parser.add_argument("--to", required=True, choices=sorted(moving.PLACES))
        parser.add_argument("--limit", type=int, help="copy at most so many objects, then stop")
        parser.add_argument("--dry-run", action="store_true", help="only say what is missing there")

    def handle(
        self,
        *args: Any,
        to: str,
        limit: int | None = None,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        """Copy, and say how far it is."""
        if limit is not None and limit < 1:
            raise CommandError("--limit must be 1 or more.")
        self._told = 0
        try:
            tally, is_complete = moving.move(
                to=to, limit=limit, dry_run=dry_run, progress=self._tell
            )
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again for the rest.") from None
        self._write(tally, verb="to copy" if dry_run else "copied")
        for failure in tally.failures:
            self.stderr.write(failure)
        if tally.failed:
            raise CommandError(f"{tally.failed} objects could not be copied. Run it again.")
        if not is_complete:
            self.stdout.write("Stopped at the limit; run it again for the rest.")
        elif dry_run:
            self.stdout.write("Nothing was copied: this was a dry run.")
        elif to == settings.STORAGE_PLACE:
            self.stdout.write("Complete. The application uses this storage already.")
        else:
            self.stdout.write(f"Complete. {NEXT[to]} Then run this once more (docs/storage.md).")

    def _tell(self, tally: moving.Tally) -> None:
        if tally.seen >= self._told + 500:
            self._told = tally.seen
            self._write(tally, verb="so far")

    def _write(self, tally: moving.Tally, *, verb: str) -> None:
        self.stdout.write(
            f"{tally.copied} {verb} ({filesizeformat(tally.bytes)}), "
            f"{tally.there} there already, {tally.failed} failed."
        )
        self.stdout.flush()
