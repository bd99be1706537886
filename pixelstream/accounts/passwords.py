"""What a password must not be made of."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = ("pixelstream",)
"""Everybody who attacks this place would try these first; the host of SITE_URL is one as well."""

ROOM = 4
"""Characters beside such a word that make no password of it."""


class ContextWordsValidator:
    """Refuses a password that is little more than the name of the application or of the site."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        spelled = password.lower()
        for word in (*WORDS, urlsplit(settings.SITE_URL).hostname or WORDS[0]):
            if word in spelled and len(spelled) - len(word) <= ROOM:
                raise ValidationError(
                    _("This password is little more than the name of this place."),
                    code="password_names_the_place",
                )

    def get_help_text(self) -> str:
        """What forms say beforehand."""
        return _("Your password can’t be little more than the name of this place.")
