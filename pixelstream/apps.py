"""The project itself as an app: its commands and system checks."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PixelstreamConfig(AppConfig):
    """Makes `manage.py up` and the project's template tags known to Django."""

    name = "pixelstream"

    def ready(self) -> None:
        """Register the checks, and what follows a migrate."""
        from pixelstream import checks, pooling  # noqa: F401 (checks register by being imported)
        from pixelstream.object_storage import checks as checks_of_storage  # noqa: F401

        # Of an app with models; this one has none, and Django says nothing of it.
        accounts = apps.get_app_config("accounts")
        post_migrate.connect(pooling.limit_idle_transactions, sender=accounts)
