"""Titles and posts that change at the same moment: nothing waits for ever, nothing is stale."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from gallery.models import EditConversation, GeneratedImage
from gallery.search import parse, search
from gallery.services import captions, conversations, trash
from pixelstream.accounts.models import User
from tests.gallery.rows import add_conversation, add_picture, add_turn
from tests.gallery.search.library import stale_posts
from tests.gallery.services.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 15


@pytest.fixture(autouse=True)
def _nothing_is_stale(transactional_db: None) -> Iterator[None]:
    yield
    assert stale_posts() == []


@pytest.fixture
def talk(alice: User) -> EditConversation:
    """A conversation that has made twelve posts."""
    conversation = add_conversation(alice, "Foggy harbour")
    for _ in range(3):
        add_turn(conversation, outputs=4)
    return conversation


def made_in(conversation: EditConversation) -> list[int]:
    images = GeneratedImage.objects.filter(turn__conversation=conversation)
    return list(images.order_by("-post").values_list("post", flat=True))


def test_a_rename_and_a_trash_full_of_its_posts_do_not_wait_for_each_other_for_ever(
    alice: User, talk: EditConversation
) -> None:
    posts = made_in(talk)
    rename = partial(conversations.rename, conversation=talk)
    for number in range(ROUNDS):
        results = at_once(
            partial(rename, title=f"Left {number}"), partial(trash.trash, owner=alice, ids=posts)
        )
        results += at_once(
            partial(rename, title=f"Right {number}"), partial(trash.restore, owner=alice, ids=posts)
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        assert stale_posts() == []
    assert search(alice.pk, parse(f"right {ROUNDS - 1} "), limit=50) == posts


def test_a_conversation_and_its_posts_go_to_the_trash_and_come_back_at_once(
    alice: User, talk: EditConversation
) -> None:
    posts = made_in(talk)
    for _ in range(ROUNDS):
        for verb in ("trash", "restore"):
            results = at_once(
                partial(getattr(conversations, verb), owner=alice, ids=[talk.pk]),
                partial(getattr(trash, verb), owner=alice, ids=posts),
            )
            assert [result for result in results if isinstance(result, Exception)] == []
            assert stale_posts() == []
    assert search(alice.pk, parse("foggy "), limit=50) == posts


def test_a_picture_that_comes_while_its_conversation_is_renamed_has_one_of_the_titles(
    alice: User, talk: EditConversation
) -> None:
    turn = add_turn(talk, outputs=0)
    for number in range(ROUNDS):
        free = GeneratedImage.objects.filter(pk=add_picture(alice).pk)
        results = at_once(
            partial(conversations.rename, conversation=talk, title=f"Clear {number}"),
            partial(free.update, turn=turn, turn_slot=number),
        )
        assert results == [None, 1]
        assert stale_posts() == []
    assert len(search(alice.pk, parse("clear "), limit=50)) == 12 + ROUNDS


def test_a_caption_that_is_saved_while_the_title_changes_keeps_both(
    alice: User, talk: EditConversation
) -> None:
    post = GeneratedImage.objects.filter(turn__conversation=talk)[0].post
    for number in range(ROUNDS):
        results = at_once(
            partial(conversations.rename, conversation=talk, title=f"Clear {number}"),
            partial(
                captions.edit_caption,
                post=post,
                text=f"seen {number}",
                seen=captions.mark_of(post.caption),
                by=alice,
            ),
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        post.refresh_from_db()
        assert search(alice.pk, parse(f"clear {number} seen "), limit=9) == [post.pk]
