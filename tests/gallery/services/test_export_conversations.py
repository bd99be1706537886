"""Conversations in what people take along, and on another installation."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from gallery.models import (
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    TurnBase,
)
from gallery.services import (
    conversation_records,
    conversations,
    deletion,
    export_files,
    export_parts,
    importing,
    outbox,
    trash,
)
from gallery.services.import_files import BrokenArchiveError
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_reference, create_turn
from tests.gallery.services.archives import (
    LONG_AGO,
    Change,
    as_elsewhere,
    export_of,
    forged,
    read,
    save_parts,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk(alice: User) -> EditConversation:
    """A conversation of three turns: two pictures, one of them from two and a reference, a failure;
    the first picture of all is deleted for good, one was left out of the choice.
    """
    conversation = create_conversation(alice, title="Noite limpa — “farol”")
    first = create_turn(conversation, outputs=2)
    left, right = first.images.order_by("turn_slot")
    second = create_turn(
        conversation, outputs=1, bases=[right, left], message="mais quente\n\u0007 \U0001f30a"
    )
    second.references.set([create_reference(alice, kept=True)])
    create_turn(conversation, bases=[second.images.get()])
    GeneratedImage.objects.filter(pk=left.pk).update(selected=False)
    EditTurn.objects.filter(number=2).update(created_at=LONG_AGO)
    EditConversation.objects.update(created_at=LONG_AGO)
    return conversation


def places_of(person: User) -> dict[int, int]:
    """The person's pictures, by their order."""
    images = GeneratedImage.objects.filter(owner=person).order_by("post", "position")
    return {image.pk: place for place, image in enumerate(images)}


def facts_of(person: User) -> list[Any]:
    """What an import has to bring back, by the order of pictures."""
    places = places_of(person)
    return [
        {
            "conversation": [
                getattr(one, name) for name in ("title", "aspect_ratio", "resolution")
            ],
            "times": (one.created_at, one.updated_at),
            "source": places.get(one.source_image_id),
            "trashed": one.deleted_at is not None,
            "turns": [
                {
                    "turn": (turn.number, turn.message, turn.status, turn.created_at),
                    "references": [reference.filename for reference in turn.references.all()],
                    "bases": [(b.position, places.get(b.image_id)) for b in turn.bases.all()],
                    "outputs": [
                        (image.turn_slot, places[image.pk], image.selected)
                        for image in turn.images.order_by("turn_slot")
                    ],
                }
                for turn in one.turns.order_by("number")
            ],
        }
        for one in EditConversation.objects.filter(owner=person).order_by("pk")
    ]


def take_along(person: User, folder: Path) -> Path:
    """An export of another installation, in one part."""
    (path,) = save_parts(export_of(person), folder)
    as_elsewhere()
    return path


def with_conversation(edit: Any) -> Change:
    def change(files: dict[str, bytes]) -> None:
        records = json.loads(files["conversations/1.json"])
        edit(records)
        files["conversations/1.json"] = json.dumps(records).encode()

    return change


# --- out


def test_every_column_is_in_it(alice: User, talk: EditConversation, tmp_path: Path) -> None:
    (path,) = save_parts(export_of(alice), tmp_path)
    (record,) = read(path, "conversations/1.json")
    columns = {field.attname for field in EditConversation._meta.concrete_fields} - {"owner_id"}
    assert columns <= set(record)
    turns = {field.attname for field in EditTurn._meta.concrete_fields} - {"conversation_id"}
    assert turns <= set(record["turns"][0])
    assert record["is_in_trash"] is False
    source = talk.source_image
    assert record["source"] == {"post_id": source.post_id, "place": 0}
    second = record["turns"][1]
    assert second["message"] == "mais quente\n\u0007 \U0001f30a"
    assert second["references"] == [ReferenceImage.objects.get().pk]
    output = GeneratedImage.objects.get(turn__number=2)
    assert second["outputs"] == [
        {"slot": 0, "image_id": output.pk, "post_id": output.post_id, "place": 0}
    ]
    assert [base["position"] for base in second["bases"]] == [0, 1]
    posts = {post["id"]: post for post in read(path, "posts.json")}
    image = posts[output.post_id]["images"][0]
    assert (image["turn_id"], image["turn_slot"]) == (output.turn_id, 0)
    manifest = read(path, "manifest.json")
    assert "conversations/1.json" in {entry["name"] for entry in manifest["files"]}
    assert export_of(alice).done == 5, "pictures and references are counted, texts are not"


