"""Pages of a growing list, walked by id: equally fast at any depth, stable when items arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.db.models import F

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """A page, newest first. `before` is the cursor of the next one, None at the end."""

    items: list[M]
    before: int | None


def newest_first(rows: models.QuerySet[M], *, size: int, before: int | None = None) -> Page[M]:
    """The next `size` rows with an id below `before`.

    Sorted by id alone: one unique column, so no ties and no empty values can lose a row.
    """
    if before is not None:
        rows = rows.filter(pk__lt=before)
    items = list(rows.order_by(F("id").desc())[: size + 1])
    more = len(items) > size
    items = items[:size]
    return Page(items, items[-1].pk if more else None)
