"""What `manage.py check` says of settings of the project itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

SHORTEST_TOKEN = 32
"""Characters. Nothing counts who guesses at `/metrics`."""


@register(Tags.security, deploy=True)
def check_metrics_token(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether the word that opens `/metrics` is too long to be guessed."""
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    return [
        Warning(
            f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters, and can be guessed.",
            hint="`openssl rand -hex 32` makes one.",
            id="pixelstream.W003",
        )
    ]
