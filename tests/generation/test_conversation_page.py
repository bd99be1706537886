"""What the page of a conversation shows, and what it costs to read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gallery.models import EditConversation, EditTurn, GeneratedImage, Post, StoredObject
from gallery.services import deletion, trash
from generation.conversation_page import (
    TURNS_SHOWN,
    conversation_view,
    since_fragment,
    strip,
)
from generation.providers.errors import ErrorKind, ProviderError
from generation.results import SlotState
from generation.services.editing import send_turn
from pixelstream.accounts.models import User
from tests.factories import (
    an_edit_wish,
    create_conversation,
    create_reference,
    create_turn,
    start_editing,
    work_off,
)
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

VIEW_QUERIES = 8
STRIP_QUERIES = 4


@pytest.fixture
def conversation(alice: User) -> EditConversation:
    return create_conversation(alice)


def everything_of(conversation: EditConversation, **kwargs: Any) -> list[Any]:
    """Read the view and all that a page needs of it."""
    view = conversation_view(conversation, **kwargs)
    return [
        (output.label, output.slot.model_name, output.slot.ignored, output.post)
        + ((output.slot.image.url, output.slot.image.srcset) if output.slot.image else ())
        for turn in view.turns
        for output in turn.outputs
    ] + [
        (base.label, base.image and base.image.thumbnail_url, reference.object.key)
        for turn in view.turns
        for base in turn.bases
        for reference in turn.references
    ]


def test_the_page_shows_the_turns_with_what_they_started_from_and_what_they_gave(
    alice: User, conversation: EditConversation
) -> None:
    first = create_turn(conversation, outputs=2)
    one, two = first.images.order_by("turn_slot")
    second = create_turn(conversation, outputs=1, bases=[two, conversation.source_image])
    reference = create_reference(alice)
    second.references.add(reference)

    view = conversation_view(conversation)

    assert view.source == conversation.source_image
    assert (view.turn_count, view.earlier, view.since) == (2, None, None)
    assert not view.is_unfinished
    shown = view.turns
    assert [turn.number for turn in shown] == [1, 2]
    assert [(output.label, output.slot.image) for output in shown[0].outputs] == [
        ("1a", one),
        ("1b", two),
    ]
    assert shown[0].outputs[0].post == one.post
    assert [(str(base.label), base.image) for base in shown[0].bases] == [
        ("source", conversation.source_image)
    ]
    assert [(str(base.label), base.image) for base in shown[1].bases] == [
        ("1b", two),
        ("source", conversation.source_image),
    ]
    assert shown[1].references == (reference,)
    assert shown[1].models == ("Lumen",)


def test_a_turn_in_the_making_shows_each_model(
    conversation: EditConversation, scripted: ScriptedProvider
) -> None:
    create_turn(conversation, outputs=1)
    scripted.answers["test/edit"] = ProviderError(ErrorKind.INVALID, "no", reason="not so")
    turn = send_turn(
        conversation=conversation, wish=an_edit_wish(models="test/edit test/other-edit")
    )

    view = conversation_view(conversation)
    assert view.is_unfinished
    assert view.since == 2
    assert [shown.number for shown in view.settled] == [1]
    assert [shown.number for shown in view.live] == [2]
    assert [output.slot.state for output in view.turns[1].outputs] == [SlotState.WAITING] * 2

    work_off(turn)
    [shown] = since_fragment(conversation, 2).live
    failed, ready = (output.slot for output in shown.outputs)
    assert (failed.state, failed.provider_reason) == (SlotState.FAILED, "not so")
    assert ready.state == SlotState.READY
    assert not shown.is_unfinished


def test_the_live_part_stays_where_it_began_when_its_first_turn_is_ready(
    conversation: EditConversation, scripted: ScriptedProvider
) -> None:
    first = send_turn(conversation=conversation, wish=an_edit_wish())
    send_turn(conversation=conversation, wish=an_edit_wish())
    work_off(first)

    view = since_fragment(conversation, 1)
    assert (view.since, view.is_unfinished) == (1, True)
    assert [turn.number for turn in view.live] == [1, 2]


def test_what_is_in_the_trash_is_shown_from_where_only_its_owner_sees_it(
    alice: User, conversation: EditConversation
) -> None:
    output = create_turn(conversation, outputs=1).images.get()
    create_turn(conversation, bases=[output])
    trash.trash(owner=alice, ids=[output.post_id])  # the public address ends a little later

    made, following = conversation_view(conversation).turns
    private = f"/pictures/{output.pk}/"
    assert made.outputs[0].slot.image is not None
    assert made.outputs[0].slot.image.url.startswith(private)
    assert following.bases[0].image is not None
    assert following.bases[0].image.thumbnail_url.startswith(private)


def test_what_was_trashed_or_deleted_leaves_a_word(
    alice: User, conversation: EditConversation
) -> None:
    turn = create_turn(conversation, outputs=3)
    _kept, trashed, gone = turn.images.order_by("turn_slot")
    after = create_turn(conversation, bases=[gone, trashed])
    trash.trash(owner=alice, ids=[trashed.post_id])
    deletion.delete_posts(Post.objects.filter(pk=gone.post_id), by=None)

    shown, following = conversation_view(conversation).turns
    assert [(output.label, output.slot.state) for output in shown.outputs] == [
        ("1a", SlotState.READY),
        ("1b", SlotState.GONE),
        ("1c", SlotState.GONE),
    ]
    assert [str(output.slot.reason) for output in shown.outputs[1:]] == [
        "This picture is in the trash.",
        "This picture was deleted.",
    ]
    assert [output.slot.image for output in shown.outputs[1:]] == [trashed, None]
    assert following.turn == after
    assert [(base.label, base.image) for base in following.bases] == [("", None), ("1b", trashed)]


def test_the_page_opens_without_its_source(conversation: EditConversation) -> None:
    create_turn(conversation, outputs=1)
    source = conversation.source_image
    deletion.delete_posts(Post.objects.filter(pk=source.post_id), by=None)

    view = conversation_view(conversation)
    assert view.source is None
    assert [(str(base.label), base.image) for base in view.turns[0].bases] == [("source", None)]
    assert [str(shown.label) for shown in strip(conversation).items] == ["1a"]


def test_what_was_spent_is_counted_in_all_turns(conversation: EditConversation) -> None:
    assert conversation_view(conversation).spent is None
    turn = create_turn(conversation, outputs=2)
    turn.jobs.filter(slot=0).update(cost="0.0400")
    create_turn(conversation, outputs=1).jobs.update(cost="0.0150")

    assert conversation_view(conversation, size=1).spent == Decimal("0.055")


def test_a_long_conversation_is_read_in_pages(conversation: EditConversation) -> None:
    for _ in range(2 * TURNS_SHOWN + 1):
        create_turn(conversation)

    last = conversation_view(conversation)
    newest = 2 * TURNS_SHOWN + 1
    assert [turn.number for turn in last.turns] == list(range(TURNS_SHOWN + 2, newest + 1))
    assert (last.earlier, last.turn_count) == (TURNS_SHOWN + 2, newest)
    middle = conversation_view(conversation, before=last.earlier)
    assert [turn.number for turn in middle.turns] == list(range(2, TURNS_SHOWN + 2))
    first = conversation_view(conversation, before=middle.earlier)
    assert [turn.number for turn in first.turns] == [1]
    assert first.earlier is None


def test_the_strip_shows_the_source_first_and_the_newest_last(
    alice: User, conversation: EditConversation
) -> None:
    create_turn(conversation, outputs=2)
    latest = create_turn(conversation, outputs=2)
    away = latest.images.get(turn_slot=1)
    trash.trash(owner=alice, ids=[away.post_id])

    shown = strip(conversation)
    assert [str(one.label) for one in shown.items] == ["source", "1a", "1b", "2a"]
    assert [one.is_current for one in shown.items] == [False, False, False, True]
    assert shown.before is None


def test_the_strip_leaves_out_the_live_turns(conversation: EditConversation) -> None:
    for _ in range(3):
        create_turn(conversation, outputs=1)

    shown = strip(conversation, below=3).items
    assert [(str(one.label), one.number) for one in shown] == [
        ("source", None),
        ("1a", 1),
        ("2a", 2),
    ]


def test_older_pictures_of_the_strip_come_when_asked_for(conversation: EditConversation) -> None:
    for _ in range(4):
        create_turn(conversation, outputs=2)

    last = strip(conversation, size=3)
    assert [str(one.label) for one in last.items] == ["3b", "4a", "4b"]
    before = strip(conversation, size=3, before=last.before)
    assert [str(one.label) for one in before.items] == ["2a", "2b", "3a"]
    first = strip(conversation, size=3, before=before.before)
    assert [str(one.label) for one in first.items] == ["source", "1a", "1b"]
    assert first.before is None


def test_two_hundred_turns_cost_as_many_queries_as_one(
    alice: User, conversation: EditConversation, django_assert_num_queries: Any
) -> None:
    reference = create_reference(alice)
    create_turn(conversation, outputs=1).references.add(reference)
    conversation = EditConversation.objects.select_related("owner").get()
    strip(conversation)  # the catalogue is read once
    with django_assert_num_queries(VIEW_QUERIES):
        everything_of(conversation)
    with django_assert_num_queries(STRIP_QUERIES + 1):  # and the source
        strip(conversation)

    many_turns(conversation, 199)
    for turn in conversation.turns.order_by("-number")[:10]:
        turn.references.add(reference)
    with django_assert_num_queries(VIEW_QUERIES):
        everything_of(conversation)
    with django_assert_num_queries(VIEW_QUERIES):
        everything_of(conversation, before=100)
    with django_assert_num_queries(STRIP_QUERIES):
        assert len(strip(conversation).items) == 60


def many_turns(conversation: EditConversation, count: int, outputs: int = 4) -> None:
    """Finished turns whose pictures share the bytes of none: rows are enough here."""
    pattern = create_turn(conversation, outputs=1).images.select_related("object", "post").get()
    turns = EditTurn.objects.bulk_create(
        EditTurn(
            conversation=conversation,
            number=number,
            message="warmer",
            status=EditTurn.Status.COMPLETED,
        )
        for number in range(3, count + 2)
    )
    copies = [copy_of(pattern, turn, slot) for turn in turns for slot in range(outputs)]
    GeneratedImage.objects.bulk_create(copies)


def copy_of(pattern: GeneratedImage, turn: EditTurn, slot: int) -> GeneratedImage:
    """Another picture with a post and an object of its own."""
    obj = StoredObject.objects.get(pk=pattern.object_id)
    post, image = Post.objects.get(pk=pattern.post_id), GeneratedImage.objects.get(pk=pattern.pk)
    obj.key, post.share_token = f"copies/{turn.number}-{slot}", f"{turn.number}-{slot}"
    for row in (obj, post):
        row.pk = None
        row.save(force_insert=True)
    image.pk, image.object, image.post = None, obj, post
    image.turn, image.turn_slot = turn, slot
    return image


def test_reading_the_page_of_a_turn_that_was_just_sent_says_who_makes_it(
    conversation: EditConversation, scripted: ScriptedProvider
) -> None:
    turn = start_editing(conversation.source_image)

    [shown] = conversation_view(turn.conversation).turns
    assert shown.models == ("Edit",)
    assert shown.message == "make the sky darker"
