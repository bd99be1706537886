"""The project itself as an app: its commands and system checks."""

from django.apps import AppConfig


class PixelstreamConfig(AppConfig):
    """Makes `manage.py up` and the project's template tags known to Django."""

    name = "pixelstream"

    def ready(self) -> None:
        """Register the checks."""
        from pixelstream.object_storage import checks  # noqa: F401 (registers by being imported)
