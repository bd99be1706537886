"""The API as a Django application: it has tables of its own."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Tokens, and what was answered to requests that may be sent twice."""

    name = "pixelstream.api"
    label = "api"
    verbose_name = _("JSON API")

    def ready(self) -> None:
        """Hear when a person leaves."""
        from pixelstream.api import receivers  # noqa: F401 (registers by being imported)
