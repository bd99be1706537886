"""Two pictures of a conversation over each other: which two, and the choice beside them."""

from __future__ import annotations

import pytest

from gallery.models import EditConversation
from gallery.services import trash
from generation.comparison import Comparison, compare
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_output, create_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(alice: User) -> EditConversation:
    """Alice's, without a turn."""
    return create_conversation(alice)


def offered(comparison: Comparison | None) -> list[str]:
    assert comparison is not None
    return [str(side.label) for side in comparison.offered]


def test_pictures_are_offered_in_the_order_of_the_turns_whichever_came_first(
    conversation: EditConversation,
) -> None:
    first, second = create_turn(conversation), create_turn(conversation)
    create_output(second, slot=0)
    create_output(first, slot=1)
    create_output(first, slot=0)
    assert offered(compare(conversation)) == ["source", "1a", "1b", "2a"]


def test_what_came_last_is_compared_with_what_it_was_made_from(
    conversation: EditConversation,
) -> None:
    source, first = conversation.source_image, create_turn(conversation)
    create_output(create_turn(conversation, bases=[source]), slot=0)
    late = create_output(first, slot=0)
    comparison = compare(conversation)
    assert comparison is not None
    assert (comparison.left.image, comparison.right.image) == (source, late)
    assert [str(side.label) for side in (comparison.left, comparison.right)] == ["source", "1a"]


def test_what_is_in_the_trash_is_not_offered(alice: User, conversation: EditConversation) -> None:
    turn = create_turn(conversation, outputs=2)
    trash.trash(owner=alice, ids=[turn.images.get(turn_slot=0).post_id])
    assert offered(compare(conversation)) == ["source", "1b"]
