"""Input of the trash."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from gallery.batch_forms import IdsField
from gallery.models import Post
from gallery.services.trash import MAX_POSTS

MAX_SHOWN = 300
"""Posts that an open page may ask about; of more, it learns when it is loaded."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class TrashCursor:
    """Where a page of the trash ends: that post and the moment at which it went in."""

    deleted_at: dt.datetime
    post_id: int

    def __str__(self) -> str:
        """As a parameter: microseconds since 1970, and the id."""
        return f"{(self.deleted_at - EPOCH) // dt.timedelta.resolution}-{self.post_id}"


def cursor_from(text: str) -> TrashCursor | None:
    """The cursor that was written like this; None for anything that is none."""
    micros, _separator, post_id = text.partition("-")
    try:
        deleted_at = EPOCH + int(micros) * dt.timedelta.resolution
    except (OverflowError, ValueError):
        return None
    is_possible = deleted_at < dt.datetime.max.replace(tzinfo=dt.UTC)
    return TrashCursor(deleted_at, int(post_id)) if is_possible else None


def _cursor_field() -> forms.CharField:
    return forms.CharField(
        required=False, validators=[RegexValidator(r"\A[0-9]{1,18}-[0-9]{1,18}\Z")]
    )


class TrashQuery(forms.Form):
    """Where a page of the trash begins."""

    before = _cursor_field()

    def cursor(self) -> TrashCursor | None:
        """The cursor; None for a first page and for anything that is none."""
        return cursor_from(self.cleaned_data["before"]) if self.is_valid() else None


class TrashNewsQuery(forms.Form):
    """What an open page of the trash shows: where it begins, and its newest posts."""

    newest = _cursor_field()
    shown = IdsField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def newest_shown(self) -> TrashCursor | None:
        """The post that went in last of those that the page shows; None without any."""
        return cursor_from(self.cleaned_data.get("newest", ""))

    def posts_shown(self) -> list[int]:
        """At most MAX_SHOWN of them."""
        ids: list[int] = self.cleaned_data.get("shown") or []
        return ids[:MAX_SHOWN]


class ConfirmForm(forms.Form):
    """Whether the person was asked."""

    confirm = forms.BooleanField(required=False)

    @property
    def is_confirmed(self) -> bool:
        """Whether it may be done now; else there is a question first."""
        return bool(self.is_valid() and self.cleaned_data["confirm"])


class DeleteForm(ConfirmForm):
    """Whether what was made from it goes as well."""

    include_generated = forms.BooleanField(required=False)


class RestoreForm(forms.Form):
    """`post` when the form was on the post's own page."""

    view = forms.ChoiceField(required=False, choices=[("post", "")])

    @property
    def is_on_post(self) -> bool:
        """Whether to go on there."""
        return bool(self.is_valid() and self.cleaned_data["view"])


class TrashedPostsForm(DeleteForm):
    """Posts of the trash, or with `scope=all` everything in it.

    `view` is `undo` when they were moved there a moment ago.
    """

    posts = IdsField(required=False)
    scope = forms.ChoiceField(required=False, choices=[("chosen", ""), ("all", "")])
    view = forms.ChoiceField(required=False, choices=[("undo", "")])

    def clean_posts(self) -> list[int]:
        """At most as many as one action may change."""
        ids: list[int] = self.cleaned_data["posts"]
        if len(ids) > MAX_POSTS:
            message = _("Choose at most %(limit)s posts at a time.")
            raise ValidationError(message % {"limit": MAX_POSTS})
        return ids

    def clean(self) -> dict[str, Any]:
        """Something has to be chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["scope"] != "all" and not cleaned["posts"]:
            raise ValidationError(_("Choose at least one post."))
        return cleaned

    @property
    def is_undo(self) -> bool:
        """Whether the posts go back to where they were a moment ago."""
        return bool(self.cleaned_data.get("view") == "undo")

    @property
    def wants_all(self) -> bool:
        """Whether everything in the trash is meant."""
        return bool(self.cleaned_data["scope"] == "all")


def cursor_after(post: Post) -> TrashCursor | None:
    """The cursor of the page that follows this post."""
    return TrashCursor(post.deleted_at, post.pk) if post.deleted_at else None
