"""Lines and conversations that are rows only: lists and trees need no bytes."""

from __future__ import annotations

from typing import Any

from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from pixelstream.accounts.models import User
from tests.factories import create_conversation
from tests.gallery.search.library import add_image, add_post


def add_picture(owner: User, prompt: str = "a lighthouse", **fields: Any) -> GeneratedImage:
    """A picture in a post of its own."""
    return add_image(add_post(owner, prompt, **fields), dominant_colour="#b04a2f")


def add_edit(parent: Post, **fields: Any) -> Post:
    """A post made from another one."""
    root = parent.root_id or parent.pk
    values: dict[str, Any] = {"prompt": "darker", "status": Post.Status.EDITED, **fields}
    return add_picture(parent.owner, parent=parent, root_id=root, **values).post


def add_conversation(
    owner: User, title: str = "Darker", source: GeneratedImage | None = None, **fields: Any
) -> EditConversation:
    """A conversation, about a picture of its own unless one is named."""
    updated_at = fields.pop("updated_at", None)
    source = source or add_picture(owner)
    conversation = create_conversation(owner, source, title=title, **fields)
    if updated_at:
        EditConversation.objects.filter(pk=conversation.pk).update(updated_at=updated_at)
        conversation.refresh_from_db()
    return conversation


def add_turn(conversation: EditConversation, outputs: int = 1, **fields: Any) -> EditTurn:
    """The next turn with its pictures."""
    number = conversation.turns.count() + 1
    values = {"message": "darker", "status": EditTurn.Status.COMPLETED, **fields}
    turn = EditTurn.objects.create(conversation=conversation, number=number, **values)
    for slot in range(outputs):
        image = add_picture(conversation.owner, "darker", status=Post.Status.EDITED)
        GeneratedImage.objects.filter(pk=image.pk).update(turn=turn, turn_slot=slot)
    return turn
