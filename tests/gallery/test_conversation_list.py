"""Which conversations are listed, in which order, and what is said of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gallery import conversation_list
from gallery.conversation_list import (
    ON_SHELF,
    PAGE_SIZE,
    ConversationsQuery,
    Wishes,
    count_up_to,
    page_of,
    shelf_of,
    shelves_of,
)
from gallery.keyset import Moment, moment_from
from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from gallery.services import deletion, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
from tests.gallery.rows import add_conversation, add_picture, add_turn

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def walk(user: User, wishes: Wishes | None = None) -> list[list[int]]:
    """The ids on all pages."""
    pages, before = [], None
    while True:
        page = page_of(user, wishes or Wishes(), before=before)
        pages.append([row.conversation.pk for row in page.rows])
        before = page.next
        if before is None:
            return pages
        assert len(pages) < 50


def titles(user: User, q: str) -> list[str]:
    """What a search finds, as it is shown."""
    return [str(row.title) for row in page_of(user, Wishes(q)).rows]


def test_the_latest_activity_comes_first_and_only_ones_own(alice: User, bob: User) -> None:
    old = add_conversation(alice, updated_at=NOW - dt.timedelta(days=2))
    new = add_conversation(alice, updated_at=NOW)
    add_conversation(bob)
    add_conversation(alice, deleted_at=timezone.now())
    assert walk(alice) == [[new.pk, old.pk]]
    EditConversation.objects.filter(pk=old.pk).update(updated_at=NOW + dt.timedelta(seconds=1))
    assert walk(alice) == [[old.pk, new.pk]]


def test_walking_shows_each_once_also_where_times_are_equal(alice: User) -> None:
    source = add_picture(alice)
    moments = [NOW, NOW + dt.timedelta(microseconds=1), NOW + dt.timedelta(milliseconds=500)]
    made = [
        add_conversation(alice, source=source, updated_at=moments[at % 3])
        for at in range(2 * PAGE_SIZE + 5)
    ]
    expected = [c.pk for c in sorted(made, key=lambda c: (c.updated_at, c.pk), reverse=True)]
    pages = walk(alice)
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    assert [pk for page in pages for pk in page] == expected
    assert walk(alice, Wishes("darker")) == pages


def test_a_row_says_how_many_turns_and_shows_source_and_latest_output(alice: User) -> None:
    conversation = add_conversation(alice)
    add_turn(conversation, 2)
    last = add_turn(conversation, 2)
    (row,) = page_of(alice, Wishes()).rows
    assert (row.turn_count, row.is_unfinished, row.has_output) == (2, False, True)
    assert row.source == conversation.source_image
    assert row.latest == last.images.get(turn_slot=1)


def test_while_a_turn_is_being_made_the_row_says_so(alice: User) -> None:
    conversation = add_conversation(alice)
    add_turn(conversation, 0, status=EditTurn.Status.GENERATING)
    (row,) = page_of(alice, Wishes()).rows
    assert (row.turn_count, row.is_unfinished, row.has_output) == (1, True, False)
    assert row.latest == row.source


def test_the_latest_output_is_one_that_is_there(alice: User) -> None:
    conversation = create_conversation(alice)
    first = create_turn(conversation, outputs=1).images.get()
    second = create_turn(conversation, outputs=1).images.get()

    def latest() -> GeneratedImage | None:
        return page_of(alice, Wishes()).rows[0].latest

    assert latest() == second
    trash.trash(owner=alice, ids=[second.post_id])
    assert latest() == first
    trash.restore(owner=alice, ids=[second.post_id])
    deletion.delete_posts(Post.objects.filter(pk=second.post_id), by=alice)
    assert latest() == first
    trash.trash(owner=alice, ids=[first.post_id, conversation.source_image.post_id])
    assert latest() == conversation.source_image
    source = page_of(alice, Wishes()).rows[0].source
    assert source is not None
    assert source.url == f"/pictures/{source.pk}/", "the address that only its owner can open"
    posts = Post.objects.filter(pk__in=[first.post_id, conversation.source_image.post_id])
    deletion.delete_posts(posts, by=alice)
    (row,) = page_of(alice, Wishes()).rows
    assert (row.source, row.latest, row.has_output) == (None, None, False)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("acao", ["<mark>Ação</mark> no farol"]),
        ("AÇÃO", ["<mark>Ação</mark> no farol"]),
        ("far", ["Ação no <mark>farol</mark>", "<mark>Farol</mark> &amp; mar &lt;b&gt;"]),
        ("farol acao", ["<mark>Ação</mark> no <mark>farol</mark>"]),
        ("arol", []),
        ("farol noite", []),
        ("!?", []),
        ("mar b", ["Farol &amp; <mark>mar</mark> &lt;<mark>b</mark>&gt;"]),
        ("model:x", []),
        ("%", []),
        ("_", []),
    ],
)
def test_titles_are_found_by_the_beginnings_of_their_words(
    alice: User, bob: User, q: str, found: list[str]
) -> None:
    add_conversation(alice, "Farol & mar <b>", updated_at=NOW)
    add_conversation(alice, "Ação no farol", updated_at=NOW + dt.timedelta(1))
    add_conversation(bob, "Ação no farol de Bob")
    add_conversation(alice, "Ação no lixo", deleted_at=timezone.now())
    assert titles(alice, q) == found


def test_letters_with_marks_of_their_own_are_the_same_letters(alice: User) -> None:
    add_conversation(alice, "Ac\u0327a\u0303o")
    assert titles(alice, "ação") == ["<mark>Ação</mark>"]
    assert titles(alice, "ac\u0327a\u0303o") == ["<mark>Ação</mark>"]


def test_a_search_goes_on_where_it_stopped_reading(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_list, "READ", 4)
    wanted = add_conversation(alice, "Farol", updated_at=NOW)
    for more in range(9):
        add_conversation(alice, "Noite", updated_at=NOW + dt.timedelta(minutes=1 + more))
    assert walk(alice, Wishes("farol")) == [[], [], [wanted.pk]]


@pytest.mark.parametrize("q", ["", "darker"])
def test_a_page_takes_the_same_few_queries_for_one_and_for_thirty(
    alice: User, q: str, django_assert_num_queries: Any
) -> None:
    for rows in (1, PAGE_SIZE + 1):
        while EditConversation.objects.count() < rows:
            conversation = add_conversation(alice)
            add_turn(conversation, 2)
        with django_assert_num_queries(3 if q else 2):
            page = page_of(alice, Wishes(q))
            for row in page.rows:
                assert row.source
                assert row.latest
                assert row.source.thumbnail_url != row.latest.thumbnail_url
                assert row.latest.model_name


def test_conversations_are_counted_up_to_a_limit(alice: User) -> None:
    for _ in range(4):
        add_conversation(alice)
    assert count_up_to(alice, Wishes(), 10) == 4
    assert count_up_to(alice, Wishes(), 3) == 3


def test_the_list_can_be_of_one_post(alice: User, bob: User) -> None:
    post = create_post(alice, images=2)
    first, second = (add_conversation(alice, source=image) for image in post.images.all())
    add_conversation(alice)
    assert walk(alice, Wishes(post_id=post.pk)) == [[second.pk, first.pk]]
    assert walk(bob, Wishes(post_id=post.pk)) == [[]]
    assert Wishes("farol", post.pk).query_string() == f"?q=farol&post={post.pk}"
    assert Wishes().query_string() == ""


# --- beside a picture ----------------------------------------------------------------------------


def test_a_shelf_has_what_made_the_picture_and_then_what_began_with_it(alice: User) -> None:
    conversation = add_conversation(alice, "The one that made it")
    add_turn(conversation, 1)
    output = add_turn(conversation, 2).images.get(turn_slot=1)
    older = add_conversation(alice, "Older", source=output, updated_at=NOW - dt.timedelta(days=9))
    newer = add_conversation(alice, "Newer", source=output)
    add_conversation(alice, "Away", source=output, deleted_at=timezone.now())
    shelf = shelves_of([output])[output.pk]
    assert [(card.row.conversation, card.label) for card in shelf.cards] == [
        (conversation, "2b"),
        (newer, ""),
        (older, ""),
    ]
    assert [card.is_created_here for card in shelf.cards] == [False, True, True]
    assert (shelf.count, shelf.shown_count, shelf.has_more) == (3, "3", False)
    EditConversation.objects.filter(pk=conversation.pk).update(deleted_at=timezone.now())
    assert [card.row.conversation for card in shelf_of([output]).cards] == [newer, older]


def test_each_picture_of_a_post_has_a_shelf_and_the_post_has_one(alice: User) -> None:
    post = create_post(alice, images=2)
    first, second = post.images.all()
    for _ in range(ON_SHELF + 1):
        add_conversation(alice, source=second)
    shelves = shelves_of([first, second])
    assert [len(shelves[image.pk].cards) for image in (first, second)] == [0, ON_SHELF]
    assert shelves[second.pk].has_more
    assert shelf_of([first, second]).count == ON_SHELF + 1
    assert shelf_of([]).count == 0


def test_the_mark_of_a_shelf_differs_when_it_shows_something_else(alice: User) -> None:
    image = create_post(alice).images.get()
    marks = [shelf_of([image]).mark]
    conversation = add_conversation(alice, source=image)
    marks.append(shelf_of([image]).mark)
    output = add_turn(conversation).images.get()
    marks.append(shelf_of([image]).mark)
    EditConversation.objects.filter(pk=conversation.pk).update(revision=7)
    marks.append(shelf_of([image]).mark)
    Post.objects.filter(pk=output.post_id).update(deleted_at=timezone.now())
    marks.append(shelf_of([image]).mark)
    assert len({*marks}) == len(marks)


def test_shelves_take_at_most_four_queries_however_many_pictures_and_conversations(
    alice: User, django_assert_num_queries: Any
) -> None:
    output = add_turn(add_conversation(alice)).images.get()
    for rows in (1, 8):
        while EditConversation.objects.filter(source_image=output).count() < rows:
            add_turn(add_conversation(alice, source=output))
        with django_assert_num_queries(4):
            assert shelves_of([output])[output.pk].count == rows + 1
    plain = list(create_post(alice, images=4).images.all())
    with django_assert_num_queries(1):
        shelves_of(plain)


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "-", "5", "a-b", "5-", "-5", "1-1-1", "٣-٣", "9" * 19 + "-1", "1-" + "9" * 19, "1 - 1"],
)
def test_a_rubbish_cursor_is_none(text: str) -> None:
    assert moment_from(text) is None
    assert ConversationsQuery({"before": text}).cursor() is None


def test_a_cursor_is_read_as_it_was_written() -> None:
    moment = Moment(NOW + dt.timedelta(microseconds=123456), 42)
    assert moment_from(str(moment)) == moment
    for extreme in ("0-0", "9" * 18 + "-" + "9" * 18):
        found = moment_from(extreme)
        assert found is None or str(found) == f"{int(extreme.split('-')[0])}-{found.pk}"


def test_parameters_that_make_no_sense_are_left_out() -> None:
    assert ConversationsQuery({"q": " \x00 ", "post": "9" * 40}).wishes() == Wishes()
    assert ConversationsQuery({"q": " far ", "post": "7"}).wishes() == Wishes("far", 7)
