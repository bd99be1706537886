"""The page of a conversation, and sending its next message."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from gallery.services import conversations
from generation.conversation_page import TURNS_SHOWN
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_output, create_post, create_turn
from tests.gallery.views.rubbish import TYPED, thinned
from tests.generation.views.asking import HTMX, POSTER, SKETCH, send, text_of, wish

pytestmark = pytest.mark.django_db


def test_the_page_shows_title_turns_pictures_and_source(
    as_alice: Client, conversation: EditConversation
) -> None:
    page = text_of(as_alice.get(conversation.get_absolute_url()))
    for words in ("Make the sky darker", "1 turn", "EDIT 1", "make the sky darker", "Source"):
        assert words in page
    for image in [conversation.source_image, *conversation.turns.get().images.all()]:
        assert f'data-print="{image.pk}"' in page
    assert page.count("data-output\n") + page.count("data-output ") == 2
    assert "hx-sse:connect" not in page


def test_what_is_unfinished_is_shown_as_such_and_listens(
    as_alice: Client, conversation: EditConversation
) -> None:
    send(as_alice, conversation)
    page = text_of(as_alice.get(conversation.get_absolute_url()))
    assert "hx-sse:connect=" in page
    assert 'http-equiv="refresh"' in page, "without JavaScript the page refreshes itself"
    assert "In line" in page
    live = page.index('id="live"')
    assert page.index('id="turn-1"') < live < page.index('id="turn-2"')


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_texts_that_people_wrote_are_never_markup(
    as_alice: Client, alice: User, language: str
) -> None:
    evil = '<script>alert(1)</script> &amp; "quotes" {{ x }} #tag'
    found = create_conversation(alice, title=evil)
    create_turn(found, outputs=1, message=evil)
    page = text_of(as_alice.get(found.get_absolute_url(), headers={"Accept-Language": language}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_message_makes_the_next_turn(as_alice: Client, conversation: EditConversation) -> None:
    answer = send(as_alice, conversation, message="darker still", models=[POSTER, SKETCH])
    turn = conversation.turns.get(number=2)
    assert answer.headers["Location"] == f"{conversation.get_absolute_url()}#turn-2"
    assert turn.message == "darker still"
    assert turn.bases.count() == 2, "the last outputs are attached by themselves"
    page = text_of(as_alice.get(conversation.get_absolute_url()))
    checked = re.findall(r'name="models"\s+value="([^"]+)"(?:[^>]*)\schecked', page)
    assert sorted(checked) == [POSTER, SKETCH], "the last turn's models are chosen"


def test_htmx_gets_the_live_part_with_the_new_turn_and_a_new_key(
    as_alice: Client, conversation: EditConversation
) -> None:
    sent = wish(since="2", shown="1")
    answer = as_alice.post(conversation.get_absolute_url(), sent, headers=HTMX)
    html = text_of(answer)
    assert answer.status_code == 200
    assert 'data-since="2"' in html
    assert 'id="turn-2"' in html
    assert 'id="turn-1"' not in html
    assert "hx-sse:connect=" in html
    assert 'id="ask-key"' in html
    assert str(sent["form_key"]) not in html


def test_a_page_that_missed_another_pages_turn_gets_it_with_its_own(
    as_alice: Client, conversation: EditConversation
) -> None:
    create_turn(conversation, outputs=1)  # sent from another page, and finished
    html = text_of(send(as_alice, conversation, htmx=True, since="2", shown="1"))
    assert 'data-since="2"' in html
    assert 'id="turn-2"' in html
    assert 'id="turn-3"' in html


def test_a_page_that_shows_what_is_finished_is_live_from_the_unfinished_on(
    as_alice: Client, conversation: EditConversation
) -> None:
    create_turn(conversation, outputs=1)
    html = text_of(send(as_alice, conversation, htmx=True, since="2", shown="2"))
    assert 'data-since="3"' in html
    assert 'id="turn-2"' not in html


def test_a_double_click_sends_one_message(as_alice: Client, conversation: EditConversation) -> None:
    sent = wish()
    for _ in range(2):
        as_alice.post(conversation.get_absolute_url(), sent)
    assert conversation.turns.count() == 2


def test_one_starts_from_what_is_ticked_in_that_order(
    as_alice: Client, conversation: EditConversation
) -> None:
    first, second = conversation.turns.get().images.order_by("turn_slot")
    source = conversation.source_image
    send(as_alice, conversation, bases=[second.pk, source.pk], bases_shown="1")
    turn = conversation.turns.get(number=2)
    assert [base.image_id for base in turn.bases.all()] == [second.pk, source.pk]
    assert first.pk not in {base.image_id for base in turn.bases.all()}


def test_one_has_to_start_from_something(as_alice: Client, conversation: EditConversation) -> None:
    answer = send(as_alice, conversation, bases_shown="1")
    assert answer.status_code == 422
    assert "Choose at least one picture to start from." in text_of(answer)


def test_one_cannot_start_from_a_picture_of_something_else(
    as_alice: Client, alice: User, bob: User, conversation: EditConversation
) -> None:
    other = create_turn(create_conversation(alice), outputs=1).images.get()
    trashed = create_output(conversation.turns.get(), slot=7)
    Post.objects.filter(pk=trashed.post_id).update(deleted_at=timezone.now())
    foreign = create_post(bob).images.get()
    clip = create_output(conversation.turns.get(), slot=8)
    GeneratedImage.objects.filter(pk=clip.pk).update(clip_ms=5000)
    for base in (other.pk, foreign.pk, trashed.pk, clip.pk, 999_999, "x", "\x00", str(2**64)):
        answer = send(as_alice, conversation, bases=[base])
        assert answer.status_code == 422, base
        assert "A picture to start from is not there any more." in text_of(answer)
    assert conversation.turns.count() == 1


def test_what_was_typed_and_ticked_is_kept_when_something_is_wrong(
    as_alice: Client, conversation: EditConversation
) -> None:
    first, second = conversation.turns.get().images.order_by("turn_slot")
    page = text_of(
        send(as_alice, conversation, message="a stubborn goat", models=[], bases=[second.pk])
    )
    assert "a stubborn goat</textarea>" in page
    ticked = re.findall(r'name="bases"\s+value="(\d+)"(?:[^>]*)\schecked', page)
    assert ticked == [str(second.pk)]
    assert f'value="{first.pk}"' in page


def test_any_picture_of_the_conversation_can_be_the_starting_point(
    as_alice: Client, conversation: EditConversation
) -> None:
    create_turn(conversation, outputs=1)
    first = conversation.turns.get(number=1).images.order_by("turn_slot")[0]
    page = text_of(as_alice.get(f"{conversation.get_absolute_url()}?from={first.pk}"))
    assert re.findall(r'name="bases"\s+value="(\d+)"', page) == [str(first.pk)]
    assert "from edit 1" in page
    assert "Use the latest instead" in page
    part = text_of(as_alice.get(f"{conversation.get_absolute_url()}?from={first.pk}", headers=HTMX))
    assert 'id="ask-auto"' in part
    assert "<html" not in part


@pytest.mark.parametrize("part", ["", "turns/", "strip/", "compare/"])
def test_rubbish_in_an_address_is_left_out(
    as_alice: Client, conversation: EditConversation, part: str
) -> None:
    names = ("from", "before", "since", "left", "right", "part")
    values = ("x", "-1", "0", "999999", "9" * 5000, "\x00", str(2**64))
    for value in values:
        for headers in ({}, HTMX):
            address = f"{conversation.get_absolute_url()}{part}"
            answer = as_alice.get(address, dict.fromkeys(names, value), headers=headers)
            assert answer.status_code == 200, value


@pytest.mark.parametrize("text", TYPED[:: thinned(60)])
def test_whatever_is_typed_is_answered_and_is_never_markup(
    as_alice: Client, alice: User, conversation: EditConversation, text: str
) -> None:
    post = create_post(alice)
    for address in (conversation.get_absolute_url(), f"/posts/{post.pk}/edit/"):
        for headers in ({}, HTMX):
            sent = {"message": text, "models": SKETCH, "bases": text, "references": text}
            answer = as_alice.post(address, sent, headers=headers)
            assert answer.status_code in {200, 302, 422}
            assert "<script>alert" not in text_of(answer)
        as_alice.post(address, wish(message=text))
    for found in EditConversation.objects.all():
        page = as_alice.get(found.get_absolute_url())
        assert page.status_code == 200
        assert "<script>alert" not in text_of(page)


def test_anothers_picture_as_starting_point_is_left_out(
    as_alice: Client, bob: User, conversation: EditConversation
) -> None:
    foreign = create_post(bob).images.get()
    page = text_of(as_alice.get(f"{conversation.get_absolute_url()}?from={foreign.pk}"))
    assert f'value="{foreign.pk}"' not in page


def test_a_conversation_whose_source_was_deleted_still_opens(
    as_alice: Client, conversation: EditConversation
) -> None:
    EditConversation.objects.filter(pk=conversation.pk).update(source_image_id=987_654)
    page = as_alice.get(conversation.get_absolute_url())
    assert page.status_code == 200
    assert "The source was deleted." in text_of(page)
    assert as_alice.get(f"{conversation.get_absolute_url()}compare/").status_code == 200
    assert send(as_alice, conversation).status_code == 302


def test_nothing_left_to_start_from_is_told(as_alice: Client, alice: User) -> None:
    found = create_conversation(alice)
    create_turn(found)
    Post.objects.filter(pk=found.source_image.post_id).update(deleted_at=timezone.now())
    page = text_of(as_alice.get(found.get_absolute_url()))
    assert "Nothing is left to start from." in page
    assert "The source is in the trash." in page
    answer = send(as_alice, found)
    assert answer.status_code == 422
    assert "The picture to start from is not there any more." in text_of(answer)


PARTS = ["", "turns/", "strip/", "compare/"]


@pytest.mark.parametrize("part", [*PARTS, "retry/", "cancel/"])
def test_anothers_conversation_is_not_there(
    as_bob: Client, anonymous: Client, sam: User, conversation: EditConversation, part: str
) -> None:
    address = f"{conversation.get_absolute_url()}{part}"
    as_sam = Client()
    as_sam.force_login(sam)
    for client in (as_bob, as_sam):
        assert client.post(address, wish(turn=1, slot=0)).status_code in {404, 405}
        if part in PARTS:
            assert client.get(address).status_code == 404
    assert anonymous.get(address).headers["Location"].startswith("/accounts/login/?next=")
    assert conversation.turns.count() == 1


@pytest.mark.parametrize("part", PARTS)
def test_looking_is_get_or_head(
    as_alice: Client, conversation: EditConversation, part: str
) -> None:
    address = f"{conversation.get_absolute_url()}{part}"
    assert as_alice.head(address).status_code == 200
    assert as_alice.put(address).status_code == 405
    for verb in ("retry", "cancel"):
        assert as_alice.get(f"{conversation.get_absolute_url()}{verb}/").status_code == 405


def test_a_conversation_that_was_deleted_for_good_says_so(
    as_alice: Client, as_bob: Client, alice: User, conversation: EditConversation
) -> None:
    conversations.trash(owner=alice, ids=[conversation.pk])
    conversations.delete_conversations(
        EditConversation.objects.filter(pk=conversation.pk), by=alice
    )
    answer = as_alice.get(conversation.get_absolute_url())
    assert answer.status_code == 404
    assert "This conversation was deleted" in text_of(answer)
    assert "was deleted" not in text_of(as_bob.get(conversation.get_absolute_url()))


def test_a_conversation_in_the_trash_says_where_it_is(
    as_alice: Client, as_bob: Client, conversation: EditConversation
) -> None:
    EditConversation.objects.filter(pk=conversation.pk).update(deleted_at=timezone.now())
    answer = as_alice.get(conversation.get_absolute_url())
    assert answer.status_code == 404
    assert "This conversation is in the trash" in text_of(answer)
    assert send(as_alice, conversation).status_code == 404
    assert "in the trash" not in text_of(as_bob.get(conversation.get_absolute_url()))


@pytest.mark.parametrize(
    ("referer", "address", "label"),
    [
        ("/gallery/?q=a&view=3", "/gallery/?q=a&amp;view=3", "Gallery"),
        ("/conversations/", "/conversations/", "Conversations"),
        ("/posts/1/", "/posts/1/", "Post"),
        ("/posts/create/?post=1", "/posts/create/?post=1", "Create"),
        ("/posts/1/edit/", "/gallery/", "Gallery"),
        ("/nothing/here", "/gallery/", "Gallery"),
        ("https://evil.example/gallery/", "/gallery/", "Gallery"),
        ("javascript:alert(1)", "/gallery/", "Gallery"),
        ("http://[", "/gallery/", "Gallery"),
        ("", "/gallery/", "Gallery"),
    ],
)
def test_back_goes_to_where_one_came_from(
    as_alice: Client, conversation: EditConversation, referer: str, address: str, label: str
) -> None:
    referer = f"http://testserver{referer}" if referer.startswith("/") else referer
    page = text_of(as_alice.get(conversation.get_absolute_url(), headers={"Referer": referer}))
    found = re.search(r'convo__back" href="([^"]*)".*?<span>(.*?)</span>', page, re.S)
    assert found
    assert (found[1], found[2]) == (address, label)


def test_a_page_of_older_turns_has_every_print_though_one_is_tried_again(
    as_alice: Client, alice: User
) -> None:
    conversation = create_conversation(alice)
    turns = [create_turn(conversation, outputs=1) for _number in range(3)]
    EditTurn.objects.filter(pk=turns[1].pk).update(status=EditTurn.Status.GENERATING)

    page = as_alice.get(f"/posts/edit/{conversation.pk}/", {"before": 3})

    shown = [print_.image.turn_id for print_ in page.context["strip"].items if print_.number]
    assert shown == [turn.pk for turn in turns]


def test_a_page_costs_the_same_however_long_the_conversation_is(
    as_alice: Client, alice: User
) -> None:
    counts = []
    for turns in (1, 25):
        found = create_conversation(alice)
        for _ in range(turns):
            create_turn(found, outputs=2)
        as_alice.get(found.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            page = text_of(as_alice.get(found.get_absolute_url()))
        assert page.count('class="turn"') == min(turns, TURNS_SHOWN)
        counts.append(len(queries))
    assert counts[0] == counts[1]
