"""Input of what is done to conversations from their pages."""

from __future__ import annotations

from django import forms

from gallery.forms import MAX_ID
from gallery.models.conversations import TITLE_MAX_LENGTH


class TitleForm(forms.Form):
    """A conversation's title: one line."""

    title = forms.CharField(max_length=TITLE_MAX_LENGTH)

    def clean_title(self) -> str:
        """Without breaks and double spaces, which nobody means."""
        return " ".join(str(self.cleaned_data["title"]).split())


class SelectForm(forms.Form):
    """A picture, and whether the next turn starts from it."""

    image = forms.IntegerField(min_value=1, max_value=MAX_ID)
    selected = forms.BooleanField(required=False)
