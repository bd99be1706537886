"""Pages of posts and pictures: read as rows, by as many queries whatever their length, and written
as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from gallery.api.schemas import FiltersIn
from gallery.api.written import IMAGE_COLUMNS, POST_COLUMNS, image_row_as_dict, post_row_as_dict
from gallery.browse import Filters, ids_of
from gallery.forms import WallQuery
from gallery.keyset import Moment, before_moment, moment_from
from gallery.models import GeneratedImage, Post, Project
from gallery.models.posts import PostQuerySet
from pixelstream.accounts.models import User
from pixelstream.api.errors import ApiError, not_found
from pixelstream.api.lists import MAX_LIMIT, PageIn, encode
from pixelstream.prepared import PreparedQuery

Row = Sequence[Any]


def filters_of(asked: FiltersIn, user: User) -> Filters:
    """What the gallery's own form makes of the filters.

    Raises ApiError: 422 for what makes no sense, where a page would leave it out; 404 for a project
    of somebody else.
    """
    project_id = asked.project
    given = {name: value for name, value in _parameters(asked).items() if value}
    if project_id and not Project.objects.owned_by(user).filter(pk=project_id).exists():
        raise not_found()
    if not given:
        return Filters(project_id=project_id)
    form = WallQuery(given)
    for name, mistakes in form.errors.items():
        raise ApiError(422, "VALIDATION", f"{name}: {mistakes[0]}")
    return form.filters(project_id=project_id)


def posts_page(user: User, filters: Filters, page: PageIn) -> dict[str, Any]:
    """A page of the posts that the filters let through."""
    cursor, limit = page.after, page.limit
    posts = Post.objects.visible_to(user)
    if filters.narrows:
        found = ids_of(user.pk, filters, cursor=cursor, limit=limit + 1)
        by_id = {row[0]: row for row in posts.filter(pk__in=found).values_list(*POST_COLUMNS)}
        rows = [by_id[pk] for pk in found[:limit] if pk in by_id]
        end = encode(found[limit - 1]) if len(found) > limit else None
        return {"items": _posts(rows), "nextCursor": end}
    if filters.project_id is None and filters.newest:
        rows = _newest(user, cursor, limit + 1)
    else:
        rows = _others(posts, filters, cursor, limit + 1)
    end = encode(rows[limit - 1][0]) if len(rows) > limit else None
    return {"items": _posts(rows[:limit]), "nextCursor": end}


def _newest(user: User, cursor: int | None, count: int) -> list[Row]:
    """So many of a person's posts, newest first: what is asked for most."""
    if cursor is None:
        return [*_first(count).rows(user.pk)]
    return [*_next(count).rows(user.pk, cursor)]


@lru_cache(maxsize=MAX_LIMIT)
def _first(count: int) -> PreparedQuery:
    def build(owner_id: int) -> QuerySet[Post, Row]:
        return Post.objects.newest_of(User(pk=owner_id)).values_list(*POST_COLUMNS)[:count]

    return PreparedQuery(build, -1)


@lru_cache(maxsize=MAX_LIMIT)
def _next(count: int) -> PreparedQuery:
    def build(owner_id: int, cursor: int) -> QuerySet[Post, Row]:
        live = Post.objects.visible_to(User(pk=owner_id)).filter(pk__lt=cursor)
        return live.order_by("-pk").values_list(*POST_COLUMNS)[:count]

    return PreparedQuery(build, -1, -2)


def _others(posts: PostQuerySet, filters: Filters, cursor: int | None, count: int) -> list[Row]:
    """The same the other way round, or of a project."""
    if filters.project_id is not None:
        posts = posts.filter(project=filters.project_id)
    if cursor is not None:
        posts = posts.filter(pk__lt=cursor) if filters.newest else posts.filter(pk__gt=cursor)
    in_order = posts.order_by("-pk" if filters.newest else "pk").values_list(*POST_COLUMNS)
    return list(in_order[:count])


def trash_page(user: User, page: PageIn) -> dict[str, Any]:
    """A page of the trash, those posts that went in last first."""
    posts: PostQuerySet = Post.objects.in_trash_of(user)
    if page.cursor:
        after = moment_from(page.cursor)
        if after is None:
            raise ApiError(400, "INVALID_CURSOR", "This cursor is not one of ours")
        posts = posts.filter(before_moment("deleted_at", after))
    rows = list(posts.values_list("deleted_at", *POST_COLUMNS)[: page.limit + 1])
    last = rows[page.limit - 1] if len(rows) > page.limit else None
    shown = [row[1:] for row in rows[: page.limit]]
    return {
        "items": _posts(shown, is_in_trash=True),
        "nextCursor": str(Moment(last[0], last[1])) if last else None,
    }


def images_page(user: User, page: PageIn) -> dict[str, Any]:
    """A page of the pictures and clips of posts that are not in the trash, newest first."""
    images = GeneratedImage.objects.live().filter(owner=user)
    if page.after is not None:
        images = images.filter(pk__lt=page.after)
    rows = list(images.order_by("-pk").values_list(*IMAGE_COLUMNS)[: page.limit + 1])
    end = encode(rows[page.limit - 1][0]) if len(rows) > page.limit else None
    return {"items": [image_row_as_dict(row) for row in rows[: page.limit]], "nextCursor": end}


def _posts(rows: Sequence[Row], *, is_in_trash: bool = False) -> list[dict[str, Any]]:
    images = _images([row[0] for row in rows], is_in_trash=is_in_trash)
    return [post_row_as_dict(row, images[row[0]]) for row in rows]


def _images(post_ids: Sequence[int], *, is_in_trash: bool) -> dict[int, list[dict[str, Any]]]:
    """The pictures of these posts in their order, by the ids of the posts."""
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in post_ids}
    for row in _images_of(len(post_ids)).rows(*post_ids) if post_ids else ():
        written = image_row_as_dict(row, is_in_trash=is_in_trash)
        found[written["postId"]].append(written)
    return found


@lru_cache(maxsize=MAX_LIMIT)
def _images_of(count: int) -> PreparedQuery:
    """The pictures of so many posts."""

    def build(*post_ids: int) -> QuerySet[GeneratedImage, Row]:
        images = GeneratedImage.objects.filter(post__in=post_ids)
        return images.order_by("post_id", "position").values_list(*IMAGE_COLUMNS)

    return PreparedQuery(build, *range(-1, -count - 1, -1))


def _parameters(asked: FiltersIn) -> dict[str, str]:
    """By the names that the form knows."""
    return {
        "q": asked.q,
        "kind": asked.kind,
        "model": asked.model,
        "aspect": asked.aspect,
        "from": asked.since,
        "to": asked.until,
        "sort": asked.sort,
    }
