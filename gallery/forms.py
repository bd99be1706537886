"""Input of the library's pages. Every GET parameter goes through one of these."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from gallery.browse import Filters, Kind
from gallery.models import Post, Project

MAX_ID = 2**63 - 1
MAX_QUERY = 500
"""Characters of a search that are read; what is longer is cut, not refused."""

FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(9000, 12, 31)
"""Within these every database and every time zone can compare days."""

NAME_TAKEN = _("You already have a project with this name.")


def as_id(text: str) -> int | None:
    """The id that a text names; None when it can be none.

    Of thousands of digits Python makes no number, and SQLite knows none from 2**63 on.
    """
    number = int(text) if re.fullmatch(r"[0-9]{1,19}", text) else 0
    return number if 0 < number <= MAX_ID else None


class SearchField(forms.CharField):
    """Words to look for: whatever a person types is a search, so nothing is refused."""

    default_validators = []

    def to_python(self, value: Any) -> str:
        """The text without control characters, of a length that makes sense."""
        text = re.sub(r"[\x00-\x1f\x7f]+", " ", str(value or ""))
        return text[:MAX_QUERY].strip()


class DayField(forms.DateField):
    """A day as browsers send it, `2026-01-31`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


class WallQuery(forms.Form):
    """Which posts an address asks for. A parameter that makes no sense is left out."""

    q = SearchField(required=False)
    kind = forms.ChoiceField(required=False, choices=Kind.choices)
    model = forms.CharField(required=False, max_length=120)
    aspect = forms.CharField(
        required=False, validators=[RegexValidator(r"\A[1-9][0-9]{0,3}:[1-9][0-9]{0,3}\Z")]
    )
    sort = forms.ChoiceField(required=False, choices=[("newest", ""), ("oldest", "")])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # `from` is a word of the language, so these cannot be attributes of the class.
        self.fields["from"] = DayField(required=False)
        self.fields["to"] = DayField(required=False)
        self.full_clean()

    def filters(self, *, project_id: int | None = None) -> Filters:
        """Which posts are asked for. Days the wrong way round are turned."""
        since, until = self.value("from"), self.value("to")
        if since and until and until < since:
            since, until = until, since
        return Filters(
            q=self.value("q") or "",
            kind=self.value("kind") or "",
            model=self.value("model") or "",
            aspect=self.value("aspect") or "",
            since=since,
            until=until,
            newest=self.value("sort") != "oldest",
            project_id=project_id,
        )

    def value(self, name: str) -> Any:
        """A parameter (`before`, `after`, ...), None when it is missing or wrong."""
        return self.cleaned_data.get(name) or None


class GalleryQuery(WallQuery):
    """What an address of the gallery asks for."""

    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    after = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    view = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    img = forms.IntegerField(required=False, min_value=1, max_value=999)


class CursorForm(forms.Form):
    """Where the next page of a list begins."""

    before: forms.Field = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def cursor(self) -> int | None:
        """The cursor; None for a first page and for anything that is no cursor."""
        return self.cleaned_data.get("before") if self.is_valid() else None


class VisibilityForm(forms.Form):
    """Who is to find a post."""

    visibility = forms.ChoiceField(choices=Post.Visibility.choices)
    view = forms.ChoiceField(required=False, choices=[("post", "post")])
    """`post` when the form was on the post's own page, not on a card."""


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
