"""Editing pictures by a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gallery.models import EditConversation, EditTurn, Post
from gallery.services import conversations, deletion, trash
from generation.models import CreditEntry
from generation.providers.errors import ErrorKind, ProviderError
from pixelstream.accounts.models import User
from pixelstream.api.models import IdempotentRequest, Scope
from tests.factories import (
    create_clip_post,
    create_conversation,
    create_post,
    create_reference,
    create_turn,
    job_of,
    start_editing,
    work_off,
)
from tests.generation.api.conftest import Program
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

Meanwhile = Callable[[Callable[[], object]], list[float]]
KEY = {"Idempotency-Key": "once"}
WAIT = {"Prefer": "wait=60"}


@pytest.fixture(autouse=True)
def _vendor(scripted: ScriptedProvider) -> None:
    """Edits come at once."""


def wish(**changes: Any) -> dict[str, Any]:
    return {"message": "make the sky darker", "models": ["test/edit"], **changes}


def work_all_off() -> None:
    for turn in EditTurn.objects.all():
        work_off(turn)


def test_a_conversation_begins_with_a_picture(script: Program, alice: User) -> None:
    image = create_post(alice).images.get()
    status, data = script.post("/conversations", wish(imageId=image.pk))
    conversation = EditConversation.objects.get()
    address = f"/conversations/{conversation.pk}/turns/1"
    assert status == 202
    assert data == {
        "conversationId": conversation.pk,
        "turn": 1,
        "status": "generating",
        "statusUrl": f"http://127.0.0.1:8000/api{address}",
        "notices": [],
    }
    work_all_off()
    _status, turn = script.get(address)
    assert (turn["status"], turn["baseImageIds"]) == ("completed", [image.pk])
    (output,) = turn["outputs"]
    assert (output["label"], output["state"], output["message"]) == ("1a", "ready", "")
    assert output["image"]["postId"] == output["postId"]


def test_the_next_message_starts_from_what_the_last_one_gave(script: Program, alice: User) -> None:
    turn = start_editing(create_post(alice).images.get())
    work_off(turn)
    made = turn.images.get()
    status, data = script.post(f"/conversations/{turn.conversation_id}/turns", wish())
    assert (status, data["turn"]) == (202, 2)
    _status, second = script.get(f"/conversations/{turn.conversation_id}/turns/2")
    assert second["baseImageIds"] == [made.pk]


def test_a_message_may_name_what_it_starts_from(script: Program, alice: User) -> None:
    conversation = create_conversation(alice)
    create_turn(conversation, outputs=2)
    source, reference = conversation.source_image, create_reference(alice)
    asked = wish(baseImageIds=[source.pk], references=[reference.pk])
    script.post(f"/conversations/{conversation.pk}/turns", asked)
    _status, turn = script.get(f"/conversations/{conversation.pk}/turns/2")
    assert (turn["baseImageIds"], turn["referenceIds"]) == ([source.pk], [reference.pk])


def test_who_waits_gets_the_turn(
    script: Program, alice: User, scripted: ScriptedProvider, meanwhile: Meanwhile
) -> None:
    scripted.answers["test/other-edit"] = ProviderError(ErrorKind.INVALID, "no")
    meanwhile(work_all_off)
    asked = wish(
        imageId=create_post(alice).images.get().pk, models=["test/edit", "test/other-edit"]
    )
    status, data = script.post("/conversations", asked, WAIT)
    assert (status, data["status"]) == (200, "completed")
    assert [output["state"] for output in data["outputs"]] == ["ready", "failed"]
    assert data["outputs"][1]["message"] == "The model refused these settings."
    assert script.last["Preference-Applied"] == "wait=60"
    asked = wish(models=["test/other-edit"])
    status, data = script.post(f"/conversations/{data['conversationId']}/turns", asked, WAIT)
    assert (status, data["status"], data["number"]) == (200, "error", 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"message": " "}, "message: Write what you want to change."),
        ({"models": ["test/a"]}, "models: “test/a” is not a model that can be used now."),
        ({"references": [99]}, "references: A reference is not there any more."),
        ({"seed": 1}, "seed: Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_fields_name(
    script: Program, alice: User, changes: dict[str, Any], message: str
) -> None:
    conversation = create_conversation(alice)
    first = wish(imageId=conversation.source_image_id, **changes)
    for address, asked in (
        ("/conversations", first),
        (f"/conversations/{conversation.pk}/turns", wish(**changes)),
    ):
        status, error = script.post(address, asked)
        assert (status, error["code"]) == (422, "VALIDATION")
        assert error["message"].startswith(message)
    assert not EditTurn.objects.exists()


def test_bases_of_elsewhere_are_refused(script: Program, alice: User) -> None:
    conversation = create_conversation(alice)
    elsewhere = create_post(alice).images.get()
    asked = wish(baseImageIds=[elsewhere.pk])
    status, error = script.post(f"/conversations/{conversation.pk}/turns", asked)
    assert status == 422
    assert error["message"] == "baseImageIds: A picture to start from is not there any more."


def test_a_clip_cannot_be_edited(script: Program, alice: User) -> None:
    clip = create_clip_post(alice).images.get()
    status, error = script.post("/conversations", wish(imageId=clip.pk))
    assert (status, error["message"]) == (422, "imageId: this is a clip, not a picture")


def test_a_conversation_whose_picture_is_gone_says_so(script: Program, alice: User) -> None:
    conversation = create_conversation(alice)
    trash.trash(owner=alice, ids=[conversation.source_image.post_id])
    status, error = script.post(f"/conversations/{conversation.pk}/turns", wish())
    assert (status, error["code"]) == (409, "SOURCE_GONE")
    deletion.delete_posts(Post.objects.owned_by(alice), by=alice)
    _status, shown = script.get(f"/conversations/{conversation.pk}")
    assert (shown["source"], shown["latest"]) == (None, None)


def test_what_belongs_to_others_or_lies_in_the_trash_is_not_there(
    script: Program, alice: User, bob: User
) -> None:
    theirs, trashed = create_conversation(bob), create_conversation(alice)
    conversations.trash(owner=alice, ids=[trashed.pk])
    for found in (theirs, trashed):
        create_turn(found, outputs=1)
        assert script.get(f"/conversations/{found.pk}")[0] == 404
        assert script.get(f"/conversations/{found.pk}/turns")[0] == 404
        assert script.get(f"/conversations/{found.pk}/turns/1")[0] == 404
        assert script.post(f"/conversations/{found.pk}/turns", wish())[0] == 404
    asked = wish(imageId=theirs.source_image_id)
    assert script.post("/conversations", asked)[0] == 404
    assert script.get("/conversations")[1]["items"] == []


def test_turns_that_are_not_there_are_not_found(script: Program, alice: User) -> None:
    found = create_conversation(alice)
    create_turn(found)
    for number in (2, 2**31, 2**63 - 1):
        assert script.get(f"/conversations/{found.pk}/turns/{number}")[0] == 404
    assert script.get(f"/conversations/{found.pk}/turns/0")[0] == 422


def test_a_token_that_may_only_read_sends_nothing(program: type[Program], alice: User) -> None:
    conversation = create_conversation(alice)
    reader = program(alice, Scope.READ)
    assert reader.get(f"/conversations/{conversation.pk}")[0] == 200
    asked = wish(imageId=conversation.source_image_id)
    assert reader.post("/conversations", asked)[0] == 403
    assert reader.post(f"/conversations/{conversation.pk}/turns", wish())[0] == 403


def test_without_credits_nothing_is_begun(
    script: Program, alice: User, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 1
    settings.CREDITS_WITHOUT_COST = 5
    conversation = create_conversation(alice)
    asked = wish(imageId=conversation.source_image_id)
    assert script.post("/conversations", asked)[0] == 402
    assert script.post(f"/conversations/{conversation.pk}/turns", wish())[0] == 402
    assert EditConversation.objects.count() == 1
    assert not EditTurn.objects.exists()


def test_sent_twice_with_one_key_it_is_begun_once_and_paid_once(
    script: Program, alice: User, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    asked = wish(imageId=create_post(alice).images.get().pk)
    first = script.post("/conversations", asked, KEY)
    assert script.post("/conversations", asked, KEY) == first
    address = f"/conversations/{first[1]['conversationId']}/turns"
    second = script.post(address, wish(), {"Idempotency-Key": "next"})
    assert script.post(address, wish(), {"Idempotency-Key": "next"}) == second
    assert EditTurn.objects.count() == 2
    assert CreditEntry.objects.filter(kind="hold").count() == 2


def test_cut_off_after_its_commit_it_finds_what_it_started(script: Program, alice: User) -> None:
    asked = wish(imageId=create_post(alice).images.get().pk)
    first = script.post("/conversations", asked, KEY)
    address = f"/conversations/{first[1]['conversationId']}/turns"
    second = script.post(address, wish(), {"Idempotency-Key": "next"})
    IdempotentRequest.objects.all().delete()
    assert script.post("/conversations", asked, KEY) == first
    assert script.post(address, wish(), {"Idempotency-Key": "next"}) == second
    assert EditTurn.objects.count() == 2


def test_the_list_walks_all_with_the_latest_activity_first(script: Program, alice: User) -> None:
    made = [create_conversation(alice, title=f"Number {n}") for n in range(5)]
    found: list[int] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        _status, data = script.get("/conversations", **query)
        found += [item["id"] for item in data["items"]]
        if data["nextCursor"] is None:
            break
        query["cursor"] = data["nextCursor"]
    assert found == [conversation.pk for conversation in reversed(made)]


def test_the_list_is_searched_by_words_and_by_post(script: Program, alice: User) -> None:
    sky = create_conversation(alice, title="Make the <sky> darker")
    boat = create_conversation(alice, title="Add a boat")
    _status, data = script.get("/conversations", q="sky")
    assert [item["title"] for item in data["items"]] == [sky.title], "without marks"
    _status, data = script.get("/conversations", postId=boat.source_image.post_id)
    assert [item["id"] for item in data["items"]] == [boat.pk]
    assert script.get("/conversations", cursor="nonsense")[0] == 400
    found = script.get("/conversations", q="a", limit=1)[1]
    assert [item["id"] for item in found["items"]] == [boat.pk]


def test_turns_come_last_first_and_page_by_page(script: Program, alice: User) -> None:
    conversation = create_conversation(alice)
    for _ in range(5):
        create_turn(conversation, outputs=1)
    address = f"/conversations/{conversation.pk}/turns"
    _status, data = script.get(address, limit=3)
    assert [turn["number"] for turn in data["items"]] == [5, 4, 3]
    _status, rest = script.get(address, limit=3, cursor=data["nextCursor"])
    assert [turn["number"] for turn in rest["items"]] == [2, 1]
    assert rest["nextCursor"] is None
    _status, shown = script.get(f"/conversations/{conversation.pk}")
    assert (shown["turnCount"], shown["isUnfinished"]) == (5, False)
    assert shown["source"]["id"] == conversation.source_image_id


def test_queries_do_not_grow_with_what_is_listed(script: Program, alice: User) -> None:
    conversation = create_conversation(alice)
    create_turn(conversation, outputs=1)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert script.get(address)[0] == 200
        return len(captured)

    addresses = (
        "/conversations",
        f"/conversations/{conversation.pk}",
        f"/conversations/{conversation.pk}/turns",
    )
    queries(addresses[0])
    few = [queries(address) for address in addresses]
    for _ in range(3):
        create_turn(conversation, outputs=2)
        create_turn(create_conversation(alice), outputs=1)
    assert [queries(address) for address in addresses] == few


def test_what_goes_while_it_is_waited_for_is_not_begun_again(
    script: Program, alice: User, meanwhile: Callable[[Callable[[], object]], list[float]]
) -> None:
    image = create_post(alice, images=1).images.get()
    meanwhile(
        lambda: conversations.trash(
            owner=alice, ids=EditConversation.objects.values_list("pk", flat=True)
        )
    )
    body = {"imageId": image.pk, "message": "more fog", "models": ["builtin/lumen"]}
    headers = {"Idempotency-Key": "once", "Prefer": "wait=60"}
    first = script.post("/conversations", body, headers)
    assert (first[0], first[1]["code"]) == (410, "GONE")
    assert script.post("/conversations", body, headers) == first
    assert EditConversation.objects.count() == 1


def test_what_is_unfinished_of_a_turn_is_stopped(script: Program, alice: User) -> None:
    turn = start_editing(create_post(alice).images.get(), models="test/edit test/other-edit")
    address = f"/conversations/{turn.conversation_id}/turns/1/cancel"
    status, data = script.post(address)
    assert (status, data["canceled"], data["status"]) == (200, 2, "error")
    assert script.post(address)[1]["canceled"] == 0


def test_a_failed_edit_is_tried_again_once(
    script: Program, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/edit"] = ProviderError(ErrorKind.INVALID, "no")
    turn = start_editing(create_post(alice).images.get())
    work_off(turn)
    address = f"/conversations/{turn.conversation_id}/turns/1/retry"
    status, data = script.post(address, {"slot": 0}, KEY)
    assert (status, data["status"], data["jobId"]) == (202, "generating", job_of(turn).pk)
    assert script.post(address, {"slot": 0}, KEY) == (status, data)
    status, error = script.post(address, {"slot": 0})
    assert (status, error["code"]) == (409, "NOTHING_TO_RETRY")
    assert turn.jobs.count() == 2


def test_turns_of_others_are_neither_stopped_nor_tried_again(
    script: Program, program: type[Program], alice: User, bob: User
) -> None:
    theirs = create_turn(create_conversation(bob))
    address = f"/conversations/{theirs.conversation_id}/turns/1"
    own = create_turn(create_conversation(alice))
    for wrong in (address, f"/conversations/{own.conversation_id}/turns/{2**40}"):
        assert script.post(f"{wrong}/cancel")[0] == 404
        assert script.post(f"{wrong}/retry", {"slot": 0})[0] == 404
    reader = program(alice, Scope.READ)
    for verb in ("cancel", "retry"):
        right = f"/conversations/{own.conversation_id}/turns/1/{verb}"
        assert reader.post(right, {"slot": 0})[0] == 403
