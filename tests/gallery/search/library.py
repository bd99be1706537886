"""Posts and pictures that are rows only: searching needs no bytes."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from gallery.models import GeneratedImage, Post, StoredObject
from pixelstream.accounts.models import User


def add_post(
    owner: User, prompt: str, *, created_at: dt.datetime | None = None, **fields: Any
) -> Post:
    """A finished post without pictures."""
    post = Post.objects.create(
        owner=owner, prompt=prompt, **{"status": Post.Status.GENERATED, **fields}
    )
    if created_at:
        Post.objects.filter(pk=post.pk).update(created_at=created_at)
    return post


def add_image(post: Post, **fields: Any) -> GeneratedImage:
    """A picture whose object is a row without bytes."""
    obj = StoredObject.objects.create(
        key=f"generated/{secrets.token_hex(8)}.jpg", area="public", owner=post.owner, size=1
    )
    values: dict[str, Any] = {
        "position": 0,
        "width": 64,
        "height": 64,
        "hue": 30,
        "prompt": post.prompt,
        "model": "builtin/lumen",
        "model_name": "Lumen",
    }
    return GeneratedImage.objects.create(
        owner=post.owner, post=post, object=obj, **{**values, **fields}
    )


def stale_posts() -> list[int]:
    """Posts whose entry in the index is not what it would be if it were made now."""
    if connection.vendor == "sqlite":
        columns = "scope, prompt, caption, models, titles"
        kept = f"SELECT rowid AS id, {columns} FROM gallery_post_search"
        made = f"SELECT id, {columns} FROM gallery_post_document"
        return _ids(
            f"SELECT id FROM (SELECT * FROM ({kept} EXCEPT {made}) "
            f"UNION SELECT * FROM ({made} EXCEPT {kept}))"
        )
    kept = dict(_rows("SELECT id, search::text FROM gallery_post"))
    _run("UPDATE gallery_post SET search = NULL")
    made = dict(_rows("SELECT id, search::text FROM gallery_post"))
    return sorted(pk for pk in made if kept[pk] != made[pk])


def _ids(sql: str) -> list[int]:
    return sorted({row[0] for row in _rows(sql)})


def _rows(sql: str, *parameters: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def has_token(post: Post, token: str) -> bool:
    """Whether the index has this token for the post."""
    if connection.vendor == "sqlite":
        sql = "SELECT scope FROM gallery_post_search WHERE rowid = %s"
        return f"\ue000{token}" in str(_rows(sql, post.pk)[0][0]).split()
    sql = "SELECT search @@ quote_literal(%s)::tsquery FROM gallery_post WHERE id = %s"
    return bool(_rows(sql, f"={token}", post.pk)[0][0])


@contextlib.contextmanager
def index_writes() -> Iterator[Callable[[], int]]:
    """Counts how often a post's document is made while it lasts."""
    if connection.vendor == "postgresql":
        _run("SET LOCAL track_functions = 'all'")
        calls = "SELECT sum(calls)::int FROM pg_stat_xact_user_functions WHERE funcname = %s"
        before = _rows(calls, "gallery_search_post")[0][0] or 0
        yield lambda: (_rows(calls, "gallery_search_post")[0][0] or 0) - before
        return
    log: list[str] = []
    connection.ensure_connection()
    connection.connection.set_trace_callback(log.append)
    try:
        written = "INTO 'main'.'gallery_post_search_docsize'"  # once a row
        yield lambda: sum(written in line for line in log)
    finally:
        connection.connection.set_trace_callback(None)
