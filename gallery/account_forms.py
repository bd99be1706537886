"""Input of the page of a person's account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.services import administrators
from pixelstream.accounts.models import User


class EraseForm(forms.Form):
    """The wish to be forgotten. The last administrator also says who is the next."""

    successor = forms.EmailField(
        error_messages={
            "required": _("Enter the email address of the next administrator."),
            "invalid": _("Enter an email address, like name@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    understood = forms.BooleanField(
        error_messages={"required": _("Check the box if your account is to be deleted.")},
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not administrators.is_last(person):
            del self.fields["successor"]

    def clean_successor(self) -> User:
        """Somebody else who can sign in and stays."""
        address = self.cleaned_data["successor"]
        people = User.objects.filter(email__iexact=address, is_active=True, erasure=None)
        found = people.exclude(pk=self.person.pk).first()
        if found is None:
            raise forms.ValidationError(_("Nobody else with an account here has this address."))
        return found
