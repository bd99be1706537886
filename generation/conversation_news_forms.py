"""Input of the question what is new about a conversation whose page is open."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from gallery.batch_forms import IdsField
from gallery.forms import MAX_ID
from generation.conversation_forms import MAX_NUMBER
from generation.conversation_page import PRINTS_SHOWN

MAX_TURNS = 60
"""Turns that one question may be about; a page with more of them asks several."""
MAX_PRINTS = 600
MAX_LINE = 150
MAX_BASES = 100


class ConversationNewsQuery(forms.Form):
    """What the page shows. A parameter that makes no sense is left out."""

    shown = IdsField(required=False)
    since = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    """The number of the first live turn; absent where the last turns are on another page."""
    prints = forms.IntegerField(required=False, min_value=0, max_value=MAX_PRINTS)
    line = IdsField(required=False)
    bases = IdsField(required=False)
    left = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    right = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def turns_shown(self) -> list[int]:
        """Numbers of the turns on the page that are not live."""
        return [number for number in self._ids("shown", MAX_TURNS) if number <= MAX_NUMBER]

    def first_live(self) -> int | None:
        """The number of the first turn that is live there."""
        return self._number("since")

    def prints_shown(self) -> int | None:
        """How many pictures the settled part of the strip has to show. None when it is not asked
        for, nor what else stands around the turns.
        """
        prints = self._number("prints")
        return None if prints is None else max(PRINTS_SHOWN, prints)

    def line_shown(self) -> list[int]:
        """Ids of the posts of the lineage that stands beside the turns."""
        return self._ids("line", MAX_LINE)

    def bases_offered(self) -> list[int]:
        """Ids of the pictures from which the next turn can start."""
        return self._ids("bases", MAX_BASES)

    def pair(self) -> list[int]:
        """Ids of the two pictures that are being compared; empty when none are."""
        ids = [self._number("left"), self._number("right")]
        return [pk for pk in ids if pk is not None]

    def _number(self, name: str) -> int | None:
        return cast("int | None", self.cleaned_data.get(name))

    def _ids(self, name: str, limit: int) -> list[int]:
        ids: Any = self.cleaned_data.get(name) or []
        return list(ids[:limit])
