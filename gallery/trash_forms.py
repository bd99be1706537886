"""Input of the trash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from gallery.batch_forms import IdsField
from gallery.forms import as_id
from gallery.keyset import Moment, moment_from
from gallery.services.trash import MAX_POSTS

MAX_SHOWN = 300
"""Posts that an open page may ask about; of more, it learns when it is loaded."""


def _cursor_field() -> forms.CharField:
    return forms.CharField(
        required=False, validators=[RegexValidator(r"\A[0-9]{1,18}-[0-9]{1,18}\Z")]
    )


class TrashQuery(forms.Form):
    """Where a page of the trash begins: the posts, and the conversations above them."""

    before = _cursor_field()
    conversations = _cursor_field()

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def cursor(self) -> Moment | None:
        """The posts come after this one; None for a first page and for anything that is none."""
        return moment_from(self.cleaned_data.get("before", ""))

    def shelf_cursor(self) -> Moment | None:
        """The conversations come after this one."""
        return moment_from(self.cleaned_data.get("conversations", ""))


class TrashNewsQuery(forms.Form):
    """What an open page of the trash shows: where it begins, its newest posts, and where its
    conversations begin.
    """

    newest = _cursor_field()
    shown = IdsField(required=False)
    conversations = _cursor_field()

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def newest_shown(self) -> Moment | None:
        """The post that went in last of those that the page shows; None without any."""
        return moment_from(self.cleaned_data.get("newest", ""))

    def posts_shown(self) -> list[int]:
        """At most MAX_SHOWN of them."""
        ids: list[int] = self.cleaned_data.get("shown") or []
        return ids[:MAX_SHOWN]

    def shelf_cursor(self) -> Moment | None:
        """The conversations come after this one."""
        return moment_from(self.cleaned_data.get("conversations", ""))


@dataclass(frozen=True)
class Chosen:
    """Ids of what was chosen in the trash, each once."""

    posts: list[int]
    conversations: list[int]

    def __len__(self) -> int:
        return len(self.posts) + len(self.conversations)

    @property
    def names(self) -> list[str]:
        """As they are sent, and as pages call what shows them."""
        return [*map(str, self.posts), *map(conversation_name, self.conversations)]


def conversation_name(pk: int) -> str:
    """How a conversation is called among posts: its id with a letter, `c17`."""
    return f"c{pk}"


class ChosenField(IdsField):
    """Ids of posts and, with a `c` in front, of conversations. What is none is left out."""

    def to_python(self, value: Any) -> Any:
        """The chosen ones, in the order in which they came."""
        marked = re.findall(r"(?:^|,)c([0-9]{1,19})(?=,|$)", ",".join(value or []))
        ids = dict.fromkeys(pk for digits in marked if (pk := as_id(digits)) is not None)
        return Chosen(super().to_python(value), list(ids))


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


class TrashedForm(DeleteForm):
    """Posts and conversations of the trash, or with `scope=all` everything in it.

    `view` is `undo` when they were moved there a moment ago.
    """

    posts = ChosenField(required=False)
    scope = forms.ChoiceField(required=False, choices=[("chosen", ""), ("all", "")])
    view = forms.ChoiceField(required=False, choices=[("undo", "")])

    def clean_posts(self) -> Chosen:
        """At most as many as one action may change."""
        chosen: Chosen = self.cleaned_data["posts"]
        if len(chosen) > MAX_POSTS:
            message = _("Choose at most %(limit)s posts at a time.")
            raise ValidationError(message % {"limit": MAX_POSTS})
        return chosen

    def clean(self) -> dict[str, Any]:
        """Something has to be chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["scope"] != "all" and not cleaned["posts"]:
            raise ValidationError(_("Choose at least one post or conversation."))
        return cleaned

    @property
    def chosen(self) -> Chosen:
        """What is meant, without `scope=all`."""
        chosen: Chosen = self.cleaned_data["posts"]
        return chosen

    @property
    def is_undo(self) -> bool:
        """Whether they go back to where they were a moment ago."""
        return bool(self.cleaned_data.get("view") == "undo")

    @property
    def wants_all(self) -> bool:
        """Whether everything in the trash is meant."""
        return bool(self.cleaned_data["scope"] == "all")
