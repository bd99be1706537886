"""Input of the sharing of a post."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from gallery.forms import DayField
from gallery.models import Post
from gallery.services.sharing import SharingChoice
from gallery.trash_forms import ConfirmForm

LAST_SECOND = time(23, 59, 59)
LARGEST_OFFSET = 14 * 60
"""Minutes; Kiribati is so far ahead of UTC, and nobody so far behind."""


class Place(TextChoices):
    """What the dialog is above of, and shows what was saved."""

    POST = "post"
    LIGHTBOX = "lightbox"


class Ends(TextChoices):
    """When sharing ends."""

    NEVER = "never", _("Never")
    DAY = "day", _("In 1 day")
    WEEK = "week", _("In 7 days")
    MONTH = "month", _("In 30 days")
    DATE = "date", _("At the end of a day")
    AS_NOW = "as-now", _("As it is")


PERIODS = {Ends.DAY: timedelta(1), Ends.WEEK: timedelta(7), Ends.MONTH: timedelta(30)}


class PlaceField(forms.CharField):
    """A `Place`; empty for the page of its own, and for anything else."""

    def clean(self, value: Any) -> str:
        """Nobody typed it, so nothing is refused."""
        return str(value) if value in Place.values else ""


class OffsetField(forms.IntegerField):
    """Minutes between a clock and UTC; 0 for anything that is none."""

    def clean(self, value: Any) -> int:
        """Nobody typed it, so nothing is refused."""
        try:
            return int(super().clean(value) or 0)
        except ValidationError:
            return 0


class PlaceQuery(forms.Form):
    """Where the dialog was opened."""

    view = PlaceField(required=False)

    @property
    def place(self) -> str:
        """A `Place`, or empty."""
        return str(self.fields["view"].clean(self.data.get("view")))


class RevokeForm(ConfirmForm, PlaceQuery):
    """Whether the person was asked before the link is taken away."""


class SharingForm(PlaceQuery):
    """Who may see a post, for how long, and what they may see and do.

    A day ends where the person is: `offset` is by how many minutes UTC is ahead of their clock at
    the end of that day. Without a script nobody says so, and it is UTC.
    """

    visibility = forms.ChoiceField(choices=Post.Visibility.choices)
    sharing_enabled = forms.BooleanField(required=False)
    ends = forms.ChoiceField(choices=Ends.choices, required=False)
    date = DayField(required=False)
    offset = OffsetField(required=False, min_value=-LARGEST_OFFSET, max_value=LARGEST_OFFSET)
    prompt_is_shared = forms.BooleanField(required=False)
    downloads_allowed = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, post: Post) -> None:
        initial = {
            "visibility": post.visibility,
            "sharing_enabled": post.is_shared,
            "ends": Ends.AS_NOW if self._has_end(post) else Ends.NEVER,
            "prompt_is_shared": post.prompt_is_shared,
            "downloads_allowed": post.downloads_allowed,
        }
        super().__init__(data, initial=initial)
        self.now = clock.now()
        self.current_end = post.share_expires_at if self._has_end(post) else None

    @staticmethod
    def _has_end(post: Post) -> bool:
        return post.is_shared and post.share_expires_at is not None

    @property
    def offered_ends(self) -> list[tuple[str, Any]]:
        """The choices with their words. What is as it is can be chosen where there is an end."""
        ends = list(Ends) if self.current_end else [end for end in Ends if end != Ends.AS_NOW]
        return [(end.value, end.label) for end in ends]

    def clean(self) -> dict[str, Any]:
        """Where nothing is shared, no end has to make sense."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["share_expires_at"] = None
        if not cleaned.get("sharing_enabled"):
            for name in ("ends", "date"):
                self.errors.pop(name, None)
        elif "ends" not in self.errors:
            self._clean_end(cleaned)
        return cleaned

    def _clean_end(self, cleaned: dict[str, Any]) -> None:
        ends = cleaned.get("ends")
        if ends != Ends.DATE:
            self.errors.pop("date", None)
        if ends == Ends.DATE and "date" not in self.errors:
            cleaned["share_expires_at"] = self._end_of_day(cleaned)
        elif ends == Ends.AS_NOW and self.current_end:
            cleaned["share_expires_at"] = self.current_end
        elif ends in PERIODS:
            cleaned["share_expires_at"] = self.now + PERIODS[Ends(ends)]
        elif ends not in {Ends.NEVER, Ends.DATE}:
            self.add_error("ends", _("Say when sharing ends."))

    def _end_of_day(self, cleaned: dict[str, Any]) -> datetime | None:
        if not cleaned.get("date"):
            self.add_error("date", _("Choose a day."))
            return None
        zone = timezone(-timedelta(minutes=cleaned["offset"]))
        end = datetime.combine(cleaned["date"], LAST_SECOND, tzinfo=zone).astimezone(UTC)
        if end <= self.now:
            self.add_error("date", ValidationError(_("Choose a day that is not over yet.")))
        return end

    def choice(self) -> SharingChoice:
        """What the person wants, of a valid form."""
        cleaned = self.cleaned_data
        return SharingChoice(
            visibility=Post.Visibility(cleaned["visibility"]),
            sharing_enabled=cleaned["sharing_enabled"],
            share_expires_at=cleaned["share_expires_at"],
            prompt_is_shared=cleaned["prompt_is_shared"],
            downloads_allowed=cleaned["downloads_allowed"],
        )
