"""Pages of a growing list, walked by id: equally fast at any depth, stable when items arrive.

A list that is sorted by a time walks by that and, for equal times, by id.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.db.models import F, Q

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
    return beginning(rows.order_by(F("id").desc()), size=size)


def beginning(rows: models.QuerySet[M], *, size: int) -> Page[M]:
    """The first `size` of rows that are sorted already, newest first."""
    items = list(rows[: size + 1])
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


EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Moment:
    """Where a page of a list ends that is sorted by a time: that time, and the id of the row."""

    at: dt.datetime
    pk: int

    def __str__(self) -> str:
        """As a parameter: microseconds since 1970, and the id."""
        return f"{(self.at - EPOCH) // dt.timedelta.resolution}-{self.pk}"


def moment_from(text: str) -> Moment | None:
    """The moment that was written like this; None for anything that is none."""
    written = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", text, re.ASCII)
    try:
        at = EPOCH + int(written[1]) * dt.timedelta.resolution if written else None
    except OverflowError:
        return None
    # One more microsecond has to be a time as well.
    is_possible = at is not None and at < dt.datetime.max.replace(tzinfo=dt.UTC)
    return Moment(at, int(written[2])) if at and written and is_possible else None


def before_moment(name: str, moment: Moment) -> Q:
    """The rows that come after it in a list with the latest `name` first.

    Written so that it does not matter how many digits of a second the database keeps: SQLite
    compares texts, and its own clock writes three where we write six or none. Of two conditions
    the first alone lets the database begin at the right place of its index.
    """
    tick = dt.timedelta.resolution
    is_earlier = Q(**{f"{name}__lte": moment.at - tick})
    return Q(**{f"{name}__lt": moment.at + tick}) & (is_earlier | Q(pk__lt=moment.pk))
