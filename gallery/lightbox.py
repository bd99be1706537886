"""What the lightbox shows of a post: its pictures with their numbers, what they come from and the
conversations about them. Derived, never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from gallery.conversation_list import Shelf, shelves_of
from gallery.lineage import Origin, origin_of
from gallery.models import CostBasis, GeneratedImage, Post
from gallery.relatives import cover_number

MILLISECONDS = 1000


@dataclass(frozen=True)
class Output:
    """One picture of the post."""

    number: int
    """Its place among the pictures that came, from 1: what `img` and the keys 1 to 9 mean."""
    image: GeneratedImage
    is_current: bool
    shelf: Shelf
    """The conversations about it."""

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
    origin: Origin | None
    """What it was made from; None when it was made from words."""

    @property
    def current(self) -> Output | None:
        """The picture in front; None for a post without any."""
        return next((output for output in self.outputs if output.is_current), None)

    @property
    def mark(self) -> str:
        """Differs when there is something else to show. The post itself knows of nothing that
        happens to its relatives and conversations.
        """
        relatives = [self.origin.mark if self.origin else ""]
        relatives += [output.shelf.mark for output in self.outputs]
        return f"{self.post.revision}.{sha256(repr(relatives).encode()).hexdigest()[:16]}"


def look_at(post: Post, *, number: int | None = None) -> Lightbox:
    """The post with this picture in front; without a number, or with one that no picture has,
    the cover. Two queries; with conversations and of an edited post up to five more.
    """
    images = list(post.images.select_related("object").order_by("position"))
    if number is None or number > len(images):
        number = cover_number([image.position for image in images], post)
    shelves = shelves_of(images)
    outputs = (
        Output(at, image, is_current=at == number, shelf=shelves[image.pk])
        for at, image in enumerate(images, 1)
    )
    return Lightbox(post, tuple(outputs), origin_of(post))
