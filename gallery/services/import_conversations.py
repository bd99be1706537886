"""Conversations of an export become conversations here, around the posts that are here by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from gallery.models import EditConversation, EditTurn, GeneratedImage, Imported, TurnBase
from gallery.services.import_memory import Memory
from gallery.services.import_records import keep_times, moment, row_of
from gallery.services.import_tally import Tally
from pixelstream.faultpoints import faultpoint

FIELDS = ("title", "aspect_ratio", "resolution")
TURN_FIELDS = ("number", "message", "status")

Place = tuple[int, int]
"""Where a picture was: the id of its post there, and the place in the post."""


@dataclass(frozen=True)
class _Picture:
    """A picture that is here."""

    pk: int
    post_id: int
    is_output: bool


def import_one(record: Mapping[str, Any], memory: Memory, tally: Tally) -> None:
    """Make the conversation of a record, if the picture it began with or one that it gave is here;
    else it waits for them.

    Of one that was made before, pictures that came since then take their places. What it names and
    is not here is shown as deleted.
    """
    pictures = _pictures(record, memory)
    local_id = memory.local_id(Imported.Kind.CONVERSATION, record["id"])
    with transaction.atomic():
        if local_id is not None:
            rows = EditTurn.objects.filter(conversation=local_id)
            _link_outputs(record, {turn.number: turn for turn in rows}, pictures)
            tally.known += 1
            return
        wanted = {_place(record["source"]), *_outputs(record)}
        if not wanted & set(pictures):
            tally.waiting += 1
            return
        conversation = _make(record, memory, pictures)
        turns = _make_turns(record, conversation, memory, pictures)
        _link_outputs(record, turns, pictures)
        memory.remember(Imported.Kind.CONVERSATION, record["id"], conversation.pk)
        faultpoint("import.before_commit", record["id"])
    tally.note_resolution(f"conversation {record['id']}", record, conversation)
    tally.conversations += 1


def _place(record: Mapping[str, Any] | None) -> Place | None:
    """Where a record says that a picture is; None if it says that it was deleted."""
    if record is None or record["place"] is None:
        return None
    return record["post_id"], record["place"]


def _outputs(record: Mapping[str, Any]) -> set[Place | None]:
    return {_place(output) for turn in record["turns"] for output in turn["outputs"]}


def _pictures(record: Mapping[str, Any], memory: Memory) -> dict[Place | None, _Picture]:
    """The pictures that the record names, as far as they are here."""
    named = {_place(record["source"]), *_outputs(record)}
    named |= {_place(base) for turn in record["turns"] for base in turn["bases"]}
    places = {place for place in named if place is not None}
    posts = memory.local_ids(Imported.Kind.POST, {post_id for post_id, _at in places})
    images = GeneratedImage.objects.filter(post__in=posts.values(), owner=memory.owner)
    here = {
        (post_id, place): _Picture(pk, post_id, turn_id is not None)
        for pk, post_id, place, turn_id in images.values_list("pk", "post", "position", "turn")
    }
    found: dict[Place | None, _Picture] = {}
    for post_id, at in places:
        picture = here.get((posts.get(post_id, 0), at))
        if picture is not None:
            found[post_id, at] = picture
    return found


def _make(
    record: Mapping[str, Any], memory: Memory, pictures: Mapping[Place | None, _Picture]
) -> EditConversation:
    """Without turns. What was in the trash is in the trash from now on."""
    conversation: EditConversation = row_of(EditConversation, record, FIELDS)
    conversation.title = " ".join(conversation.title.split())
    source = pictures.get(_place(record["source"]))
    conversation.owner = memory.owner
    conversation.source_image_id = source.pk if source else _gone(0)
    conversation.save()
    keep_times(conversation, record, "created_at", "updated_at")
    if record["deleted_at"] is not None:
        # Not as long ago as it was: it would be purged before anybody has seen it.
        EditConversation.objects.filter(pk=conversation.pk).update(deleted_at=Now())
    return conversation


def _make_turns(
    record: Mapping[str, Any],
    conversation: EditConversation,
    memory: Memory,
    pictures: Mapping[Place | None, _Picture],
) -> dict[int, EditTurn]:
    """The turns by their numbers, with what they start from. Nothing is being made in them."""
    turns: list[EditTurn] = []
    for turn_record in record["turns"]:
        turn: EditTurn = row_of(EditTurn, turn_record, TURN_FIELDS)
        turn.conversation = conversation
        if turn.is_unfinished:
            is_anything_made = bool(turn_record["outputs"])
            turn.status = EditTurn.Status.COMPLETED if is_anything_made else EditTurn.Status.ERROR
        turns.append(turn)
    made = EditTurn.objects.bulk_create(turns)
    for turn, turn_record in zip(made, record["turns"], strict=True):
        turn.created_at = moment(turn_record, "created_at")
        turn.references.set(memory.references(turn_record["references"]))
    EditTurn.objects.bulk_update(made, ["created_at"], batch_size=500)
    TurnBase.objects.bulk_create(
        base
        for turn, turn_record in zip(made, record["turns"], strict=True)
        for base in _bases(turn, turn_record["bases"], pictures)
    )
    return {turn.number: turn for turn in made}


def _bases(
    turn: EditTurn,
    records: Sequence[Mapping[str, Any]],
    pictures: Mapping[Place | None, _Picture],
) -> Iterator[TurnBase]:
    """Each picture once. One that is not here is one that was deleted for good."""
    taken: set[int] = set()
    for record in records:
        picture, position = pictures.get(_place(record)), record["position"]
        image_id = picture.pk if picture else _gone(position)
        if image_id in taken:
            continue
        taken.add(image_id)
        post_id = picture.post_id if picture else _gone(position)
        yield TurnBase(turn=turn, position=position, image_id=image_id, post_id=post_id)


def _gone(position: int) -> int:
    """An id that no picture and no post ever gets: theirs are above zero."""
    return -1 - position


def _link_outputs(
    record: Mapping[str, Any],
    turns: Mapping[int, EditTurn],
    pictures: Mapping[Place | None, _Picture],
) -> None:
    """Put the pictures that no turn claims yet into their free places."""
    local = {turn.pk for turn in turns.values()}
    shown = GeneratedImage.objects.filter(turn__in=local).values_list("turn", "turn_slot")
    taken = set(shown)
    for turn_record in record["turns"]:
        turn = turns.get(turn_record["number"])
        for output in turn_record["outputs"] if turn else ():
            picture, slot = pictures.get(_place(output)), output["slot"]
            if turn is None or picture is None or (turn.pk, slot) in taken:
                continue
            free = GeneratedImage.objects.filter(
                pk=picture.pk, turn__isnull=True, post__parent__isnull=False
            )
            if free.update(turn=turn, turn_slot=slot):
                taken.add((turn.pk, slot))
