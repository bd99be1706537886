"""Conversations on the page of the trash, beside the posts."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gallery import trash_shelf
from gallery.models import EditConversation, GeneratedImage, Post, TrashEmptying
from gallery.services import conversations, emptying, outbox, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PAGE = "/gallery/trash/"
QUERIES = 20


def talk(owner: User, *outputs: int, title: str = "Darker") -> EditConversation:
    """A conversation of the trash with a turn for each number, which made so many pictures."""
    conversation = create_conversation(owner, title=title)
    for count in outputs:
        create_turn(conversation, outputs=count)
    conversations.trash(owner=owner, ids=[conversation.pk])
    return conversation


def shown(answer: HttpResponse) -> list[str]:
    """What has a card in an answer, in its order: conversations have a `c` in front."""
    return re.findall(r'<li[^>]* data-post="(c?\d+)"', answer.content.decode())


def told(answer: HttpResponse) -> str:
    return str(json.loads(answer["HX-Trigger"])["toast"]["message"])


def text(answer: HttpResponse) -> str:
    """What is read on the page, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


# --- the page


def test_they_stand_above_the_posts_with_what_they_are_and_the_days_left(
    as_alice: Client, alice: User, bob: User
) -> None:
    talk(bob, 1)
    first, last = talk(alice, 1, 2, title="Clear <night>"), talk(alice)
    EditConversation.objects.filter(pk=first.pk).update(deleted_at=Now() - timedelta(days=28))
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    answer = as_alice.get(PAGE)
    assert shown(answer) == [f"c{last.pk}", f"c{first.pk}", str(post.pk)]
    page = text(answer)
    assert re.search(r"Trash 1 post, \d+ KB · 2 conversations", page)
    assert "Conversations" in page
    assert "Clear &lt;night&gt;" in page
    assert "2 turns" in page
    assert re.findall(r"(\d+) days? left", page) == ["30", "2", "30"]


def test_alone_they_are_all_there_is(as_alice: Client, alice: User) -> None:
    talk(alice, 1)
    page = text(as_alice.get(PAGE))
    assert "Trash 1 conversation" in page
    assert "The trash is empty" not in page
    assert "Empty trash" in page
    assert "Posts" not in page
    conversations.restore_all(owner=alice)
    answer = as_alice.get(PAGE)
    assert "The trash is empty" in text(answer)
    assert "shelf-title" not in answer.content.decode()


def test_the_latest_picture_stands_for_one_else_the_source_else_none(
    as_alice: Client, alice: User
) -> None:
    conversation = talk(alice, 1, 1)
    source = conversation.source_image
    latest = GeneratedImage.objects.get(turn__number=2)
    assert latest.thumbnail_url in as_alice.get(PAGE).content.decode()
    trash.trash(owner=alice, ids=[latest.post_id])
    outbox.run()
    assert f"/pictures/{latest.pk}/?w=320" in as_alice.get(PAGE).content.decode()
    made = conversations.outputs_of(EditConversation.objects.all())
    _delete_for_good(made, alice)
    assert source.thumbnail_url in as_alice.get(PAGE).content.decode()
    _delete_for_good(Post.objects.all(), alice)
    assert "No image is left" in as_alice.get(PAGE).content.decode()


def _delete_for_good(posts: object, owner: User) -> None:
    from gallery.services import deletion

    deletion.delete_posts(posts, by=owner)  # type: ignore[arg-type]


