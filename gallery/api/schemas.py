"""What the library's part of the API takes and gives; `written` writes it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Path
from pydantic import ConfigDict, Field

from gallery.forms import MAX_ID
from gallery.imaging.formats import CLIP_MEDIA_TYPE, MEDIA_TYPES
from gallery.imaging.renditions import WIDTHS
from gallery.models import Post
from gallery.reference_forms import NAME_LENGTH
from gallery.services.captions import CAPTION_MAX_LENGTH
from pixelstream.api.envelopes import CamelSchema, Failure, StrictSchema, Success
from pixelstream.api.errors import ApiError

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
"""An id in an address: a number that a row can have."""

# Not the class itself: the document would know all classes named `Status` by that name alone.
PostStatus = Annotated[str, Field(json_schema_extra={"enum": [*Post.Status.values]})]


class RenditionOut(CamelSchema):
    """A smaller copy (WebP), in pixels; of a clip, its poster."""

    url: str
    width: int
    height: int


class ImageOut(CamelSchema):
    """A picture or a clip of a post."""

    id: int = Field(description="What addresses and requests take")
    name: str = Field(
        pattern=r"^img_[0-9]+_[0-9a-f]{12}$", description="Its name elsewhere; nothing takes it"
    )
    post_id: int
    position: int
    kind: Literal["image", "video"]
    url: str = Field(description="The original. One below /api/ needs the token.")
    renditions: list[RenditionOut]
    filename: str
    content_type: str
    size_bytes: int
    width: int
    height: int
    aspect_ratio: str
    resolution: str
    clip_ms: int | None = Field(description="Milliseconds of a clip; null for a picture")
    has_sound: bool
    dominant_colour: str
    prompt: str
    negative_prompt: str
    model: str
    model_name: str
    seed: int | None
    params: dict[str, Any] = Field(description="The full request, to repeat it")
    duration_ms: int | None = Field(description="How long making it took")
    cost_usd: float | None
    turn_id: int | None = Field(description="The turn of a conversation that made it")
    timestamp: int = Field(description="When it was made, in milliseconds since 1970")
    created_at: dt.datetime


class PostOut(CamelSchema):
    """A post with its pictures, in the order of their positions."""

    id: int
    status: PostStatus
    visibility: Post.Visibility
    prompt: str
    negative_prompt: str
    aspect_ratio: str
    resolution: str
    seed: int = Field(description="As asked for; -1 is random")
    caption: str
    project: int | None
    parent_id: int | None
    cover_position: int | None = Field(description="Null for the first picture")
    share_url: str = Field(description="The public page; others see it while sharing is on")
    sharing_enabled: bool
    share_expires_at: dt.datetime | None
    is_disabled_by_admin: bool
    download_count: int
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None = Field(description="When it went to the trash")
    images: list[ImageOut]


class ReferenceOut(CamelSchema):
    """A private upload; `kept` ones are the library, others go with what was made with them."""

    id: int
    url: str = Field(description="The picture; needs the token")
    filename: str
    content_type: str
    size_bytes: int
    width: int
    height: int
    dominant_colour: str
    kept: bool
    created_at: dt.datetime


class UploadOut(CamelSchema):
    """What was uploaded, as it is kept: re-encoded, without metadata."""

    id: int
    url: str
    r2_key: str
    content_type: str
    size_bytes: int
    notices: list[str] = Field(description="What was deleted to make room for it, if anything was")


class DeletedOut(CamelSchema):
    """What is gone for good: all posts (or references), and those that were made from it."""

    deleted_total: int
    deleted_generated: int


class QuotaOut(CamelSchema):
    """Bytes of the originals that are kept; a limit of 0 is none."""

    used_bytes: int
    limit_bytes: int
    percent: int = Field(ge=0, le=100)
    level: Literal["fine", "nearly_full", "full"]


class FiltersIn(CamelSchema):
    """The filters of the gallery; what makes no sense is refused with 422."""

    q: str = Field("", description='Words, "phrases", -without; at most 500 characters are read')
    kind: str = Field("", description="created, edited or video")
    model: str = Field("", description="A model's key, such as builtin/lumen")
    aspect: str = Field("", description="Such as 16:9")
    since: str = Field("", alias="from", description="The first day, such as 2026-01-31 (UTC)")
    until: str = Field("", alias="to", description="The last day")
    sort: str = Field("", description="newest (default) or oldest")
    project: int | None = Field(None, ge=1, le=MAX_ID)


class SearchIn(FiltersIn):
    """The filters of the gallery, with words to look for."""

    q: str = Field(min_length=1, description='Words, "phrases", -without')


class WidthIn(CamelSchema):
    """Which copy of a picture."""

    width: int | None = Field(
        None,
        description="A rendition; without it, or where there is none so wide, the original",
        json_schema_extra={"enum": [*WIDTHS, None]},
    )


class LibraryIn(CamelSchema):
    """Which references."""

    kept: bool | None = Field(None, description="The library, or what is not in it; both without")


class ChangesIn(StrictSchema):
    """What changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    def require_one(self) -> None:
        """Raises ApiError 422 VALIDATION where nothing is to change."""
        if not self.model_dump(exclude_none=True):
            names = " or ".join(sorted(type(self).model_fields))
            raise ApiError(422, "VALIDATION", f"Say what is to change: {names}")


class PostIn(ChangesIn):
    """What changes about a post; what is left out stays."""

    caption: str | None = Field(None, description=f"At most {CAPTION_MAX_LENGTH} characters")
    # Not strict: it comes as its text.
    visibility: Annotated[Post.Visibility, Field(strict=False)] | None = None


class ReferenceIn(ChangesIn):
    """What changes about a reference; what is left out stays."""

    name: str | None = Field(
        None, description=f"At most {NAME_LENGTH} characters; the file's ending stays"
    )
    kept: bool | None = None


class DeleteIn(CamelSchema):
    """Whether what was made from it goes as well."""

    include_generated: bool = True


REFUSED = frozenset({400, 401, 403, 404, 413, 422, 429, 500, 503})
"""The failures that any operation may answer with."""


def answers(data: Any, *more: int) -> dict[Any, Any]:
    """What an operation declares to answer: this in its envelope with 200, or a failure with one of
    REFUSED or these.
    """
    return {200: Success[data], REFUSED | set(more): Failure}


_CONTENT = {
    kind: {"schema": {"type": "string", "format": "binary"}}
    for kind in (*MEDIA_TYPES.values(), CLIP_MEDIA_TYPE)
}

BYTES = {
    "responses": {
        200: {"description": "The bytes", "content": _CONTENT},
        206: {"description": "The part that `Range` asks for", "content": _CONTENT},
        302: {"description": "Where the bytes are: follow it"},
        304: {"description": "They are what `If-None-Match` names"},
    }
}
"""What an operation declares that answers with a picture."""
