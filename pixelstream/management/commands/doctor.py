"""`manage.py doctor`: check what must always be true."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pixelstream import invariants
from pixelstream.health import board


class Command(BaseCommand):
    """Reads only. Exit status 1 when something is not as it must be."""

    help = "Check that rows, jobs and stored objects are in step. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is broken, or that nothing is."""
        findings = invariants.broken()
        board.note_findings(findings)  # for the administrators' page
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write(f"All {len(invariants.CHECKS)} invariants hold.")
