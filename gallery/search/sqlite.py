"""A search as one statement on the FTS5 table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection

from gallery.search.query import Term
from gallery.search.schema_sqlite import MARK

if TYPE_CHECKING:
    from gallery.search.lookup import Request


COMPLETIONS = 20
"""A beginning with more words than these is looked for as such."""

# From word to word: each step is one look into the index, however often the word occurs. A
# character below all letters makes the next word of it.
_WORDS_FROM = """
    WITH RECURSIVE found (term, place) AS (
        SELECT (SELECT term FROM gallery_post_words WHERE term >= %s LIMIT 1), 1
        UNION ALL
        SELECT
            (SELECT term FROM gallery_post_words WHERE term >= found.term || char(1) LIMIT 1),
            place + 1
        FROM found WHERE found.term < %s AND place <= %s
    )
    SELECT term FROM found WHERE term >= %s AND term < %s
"""
_LAST = "\U0010ffff"


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
    texts = "{caption models} : " if request.owner_id is None else ""
    scope = [_token(token) for token in request.tokens]
    if request.any_month:
        scope.append(f"({' OR '.join(map(_token, request.any_month))})")
    wanted = [f"(scope : ({' AND '.join(scope)}))"]
    wanted += [_phrase(term, texts) for term in request.terms if not term.is_excluded]
    match = f"({' AND '.join(wanted)})"
    unwanted = [f"(scope : {_token(token)})" for token in request.no_tokens]
    unwanted += [_phrase(term, texts) for term in request.terms if term.is_excluded]
    return f"{match} NOT ({' OR '.join(unwanted)})" if unwanted else match


def _phrase(term: Term, texts: str) -> str:
    column = "models : " if term.in_model else texts
    if term.is_prefix and (words := _completions(term.text)):
        return f"({column}({' OR '.join(map(_quoted, words))}))"
    return f"({column}{_quoted(term.text)}{'*' if term.is_prefix else ''})"


def _completions(beginning: str) -> list[str]:
    """The words of the index that begin so, if they are few; else none.

    FTS5 gathers all posts of all words that begin so before it looks at anything else. Of named
    words it follows the lists only as far as the page needs them. Not for letters whose folding
    is FTS5's own matter.
    """
    word = beginning.lower()
    if not (word.isascii() and word.isalnum()):
        return []
    with connection.cursor() as cursor:
        end = word + _LAST
        cursor.execute(_WORDS_FROM, [word, end, COMPLETIONS, word, end])
        words = [str(term) for (term,) in cursor.fetchall()]
    return words if len(words) <= COMPLETIONS else []


def _token(token: str) -> str:
    return _quoted(MARK + token)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _stored(moment: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
