"""Input of the page of people's own provider keys."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

SHORTEST = 8
LONGEST = 400
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class KeyForm(forms.Form):
    """A key for a provider. What was entered is never shown again, not even with a mistake.

    The browser is not told the longest length: it would cut a pasted text in silence.
    """

    key = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Paste the key.")},
    )

    def clean_key(self) -> str:
        """A key as vendors make them."""
        key: str = self.cleaned_data["key"]
        if not _PRINTABLE.fullmatch(key):
            raise forms.ValidationError(
                _("A key has only letters, digits and signs, and no spaces. Copy it again.")
            )
        if len(key) < SHORTEST:
            raise forms.ValidationError(_("This is too short for a key. Copy all of it."))
        if len(key) > LONGEST:
            raise forms.ValidationError(_("This is too long for a key."))
        return key
