"""The page of all conversations: what it says, page after page, and what a search leaves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gallery.conversation_list import PAGE_SIZE
from gallery.models import EditConversation, EditTurn
from gallery.services import conversations, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_turn
from tests.gallery.rows import add_conversation, add_picture, add_turn

pytestmark = pytest.mark.django_db

LIST = "/conversations/"
HTMX = {"HX-Request": "true"}


def text_of(client: Client, where: str = LIST, **headers: str) -> str:
    """The answer's HTML with single blanks."""
    answer = client.get(where, headers=headers)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def ids(html: str) -> list[int]:
    """The conversations on a page, in order."""
    return [int(pk) for pk in re.findall(r'data-conversation="(\d+)"', html)]


def test_an_empty_list_says_what_to_do(as_alice: Client) -> None:
    page = text_of(as_alice)
    assert "No conversations yet" in page
    assert "Choose Refine on any picture" in page
    assert 'href="/gallery/"' in page


def test_a_row_leads_to_the_conversation_and_shows_where_it_came_to(
    as_alice: Client, alice: User
) -> None:
    conversation = create_conversation(alice, title="Night <b>sea</b>")
    create_turn(conversation, outputs=1)
    output = create_turn(conversation, outputs=1).images.get()
    page = text_of(as_alice)
    assert "Night &lt;b&gt;sea&lt;/b&gt;" in page
    assert f'href="/posts/edit/{conversation.pk}/"' in page
    assert "2 turns · Lumen" in page
    assert conversation.source_image.thumbnail_url in page
    assert output.thumbnail_url in page
    conversation.refresh_from_db()
    assert f'datetime="{conversation.updated_at.isoformat()}"' in page


def test_what_is_being_made_says_so(as_alice: Client, alice: User) -> None:
    add_turn(add_conversation(alice), 0, status=EditTurn.Status.GENERATING)
    page = text_of(as_alice)
    assert "Developing" in page
    assert "1 turn ·" in page


def test_without_any_picture_there_is_a_place_for_one(as_alice: Client, alice: User) -> None:
    conversation = add_conversation(alice)
    EditConversation.objects.filter(pk=conversation.pk).update(source_image_id=10**9)
    page = text_of(as_alice)
    assert page.count("print--none") == 1
    assert "0 turns" in page


def test_all_pages_by_plain_links(as_alice: Client, alice: User) -> None:
    source = add_picture(alice)
    made = [add_conversation(alice, source=source).pk for _ in range(2 * PAGE_SIZE + 3)]
    seen: list[int] = []
    address = LIST
    while address:
        page = text_of(as_alice, address)
        seen += ids(page)
        link = re.search(r'href="(\?before=[\d-]+)"', page)
        address = LIST + link[1] if link else ""
    assert seen == made[::-1]
    assert "That is everything." in page


def test_htmx_gets_the_rows_that_follow_and_the_next_link(as_alice: Client, alice: User) -> None:
    source = add_picture(alice)
    for _ in range(PAGE_SIZE + 2):
        add_conversation(alice, source=source)
    first = text_of(as_alice)
    href = re.search(r'href="(\?before=[\d-]+)"', first)
    assert href
    more = text_of(as_alice, LIST + href[1], **HTMX)
    assert "<html" not in more
    assert len(ids(more)) == 2
    assert "2 more conversations" in more
    assert 'hx-target="#conversation-rows-end"' in more
    assert as_alice.get(LIST)["Vary"].startswith("HX-Request, Cookie")


def test_a_search_marks_what_it_found_and_writes_its_address(as_alice: Client, alice: User) -> None:
    wanted = add_conversation(alice, "Ação no farol")
    add_conversation(alice, "Noite")
    answer = as_alice.get(f"{LIST}?q=acao", headers=HTMX)
    found = answer.content.decode()
    assert ids(found) == [wanted.pk]
    assert "<mark>Ação</mark> no farol" in found
    assert "1 conversation found" in found
    assert answer["HX-Replace-Url"] == "/conversations/?q=acao"
    assert as_alice.get(f"{LIST}?q=", headers=HTMX)["HX-Replace-Url"] == "/conversations/"
    page = text_of(as_alice, f"{LIST}?q=acao")
    assert 'value="acao"' in page
    assert ids(page) == [wanted.pk]


