"""Input of the question which posts are not public any more."""

from __future__ import annotations

import re
from typing import Any

from django import forms

MAX_POSTS = 60
"""Posts that one question may be about; a page with more of them asks several."""

TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


class TokensField(forms.CharField):
    """Share tokens with commas between. What is none is left out."""

    def to_python(self, value: Any) -> Any:
        """The tokens, each once, in the order in which they came."""
        parts = (super().to_python(value) or "").split(",")
        return list(dict.fromkeys(part for part in parts if TOKEN.fullmatch(part)))


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
