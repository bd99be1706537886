"""The workshop: makes new pictures and puts them into the library."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    """The upper floor: may use `gallery`, not the other way round."""

    name = "generation"
    verbose_name = _("generation")

    def ready(self) -> None:
        """Keep the catalogue's table up to date with what ships, and register the checks."""
        from generation import checks, receivers  # noqa: F401 (register by being imported)

        post_migrate.connect(_load_shipped_models, sender=self)


def _load_shipped_models(**kwargs: Any) -> None:
    from generation.services import shipped_models  # models are not there at import

    if kwargs["using"] == DEFAULT_DB_ALIAS:
        shipped_models.load()
