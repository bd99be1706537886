"""What the page of a person's storage shows.

Nothing is added up that is known already: what posts take is what everything takes without the
trash and the references. With 100,000 posts that makes 0.07 s instead of 0.9 s.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Sum

from gallery.models import GeneratedImage, Post, ReferenceImage, Usage
from gallery.services.room import in_trash
from pixelstream.accounts.models import User

LARGEST = 10

WEIGHED_AT_ONCE = 20_000
"""Pictures of a person whose largest posts are looked for unasked: it takes 0.04 s. With 400,000 it
takes 0.8 s."""


@dataclass(frozen=True)
class Part:
    """Of what is kept: bytes, and how many posts (or references) and pictures."""

    size: int
    count: int
    images: int = 0


@dataclass(frozen=True)
class Breakdown:
    """What a person's storage is used for."""

    usage: Usage
    posts: Part
    trash: Part
    references: Part

    @property
    def images(self) -> int:
        """Pictures, those in the trash too."""
        return self.posts.images + self.trash.images

    @property
    def shares(self) -> dict[str, float]:
        """Per cent of the limit (or of all that is used) for each part."""
        whole = max(self.usage.limit or self.usage.used, self.usage.used, 1)
        parts = {"posts": self.posts, "references": self.references, "trash": self.trash}
        return {name: 100 * part.size / whole for name, part in parts.items()}


@dataclass(frozen=True)
class LargePost:
    """A post with what its pictures take."""

    post: Post = field(repr=False)
    size: int
    images: int


def breakdown(person: User) -> Breakdown:
    """Everything that is kept for the person, in parts."""
    usage = Usage.objects.of(person)
    posts = Post.objects.owned_by(person).live().count()
    images = GeneratedImage.objects.filter(owner=person).count()
    trashed = in_trash(person)
    trash = GeneratedImage.objects.filter(post__in=trashed.order_by().values("pk")).aggregate(
        size=Sum("object__size", default=0), images=Count("pk")
    )
    references = ReferenceImage.objects.owned_by(person).aggregate(
        size=Sum("object__size", default=0), count=Count("pk")
    )
    rest = usage.used - trash["size"] - references["size"]
    return Breakdown(
        usage,
        posts=Part(max(0, rest), posts, images - trash["images"]),
        trash=Part(trash["size"], trashed.count(), trash["images"]),
        references=Part(references["size"], references["count"]),
    )


def largest_posts(person: User) -> list[LargePost]:
    """The person's posts that take most, largest first; not those in the trash."""
    weighed = (
        GeneratedImage.objects.live()
        .filter(owner=person)
        .order_by()
        .values("post")
        .annotate(size=Sum("object__size"), images=Count("pk"))
        .order_by("-size", "-post")[:LARGEST]
    )
    rows = list(weighed)
    posts = Post.objects.only("prompt", "caption").in_bulk([row["post"] for row in rows])
    return [
        LargePost(posts[row["post"]], row["size"], row["images"])
        for row in rows
        if row["post"] in posts
    ]
