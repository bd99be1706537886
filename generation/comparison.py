"""Two pictures of a conversation over each other: which two, and which there are to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from gallery.models import EditConversation, GeneratedImage, TurnBase
from generation.conversation_page import label_of, place_of

OFFERED = 200
"""The newest pictures that can be chosen. The two that are shown and the source always can."""


@dataclass(frozen=True)
class Side:
    """A picture that is, or can be, compared."""

    image: GeneratedImage
    label: str | Promise
    """What it is called: 1a, 2b, or the word for the source."""


@dataclass(frozen=True)
class Comparison:
    """Two pictures and the others."""

    left: Side
    right: Side
    offered: tuple[Side, ...]
    """In the order of the turns, the source first."""

    @property
    def ratio(self) -> float:
        """Width over height of the box that both are in: that of the right one."""
        return self.right.image.ratio


def compare(
    conversation: EditConversation, *, left: int | None = None, right: int | None = None
) -> Comparison | None:
    """Two pictures of the conversation by their ids; None where there are not two.

    Without a right one it is the newest; without a left one what the right one was made from. An
    id that no picture of the conversation has counts as none.
    """
    images = GeneratedImage.objects.of_conversation(conversation).select_related("object", "turn")
    newest = list(images.order_by("-pk")[:OFFERED])
    needed = [pk for pk in (left, right, conversation.source_image_id) if pk is not None]
    known = {image.pk: image for image in (*newest, *images.filter(pk__in=needed))}
    if len(known) < 2:
        return None
    after = known.get(right or 0) or _newest_but(known, left)
    before = known.get(left or 0) or _made_from(after, known)
    if before is None:
        source = known.get(conversation.source_image_id)
        before = source if source not in {None, after} else _other(known, after)
    return Comparison(
        _side(conversation, before),
        _side(conversation, after),
        tuple(
            _side(conversation, image)
            for image in sorted(known.values(), key=lambda image: place_of(image, conversation))
        ),
    )


def _newest_but(known: dict[int, GeneratedImage], left: int | None) -> GeneratedImage:
    """The newest picture that is not the left one."""
    return known[max(pk for pk in known if pk != left)]


def _made_from(image: GeneratedImage, known: dict[int, GeneratedImage]) -> GeneratedImage | None:
    """What an output was made from, if it is there: the base that its post comes from."""
    bases = TurnBase.objects.filter(turn=image.turn_id).values_list("image_id", "post_id")
    there = [(pk, post_id) for pk, post_id in bases if pk in known and pk != image.pk]
    first = next((pk for pk, post_id in there if post_id == image.post.parent_id), None)
    if first is None:
        first = next((pk for pk, _post_id in there), None)
    return None if first is None else known[first]


def _other(known: dict[int, GeneratedImage], image: GeneratedImage) -> GeneratedImage:
    return next(other for other in known.values() if other != image)


def _side(conversation: EditConversation, image: GeneratedImage) -> Side:
    return Side(image, label_of(image, conversation))
