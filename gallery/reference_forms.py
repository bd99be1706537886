"""Input of the references' pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 120


class RenameForm(forms.Form):
    """Another name for a reference, without the ending."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        error_messages={
            "required": _("Give the reference a name."),
            "max_length": _("A name has at most %(limit_value)d characters."),
        },
    )

    def clean_name(self) -> str:
        """The name in characters that can be seen; it is not the path of a file."""
        name = "".join(letter for letter in self.cleaned_data["name"] if letter.isprintable())
        if not name.strip():
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        if "/" in name or "\\" in name:
            raise forms.ValidationError(_("A name cannot have / or \\ in it."))
        return name.strip()

    def problem(self) -> str:
        """What is wrong with the name, in a sentence; only for an invalid form."""
        return str(self.errors["name"][0])
