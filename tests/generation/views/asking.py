"""Asking for an edit the way a browser does."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client

from gallery.models import EditConversation, Post

HTMX = {"HX-Request": "true"}
SKETCH, POSTER = "builtin/sketch", "builtin/poster"


def text_of(answer: Any) -> str:
    """The page."""
    return str(answer.content.decode())


def wish(**changes: object) -> dict[str, object]:
    """What the form of an edit sends, with these changes; None leaves a field out."""
    values: dict[str, object] = {
        "message": "make it black and white",
        "models": [SKETCH],
        "form_key": str(uuid4()),
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def edit(client: Client, post: Post, *, htmx: bool = False, **changes: object) -> Any:
    """Begin a conversation about the picture of a post."""
    headers = HTMX if htmx else {}
    return client.post(f"/posts/{post.pk}/edit/", wish(**changes), headers=headers)


def send(
    client: Client, conversation: EditConversation, *, htmx: bool = False, **changes: object
) -> Any:
    """Send the next message."""
    headers = HTMX if htmx else {}
    return client.post(conversation.get_absolute_url(), wish(**changes), headers=headers)
