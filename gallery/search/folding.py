"""Letters without accents and case, for what is compared in Python instead of the database."""

from __future__ import annotations

import unicodedata


class _Folded(dict[int, str]):
    """Filled as letters are met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        decomposed = unicodedata.normalize("NFD", letter)
        base, marks = decomposed[0], decomposed[1:]
        folded = (base if all(map(unicodedata.combining, marks)) else letter).lower()
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """The text in lower case and without accents; each letter stays at its place."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)
