"""Input of the verbs on one post's own page."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gallery.models import Post, Project
from gallery.services.captions import CAPTION_MAX_LENGTH, mark_of
from pixelstream.accounts.models import User

MAX_IMG = 100


class CaptionForm(forms.Form):
    """A caption written by hand, and a mark of the one that it was made from."""

    caption = forms.CharField(required=False, widget=forms.Textarea)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    max_length = CAPTION_MAX_LENGTH
    current: str | None = None
    """The caption as it is now, when it is not the one that the edit was made from."""

    @classmethod
    def of(cls, post: Post) -> CaptionForm:
        """The form as it stands before somebody writes into it."""
        return cls(initial={"caption": post.caption, "seen": mark_of(post.caption)})

    def clean_caption(self) -> str:
        """The text with one kind of line break: browsers send two characters for each."""
        text = str(self.cleaned_data["caption"]).replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > self.max_length:
            message = _("A caption may have at most %(limit)s characters. This one has %(count)s.")
            limit, count = (
                number_format(figure, force_grouping=True)
                for figure in (self.max_length, len(text))
            )
            raise ValidationError(message % {"limit": limit, "count": count})
        return text

    def show_conflict(self, current: str) -> None:
        """Say that the caption changed meanwhile, and take the next sending as the answer to it."""
        self.current = current
        data = cast("QueryDict", self.data).copy()
        data["seen"] = mark_of(current)
        self.data = data
        self.add_error(None, _("The caption changed meanwhile. Save again to keep yours."))


class CoverForm(forms.Form):
    """Which picture of a post, counted from 1."""

    img = forms.IntegerField(min_value=1, max_value=MAX_IMG)


class PostProjectForm(forms.Form):
    """The project that a post is moved to; empty for none."""

    project = forms.ModelChoiceField(queryset=Project.objects.none(), required=False)

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Project]", self.fields["project"])
        field.queryset = Project.objects.owned_by(owner)
