"""Input of what strangers ask: about shared posts, and of public lists."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from gallery.forms import CursorForm, WallQuery
from gallery.public_cursors import unseal

MAX_POSTS = 60
"""Posts that one question may be about; a page with more of them asks several."""

MAX_PIXELS = 100_000
"""More is no size of a picture."""

TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


class TokensField(forms.CharField):
    """Share tokens with commas between. What is none is left out."""

    def to_python(self, value: Any) -> Any:
        """The tokens, each once, in the order in which they came."""
        parts = (super().to_python(value) or "").split(",")
        return list(dict.fromkeys(part for part in parts if TOKEN.fullmatch(part)))


class PublicCursorField(forms.CharField):
    """Where a page of a public list begins."""

    def to_python(self, value: Any) -> Any:
        """The id; None for anything that is no cursor."""
        return unseal(super().to_python(value) or "")

    def run_validators(self, value: Any) -> None:
        """Those of a text have nothing to say about an id."""


class PublicCursorForm(CursorForm):
    """`CursorForm` of a public list."""

    before = PublicCursorField(required=False)


class ExploreQuery(WallQuery):
    """What an address of the public wall asks for: as of the gallery, but without an id."""

    before = PublicCursorField(required=False)
    after = PublicCursorField(required=False)


class WithdrawnQuery(forms.Form):
    """What a public page shows: posts among others (`shown`), and the one that it is about."""

    shown = TokensField(required=False)
    here = TokensField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def listed(self) -> list[str]:
        """Tokens of the posts that are listed."""
        tokens: list[str] = self.cleaned_data.get("shown") or []
        return tokens[:MAX_POSTS]

    def linked(self) -> list[str]:
        """The token of the post that is shown to who has its link; a list of one, or of none."""
        tokens: list[str] = self.cleaned_data.get("here") or []
        return tokens[:1]


class OembedQuery(forms.Form):
    """The address that oEmbed is asked about, and how large a picture may be in pixels.

    A size that makes no sense is none.
    """

    url = forms.CharField(required=False, max_length=2000)
    maxwidth = forms.IntegerField(required=False, min_value=1, max_value=MAX_PIXELS)
    maxheight = forms.IntegerField(required=False, min_value=1, max_value=MAX_PIXELS)
    format = forms.CharField(required=False, max_length=20)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def wants_json(self) -> bool:
        """Whether it is asked for in the one format that there is."""
        return self.cleaned_data.get("format") in {"json", ""}

    @property
    def sizes(self) -> dict[str, int | None]:
        """What `link_previews.oembed_of` takes."""
        return {
            "max_width": self.cleaned_data.get("maxwidth"),
            "max_height": self.cleaned_data.get("maxheight"),
        }
