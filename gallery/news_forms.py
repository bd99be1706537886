"""Input of the question what happened since a wall was shown."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from gallery.batch_forms import IdsField
from gallery.browse import Filters
from gallery.forms import MAX_ID, GalleryQuery

MAX_CARDS = 60
"""Unfinished posts that one question may be about; of more, the page learns when it is loaded."""


class NewsQuery(GalleryQuery):
    """What is shown: the filters of the wall, the newest post on it, its unfinished posts."""

    newest = forms.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    """Absent where new posts do not come first."""
    cards = IdsField(required=False)
    within = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def wall(self) -> Filters:
        """Which posts the wall shows."""
        return self.filters(project_id=self.value("within"))

    def newest_shown(self) -> int | None:
        """The id of the newest post on the wall, 0 without any; None when nobody asks for more."""
        return cast("int | None", self.cleaned_data.get("newest"))

    def unfinished_shown(self) -> list[int]:
        """Ids of the posts on the wall that were not finished."""
        ids: Any = self.cleaned_data.get("cards") or []
        return list(ids[:MAX_CARDS])