def test_nothing_of_anybody_else_is_in_it(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    (path,) = save_parts(export_of(bob), tmp_path)
    assert "farol" not in path.read_bytes().decode("latin-1")
    assert [entry["name"] for entry in read(path, "manifest.json")["files"]] == [
        *("account.json", "posts.json", "references.json")
    ]


def test_the_estimate_is_never_too_low(alice: User, talk: EditConversation) -> None:
    create_turn(create_conversation(alice, title="\u0007" * 120), message="\u0007" * 4000)
    every = EditConversation.objects.all()
    records = conversation_records.of(list(every.order_by("pk")), until_post=2**60)
    written = sum(len(export_files.as_json(record).encode()) for record in records)
    assert written < conversation_records.most_bytes(every)


def test_they_are_in_the_last_part_and_begin_one_where_there_is_no_room(
    alice: User, talk: EditConversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_records, "ROW_BYTES", export_files.PART_BYTES)
    monkeypatch.setattr(export_parts, "CONVERSATIONS_TEXT", 10)
    create_turn(create_conversation(alice))
    paths = save_parts(export_of(alice), tmp_path)
    assert len(paths) == 2
    held = [
        [one["name"] for one in read(path, "manifest.json")["files"] if "conv" in one["name"]]
        for path in paths
    ]
    assert held == [*[[]] * (len(paths) - 1), ["conversations/1.json", "conversations/2.json"]]
    assert read(paths[-1], "manifest.json")["is_last"] is True


# --- and in


def test_conversations_come_back_as_they_were(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    trashed = create_conversation(alice, title="In the trash")
    create_turn(trashed, outputs=1)
    conversations.trash(owner=alice, ids=[trashed.pk])
    create_post(bob)
    deletion.delete_posts(Post.objects.filter(owner=bob), by=bob)
    path = take_along(alice, tmp_path)
    tally = importing.import_account([path], to=bob)
    assert (tally.conversations, tally.waiting, tally.unlinked) == (2, 0, 0)
    assert facts_of(bob) == facts_of(alice)
    line = [(post.parent_id is None, post.root_id is None) for post in bob.posts.order_by("pk")]
    assert line == [(p.parent_id is None, p.root_id is None) for p in alice.posts.order_by("pk")]
    outbox.run()
    assert invariants.broken() == []


def test_twice_is_once(alice: User, bob: User, talk: EditConversation, tmp_path: Path) -> None:
    path = take_along(alice, tmp_path)
    importing.import_account([path], to=bob)
    before = facts_of(bob)
    again = importing.import_account([path], to=bob)
    assert (again.conversations, again.posts, again.known) == (0, 0, 6)
    assert facts_of(bob) == before
    assert invariants.broken() == []


def test_a_conversation_deleted_here_comes_anew_and_a_picture_takes_its_place_again(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    path = take_along(alice, tmp_path)
    importing.import_account([path], to=bob)
    output = GeneratedImage.objects.get(owner=bob, turn__number=2)
    deletion.delete_posts(Post.objects.filter(pk=output.post_id), by=bob)
    importing.import_account([path], to=bob)
    assert GeneratedImage.objects.get(owner=bob, turn__number=2).turn_slot == 0
    conversations.delete_conversations(EditConversation.objects.filter(owner=bob), by=bob)
    assert importing.import_account([path], to=bob).conversations == 1
    assert [turn["outputs"] for turn in facts_of(bob)[0]["turns"]] != []
    outbox.run()
    assert invariants.broken() == []


def test_what_was_deleted_is_shown_as_deleted_there_too(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    source = talk.source_image.post
    trash.trash(owner=alice, ids=[source.pk])
    deletion.delete_posts(Post.objects.filter(pk=source.pk), by=alice)
    path = take_along(alice, tmp_path)
    importing.import_account([path], to=bob)
    assert facts_of(bob) == facts_of(alice)
    mine = EditConversation.objects.get(owner=bob)
    assert not GeneratedImage.objects.filter(pk=mine.source_image_id).exists()
    base = TurnBase.objects.get(turn__conversation=mine, turn__number=1)
    assert not Post.objects.filter(pk=base.post_id).exists()
    # And once more, from there.
    (again,) = save_parts(export_of(bob), tmp_path)
    as_elsewhere()
    carol = User.objects.create_user("carol@example.com", "x")
    importing.import_account([again], to=carol)
    assert facts_of(carol) == facts_of(bob)
    assert invariants.broken() == []


def test_what_was_made_from_something_deleted_says_so_and_its_page_opens(
    alice: User, bob: User, as_bob: Client, talk: EditConversation, tmp_path: Path
) -> None:
    deletion.delete_posts(Post.objects.filter(pk=talk.source_image.post_id), by=alice)
    importing.import_account([take_along(alice, tmp_path)], to=bob)
    orphan, *_others = Post.objects.owned_by(bob).order_by("pk")
    create_post(bob, parent=orphan)
    assert orphan.parent_id == orphan.root_id
    assert not Post.objects.filter(pk=orphan.parent_id).exists()
    for post in Post.objects.owned_by(bob):
        assert post.root_id is not None
        assert not Post.objects.filter(pk=post.root_id).exists()
        for address in (f"/posts/{post.pk}/", f"/posts/{post.pk}/lineage/"):
            assert as_bob.get(address).status_code == 200
    assert as_bob.get(EditConversation.objects.get(owner=bob).get_absolute_url()).status_code == 200
    assert invariants.broken() == []


def test_a_conversation_none_of_whose_pictures_is_here_waits_for_them(
    alice: User,
    bob: User,
    talk: EditConversation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(conversation_records, "ROW_BYTES", export_files.PART_BYTES)
    paths = save_parts(export_of(alice), tmp_path)
    as_elsewhere()
    call_command("import_account", str(paths[-1]), to="bob@example.com")
    assert "1 conversations wait for their pictures." in capsys.readouterr().out
    assert not EditConversation.objects.filter(owner=bob).exists()
    for path in paths:
        importing.import_account([path], to=bob)
    assert len(facts_of(bob)) == 1
    assert [turn["outputs"] for turn in facts_of(bob)[0]["turns"]] == [
        turn["outputs"] for turn in facts_of(alice)[0]["turns"]
    ]


def test_what_is_being_made_is_not_being_made_there(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    EditTurn.objects.update(status=EditTurn.Status.GENERATING)
    path = take_along(alice, tmp_path)
    importing.import_account([path], to=bob)
    turns = EditTurn.objects.filter(conversation__owner=bob).order_by("number")
    assert [turn.status for turn in turns] == ["completed", "completed", "error"]


def test_what_was_in_the_trash_is_not_purged_on_arrival(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    EditConversation.objects.update(deleted_at=Now() - timedelta(days=29, hours=23))
    importing.import_account([take_along(alice, tmp_path)], to=bob)
    mine = EditConversation.objects.in_trash_of(bob).get()
    assert mine.deleted_at is not None
    assert timezone.now() - mine.deleted_at < timedelta(hours=1)


def test_an_archive_of_before_there_were_conversations_is_imported(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    conversations.delete_conversations(EditConversation.objects.all(), by=alice)
    path = take_along(alice, tmp_path)

    def older(manifest: dict[str, Any]) -> None:
        manifest["version"] = 1

    old = forged(path, tmp_path / "old.zip", lambda files: None, manifest_change=older)
    assert importing.import_account([old], to=bob).posts == 4


HOSTILE = {
    "no title": lambda records: records[0].update(title=" \n "),
    "a long title": lambda records: records[0].update(title="x" * 121),
    "a nul": lambda records: records[0].update(title="a\x00b"),
    "a ratio of nothing": lambda records: records[0].update(aspect_ratio="1:0"),
    "a ratio of pixels": lambda records: records[0].update(aspect_ratio="1920:1080"),
    "an id that is text": lambda records: records[0].update(id="1"),
    "no moment": lambda records: records[0].update(updated_at="now"),
    "a source that is text": lambda records: records[0].update(source="1"),
    "a source without a place": lambda records: records[0].update(source={"post_id": 1}),
    "turns that are no list": lambda records: records[0].update(turns={}),
    "a turn that is text": lambda records: records[0].update(turns=["x"]),
    "turn zero": lambda records: records[0]["turns"][0].update(number=0),
    "turn minus one": lambda records: records[0]["turns"][0].update(number=-1),
    "the last turn that fits": lambda records: records[0]["turns"][2].update(number=2**31 - 1),
    "an endless turn": lambda records: records[0]["turns"][0].update(number=2**40),
    "a turn twice": lambda records: records[0]["turns"][0].update(number=2),
    "a strange status": lambda records: records[0]["turns"][0].update(status="burning"),
    "no status": lambda records: records[0]["turns"][0].update(status=""),
    "a status of nothing": lambda records: records[0]["turns"][0].update(status=None),
    "a turn with a half": lambda records: records[0]["turns"][0].update(number=1.5),
    "a turn that is true": lambda records: records[0]["turns"][0].update(number=True),
    "a message that is a number": lambda records: records[0]["turns"][0].update(message=5),
    "a title that is a list": lambda records: records[0].update(title=["x"]),
    "a resolution that is a number": lambda records: records[0].update(resolution=1),
    "a ratio of nothing at all": lambda records: records[0].update(aspect_ratio=None),
    "a moment after all time": lambda records: records[0].update(
        updated_at="9999-12-31T23:59:59-12:00"
    ),
    "no message": lambda records: records[0]["turns"][0].pop("message"),
    "a slot twice": lambda records: records[0]["turns"][0]["outputs"][0].update(slot=1),
    "a slot below": lambda records: records[0]["turns"][0]["outputs"][0].update(slot=-1),
    "an output of nothing": lambda records: records[0]["turns"][0]["outputs"][0].pop("post_id"),
    "an endless post": lambda records: records[0]["turns"][0]["outputs"][0].update(post_id=2**70),
    "a base twice": lambda records: records[0]["turns"][1]["bases"][0].update(position=1),
    "a huge place": lambda records: records[0]["turns"][1]["bases"][0].update(place=2**20),
    "references as text": lambda records: records[0]["turns"][1].update(references=["1"]),
    "too many outputs": lambda records: records[0]["turns"][0].update(
        outputs=[{"slot": n, "post_id": 1, "place": 0} for n in range(51)]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_whole(
    name: str, alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    path = take_along(alice, tmp_path)
    evil = forged(path, tmp_path / "forged.zip", with_conversation(HOSTILE[name]))
    with pytest.raises(BrokenArchiveError):
        importing.import_account([evil], to=bob)
    assert not Post.objects.owned_by(bob).exists()
    assert not EditConversation.objects.filter(owner=bob).exists()


def test_a_resolution_that_is_not_known_is_replaced_and_told(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    path = take_along(alice, tmp_path)
    strange = with_conversation(lambda records: records[0].update(resolution="8K"))
    tally = importing.import_account([forged(path, tmp_path / "8k.zip", strange)], to=bob)
    assert tally.replaced == [
        f"conversation {talk.pk}: resolution '8K' is not known here, 1K instead"
    ]
    assert EditConversation.objects.get(owner=bob).resolution == "1K"


@pytest.mark.parametrize("name", ["conversations/0.json", "conversations/a.json", "conversations/"])
def test_a_file_of_another_name_is_refused(
    name: str, alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    path = take_along(alice, tmp_path)
    evil = forged(path, tmp_path / "forged.zip", lambda files: files.update({name: b"[]"}))
    with pytest.raises(BrokenArchiveError):
        importing.import_account([evil], to=bob)


def test_two_conversations_may_not_both_have_a_picture(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    def double(records: list[dict[str, Any]]) -> None:
        records.append({**records[0], "id": records[0]["id"] + 1})
        twin = records[0]["turns"][1]["bases"]
        twin[1] = {**twin[0], "position": 1}

    path = take_along(alice, tmp_path)
    evil = forged(path, tmp_path / "forged.zip", with_conversation(double))
    assert importing.import_account([evil], to=bob).conversations == 2
    outputs = [
        [len(turn["outputs"]) for turn in conversation["turns"]] for conversation in facts_of(bob)
    ]
    assert outputs == [[2, 1, 0], [0, 0, 0]]
    assert invariants.broken() == []


def test_ids_of_the_archive_lead_to_nothing_of_anybody_else(
    alice: User, bob: User, talk: EditConversation, tmp_path: Path
) -> None:
    path = take_along(alice, tmp_path)
    importing.import_account([path], to=bob)
    theirs = GeneratedImage.objects.filter(owner=alice)
    assert not TurnBase.objects.filter(turn__conversation__owner=bob, image__in=theirs).exists()
    assert not theirs.filter(turn__conversation__owner=bob).exists()
    assert not EditConversation.objects.filter(owner=bob, source_image__in=theirs).exists()
