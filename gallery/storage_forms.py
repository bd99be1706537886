"""Input of the page of a person's storage."""

from __future__ import annotations

from django import forms


class StorageQuery(forms.Form):
    """What the page is to show."""

    largest = forms.BooleanField(required=False)

    def wants_largest(self) -> bool:
        """Whether the largest posts were asked for."""
        return self.is_valid() and bool(self.cleaned_data["largest"])


class AutoCleanForm(forms.Form):
    """Whether room is to be made by itself."""

    wanted = forms.BooleanField(required=False)


class BackForm(forms.Form):
    """Where the person was."""

    next = forms.CharField(required=False, max_length=2000)

    def address(self) -> str:
        """As it was sent: the caller checks that it is one of ours."""
        return str(self.cleaned_data["next"]) if self.is_valid() else ""
