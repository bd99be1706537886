"""Input of the library's pages. Every GET parameter goes through one of these."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.models import Project

MAX_ID = 2**63 - 1
NAME_TAKEN = _("You already have a project with this name.")


class CursorForm(forms.Form):
    """Where the next page of a list begins."""

    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def cursor(self) -> int | None:
        """The cursor; None for a first page and for anything that is no cursor."""
        return self.cleaned_data.get("before") if self.is_valid() else None


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new project."""

    class Meta:
        model = Project
        fields = ("name", "brief")
        widgets = {"brief": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Give the project a name.")

    def clean_name(self) -> str:
        """A name that none of the person's projects has. The owner is no field of this form,
        so Django leaves the constraint to the database, where it would be an error page.
        """
        name = str(self.cleaned_data["name"])
        namesakes = Project.objects.filter(owner_id=self.instance.owner_id, name__iexact=name)
        if namesakes.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(NAME_TAKEN)
        return name


class UploadForm(forms.Form):
    """One reference image."""

    file = forms.FileField(
        allow_empty_file=True,  # told apart from a wrong type by the gate, not by its size
        error_messages={"required": _("No file provided")},
    )
