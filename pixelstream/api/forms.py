"""Input of the page of personal tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts.models import User
from pixelstream.api.models import ApiToken, Scope

DAYS = {"30": 30, "90": 90, "365": 365}


class TokenForm(forms.Form):
    """What a token is called, what it may do, and until when."""

    name = forms.CharField(
        max_length=ApiToken._meta.get_field("name").max_length,
        error_messages={"required": _("Give the token a name, such as the program that uses it.")},
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        initial=[Scope.READ],
        error_messages={"required": _("Choose at least one thing that the token may do.")},
    )
    ends = forms.ChoiceField(
        choices=[
            ("30", _("In 30 days")),
            ("90", _("In 90 days")),
            ("365", _("In a year")),
            ("never", _("Never")),
        ],
        initial="90",
    )

    def __init__(self, data: Any = None, *, owner: User) -> None:
        super().__init__(data)
        self.owner = owner

    def clean_name(self) -> str:
        """One of its own: by the names people tell which one to revoke. A page that is sent again
        makes no second token, either.
        """
        name: str = self.cleaned_data["name"]
        if ApiToken.objects.filter(owner=self.owner, name=name).exists():
            raise forms.ValidationError(_("You have a token of this name. Choose another one."))
        return name

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends, of a valid form."""
        days = DAYS.get(self.cleaned_data["ends"])
        return timezone.now() + timedelta(days=days) if days else None
