"""Input of what is done to many posts, and of downloads."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gallery.browse import Filters, matching
from gallery.forms import MAX_ID, GalleryQuery, as_id
from gallery.models import Post, Project
from gallery.models.posts import PostQuerySet
from gallery.services.downloads import MAX_POSTS, Metadata
from pixelstream.accounts.models import User

NO_PROJECT = "none"


class Action(StrEnum):
    """What to do with the posts."""

    DOWNLOAD = "download"
    VISIBILITY = "visibility"
    MOVE = "move"
    TRASH = "trash"


class DownloadForm(forms.Form):
    """Which picture of a post, counted from 1 (all without), and what the file tells."""

    img = forms.IntegerField(required=False, min_value=1, max_value=999)
    metadata = forms.ChoiceField(required=False, choices=[(m.value, m.value) for m in Metadata])


class IdsField(forms.Field):
    """Ids of posts: one field each, or many in one with commas between. What is none is left out.

    Scripts send the second form: there is a limit for how many fields a form may have.
    """

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        """The ids, each once, in the order in which they came."""
        parts = ",".join(value or []).split(",")
        return list(dict.fromkeys(pk for part in parts if (pk := as_id(part)) is not None))


class BatchForm(forms.Form):
    """Which posts, and what to do with them.

    `scope` is `chosen` (the ids) or `matching` (what the filters let through, at most MAX_POSTS).
    A button that names a visibility, a project or the metadata needs no `action`.
    """

    action = forms.ChoiceField(required=False, choices=[(a.value, a.value) for a in Action])
    posts = IdsField(required=False)
    scope = forms.ChoiceField(required=False, choices=[("chosen", ""), ("matching", "")])
    filters = forms.CharField(required=False, max_length=4000)
    within = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    visibility = forms.ChoiceField(required=False, choices=Post.Visibility.choices)
    project = forms.CharField(required=False, max_length=20)
    metadata = forms.ChoiceField(required=False, choices=[(m.value, m.value) for m in Metadata])
    confirm = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, owner: User) -> None:
        super().__init__(data)
        self.owner = owner

    def clean_project(self) -> Project | None:
        """The person's project; None for none, which is a wish of its own."""
        value = str(self.cleaned_data["project"])
        if value in {"", NO_PROJECT}:
            return None
        own = Project.objects.owned_by(self.owner)
        pk = as_id(value)
        project = own.filter(pk=pk).first() if pk else None
        if project is None:
            raise ValidationError(_("This project is not there."))
        return project

    def clean_posts(self) -> list[int]:
        """At most as many as one action may change."""
        ids = cast("list[int]", self.cleaned_data["posts"])
        if len(ids) > MAX_POSTS:
            message = _("Choose at most %(limit)s posts at a time.")
            raise ValidationError(message % {"limit": MAX_POSTS})
        return ids

    def clean(self) -> dict[str, Any]:
        """Find out what is wanted and whether it is whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        action = cleaned["action"] or self._named_action()
        if action == Action.VISIBILITY and not cleaned["visibility"]:
            raise ValidationError(_("Say who finds the posts."))
        if not action:
            raise ValidationError(_("Say what to do with the posts."))
        if cleaned["scope"] != "matching" and not cleaned["posts"]:
            raise ValidationError(_("Choose at least one post."))
        cleaned["action"] = Action(action)
        return cleaned

    @property
    def lacks_project(self) -> bool:
        """Whether the posts are to be moved and it is not said where."""
        return self.cleaned_data["action"] is Action.MOVE and not self.data.get("project")

    def gallery_filters(self) -> Filters:
        """The filters of the page that the form was on; without any when they make no sense."""
        query = QueryDict(str(self.cleaned_data.get("filters") or ""))
        return GalleryQuery(query).filters(project_id=self.cleaned_data.get("within"))

    def chosen(self) -> PostQuerySet:
        """The posts, at most MAX_POSTS. Some of the ids may not be there or not this person's."""
        if self.cleaned_data["scope"] == "matching":
            return matching(self.owner, self.gallery_filters(), limit=MAX_POSTS)
        return Post.objects.visible_to(self.owner).filter(pk__in=self.cleaned_data["posts"])

    def chosen_ids(self) -> list[int]:
        """Their ids; of chosen ones also those that are not there."""
        if self.cleaned_data["scope"] == "matching":
            return list(self.chosen().order_by("-pk").values_list("pk", flat=True))
        return cast("list[int]", self.cleaned_data["posts"])

    def _named_action(self) -> str:
        named = {
            "visibility": Action.VISIBILITY,
            "project": Action.MOVE,
            "metadata": Action.DOWNLOAD,
        }
        return next((action.value for name, action in named.items() if self.data.get(name)), "")
