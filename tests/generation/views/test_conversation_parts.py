"""What the page of a conversation fetches while it is open."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from gallery.models import EditConversation, EditTurn
from generation import catalogue
from generation.conversation_page import TURNS_SHOWN
from generation.services import editing
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_output, create_turn
from tests.generation.views.asking import HTMX, SKETCH, text_of

pytestmark = pytest.mark.django_db


def test_asking_again_while_nothing_changed_is_a_304(
    as_alice: Client, conversation: EditConversation
) -> None:
    address = f"{conversation.get_absolute_url()}turns/?since=1"
    first = as_alice.get(address, headers=HTMX)
    assert 'id="turn-1"' in text_of(first)
    etag = {"If-None-Match": first.headers["ETag"], **HTMX}
    assert as_alice.get(address, headers=etag).status_code == 304
    editing.send_turn(
        conversation=conversation,
        wish=editing.EditWish("again", [spec for spec in [catalogue.find(SKETCH)] if spec]),
    )
    assert 'id="turn-2"' in text_of(as_alice.get(address, headers=etag))


def test_earlier_turns_and_prints_come_when_they_are_asked_for(
    as_alice: Client, alice: User
) -> None:
    found = create_conversation(alice)
    for _ in range(TURNS_SHOWN + 3):
        create_turn(found)
    page = text_of(as_alice.get(found.get_absolute_url()))
    assert re.findall(r'id="turn-(\d+)"', page) == [str(n) for n in range(4, TURNS_SHOWN + 4)]
    assert f'hx-get="{found.get_absolute_url()}turns/?before=4"' in page
    part = text_of(as_alice.get(f"{found.get_absolute_url()}turns/?before=4", headers=HTMX))
    assert re.findall(r'id="turn-(\d+)"', part) == ["1", "2", "3"]
    assert "Earlier edits" not in part
    plain = text_of(as_alice.get(f"{found.get_absolute_url()}?before=4"))
    assert re.findall(r'id="turn-(\d+)"', plain) == ["1", "2", "3"]
    assert "Latest edits" in plain


def test_prints_stand_in_the_order_of_the_turns_whichever_came_first(
    as_alice: Client, alice: User
) -> None:
    found = create_conversation(alice)
    turn = create_turn(found, status=EditTurn.Status.COMPLETED)
    for slot in (2, 0, 1):
        create_output(turn, slot=slot)
    for part in ("", "strip/"):
        page = text_of(as_alice.get(f"{found.get_absolute_url()}{part}"))
        labels = re.findall(r'class="print__n">(.*?)<', page)
        assert labels == ["source", "1a", "1b", "1c"]


def sides(answer: HttpResponse) -> tuple[str, str]:
    labels = re.findall(r'<figcaption class="badge badge--glass">(.*?)<', text_of(answer))
    return labels[0], labels[1]


def test_an_output_is_compared_with_what_it_was_made_from(
    as_alice: Client, conversation: EditConversation
) -> None:
    first, second = conversation.turns.get().images.order_by("turn_slot")
    create_turn(conversation, outputs=1, bases=[second, first])
    address = f"{conversation.get_absolute_url()}compare/"
    assert sides(as_alice.get(address)) == ("1b", "2a")
    assert sides(as_alice.get(address, {"right": first.pk})) == ("source", "1a")
    assert sides(as_alice.get(address, {"left": first.pk, "right": second.pk})) == ("1a", "1b")
    newest = conversation.turns.get(number=2).images.get()
    assert sides(as_alice.get(address, {"left": newest.pk})) == ("2a", "1b")
    source = conversation.source_image_id
    assert sides(as_alice.get(address, {"right": source}))[1] == "source"


def test_compare_is_a_dialog_for_htmx_and_a_part_for_the_dialog(
    as_alice: Client, conversation: EditConversation
) -> None:
    address = f"{conversation.get_absolute_url()}compare/"
    assert "<dialog" in text_of(as_alice.get(address, headers=HTMX))
    part = text_of(as_alice.get(address, {"part": "pair"}, headers=HTMX))
    assert 'id="compare"' in part
    assert "<dialog" not in part
    assert 'type="range"' in text_of(as_alice.get(address))


def test_with_one_picture_there_is_nothing_to_compare(as_alice: Client, alice: User) -> None:
    found = create_conversation(alice)
    page = text_of(as_alice.get(f"{found.get_absolute_url()}compare/"))
    assert "There is nothing to compare yet." in page
