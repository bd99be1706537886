"""Input of the question what happened since a wall was shown."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from gallery.batch_forms import IdsField
from gallery.browse import Filters
from gallery.forms import MAX_ID, GalleryQuery

MAX_CARDS = 60
"""Unfinished posts that one question may be about; of more, the page learns when it is loaded."""

MAX_SHOWN = 300
"""Other posts on a page, of which it is told which ones are gone; the newest ones."""


class NewsQuery(GalleryQuery):
    """What is shown: the filters of the wall, the newest post on it, its unfinished posts, the
    other ones, and on a post's own page that post.
    """

    newest = forms.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    """Absent where new posts do not come first."""
    cards = IdsField(required=False)
    shown = IdsField(required=False)
    here = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    within = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def wall(self) -> Filters:
        """Which posts the wall shows."""
        return self.filters(project_id=self.value("within"))

    def newest_shown(self) -> int | None:
        """The id of the newest post on the wall, 0 without any; None when nobody asks for more."""
        return cast("int | None", self.cleaned_data.get("newest"))

    def unfinished_shown(self) -> list[int]:
        """Ids of the posts on the wall that were not finished."""
        return self._ids("cards", MAX_CARDS)

    def others_shown(self) -> list[int]:
        """Ids of other posts that the page shows."""
        return self._ids("shown", MAX_SHOWN)

    def post_here(self) -> int | None:
        """The post whose own page it is."""
        return cast("int | None", self.value("here"))

    def _ids(self, name: str, limit: int) -> list[int]:
        ids: Any = self.cleaned_data.get(name) or []
        return list(ids[:limit])
