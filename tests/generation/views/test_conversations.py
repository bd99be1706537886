"""The dialog that begins a conversation, its page, and what can be done there."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import EditConversation, EditTurn, Post
from gallery.services import conversations, quota
from generation import catalogue
from generation.conversation_page import TURNS_SHOWN
from generation.models import CatalogueEntry, GenerationJob
from generation.services import editing
from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_image,
    create_output,
    create_post,
    create_reference,
    create_turn,
    picture_bytes,
)
from tests.gallery.views.rubbish import TYPED, thinned

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SKETCH, POSTER = "builtin/sketch", "builtin/poster"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def wish(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "message": "make it black and white",
        "models": [SKETCH],
        "form_key": str(uuid4()),
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def edit(client: Client, post: Post, *, htmx: bool = False, **changes: object) -> Any:
    headers = HTMX if htmx else {}
    return client.post(f"/posts/{post.pk}/edit/", wish(**changes), headers=headers)


def send(
    client: Client, conversation: EditConversation, *, htmx: bool = False, **changes: object
) -> Any:
    headers = HTMX if htmx else {}
    return client.post(conversation.get_absolute_url(), wish(**changes), headers=headers)


@pytest.fixture
def conversation(alice: User) -> EditConversation:
    """Alice's, with one turn of two outputs."""
    found = create_conversation(alice)
    create_turn(found, outputs=2)
    return found


# --- the dialog ----------------------------------------------------------------------------------


def test_the_page_shows_the_picture_with_its_model_and_size(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    create_image(post, model=POSTER, model_name="Poster", width=1024, height=768)
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/"))
    for words in (
        "New conversation",
        "Start editing this image",
        "Your instructions",
        "1024 x 768",
    ):
        assert words in page
    assert re.search(r'value="builtin/poster"[^>]*checked', page), "its own model is chosen"
    assert re.findall(r'name="models"\s+value="([^"]+)"(?:[^>]*)\schecked', page) == [POSTER]


def test_htmx_gets_the_same_as_a_dialog(as_alice: Client, alice: User) -> None:
    answer = as_alice.get(f"/posts/{create_post(alice).pk}/edit/", headers=HTMX)
    assert answer.headers["Vary"].startswith("HX-Request, Cookie")
    assert "<html" not in text_of(answer)
    assert "<dialog" in text_of(answer)
    assert "Start editing this image" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 0), ("?img=1", 0), ("?img=2", 1), ("?img=9", 0), ("?img=x", 0), ("?img=-1", 0)],
)
def test_a_picture_is_named_by_its_number_or_it_is_the_one_in_front(
    as_alice: Client, alice: User, query: str, shown: int
) -> None:
    post = create_post(alice, images=2)
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/{query}"))
    assert f'name="image" value="{post.images.all()[shown].pk}"' in page


def test_a_picture_is_named_by_its_id(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    second = post.images.all()[1]
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/?image={second.pk}"))
    assert f'name="image" value="{second.pk}"' in page


def test_a_model_that_cannot_edit_any_more_is_not_chosen(as_alice: Client, alice: User) -> None:
    CatalogueEntry.objects.filter(key=SKETCH).update(kinds=["image"])
    catalogue.forget()
    post = create_post(alice, images=0)
    create_image(post, model=SKETCH, model_name="Sketch")
    page = text_of(as_alice.get(f"/posts/{post.pk}/edit/"))
    assert f'value="{SKETCH}"' not in page
    assert " checked>" in page, "the catalogue's default is"


def test_start_makes_the_conversation_and_goes_there(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    answer = edit(as_alice, post, message="make it colder\r\nplease", models=[SKETCH, POSTER])
    found = EditConversation.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/posts/edit/{found.pk}/"
    assert (found.owner, found.source_image) == (alice, post.images.get())
    turn = found.turns.get()
    assert turn.message == "make it colder\nplease"
    assert [job.model for job in turn.jobs.order_by("slot")] == [SKETCH, POSTER]
    assert [base.image_id for base in turn.bases.all()] == [post.images.get().pk]


def test_htmx_is_sent_to_the_conversation(as_alice: Client, alice: User) -> None:
    answer = edit(as_alice, create_post(alice), htmx=True)
    found = EditConversation.objects.get()
    assert answer.headers["HX-Redirect"] == found.get_absolute_url()
    assert not answer.content


def test_a_double_click_begins_one_conversation(as_alice: Client, alice: User) -> None:
    post, sent = create_post(alice), wish()
    first = as_alice.post(f"/posts/{post.pk}/edit/", sent)
    again = as_alice.post(f"/posts/{post.pk}/edit/", sent)
    assert EditConversation.objects.count() == EditTurn.objects.count() == 1
    assert first.headers["Location"] == again.headers["Location"]


def test_references_are_taken_along_also_as_files(as_alice: Client, alice: User) -> None:
    kept = create_reference(alice)
    file = SimpleUploadedFile("pier.jpg", picture_bytes(), "image/jpeg")
    edit(as_alice, create_post(alice), references=[kept.pk], uploads=[file])
    assert EditTurn.objects.get().references.count() == 2


def test_a_file_that_is_no_picture_is_told(as_alice: Client, alice: User) -> None:
    file = SimpleUploadedFile("notes.jpg", b"no picture", "image/jpeg")
    answer = edit(as_alice, create_post(alice), uploads=[file])
    assert answer.status_code == 422
    assert "notes.jpg: " in text_of(answer)
    assert not EditConversation.objects.exists()


MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"message": ""}, "Write what you want to change."),
    ({"message": " \n\t "}, "Write what you want to change."),
    ({"message": None}, "Write what you want to change."),
    ({"message": "x" * 4001}, "4000"),
    ({"message": "nul \x00 byte"}, "Null characters are not allowed."),
    ({"models": None}, "Choose at least one model."),
    ({"models": ["builtin/nothing"]}, "is not a model that can be used now."),
    ({"models": ["google/gemini-3-pro-image"]}, "is not a model that can be used now."),
    ({"models": ["builtin/copywriter"]}, "is not a model that can be used now."),
    ({"references": ["999999"]}, "A reference is not there any more."),
    ({"references": ["\x00", "²", str(2**64)]}, "A reference is not there any more."),
    ({"form_key": "nonsense"}, "Please send the form again."),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_in_the_dialog_is_told_and_nothing_is_started(
    as_alice: Client, alice: User, changes: dict[str, object], message: str
) -> None:
    post = create_post(alice)
    for htmx in (False, True):
        answer = edit(as_alice, post, htmx=htmx, **changes)
        assert answer.status_code == 422
        assert message in text_of(answer)
    assert not EditConversation.objects.exists()


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_mistake_in_a_message_is_told_and_nothing_is_sent(
    as_alice: Client, conversation: EditConversation, changes: dict[str, object], message: str
) -> None:
    for htmx in (False, True):
        answer = send(as_alice, conversation, htmx=htmx, **changes)
        assert answer.status_code == 422
        assert message in text_of(answer)
    assert conversation.turns.count() == 1


