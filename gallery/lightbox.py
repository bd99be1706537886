"""What the lightbox shows of a post: its pictures with their numbers. Derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gallery.models import CostBasis, GeneratedImage, Post

MILLISECONDS = 1000


@dataclass(frozen=True)
class Output:
    """One picture of the post."""

    number: int
    """Its place among the pictures that came, from 1: what `img` and the keys 1 to 9 mean."""
    image: GeneratedImage
    is_current: bool

    @property
    def srcset(self) -> str:
        """All sizes, up to the original: zoomed in, one wants its pixels."""
        image = self.image
        return ", ".join(filter(None, [image.srcset, f"{image.url} {image.width}w"]))

    @property
    def seconds(self) -> float | None:
        """How long the model took; None when that is not known."""
        duration = self.image.duration_ms
        return None if duration is None else duration / MILLISECONDS

    @property
    def cost(self) -> Decimal | None:
        """What it cost in US dollars; None when that is not known."""
        return None if self.image.cost_basis == CostBasis.UNKNOWN else self.image.cost

    @property
    def is_cost_estimated(self) -> bool:
        """Whether the cost was worked out from a price list."""
        return self.image.cost_basis == CostBasis.ESTIMATED


@dataclass(frozen=True)
class Lightbox:
    """A post with all its pictures, one of them in front."""

    post: Post
    outputs: tuple[Output, ...]

    @property
    def current(self) -> Output | None:
        """The picture in front; None for a post without any."""
        return next((output for output in self.outputs if output.is_current), None)


def look_at(post: Post, *, number: int | None = None) -> Lightbox:
    """The post with this picture in front; without a number, or with one that no picture has,
    the cover. One query.
    """
    images = list(post.images.select_related("object").order_by("position"))
    if number is None or number > len(images):
        positions = [image.position for image in images]
        chosen = post.cover_position
        number = positions.index(chosen) + 1 if chosen in positions else 1
    return Lightbox(
        post,
        tuple(Output(at, image, is_current=at == number) for at, image in enumerate(images, 1)),
    )
