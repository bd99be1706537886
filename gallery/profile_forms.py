"""Input of the page where people say who they are to others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts import handles, texts
from pixelstream.accounts.models import BIO_MAX_LENGTH, User

NAME_MAX_LENGTH = 80

HANDLE_TAKEN = _("Somebody else has this handle.")
HANDLE_RESERVED = _("Nobody can have this handle.")
HANDLE_IMPOSSIBLE = _(
    "3 to 30 letters from a to z, digits and underscores; a letter or digit at both ends."
)


class NameField(forms.CharField):
    """A name; of what nobody can see nothing stays."""

    def to_python(self, value: Any) -> str:
        """The name as others see it."""
        return texts.one_line(str(value or ""))


class BioField(forms.CharField):
    """Some lines; a line break is one character, as browsers count."""

    def to_python(self, value: Any) -> str:
        """The text as others see it."""
        return texts.paragraphs(str(value or ""))


class HandleField(forms.CharField):
    """A handle, in whatever case and with or without its @."""

    def to_python(self, value: Any) -> str:
        """The handle as it is kept."""
        return handles.canonical(str(value or ""))


class ProfileForm(forms.Form):
    """What strangers are told about a person, and how new posts begin."""

    name = NameField(required=False, max_length=NAME_MAX_LENGTH)
    handle = HandleField(required=False)
    bio = BioField(
        required=False, max_length=BIO_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )
    posts_begin_public = forms.BooleanField(required=False)

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "name": person.name,
                "handle": person.handle or "",
                "bio": person.bio,
                "posts_begin_public": person.posts_begin_public,
            },
        )
        self._person = person
        # What is typed may be longer than what is kept: the @, spaces.
        self.fields["handle"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def clean_handle(self) -> str:
        """A handle that can be had. Whoever has one keeps it, whatever was reserved since."""
        handle = str(self.cleaned_data["handle"])
        if not handle or handle == self._person.handle:
            return handle
        if not handles.is_possible(handle):
            raise forms.ValidationError(HANDLE_IMPOSSIBLE)
        if handle in handles.RESERVED:
            raise forms.ValidationError(HANDLE_RESERVED)
        if User.objects.filter(handle=handle).exists():
            raise forms.ValidationError(HANDLE_TAKEN)
        return handle