def test_what_was_typed_in_the_dialog_is_kept(as_alice: Client, alice: User) -> None:
    reference = create_reference(alice)
    answer = edit(
        as_alice,
        create_post(alice),
        message="a stubborn goat",
        models=[],
        references=[reference.pk],
    )
    assert "a stubborn goat</textarea>" in text_of(answer)
    assert f'name="references" value="{reference.pk}"' in text_of(answer)


def test_a_picture_that_went_meanwhile_is_told(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    answer = edit(as_alice, post, image="999999")
    assert answer.status_code == 422
    assert "This picture is not there any more." in text_of(answer)
    assert not EditConversation.objects.exists()


def test_more_pictures_than_a_model_takes_are_refused_with_its_name_and_limit(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    references = [create_reference(alice).pk for _ in range(4)]
    answer = edit(as_alice, create_post(alice), references=references)
    assert "Sketch takes at most 4 pictures, references included." in text_of(answer)
    bases = [image.pk for image in conversation.turns.get().images.all()]
    answer = send(as_alice, conversation, bases=bases, references=references[:3])
    assert "Sketch takes at most 4 pictures, references included." in text_of(answer)
    assert send(as_alice, conversation, bases=bases, references=references[:2]).status_code == 302


def test_a_full_storage_is_told_and_what_was_typed_is_kept(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    post = create_post(alice)
    quota.set_limit(alice, 1)
    started, sent = edit(as_alice, post), send(as_alice, conversation)
    for answer in (started, sent):
        assert answer.status_code == 422
        assert "storage is full" in text_of(answer).lower()
        assert "make it black and white</textarea>" in text_of(answer)
    assert conversation.turns.count() == 1


def test_a_post_without_a_picture_has_nothing_to_edit(as_alice: Client, alice: User) -> None:
    assert as_alice.get(f"/posts/{create_post(alice, images=0).pk}/edit/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_its_owner_edits_a_post_and_only_while_it_is_there(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, method: str
) -> None:
    post, trashed = create_post(alice), create_post(alice, deleted_at=timezone.now())
    address = f"/posts/{post.pk}/edit/"
    assert getattr(as_bob, method)(address, wish()).status_code == 404
    assert getattr(as_alice, method)(f"/posts/{trashed.pk}/edit/", wish()).status_code == 404
    door = getattr(anonymous, method)(address, wish()).headers["Location"]
    assert door.startswith("/accounts/login/?next=")
    assert not EditConversation.objects.exists()


# --- the page ------------------------------------------------------------------------------------


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
    for base in (other.pk, foreign.pk, trashed.pk, 999_999, "x", "\x00", str(2**64)):
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


# --- its parts -----------------------------------------------------------------------------------


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


def test_a_page_of_older_turns_has_every_print_though_one_is_tried_again(
    as_alice: Client, alice: User
) -> None:
    conversation = create_conversation(alice)
    turns = [create_turn(conversation, outputs=1) for _number in range(3)]
    EditTurn.objects.filter(pk=turns[1].pk).update(status=EditTurn.Status.GENERATING)

    page = as_alice.get(f"/posts/edit/{conversation.pk}/", {"before": 3})

    shown = [print_.image.turn_id for print_ in page.context["strip"].items if print_.number]
    assert shown == [turn.pk for turn in turns]


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


# --- compare -------------------------------------------------------------------------------------


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
