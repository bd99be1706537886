"""How posts, pictures and references are written in JSON.

The functions make plain dicts with camelCase names, which `gallery.api.schemas` documents. A row of
a list and an instance are written by the same lines: lists are read as plain rows, because making
instances and reading them through pydantic again would cost more than the queries.

Addresses are whole. Those of the public area are permanent; those of private pictures are the API's
own, which a token opens.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.storage import Storage, storages

from gallery.imaging.renditions import rendition_key, rendition_sizes
from gallery.models import GeneratedImage, Post, ReferenceImage, StoredObject

_IMAGE = {
    "id": "id",
    "postId": "post_id",
    "position": "position",
    "filename": "filename",
    "width": "width",
    "height": "height",
    "aspectRatio": "aspect_ratio",
    "resolution": "resolution",
    "clipMs": "clip_ms",
    "hasSound": "has_sound",
    "dominantColour": "dominant_colour",
    "prompt": "prompt",
    "negativePrompt": "negative_prompt",
    "model": "model",
    "modelName": "model_name",
    "seed": "seed",
    "params": "params",
    "durationMs": "duration_ms",
    "costUsd": "cost",
    "turnId": "turn_id",
    "createdAt": "created_at",
    "contentType": "object__content_type",
    "sizeBytes": "object__size",
}
_POST = {
    "id": "id",
    "status": "status",
    "visibility": "visibility",
    "prompt": "prompt",
    "negativePrompt": "negative_prompt",
    "aspectRatio": "aspect_ratio",
    "resolution": "resolution",
    "seed": "seed",
    "caption": "caption",
    "project": "project_id",
    "parentId": "parent_id",
    "coverPosition": "cover_position",
    "sharingEnabled": "sharing_enabled",
    "shareExpiresAt": "share_expires_at",
    "isDisabledByAdmin": "is_disabled_by_admin",
    "downloadCount": "download_count",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "deletedAt": "deleted_at",
}

IMAGE_COLUMNS = (*_IMAGE.values(), "object__key", "object__area", "object__rendition_widths")
"""Of a picture, in the order in which `image_row_as_dict` takes them."""

POST_COLUMNS = (*_POST.values(), "share_token")
"""Of a post, in the order in which `post_row_as_dict` takes them."""

_columns_of_image = attrgetter(*(name.replace("__", ".") for name in IMAGE_COLUMNS))
_columns_of_post = attrgetter(*POST_COLUMNS)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_sizes = lru_cache(maxsize=1024)(rendition_sizes)


def image_as_dict(image: GeneratedImage, *, is_in_trash: bool = False) -> dict[str, Any]:
    """A picture or clip, for its owner. Its object should have been fetched with it.

    `is_in_trash` says that its post is there: its bytes are private, or on their way there.
    """
    return image_row_as_dict(_columns_of_image(image), is_in_trash=is_in_trash)


def post_as_dict(post: Post, images: Iterable[GeneratedImage] | None = None) -> dict[str, Any]:
    """A post with its pictures, for its owner. Without `images` they are fetched (one query)."""
    if images is None:
        images = post.images.select_related("object").order_by("position")
    is_in_trash = post.deleted_at is not None
    written = [image_as_dict(image, is_in_trash=is_in_trash) for image in images]
    return post_row_as_dict(_columns_of_post(post), written)


def reference_as_dict(reference: ReferenceImage) -> dict[str, Any]:
    """A reference, for its owner. Its object should have been fetched with it."""
    obj = reference.object
    return {
        "id": reference.pk,
        "url": reference_address(reference.pk),
        "filename": reference.filename,
        "contentType": obj.content_type,
        "sizeBytes": obj.size,
        "width": reference.width,
        "height": reference.height,
        "dominantColour": reference.dominant_colour,
        "kept": reference.kept,
        "createdAt": moment(reference.created_at),
    }


def image_row_as_dict(row: Sequence[Any], *, is_in_trash: bool = False) -> dict[str, Any]:
    """`image_as_dict` of IMAGE_COLUMNS."""
    *_columns, key, area, widths = row
    written: dict[str, Any] = dict(zip(_IMAGE, row, strict=False))
    pk, created_at, cost = written["id"], written["createdAt"], written["costUsd"]
    timestamp = (created_at - _EPOCH) // _MILLISECOND
    sizes = _sizes(written["width"], written["height"])
    if is_in_trash or area == StoredObject.Area.PRIVATE:
        url = image_address(pk)
        addresses = {name: f"{url}?width={name}" for name in widths}
    else:
        base = _public_base(storages["public"], settings.SITE_URL)
        url = base + key
        addresses = {name: base + rendition_key(key, name) for name in widths}
    written["name"] = image_name(pk, timestamp)
    written["kind"] = "image" if written["clipMs"] is None else "video"
    written["url"] = url
    written["renditions"] = [
        {"url": addresses[name], "width": width, "height": height}
        for name, width, height in sizes
        if name in addresses
    ]
    written["costUsd"] = None if cost is None else float(cost)
    written["timestamp"] = timestamp
    written["createdAt"] = moment(created_at)
    return written


def post_row_as_dict(row: Sequence[Any], images: list[dict[str, Any]]) -> dict[str, Any]:
    """`post_as_dict` of POST_COLUMNS, with pictures that are written already."""
    written: dict[str, Any] = dict(zip(_POST, row, strict=False))
    for name in ("shareExpiresAt", "createdAt", "updatedAt", "deletedAt"):
        written[name] = moment(written[name])
    written["shareUrl"] = f"{settings.SITE_URL}/p/{row[-1]}/"
    written["images"] = images
    return written


def image_address(pk: int) -> str:
    """Where a token fetches the bytes of a picture, wherever they lie."""
    return f"{settings.SITE_URL}/api/images/{pk}/file"


def reference_address(pk: int) -> str:
    """Where a token fetches the bytes of a reference."""
    return f"{settings.SITE_URL}/api/references/{pk}/file"


def image_name(pk: int, made_ms: int) -> str:
    """The name of a picture outside: `img_{milliseconds since 1970}_{letters}`, for good.

    The letters tell pictures of the same moment apart. They do not come from its address, which
    changes when the picture moves, and grant nothing.
    """
    return f"img_{made_ms}_{hashlib.sha256(b'%d' % pk).hexdigest()[:12]}"


def moment(at: dt.datetime | None) -> str | None:
    """A time in UTC as ISO 8601 with a Z."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=4)
def _public_base(storage: Storage, site: str) -> str:
    """What stands before the keys in addresses of the public area. Keys have no character that an
    address would write otherwise, and asking for each would take longer than all else.
    """
    return urljoin(f"{site}/", storage.url("k"))[:-1]
