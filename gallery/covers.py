"""The pictures that stand for posts on cards."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from gallery.models import GeneratedImage, Post, StoredObject

# In the order of the models' columns, as `Model.from_db` takes them.
IMAGE_COLUMNS = (
    *("id", "post_id", "object_id", "position"),
    *("width", "height", "clip_ms", "dominant_colour", "model_name"),
)
OBJECT_COLUMNS = ("id", "key", "area", "rendition_widths")

STATEMENT = f"""
    SELECT {", ".join(f"picture.{name}" for name in IMAGE_COLUMNS)},
        object.key, object.area, rendition_widths
    FROM {GeneratedImage._meta.db_table} AS picture
    JOIN {StoredObject._meta.db_table} AS object ON object.id = object_id
    WHERE post_id IN (%s) ORDER BY post_id, position
"""  # noqa: S608 (names of the models only)


def with_covers(posts: Iterable[Post]) -> list[Post]:
    """The posts with `cover` and `picture_count` filled in, by one query for all of them.

    A cover has the columns that a card shows; others are fetched when they are asked for. This is
    a sixth of what a page of the wall costs, so it is plain SQL (half of the ORM's time went into
    writing the statement), and only covers become instances.
    """
    posts = list(posts)
    by_id = {post.pk: post for post in posts}
    covers = {}
    for post in posts:
        post.cover, post.picture_count = None, 0
    if not by_id:
        return posts
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT % ", ".join(["%s"] * len(by_id)), [*by_id])
        for row in cursor.fetchall():
            _id, post_id, _object_id, position, *_rest = row
            post = by_id[post_id]
            post.picture_count += 1
            if post_id not in covers or position == post.cover_position:
                covers[post_id] = row
    for post_id, row in covers.items():
        by_id[post_id].cover = _image(row)
    return posts


def with_public_covers(posts: Iterable[Post]) -> list[Post]:
    """Those of the posts whose cover everybody can load, with `cover` and `picture_count`.

    The bytes of a post that was made public or restored this moment may still be on their way from
    the private area, whose addresses are for the owner and carry an id.
    """
    return [post for post in with_covers(posts) if post.cover and _is_public(post.cover)]


def card_facts(post: Post) -> tuple[object, ...]:
    """All that a card for strangers depends on, of a post with its cover and its owner."""
    cover = post.cover.object_id if post.cover else None
    return (
        *(post.share_token, post.revision, post.caption, post.picture_count, cover),
        *(post.owner.name, post.owner.handle),
    )


def _is_public(image: GeneratedImage) -> bool:
    return image.object.area == StoredObject.Area.PUBLIC


def _image(row: tuple[object, ...]) -> GeneratedImage:
    """An instance as the ORM would make it with `only()` and `select_related()`."""
    *columns, key, area, widths = row
    image = GeneratedImage.from_db(connection.alias, IMAGE_COLUMNS, columns)
    kept = (image.object_id, key, area, json.loads(str(widths)))
    image.object = StoredObject.from_db(connection.alias, OBJECT_COLUMNS, kept)
    return image
