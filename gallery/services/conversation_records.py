"""Conversations as an export writes them down.

A picture is named by its post and its place there: that is how an import finds it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Length

from gallery.models import EditConversation, EditTurn, GeneratedImage, TurnBase
from gallery.models.conversations import EditConversationQuerySet
from gallery.services.export_files import fields_of

ROW_BYTES = 2000
"""Of a conversation or a turn, at most, without the message."""

LINE_BYTES = 400
"""Of a picture or a reference that a turn names, at most."""

CHARACTER_BYTES = 6
"""Of a character, at most: a control character is written as `\\u0007`."""


def most_bytes(conversations: EditConversationQuerySet) -> int:
    """What the records of these conversations take, at most."""
    turns = EditTurn.objects.filter(conversation__in=conversations)
    sizes = turns.aggregate(rows=Count("pk"), characters=Sum(Length("message")))
    uses = EditTurn.references.through.objects.filter(editturn__conversation__in=conversations)
    lines = (
        TurnBase.objects.filter(turn__conversation__in=conversations).count()
        + GeneratedImage.objects.filter(turn__conversation__in=conversations).count()
        + uses.count()
    )
    rows: int = conversations.count() + sizes["rows"]
    text: int = CHARACTER_BYTES * (sizes["characters"] or 0)
    return ROW_BYTES * rows + LINE_BYTES * lines + text


def of(conversations: Sequence[EditConversation], *, until_post: int) -> Iterator[dict[str, Any]]:
    """The records of these conversations, in their order.

    Pictures of posts above `until_post` are not in the export: as outputs they are left out.
    """
    turns = list(EditTurn.objects.filter(conversation__in=conversations).order_by("number"))
    told = _Told(conversations, turns)
    by_conversation: dict[int, list[EditTurn]] = defaultdict(list)
    for turn in turns:
        by_conversation[turn.conversation_id].append(turn)
    for conversation in conversations:
        yield {
            **fields_of(conversation, without=frozenset({"owner_id"})),
            "is_in_trash": conversation.deleted_at is not None,
            "source": told.picture(conversation.source_image_id),
            "turns": [
                {
                    **fields_of(turn, without=frozenset({"conversation_id"})),
                    "references": told.references[turn.pk],
                    "bases": told.bases[turn.pk],
                    "outputs": [
                        output
                        for output in told.outputs[turn.pk]
                        if output["post_id"] <= until_post
                    ],
                }
                for turn in by_conversation[conversation.pk]
            ],
        }


class _Told:
    """What the turns of some conversations name, read in a few queries."""

    def __init__(
        self, conversations: Sequence[EditConversation], turns: Sequence[EditTurn]
    ) -> None:
        self.references: dict[int, list[int]] = defaultdict(list)
        self.bases: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.outputs: dict[int, list[dict[str, Any]]] = defaultdict(list)
        bases = list(TurnBase.objects.filter(turn__in=turns).order_by("turn", "position"))
        named = {base.image_id for base in bases}
        named |= {conversation.source_image_id for conversation in conversations}
        places = GeneratedImage.objects.filter(pk__in=named)
        self._places = {
            pk: (post_id, place)
            for pk, post_id, place in places.values_list("pk", "post_id", "position")
        }
        for base in bases:
            post_id, place = self._places.get(base.image_id, (base.post_id, None))
            where = {"image_id": base.image_id, "post_id": post_id, "place": place}
            self.bases[base.turn_id].append({"position": base.position, **where})
        uses = EditTurn.references.through.objects.filter(editturn__in=turns).order_by("pk")
        for turn_id, reference_id in uses.values_list("editturn", "referenceimage"):
            self.references[turn_id].append(reference_id)
        images = GeneratedImage.objects.filter(turn__in=turns).order_by("turn_slot")
        for turn_id, slot, pk, post_id, place in images.values_list(
            "turn", "turn_slot", "pk", "post_id", "position"
        ):
            output = {"slot": slot, "image_id": pk, "post_id": post_id, "place": place}
            self.outputs[turn_id or 0].append(output)

    def picture(self, image_id: int) -> dict[str, int] | None:
        """Where a picture is; None when it was deleted."""
        where = self._places.get(image_id)
        return {"post_id": where[0], "place": where[1]} if where else None