def test_more_of_them_are_a_link_away(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash_shelf, "SHELF_SIZE", 2)
    talks = [talk(alice) for _ in range(5)]
    EditConversation.objects.update(deleted_at=Now())  # all at the same moment
    seen, address = [], PAGE
    while True:
        answer = as_alice.get(address)
        seen += shown(answer)
        following = re.search(r'href="(\?conversations=[\d-]+)"', answer.content.decode())
        if not following:
            break
        address = f"{PAGE}{following[1]}"
    assert seen == [f"c{one.pk}" for one in talks[::-1]]
    assert f'data-trash-news="/gallery/trash/news/{address[len(PAGE) :]}"' in (
        answer.content.decode()
    )


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}news/"])
def test_a_page_costs_the_same_for_one_and_for_many(
    as_alice: Client,
    alice: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    counts = []
    trash.trash(owner=alice, ids=[create_post(alice).pk])
    for many in (1, 6):
        for _ in range(many):
            talk(alice, 2, 1)
        with django_assert_max_num_queries(QUERIES) as queries:
            as_alice.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_open_page_learns_what_happens_elsewhere(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    gone, stays = talk(alice), talk(alice)
    cursor = re.search(r'data-cursor="([\d-]+)"', as_alice.get(PAGE).content.decode())
    assert cursor
    address = f"{PAGE}news/?shown={post.pk}&newest={cursor[1]}"
    answer = as_alice.get(address, headers=HTMX)
    tag = {"If-None-Match": answer["ETag"], **HTMX}
    assert as_alice.get(address, headers=tag).status_code == 304
    conversations.restore(owner=alice, ids=[gone.pk])
    answer = as_alice.get(address, headers=tag)
    assert 'hx-target="#shelf"' in answer.content.decode()
    assert shown(answer) == [f"c{stays.pk}"]
    conversations.restore(owner=alice, ids=[stays.pk])
    answer = as_alice.get(address, headers=tag)
    assert 'hx-target="#shelf"' in answer.content.decode()
    assert shown(answer) == []


# --- out of it


def test_one_is_restored_with_its_button(as_alice: Client, alice: User) -> None:
    one, other = talk(alice), talk(alice)
    html = as_alice.get(PAGE).content.decode()
    button = re.search(rf'<button[^>]*value="c{one.pk}"[^>]*aria-label="Restore"', html)
    assert button
    assert 'formaction="/gallery/trash/restore/"' in button[0]
    answer = as_alice.post("/gallery/trash/restore/", {"posts": f"c{one.pk}"}, headers=HTMX)
    assert told(answer) == "1 conversation restored."
    assert f'data-gone="c{one.pk}"' in answer.content.decode()
    answer = as_alice.post("/gallery/trash/restore/", {"posts": f"c{other.pk}"}, follow=True)
    assert "1 conversation restored." in text(answer)
    assert EditConversation.objects.visible_to(alice).count() == 2


def test_chosen_with_posts_both_come_back(as_alice: Client, alice: User, bob: User) -> None:
    posts = [create_post(alice) for _ in range(2)]
    trash.trash(owner=alice, ids=[post.pk for post in posts])
    one, foreign = talk(alice), talk(bob)
    names = f"{posts[0].pk},c{one.pk},{posts[1].pk},c{foreign.pk},c,x1,c0"
    answer = as_alice.post("/gallery/trash/restore/", {"posts": names}, headers=HTMX)
    assert told(answer) == "2 posts restored. 1 conversation restored. 1 not found."
    assert EditConversation.objects.in_trash_of(bob).exists()


def test_everything_comes_back_at_once(as_alice: Client, alice: User) -> None:
    trash.trash(owner=alice, ids=[create_post(alice).pk])
    talk(alice), talk(alice)
    answer = as_alice.post("/gallery/trash/restore/", {"scope": "all"}, follow=True)
    assert "1 post restored. 2 conversations restored." in text(answer)
    assert "The trash is empty" in text(answer)


# --- out of it for good


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_it_is_asked_whether_what_was_made_in_it_goes_too(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    one = talk(alice, 2)
    output = conversations.outputs_of(EditConversation.objects.all())[0]
    create_post(alice, parent=output)
    sent = {"posts": f"c{one.pk}"}
    asked = as_alice.post("/gallery/trash/delete/", sent, headers=headers)
    assert "Delete conversation?" in text(asked)
    assert "What was made in it stays." in text(asked)
    assert "and all versions made from it (3 posts)" in text(asked)
    assert "This frees" in text(asked)
    assert not re.search(r'name="include_generated"[^>]*checked', asked.content.decode())
    assert EditConversation.objects.in_trash_of(alice).exists()
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.content.decode()))
    assert fields["posts"] == f"c{one.pk}"
    answer = as_alice.post("/gallery/trash/delete/", {**sent, "confirm": "1"}, headers=HTMX)
    assert told(answer) == "1 conversation deleted for good."
    assert Post.objects.count() == 4
    again = as_alice.post("/gallery/trash/delete/", {**sent, "confirm": "1"}, headers=HTMX)
    assert told(again) == "Already deleted."


def test_with_all_versions_its_pictures_go(as_alice: Client, alice: User) -> None:
    one = talk(alice, 2)
    sent = {"posts": f"c{one.pk}", "confirm": "1", "include_generated": "1"}
    answer = as_alice.post("/gallery/trash/delete/", sent, headers=HTMX)
    assert told(answer) == "1 conversation deleted for good. 2 posts deleted for good."
    assert list(Post.objects.all()) == [one.source_image.post]


def test_one_without_pictures_leaves_no_choice(as_alice: Client, alice: User) -> None:
    sent = {"posts": f"c{talk(alice).pk}"}
    asked = as_alice.post("/gallery/trash/delete/", sent, headers=HTMX).content.decode()
    assert "include_generated" not in asked


def test_posts_and_conversations_are_asked_about_together(as_alice: Client, alice: User) -> None:
    posts = [create_post(alice) for _ in range(2)]
    trash.trash(owner=alice, ids=[post.pk for post in posts])
    names = f"{posts[0].pk},{posts[1].pk},c{talk(alice, 1).pk}"
    asked = text(as_alice.post("/gallery/trash/delete/", {"posts": names}, headers=HTMX))
    assert "Delete 2 posts and 1 conversation?" in asked
    assert "(1 post)" in asked
    sent = {"posts": names, "confirm": "1"}
    answer = as_alice.post("/gallery/trash/delete/", sent, headers=HTMX)
    assert told(answer) == "1 conversation deleted for good. 2 posts deleted for good."
    two = f"c{talk(alice).pk},c{talk(alice).pk}"
    asked = text(as_alice.post("/gallery/trash/delete/", {"posts": two}, headers=HTMX))
    assert "Delete 2 conversations?" in asked


def test_emptying_says_what_goes_and_takes_it(as_alice: Client, alice: User) -> None:
    talk(alice, 1)
    asked = text(as_alice.post("/gallery/trash/empty/"))
    assert "1 conversation is deleted for good." in asked
    assert asked.count("This cannot be undone.") == 1
    assert "posts are deleted" not in asked
    trash.trash(owner=alice, ids=[create_post(alice).pk])
    asked = text(as_alice.post("/gallery/trash/empty/", headers=HTMX))
    assert "1 post is deleted for good, with its pictures." in asked
    assert asked.count("This cannot be undone.") == 1
    as_alice.post("/gallery/trash/empty/", {"confirm": "1"}, headers=HTMX)
    row = TrashEmptying.objects.get()
    page = text(as_alice.get(f"{PAGE}emptying/{row.pk}/"))
    assert "0 of 1 posts deleted" in page
    assert "Conversations: 0 of 1." in page
    emptying.carry_out(row.pk)
    page = text(as_alice.get(f"{PAGE}emptying/{row.pk}/"))
    assert "The trash is emptied: 1 post deleted for good" in page
    assert "1 conversation deleted for good." in page
    assert not EditConversation.objects.exists()


def test_a_trash_of_conversations_alone_is_emptied(as_alice: Client, alice: User) -> None:
    talks = [talk(alice, 1) for _ in range(3)]
    as_alice.post("/gallery/trash/empty/", {"confirm": "1"})
    row = TrashEmptying.objects.get()
    conversations.delete_some(EditConversation.objects.filter(pk=talks[0].pk), by=alice)
    TrashEmptying.objects.update(deleted_conversations=1)
    answer = as_alice.get(f"{PAGE}emptying/{row.pk}/")
    assert text(answer) == "Emptying the trash: 1 of 3 conversations deleted."
    assert 'style="--v:33"' in answer.content.decode()
    emptying.carry_out(row.pk)
    page = text(as_alice.get(f"{PAGE}emptying/{row.pk}/"))
    assert page == "The trash is emptied: 3 conversations deleted for good."


def test_what_is_anothers_is_not_there(as_bob: Client, alice: User) -> None:
    one = talk(alice, 1)
    sent = {"posts": f"c{one.pk}", "confirm": "1", "include_generated": "1"}
    assert told(as_bob.post("/gallery/trash/delete/", sent, headers=HTMX)) == "Already deleted."
    answer = as_bob.post("/gallery/trash/restore/", sent, headers=HTMX)
    assert told(answer) == "Nothing was changed. 1 not found."
    assert EditConversation.objects.in_trash_of(alice).exists()
    assert Post.objects.count() == 2
