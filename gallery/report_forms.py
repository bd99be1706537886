"""Input of what visitors report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.models import Report
from gallery.models.reports import DETAILS_MAX_LENGTH


class Choices(forms.RadioSelect):
    """Radio buttons to which the summary of what is wrong can lead: to the first of them."""

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """Of the whole, that of the first."""
        return super().id_for_label(id_, "0" if index is None else index)


class ReportForm(forms.Form):
    """What is wrong with a post, in one word and, if wanted, in more."""

    reason = forms.ChoiceField(
        choices=Report.Reason.choices,
        widget=Choices,
        error_messages={
            "required": _("Say what is wrong."),
            "invalid_choice": _("Say what is wrong."),
        },
    )
    details = forms.CharField(
        required=False,
        max_length=DETAILS_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @property
    def said(self) -> Report.Reason:
        """The reason, once the form is valid."""
        return Report.Reason(self.cleaned_data["reason"])
