"""What one can do with a conversation: rename it, choose from it, move it to the trash."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from gallery.models import EditConversation, GeneratedImage
from gallery.services import conversations, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_turn

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
LIST = "/conversations/"


@pytest.fixture
def talk(alice: User) -> EditConversation:
    """A conversation with two pictures."""
    conversation = create_conversation(alice)
    create_turn(conversation, outputs=2)
    return conversation


def address(conversation: EditConversation, verb: str = "") -> str:
    return f"/posts/edit/{conversation.pk}/{verb}{'/' if verb else ''}"


# --- the title


def test_a_new_title_is_shown_on_its_page(as_alice: Client, talk: EditConversation) -> None:
    sent = {"title": "  Clear night,\n lamp lit "}
    answer = as_alice.post(address(talk, "title"), sent, follow=True)
    assert answer.redirect_chain == [(address(talk), 302)]
    assert "Clear night, lamp lit" in answer.content.decode()
    assert "The title is saved." in answer.content.decode()


def test_a_fragment_goes_there_too(as_alice: Client, talk: EditConversation) -> None:
    answer = as_alice.post(address(talk, "title"), {"title": "Night"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, address(talk))


@pytest.mark.parametrize(
    ("title", "why"),
    [("", "This field is required."), (" \n ", "required"), ("x" * 121, "at most 120 characters")],
)
def test_no_title_and_a_long_one_are_refused_in_a_sentence(
    as_alice: Client, talk: EditConversation, title: str, why: str
) -> None:
    answer = as_alice.post(address(talk, "title"), {"title": title}, follow=True)
    assert why in answer.content.decode()
    assert EditConversation.objects.get().title == talk.title


# --- the choice


def test_a_picture_is_chosen_or_left_out(as_alice: Client, talk: EditConversation) -> None:
    image = GeneratedImage.objects.filter(turn__isnull=False)[0]
    sent = {"image": image.pk, "selected": ""}
    answer = as_alice.post(address(talk, "select"), sent, headers=HTMX)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["toast"]["message"] == "The next edit leaves it out."
    image.refresh_from_db()
    assert not image.selected
    answer = as_alice.post(address(talk, "select"), {"image": image.pk, "selected": "on"})
    assert answer["Location"] == address(talk)
    image.refresh_from_db()
    assert image.selected


def test_only_a_picture_of_this_conversation_that_is_not_in_the_trash(
    as_alice: Client, alice: User, bob: User, talk: EditConversation
) -> None:
    trashed, _other = GeneratedImage.objects.filter(turn__isnull=False)
    trash.trash(owner=alice, ids=[trashed.post_id])
    foreign = create_turn(create_conversation(bob), outputs=1).images.get()
    wrong = [talk.source_image_id, trashed.pk, foreign.pk, 0, 2**63, "x", ""]
    for image in wrong:
        answer = as_alice.post(address(talk, "select"), {"image": image}, headers=HTMX)
        assert answer.status_code == 404, image
        toast = json.loads(answer["HX-Trigger"])["toast"]
        assert toast["message"] == "This picture is not there any more."
    answer = as_alice.post(address(talk, "select"), {"image": foreign.pk}, follow=True)
    assert "This picture is not there any more." in answer.content.decode()
    assert not GeneratedImage.objects.filter(selected=False).exists()


# --- the trash


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_it_leads_to_the_list_which_offers_the_way_back(
    as_alice: Client, talk: EditConversation, headers: dict[str, str]
) -> None:
    answer = as_alice.post(address(talk, "trash"), headers=headers)
    assert (answer["HX-Redirect"] if headers else answer["Location"]) == LIST
    page = as_alice.get(LIST).content.decode()
    assert "Conversation moved to trash." in page
    assert f'name="posts" value="c{talk.pk}"' in page
    assert re.search(r'<noscript><a class="[^"]*" href="/gallery/trash/">Trash</a>', page)
    assert not EditConversation.objects.visible_to(talk.owner).exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_undoing_brings_it_back_to_the_list(
    as_alice: Client, alice: User, talk: EditConversation, headers: dict[str, str]
) -> None:
    conversations.trash(owner=alice, ids=[talk.pk])
    sent = {"posts": f"c{talk.pk}", "view": "undo"}
    where = {"Referer": "http://testserver/conversations/?q=sky", **headers}
    answer = as_alice.post("/gallery/trash/restore/", sent, headers=where)
    there = answer["HX-Redirect"] if headers else answer["Location"]
    assert there == "http://testserver/conversations/?q=sky"
    assert "1 conversation restored." in as_alice.get(LIST).content.decode()
    assert EditConversation.objects.visible_to(alice).exists()
    answer = as_alice.post("/gallery/trash/restore/", sent, headers=HTMX)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["message"] == "Nothing was changed. 1 not found."


def test_twice_is_no_error_and_what_is_gone_for_good_is_said(
    as_alice: Client, as_bob: Client, alice: User, talk: EditConversation
) -> None:
    for _ in range(2):
        assert as_alice.post(address(talk, "trash"))["Location"] == LIST
    conversations.delete_conversations(EditConversation.objects.all(), by=alice)
    answer = as_alice.post(address(talk, "trash"), follow=True)
    assert "Already deleted." in answer.content.decode()
    assert as_bob.post(address(talk, "trash")).status_code == 404
