"""What `manage.py check` says of the settings of signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from pixelstream import encryption


@register(Tags.security)
def check_staff_can_switch_mfa_on(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether who has to have a second step can get one."""
    if not settings.REQUIRE_STAFF_MFA or not encryption.find_problem():
        return []
    hint = "Set FIELD_ENCRYPTION_KEYS (`.env.example` shows its form), or REQUIRE_STAFF_MFA=false."
    return [
        Warning(
            "Nobody can enter the admin: staff need two-step sign-in (REQUIRE_STAFF_MFA), and its "
            "secrets cannot be stored.",
            hint=hint,
            id="accounts.W001",
        )
    ]
