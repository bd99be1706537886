"""Finds posts, a person's or everybody's: one statement, whatever is looked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone

from gallery.search import postgresql, sqlite, tokens
from gallery.search.query import FIRST_YEAR, Query, Term

MAX_ID = 2**63 - 1

PUBLIC: Final = None
"""In the place of an owner: what everybody made public."""


@dataclass(frozen=True)
class Request:
    """A search in the words of the index; `postgresql` and `sqlite` each make a statement of it."""

    owner_id: int | None
    """None for strangers: the public posts of all, by their captions and models only."""
    tokens: tuple[str, ...]
    """All of them must be there."""
    any_month: tuple[str, ...]
    """One of them must be there, if there are any."""
    no_tokens: tuple[str, ...]
    terms: tuple[Term, ...]
    since: dt.datetime | None
    until: dt.datetime | None
    """The moments that the search is limited to, this one excluded."""
    is_newest_first: bool
    cursor: int
    limit: int


def search(
    owner_id: int | None,
    query: Query,
    *,
    kind: str = "",
    model: str = "",
    aspect: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    newest: bool = True,
    cursor: int | None = None,
    limit: int,
    project_id: int | None = None,
) -> list[int]:
    """Ids of the person's live posts that match, at most `limit`, newest or oldest first.

    With PUBLIC for an owner, those of everybody's live and public posts whose captions or names of
    models match: no word of a prompt or of the title of a conversation finds one or leaves one
    out. Whether others may see them (nobody disabled them, ...) is still to be asked.

    `kind` is `created`, `edited` or `video`, `model` a key of the catalogue, `aspect` as `16:9`;
    days are included, in the current time zone. The search goes on after the id `cursor`.
    """
    since = max((day for day in (since, query.since) if day), default=None)
    until = min((day for day in (until, query.until) if day), default=None)
    if (since and until and until < since) or limit < 1:
        return []
    wanted = [tokens.PUBLIC if owner_id is None else tokens.owner(owner_id)]
    if kind:
        wanted.append(tokens.kind(kind))
    if model:
        wanted.append(tokens.model(model))
    wanted += [tokens.aspect(ratio) for ratio in {aspect, *query.aspects} if ratio]
    if project_id is not None:
        wanted.append(tokens.project(project_id))
    begin = _midnight(since) if since else None
    end = _midnight(until + dt.timedelta(days=1)) if until else None
    request = Request(
        owner_id,
        tuple(wanted),
        tuple(_months(begin, end)),
        tuple(tokens.aspect(ratio) for ratio in query.not_aspects),
        query.terms,
        begin,
        end,
        newest,
        cursor if cursor is not None else (MAX_ID if newest else 0),
        limit,
    )
    vendor = {"postgresql": postgresql, "sqlite": sqlite}[connection.vendor]
    statement, parameters = vendor.statement(request)
    with connection.cursor() as db:
        db.execute(statement, parameters)
        return [row[0] for row in db.fetchall()]


def _months(begin: dt.datetime | None, end: dt.datetime | None) -> list[str]:
    """Tokens for the period, none if it has no limits.

    Ids ascend with time but for what was imported, so a period is no range of ids. The months
    take the index close to it, and the statement looks at the moments of those few.
    """
    if begin is None and end is None:
        return []
    first = begin or dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC)
    if end is None:
        return list(tokens.months(first, max(_end_of_next_year(), first)))
    return list(tokens.months(first, end - dt.timedelta.resolution))


def _end_of_next_year() -> dt.datetime:
    return dt.datetime(timezone.now().year + 1, 12, 31, tzinfo=dt.UTC)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)).astimezone(dt.UTC)
