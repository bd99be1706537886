"""What the form of a conversation's next message offers: the pictures that it may start from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from gallery.models import EditConversation, GeneratedImage
from generation import sizes
from generation.conversation_page import label_of, number_of
from generation.services import editing


@dataclass(frozen=True)
class Choice:
    """A picture that the next turn may start from."""

    image: GeneratedImage
    label: str | Promise
    """What it is called: 1a, 2b, or the word for the source."""
    number: int | None
    """Of the turn that made it; None for the source."""
    is_ticked: bool = True


@dataclass(frozen=True)
class Choices:
    """The pictures that are offered."""

    items: tuple[Choice, ...]
    chosen: Choice | None = None
    """The one that the person wants to start from instead of what comes by itself."""


def choices_of(
    conversation: EditConversation,
    *,
    chosen: GeneratedImage | None = None,
    sent: Collection[GeneratedImage] | None = None,
) -> Choices:
    """What the next turn starts from: the picture that was chosen, else what comes by itself.

    With `sent`, the pictures of a message that was refused, those are ticked and no others.
    """
    if chosen is not None:
        choice = _choice(conversation, chosen)
        return Choices((choice,), chosen=choice)
    offered = editing.default_bases(conversation)
    every = {image.pk: image for image in (*offered, *(sent or ()))}
    ticked = set(every) if sent is None else {image.pk for image in sent}
    return Choices(
        tuple(_choice(conversation, image, is_ticked=pk in ticked) for pk, image in every.items())
    )


def ratio_of(conversation: EditConversation) -> float:
    """Width over height of the pictures to come, for the boxes that are drawn before them."""
    width, height = sizes.parse_ratio(conversation.aspect_ratio)
    return round(width / height, 4)


def _choice(
    conversation: EditConversation, image: GeneratedImage, *, is_ticked: bool = True
) -> Choice:
    label, number = label_of(image, conversation), number_of(image, conversation)
    return Choice(image, label, number, is_ticked)
