"""What the page of a shared post shows. It is the same for everybody who has its link."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import Exists, OuterRef

from gallery.covers import with_public_covers
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.models.posts import PostQuerySet
from gallery.public_forms import TOKEN
from pixelstream.accounts.models import User
from pixelstream.prepared import PreparedQuery

SHELF = 8
"""Posts of the same person beside this one, at most."""

IMAGE_FIELDS = (
    *("post_id", "object_id", "position", "width", "height", "clip_ms", "has_sound"),
    *("dominant_colour", "hue", "model_name"),
    *("object__key", "object__area", "object__rendition_widths"),
)
# In the order of the models' columns, as `Model.from_db` takes them.
POST_FIELDS = (
    *("id", "owner_id", "parent_id", "status", "revision", "prompt", "aspect_ratio", "caption"),
    *("cover_position", "visibility", "share_token", "prompt_is_shared", "downloads_allowed"),
    *("review", "created_at"),
)
OWNER_FIELDS = ("id", "name", "handle")
OTHER_FIELDS = (
    *("id", "owner_id", "status", "revision", "aspect_ratio", "caption", "cover_position"),
    *("visibility", "share_token"),
)

A_TOKEN, AN_OWNER, A_POST = "x" * 22, -1, -2
"""What stands for the parameters in the prepared queries."""


class NothingShownError(Exception):
    """The post was withdrawn since it was looked up."""


@dataclass(frozen=True)
class Picture:
    """A picture of the post, and its number there, from 1."""

    number: int
    image: GeneratedImage


class SharePage:
    """A post that others may see, with what stands around it."""

    def __init__(self, post: Post) -> None:
        self.post = post

    @property
    def facts(self) -> tuple[object, ...]:
        """Everything that the page depends on beside who looks at it. A change of a picture is one
        of its post's revision.
        """
        post, author = self.post, self.post.owner
        return (
            *(post.share_token, post.revision, post.visibility, post.review, post.caption),
            *(post.prompt_is_shared, post.downloads_allowed, post.cover_position),
            *(author.name, author.handle),
            self.parent and (self.parent.share_token, self.parent.revision),
            tuple((other.share_token, other.revision) for other in self._others),
        )

    @property
    def is_listed(self) -> bool:
        """Whether everybody can find it, and not only who has the link."""
        is_public = self.post.visibility == Post.Visibility.PUBLIC
        return is_public and self.post.review != Post.Review.HELD

    @cached_property
    def parent(self) -> Post | None:
        """What it was made from, where everybody can find that. The link of an unlisted post is
        its owner's to give.
        """
        if self.post.parent_id is None:
            return None
        found = _LISTED_POST.rows(self.post.parent_id)
        return _post(OTHER_FIELDS, found[0]) if found else None

    @cached_property
    def pictures(self) -> list[Picture]:
        """The cover first, then the others in their order. One whose bytes are still on the way
        from the private area is left out. Raises NothingShownError when there is none.
        """
        images = self.post.images.select_related("object").only(*IMAGE_FIELDS).order_by("position")
        pictures = [
            Picture(number, image)
            for number, image in enumerate(images, start=1)
            if image.object.area == StoredObject.Area.PUBLIC
        ]
        if not pictures:
            raise NothingShownError(self.post.pk)
        cover = self.post.cover_position
        return sorted(pictures, key=lambda picture: picture.image.position != cover)

    @cached_property
    def shelf(self) -> list[Post]:
        """Other public posts of the same person, the newest first, with their covers."""
        return with_public_covers(self._others)

    @property
    def clip(self) -> GeneratedImage | None:
        """What is in front, if that is a clip."""
        image = self.pictures[0].image
        return image if image.is_clip else None

    @property
    def models(self) -> list[str]:
        """The names of the models that made the pictures, each once."""
        return list(dict.fromkeys(picture.image.model_name for picture in self.pictures))

    @property
    def sizes(self) -> list[str]:
        """The sizes of the pictures in pixels, each once."""
        images = [picture.image for picture in self.pictures]
        return list(dict.fromkeys(f"{image.width} × {image.height}" for image in images))

    @cached_property
    def _others(self) -> list[Post]:
        # A link that is passed on must not lead to everything else of somebody who stays unnamed.
        if not self.post.owner.handle and not self.is_listed:
            return []
        rows = _OTHER_POSTS.rows(self.post.owner_id, self.post.pk)
        return [_post(OTHER_FIELDS, row) for row in rows]


def seen_by_others(token: str) -> PostQuerySet:
    """The post with this token, if it can be looked at and has a picture to show; else nothing.

    One look into an index of random tokens, whatever the reason that there is nothing.
    """
    if not TOKEN.fullmatch(token):  # PostgreSQL refuses some of what no token can be
        return Post.objects.none()
    pictures = GeneratedImage.objects.filter(
        post=OuterRef("pk"), object__area=StoredObject.Area.PUBLIC
    )
    return Post.objects.viewable_by_others().filter(Exists(pictures), share_token=token)


def find(token: str) -> SharePage | None:
    """The page of the post with this token, None where there is nothing to see."""
    rows = _SEEN_POST.rows(token) if TOKEN.fullmatch(token) else []
    if not rows:
        return None
    columns = len(POST_FIELDS)
    post = _post(POST_FIELDS, rows[0][:columns])
    post.owner = User.from_db(connection.alias, OWNER_FIELDS, rows[0][columns:])
    return SharePage(post)


def shared_prompt(token: str) -> str:
    """The prompt of a post whose owner shows it to others; empty for every other one."""
    page = find(token)
    return page.post.prompt if page and page.post.prompt_is_shared else ""


def _post(fields: tuple[str, ...], row: tuple[object, ...]) -> Post:
    """An instance as the ORM would make it with `only()`."""
    return Post.from_db(connection.alias, fields, row)


# This page is asked for more than any other by people whom nobody knows.
_SEEN_POST = PreparedQuery(
    lambda token: seen_by_others(token).values_list(
        *POST_FIELDS, *(f"owner__{name}" for name in OWNER_FIELDS)
    ),
    A_TOKEN,
)
_LISTED_POST = PreparedQuery(
    lambda pk: Post.objects.in_feed().filter(pk=pk).values_list(*OTHER_FIELDS), A_POST
)
_OTHER_POSTS = PreparedQuery(
    lambda owner, post: (
        Post.objects.in_feed()
        .filter(owner=owner)
        .exclude(pk=post)
        .order_by("-id")
        .values_list(*OTHER_FIELDS)[:SHELF]
    ),
    AN_OWNER,
    A_POST,
)
