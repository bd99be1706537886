"""The project itself as an app: its commands and system checks."""

from django.apps import AppConfig


class PixelstreamConfig(AppConfig):
    """Makes `manage.py up` and the project's template tags known to Django."""

    name = "pixelstream"
