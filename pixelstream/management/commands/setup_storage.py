"""`manage.py setup_storage`: prepare the buckets, and see that they do what is needed."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pixelstream.object_storage.options import origin

ORIGINS = ("http://localhost:3000", "https://pixelstream.app", "https://*.pixelstream.app")


class Command(BaseCommand):
    """Can be repeated: what is as it should be is left alone. Exit status 1 on a failure."""

    help = (
        "Make the buckets that the R2_ variables name, set CORS and the lifecycle of unfinished "
        "uploads, and try out writing, reading, deleting and what outsiders can fetch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which web pages may talk to the buckets."""
        parser.add_argument(
            "--origin",
            action="append",
            dest="origins",
            metavar="ORIGIN",
            help="allow this origin in CORS; may be repeated. Without it: the origin of SITE_URL, "
            + ", ".join(ORIGINS),
        )

    def handle(self, *args: Any, origins: list[str] | None = None, **options: Any) -> None:
        """Do each step and say what came of it."""
        from django.core.files.storage import storages

        from pixelstream.object_storage import setting_up
        from pixelstream.object_storage.buckets import PrivateBucket, PublicBucket

        allowed = origins or list(dict.fromkeys([origin(settings.SITE_URL), *ORIGINS]))
        place = settings.STORAGE_PLACES["s3"]
        public = cast(PublicBucket, storages.create_storage(place["public"]))
        private = cast(PrivateBucket, storages.create_storage(place["private"]))
        failed = 0
        try:
            for step in setting_up.set_up(public, private, allowed):
                self.stdout.write(f"{step.outcome}: {step.text}")
                failed += step.outcome is setting_up.Outcome.FAILED
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if failed:
            raise CommandError("The storage cannot be used like this.")
        self.stdout.write("The storage is ready.")
