"""What can be done about a turn: try again, stop."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import EditConversation, EditTurn
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_turn
from tests.generation.views.asking import HTMX, SKETCH, send, text_of

pytestmark = pytest.mark.django_db


def test_all_models_failed_says_so_with_reasons_and_try_again(
    as_alice: Client, alice: User
) -> None:
    found = create_conversation(alice)
    turn = create_turn(found)
    GenerationJob.objects.create(
        turn=turn,
        kind="edit",
        model=SKETCH,
        status=GenerationJob.Status.FAILED,
        error_code="timeout",
        finished_at=timezone.now(),
        params={"seed": 1},
    )
    page = text_of(as_alice.get(found.get_absolute_url()))
    assert "No image was generated" in page
    assert "The model took too long." in page
    assert "Try again" in page
    answer = as_alice.post(f"{found.get_absolute_url()}retry/", {"turn": 1, "slot": 0})
    assert answer.headers["Location"] == f"{found.get_absolute_url()}#turn-1"
    turn.refresh_from_db()
    assert turn.status == EditTurn.Status.GENERATING
    again = as_alice.post(
        f"{found.get_absolute_url()}retry/", {"turn": 1, "slot": 0, "since": 2}, headers=HTMX
    )
    assert "There is nothing to try again." in again.headers["HX-Trigger"]
    assert 'id="turn-1"' in text_of(again)


def test_what_is_being_made_can_be_stopped(
    as_alice: Client, conversation: EditConversation
) -> None:
    send(as_alice, conversation)
    address = f"{conversation.get_absolute_url()}cancel/"
    answer = as_alice.post(address, {"turn": 2, "since": 2}, headers=HTMX)
    assert "Canceled." in answer.headers["HX-Trigger"]
    assert "Canceled by user" in text_of(answer)
    assert conversation.turns.get(number=2).status == EditTurn.Status.ERROR
    assert as_alice.post(address, {"turn": 2}).status_code == 302


def test_a_turn_that_is_too_far_back_to_be_live_has_a_page_of_its_own(
    as_alice: Client, alice: User
) -> None:
    found = create_conversation(alice)
    for _ in range(31):
        create_turn(found)
    address = f"{found.get_absolute_url()}cancel/"
    answer = as_alice.post(address, {"turn": 1, "since": 32}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"{found.get_absolute_url()}?before=2"
    answer = as_alice.post(address, {"turn": 2, "since": 32}, headers=HTMX)
    assert 'id="turn-2"' in text_of(answer)


@pytest.mark.parametrize("verb", ["retry", "cancel"])
@pytest.mark.parametrize(
    "sent", [{}, {"turn": "x", "slot": "-1"}, {"turn": "9", "slot": "0"}, {"turn": str(2**64)}]
)
def test_rubbish_sent_to_a_verb_changes_nothing(
    as_alice: Client, conversation: EditConversation, verb: str, sent: dict[str, str]
) -> None:
    for headers in ({}, HTMX):
        answer = as_alice.post(f"{conversation.get_absolute_url()}{verb}/", sent, headers=headers)
        assert answer.status_code in {200, 302}
    assert conversation.turns.count() == 1
