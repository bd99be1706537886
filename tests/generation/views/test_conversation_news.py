"""What the open page of a conversation is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from gallery.models import EditConversation, GeneratedImage, Post
from gallery.services import conversations, deletion, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
from tests.gallery.views.rubbish import TYPED, thinned

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FIELDS = ("shown", "since", "prints", "line", "bases", "left", "right")


@pytest.fixture
def conversation(alice: User) -> EditConversation:
    """Alice's, with two turns of two outputs."""
    found = create_conversation(alice)
    create_turn(found, outputs=2)
    create_turn(found, outputs=2)
    return found


def ask(client: Client, found: EditConversation, seen: str = "", **asked: object) -> Any:
    values = {"shown": "1,2", "since": 3, "prints": 5, **asked}
    parameters = {name: value for name, value in values.items() if value is not None}
    headers = {**HTMX, "If-None-Match": seen}
    return client.get(f"/posts/edit/{found.pk}/news/", parameters, headers=headers)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def outputs(found: EditConversation) -> list[GeneratedImage]:
    rows = GeneratedImage.objects.filter(turn__conversation=found)
    return list(rows.order_by("turn__number", "turn_slot"))


def test_nothing_is_sent_while_nothing_changed(
    as_alice: Client, conversation: EditConversation
) -> None:
    first = ask(as_alice, conversation)
    assert ask(as_alice, conversation, first["ETag"]).status_code == 304
    assert first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("way", ["made", "source"])
def test_a_post_that_is_trashed_deleted_or_restored_is_news(
    as_alice: Client, alice: User, conversation: EditConversation, way: str
) -> None:
    image = outputs(conversation)[0] if way == "made" else conversation.source_image
    said = {
        "made": ("out--away", "This picture was deleted."),
        "source": ("The source is in the trash.", "The source was deleted."),
    }[way]
    before = ask(as_alice, conversation)
    assert said[0] not in text_of(before)

    trash.trash(owner=alice, ids=[image.post_id])
    trashed = ask(as_alice, conversation, before["ETag"])
    assert said[0] in text_of(trashed)

    trash.restore(owner=alice, ids=[image.post_id])
    restored = ask(as_alice, conversation, trashed["ETag"])
    assert restored.status_code == 200
    assert said[0] not in text_of(restored)

    trash.trash(owner=alice, ids=[image.post_id])
    deletion.delete_posts(Post.objects.filter(pk=image.post_id), by=alice)
    assert said[1] in text_of(ask(as_alice, conversation, restored["ETag"]))


def test_only_the_turns_that_are_shown_come_each_in_its_place(
    as_alice: Client, conversation: EditConversation
) -> None:
    html = text_of(ask(as_alice, conversation, shown="1"))
    assert re.findall(r'hx-target="#turn-(\d+)"', html) == ["1"]
    assert 'hx-target="#live"' in html
    assert text_of(ask(as_alice, conversation, shown="2", since=2)).count('id="turn-2"') == 1
    older = text_of(ask(as_alice, conversation, since=None))
    assert 'hx-target="#live"' not in older
    some = text_of(ask(as_alice, conversation, since=None, prints=None))
    assert re.findall(r'<hx-partial hx-target="#([\w-]+)"', some) == ["turn-1", "turn-2"]


def test_what_is_offered_and_compared_is_told_when_it_is_gone(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    first, second, third, fourth = outputs(conversation)
    asked = {"bases": f"{third.pk},{fourth.pk}", "left": first.pk, "right": second.pk}
    before = text_of(ask(as_alice, conversation, **asked))
    assert "data-bases-gone" not in before
    assert 'hx-target="#compare"' not in before
    trash.trash(owner=alice, ids=[second.post_id, fourth.post_id])
    html = text_of(ask(as_alice, conversation, **asked))
    assert f'data-bases-gone="{fourth.pk}"' in html
    assert 'hx-target="#compare"' in html
    assert f'<option value="{first.pk}" selected' in html


def test_the_lineage_beside_it_is_news_as_well(
    as_alice: Client, alice: User, conversation: EditConversation
) -> None:
    other = create_post(alice, parent=conversation.source_image.post, root_id=1)
    first = ask(as_alice, conversation, line=other.pk)
    trash.trash(owner=alice, ids=[other.pk])
    assert ask(as_alice, conversation, first["ETag"], line=other.pk).status_code == 200


def test_a_conversation_that_is_away_says_where(
    as_alice: Client, as_bob: Client, alice: User, conversation: EditConversation
) -> None:
    first = ask(as_alice, conversation)
    conversations.trash(owner=alice, ids=[conversation.pk])
    trashed = ask(as_alice, conversation, first["ETag"])
    assert 'data-not-here="trash"' in text_of(trashed)
    assert ask(as_alice, conversation, trashed["ETag"]).status_code == 304
    chosen = EditConversation.objects.filter(pk=conversation.pk)
    conversations.delete_conversations(chosen, by=alice)
    assert 'data-not-here="gone"' in text_of(ask(as_alice, conversation, trashed["ETag"]))
    assert ask(as_bob, conversation).status_code == 404


def test_a_foreign_one_is_not_there_and_a_stranger_is_sent_to_the_door(
    as_bob: Client, anonymous: Client, conversation: EditConversation
) -> None:
    assert ask(as_bob, conversation).status_code == 404
    assert ask(anonymous, conversation).status_code == 302
    assert as_bob.post(f"/posts/edit/{conversation.pk}/news/").status_code == 405


def test_it_costs_the_same_for_few_turns_and_for_many(
    as_alice: Client,
    alice: User,
    conversation: EditConversation,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ask(as_alice, conversation)  # from here on the catalogue is known
    counts = []
    for numbers in ("1,2,3", "1,2,3,4,5,6,7,8,9"):
        for _ in range(6 if counts else 1):
            create_turn(conversation, outputs=2)
        with CaptureQueriesContext(connection) as queries:
            seen = ask(as_alice, conversation, shown=numbers, since=10, line="1,2")
        counts.append(len(queries))
        with django_assert_num_queries(4):  # who it is, the conversation, the lineage
            again = ask(as_alice, conversation, seen["ETag"], shown=numbers, since=10, line="1,2")
        assert again.status_code == 304
    assert counts[0] == counts[1]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", TYPED[:: thinned(40)])
def test_rubbish_is_left_out(
    as_alice: Client, conversation: EditConversation, field: str, value: str
) -> None:
    assert ask(as_alice, conversation, **{field: value}).status_code == 200
