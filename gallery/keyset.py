"""Pages of a growing list, walked by id: equally fast at any depth, stable when items arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.db.models import F

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """A page of a list. The next one begins below `before` when the newest come first, above
    `after` when the oldest do; both are None at the end.
    """

    items: list[M]
    before: int | None = None
    after: int | None = None
    found: int | None = None
    """How many there are in all, where that is known: of a search, up to a limit."""

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.before is not None or self.after is not None


def newest_first(rows: models.QuerySet[M], *, size: int, before: int | None = None) -> Page[M]:
    """The next `size` rows with an id below `before`.

    Sorted by id alone: one unique column, so no ties and no empty values can lose a row.
    """
    if before is not None:
        rows = rows.filter(pk__lt=before)
    items = list(rows.order_by(F("id").desc())[: size + 1])
    more = len(items) > size
    items = items[:size]
    return Page(items, before=items[-1].pk if more else None)


def oldest_first(rows: models.QuerySet[M], *, size: int, after: int | None = None) -> Page[M]:
    """The next `size` rows with an id above `after`."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    items = list(rows.order_by("id")[: size + 1])
    more = len(items) > size
    items = items[:size]
    return Page(items, after=items[-1].pk if more else None)
