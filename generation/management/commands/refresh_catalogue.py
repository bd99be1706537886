"""`manage.py refresh_catalogue`: ask the providers which models they offer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.providers import registry
from generation.services import discovery


class Command(BaseCommand):
    """Asks every provider that has the operator's key, or the one that is named."""

    help = "Ask the providers which models they offer, and bring the catalogue up to it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The provider, if not all."""
        parser.add_argument("--provider", choices=sorted(registry.PROVIDERS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what each answered; the exit status is 1 when one could not be asked."""
        named = options["provider"]
        outcomes = discovery.refresh([named] if named else None)
        for outcome in outcomes:
            title = registry.title(outcome.provider)
            self.stdout.write(
                f"{title}: {outcome.error}"
                if outcome.error
                else f"{title}: {outcome.found} models, {outcome.added} new, {outcome.retired} gone"
            )
        if not outcomes:
            self.stdout.write("No provider to ask: no key is set (docs/providers.md).")
        if any(outcome.error for outcome in outcomes):
            raise CommandError("Not every provider could be asked.")
