"""A search as one statement on PostgreSQL: the newest posts first, the index for what lies below.

A common word is found among the newest posts at once, where the index would have to sort
everything that has it. A rare one is found by the index, where walking the posts would not end.
Nobody knows which it is, so the statement does both: the `WINDOW` next posts are looked through,
and only if they do not fill the page (LIMIT stops the rest) the index gives what comes after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gallery.search.schema_postgresql import MARK

if TYPE_CHECKING:
    from gallery.search.lookup import Request

WINDOW = 1000
"""Posts that are looked through without the index."""


def statement(request: Request) -> tuple[str, list[Any]]:
    """The statement and its parameters.

    OFFSET 0 makes the first part look at one post after the other until the page is full; else
    PostgreSQL may ask the index there too. In the second part `id + 0` keeps the primary key out of
    the plan: all of it would be combined with the index, twenty times slower.
    """
    compare, direction, last = "<", "DESC", "min"
    if not request.is_newest_first:
        compare, direction, last = ">", "ASC", "max"
    wanted, parameters = _tsquery(request)
    matches = f"search @@ ({wanted})"
    for border, operator in ((request.since, ">="), (request.until, "<")):
        if border:
            matches += f" AND created_at {operator} %s"
            parameters.append(border)
    if request.owner_id is None:
        whose, window = "visibility = 'public'", [request.cursor]  # the words of the feed's index
    else:
        whose, window = "owner_id = %s", [request.owner_id, request.cursor]
    near = f"""
        SELECT id FROM gallery_post WHERE {whose} AND deleted_at IS NULL AND id {compare} %s
        ORDER BY id {direction} LIMIT {WINDOW}
    """  # noqa: S608 (all but fixed words are parameters)
    return (
        f"""
        (
            SELECT near.id FROM ({near}) AS near CROSS JOIN LATERAL (
                SELECT FROM gallery_post WHERE id = near.id AND {matches} OFFSET 0
            ) AS found
            ORDER BY near.id {direction} LIMIT %s
        )
        UNION ALL
        (
            SELECT id FROM gallery_post
            WHERE (SELECT count(*) FROM ({near}) AS near) = {WINDOW} AND {matches}
            AND id + 0 {compare} (SELECT {last}(id) FROM ({near}) AS near)
            ORDER BY id + 0 {direction} LIMIT %s
        )
        LIMIT %s
        """,  # noqa: S608 (all but fixed words are parameters)
        [
            *(*window, *parameters, request.limit),
            *(*window, *parameters, *window, request.limit),
            request.limit,
        ],
    )


def _tsquery(request: Request) -> tuple[str, list[Any]]:
    """The search as an expression of type tsquery, with its parameters."""
    scope = " & ".join(_quoted(token) for token in request.tokens)
    if request.any_month:
        scope += f" & ({' | '.join(_quoted(token) for token in request.any_month)})"
    for token in request.no_tokens:
        scope += f" & !{_quoted(token)}"
    expression = "%s::tsquery"
    parameters: list[Any] = [scope]
    texts = "AC" if request.owner_id is None else ""
    for term in request.terms:
        expression += f" && {'!!' if term.is_excluded else ''}gallery_search_phrase(%s, %s, %s)"
        parameters += [term.text, term.is_prefix, "A" if term.in_model else texts]
    return expression, parameters


def _quoted(token: str) -> str:
    """A token as a lexeme. Tokens have letters and digits only."""
    return f"'{MARK}{token}'"