def test_a_search_without_results_says_so_and_leads_back(as_alice: Client, alice: User) -> None:
    add_conversation(alice)
    page = text_of(as_alice, f"{LIST}?q=zebra")
    assert "Nothing matches" in page
    assert f'href="{LIST}"' in page
    assert "No conversations yet" not in page


def test_the_conversations_of_one_post(as_alice: Client, alice: User) -> None:
    wanted = add_conversation(alice)
    add_conversation(alice)
    page = text_of(as_alice, f"{LIST}?post={wanted.source_image.post_id}")
    assert ids(page) == [wanted.pk]
    assert "Remove filter: About one post" in page
    assert f'name="post" value="{wanted.source_image.post_id}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "before=abc",
        "before=5",
        "before=-5-1",
        "before=" + "9" * 60,
        "before=%00",
        "before=" + "9" * 18 + "-1",
        "post=abc",
        "post=0",
        "q=+++",
        "q=%ED%A0%80",
        "q=%00",
    ],
)
def test_odd_parameters_show_the_first_page(as_alice: Client, alice: User, query: str) -> None:
    conversation = add_conversation(alice, "\ufffd\ufffd\ufffd sea")
    answer = as_alice.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    if "q=%ED" not in query:
        assert ids(answer.content.decode()) == [conversation.pk]


def test_of_others_and_from_the_trash_nothing_is_listed(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, bob: User
) -> None:
    mine, theirs = add_conversation(alice), add_conversation(bob)
    add_conversation(alice, deleted_at=timezone.now())
    assert ids(text_of(as_alice)) == [mine.pk]
    assert ids(text_of(as_bob)) == [theirs.pk]
    assert ids(text_of(as_bob, f"{LIST}?post={mine.source_image.post_id}")) == []
    assert anonymous.get(LIST).status_code == 302
    assert as_alice.post(LIST).status_code == 405


@pytest.mark.parametrize("query", ["", "?q=darker"])
def test_the_page_takes_the_same_few_queries_for_one_and_for_thirty(
    as_alice: Client, alice: User, query: str, django_assert_num_queries: Any
) -> None:
    text_of(as_alice)  # what is kept between requests
    for rows in (1, PAGE_SIZE + 3):
        while EditConversation.objects.count() < rows:
            add_turn(add_conversation(alice), 2)
        with django_assert_num_queries(6):
            text_of(as_alice, LIST + query)


def test_a_source_in_the_trash_is_shown_by_the_address_of_its_owner(
    as_alice: Client, alice: User
) -> None:
    conversation = create_conversation(alice)
    trash.trash(owner=alice, ids=[conversation.source_image.post_id])
    assert f'src="/pictures/{conversation.source_image_id}/' in text_of(as_alice)


def test_the_navigation_leads_there_and_marks_it(as_alice: Client, alice: User) -> None:
    link = f'href="{LIST}" data-key="g c"'
    assert f"{link} >" in text_of(as_alice, "/gallery/")
    conversation = create_conversation(alice)
    for place in (LIST, conversation.get_absolute_url()):
        page = text_of(as_alice, place)
        assert f'{link} aria-current="page"' in page
        assert f'<a href="{LIST}" aria-current="page">' in page, "at the bottom of a phone as well"


def test_an_open_list_is_told_what_became_of_its_rows(
    as_alice: Client, alice: User, bob: User
) -> None:
    stays, leaves, foreign = (create_conversation(owner) for owner in (alice, alice, bob))
    picture = create_turn(stays, outputs=1).images.get()
    shown = ",".join(str(each.pk) for each in (stays, leaves, foreign))

    def ask(seen: str = "") -> Any:
        headers = {"HX-Request": "true", "If-None-Match": seen}
        return as_alice.get("/conversations/news/", {"shown": shown}, headers=headers)

    first = ask()
    assert f'data-gone="c{foreign.pk}"' in first.content.decode()
    assert ask(first["ETag"]).status_code == 304
    trash.trash(owner=alice, ids=[picture.post_id])
    then = ask(first["ETag"])
    assert then.content.decode().count("<img") == 2, "of each only its source is left"
    conversations.trash(owner=alice, ids=[leaves.pk])
    html = ask(then["ETag"]).content.decode()
    assert f'data-gone="c{leaves.pk},c{foreign.pk}"' in html
    assert f'hx-target="#conversation-{leaves.pk}"' not in html
