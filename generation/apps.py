"""The workshop: makes new pictures and puts them into the library."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.apps.registry import Apps
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

    if kwargs["using"] == DEFAULT_DB_ALIAS and _is_up_to_date(kwargs.get("apps", apps)):
        shipped_models.load()


def _is_up_to_date(migrated: Apps) -> bool:
    """Whether the catalogue's table is the one of this code: who migrates back has an older one."""
    now = apps.get_model("generation", "CatalogueEntry")
    try:
        then = migrated.get_model("generation", "CatalogueEntry")
    except LookupError:
        return False
    columns, stored = ({field.column for field in m._meta.concrete_fields} for m in (now, then))
    return columns == stored
