"""The words of the index that nobody types: owner, visibility, kind, model, shape, month.

Every filter of a search is such a token, so that the index itself intersects them with the words
that are looked for. Both databases put a mark of their own before a token, which no text can
contain. The triggers of `schema_*.py` write the same tokens.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

EARLIEST = 2020
"""The first year with a token of its own; a search "until" has no end in the past otherwise."""


PUBLIC = "vpublic"
"""Live and public, of whoever."""


def owner(owner_id: int) -> str:
    """Whose post."""
    return f"o{owner_id}"


def project(project_id: int) -> str:
    """In which folder."""
    return f"p{project_id}"


def kind(name: str) -> str:
    """How the pictures came about: `created` or `edited`; `video` for a post with a clip."""
    return "k" + re.sub(r"[^a-z]", "", name)


def model(key: str) -> str:
    """A model, by its key in the catalogue, that made one of the post's pictures."""
    return f"m{_hex(key)}"


def aspect(ratio: str) -> str:
    """The shape that was asked for, as `16:9`."""
    return f"a{_hex(ratio)}"


def months(first: dt.datetime, last: dt.datetime) -> Iterator[str]:
    """Tokens of which every post between the two moments (in UTC) has one, and few others have:
    whole years, and the months before and after them. What is older than EARLIEST counts as of
    that year, and may be much older.
    """
    year, month = first.year, first.month
    if year <= EARLIEST:
        yield f"y{EARLIEST}"
        year, month = EARLIEST + 1, 1
    while (year, month) <= (last.year, last.month):
        if month == 1 and (year, 12) <= (last.year, last.month):
            yield f"y{year:04}"
            year += 1
        else:
            yield f"t{year:04}{month:02}"
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _hex(text: str) -> str:
    return text.encode("utf-8", "replace").hex()
