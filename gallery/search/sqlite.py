"""A search as one statement on the FTS5 table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection

from gallery.search.query import Term
from gallery.search.schema_sqlite import MARK

if TYPE_CHECKING:
    from gallery.search.lookup import Request


def statement(request: Request) -> tuple[str, list[Any]]:
    """The statement and its parameters.

    FTS5 walks its lists in the order of the ids and stops when the page is full, whichever way.
    """
    compare, direction = ("<", "DESC") if request.is_newest_first else (">", "ASC")
    parameters: list[Any] = [_match(request), request.cursor]
    posts, moments = "", ""
    if request.since or request.until:
        # CROSS JOIN is SQLite's way to say which table comes first.
        posts = "CROSS JOIN gallery_post ON gallery_post.id = found.rowid"
    for border, operator in ((request.since, ">="), (request.until, "<")):
        if border:
            moments += f" AND gallery_post.created_at {operator} %s"
            parameters.append(_stored(border))
    return (
        f"""
        SELECT found.rowid FROM gallery_post_search AS found {posts}
        WHERE found.gallery_post_search MATCH %s AND found.rowid {compare} %s {moments}
        ORDER BY found.rowid {direction} LIMIT %s
        """,  # noqa: S608 (all but fixed words are parameters)
        [*parameters, request.limit],
    )


def _match(request: Request) -> str:
    """The search in FTS5's language. Each word is quoted, so none of them can mean anything."""
    scope = [_token(token) for token in request.tokens]
    if request.any_month:
        scope.append(f"({' OR '.join(map(_token, request.any_month))})")
    wanted = [f"(scope : ({' AND '.join(scope)}))"]
    wanted += [_phrase(term) for term in request.terms if not term.is_excluded]
    match = f"({' AND '.join(wanted)})"
    unwanted = [f"(scope : {_token(token)})" for token in request.no_tokens]
    unwanted += [_phrase(term) for term in request.terms if term.is_excluded]
    return f"{match} NOT ({' OR '.join(unwanted)})" if unwanted else match


def _phrase(term: Term) -> str:
    column = "models : " if term.in_model else ""
    return f"({column}{_quoted(term.text)}{'*' if term.is_prefix else ''})"


def _token(token: str) -> str:
    return _quoted(MARK + token)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _stored(moment: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
