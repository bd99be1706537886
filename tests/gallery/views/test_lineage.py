"""The page of a post's line, and what the pages of posts say of their relatives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import EditConversation, Post
from gallery.services import deletion, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
from tests.gallery.rows import add_edit

pytestmark = pytest.mark.django_db

NOT_THERE = 987_654_321


def text_of(client: Client, where: str) -> str:
    """The answer's HTML with single blanks."""
    answer = client.get(where)
    assert answer.status_code == 200, where
    return re.sub(r"\s+", " ", answer.content.decode())


def line(owner: User) -> tuple[Post, Post, Post]:
    """A post, an edit of it, and an edit of that."""
    conversation = create_conversation(owner)
    first = create_turn(conversation, outputs=1, message="make it night").images.get()
    second = create_turn(conversation, outputs=1, bases=[first], message="add fog <b>").images.get()
    return conversation.source_image.post, first.post, second.post


def test_the_page_draws_the_tree_with_what_was_asked_for(as_alice: Client, alice: User) -> None:
    source, first, second = line(alice)
    page = text_of(as_alice, f"/posts/{first.pk}/lineage/")
    tree = page.partition('<ul class="line"')[2].partition("</section>")[0]
    assert re.findall(r'href="(/posts/\d+/)"', tree) == [
        post.get_absolute_url() for post in (source, first, second)
    ]
    assert "<span>make it night</span>" in tree
    assert "<span>add fog &lt;b&gt;</span>" in tree
    assert tree.count('<ul class="line"') == 2
    assert tree.count("aria-current") == 1
    for post in (source, first, second):
        assert post.images.get().thumbnail_url in tree


def test_what_is_away_is_named_as_such(as_alice: Client, alice: User) -> None:
    source, first, second = line(alice)
    trash.trash(owner=alice, ids=[first.pk])
    page = text_of(as_alice, f"/posts/{second.pk}/lineage/")
    assert "In the trash" in page
    assert f'src="/pictures/{first.images.get().pk}/' in page
    assert f'href="/posts/{first.pk}/"' not in page
    deletion.delete_posts(Post.objects.filter(pk__in=[source.pk, first.pk]), by=alice)
    page = text_of(as_alice, f"/posts/{second.pk}/lineage/")
    assert page.count("Deleted picture") == 2
    assert f'href="/posts/{source.pk}/"' not in page


def test_a_post_without_relatives_says_so(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    page = text_of(as_alice, f"/posts/{post.pk}/lineage/")
    assert "Nothing was made from this picture yet." in page
    assert f'href="/posts/{post.pk}/edit/"' in page


def test_only_the_owner_sees_it_and_only_of_what_is_there(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, sam: User
) -> None:
    post = create_post(alice)
    address = f"/posts/{post.pk}/lineage/"
    staff = Client()
    staff.force_login(sam)
    assert as_bob.get(address).status_code == 404
    assert staff.get(address).status_code == 404
    assert anonymous.get(address).status_code == 302
    assert as_alice.post(address).status_code == 405
    assert as_alice.get(f"/posts/{NOT_THERE}/lineage/").status_code == 404
    trash.trash(owner=alice, ids=[post.pk])
    assert as_alice.get(address).status_code == 404


def test_the_page_takes_the_same_queries_however_large_the_line_is(
    as_alice: Client, alice: User, django_assert_num_queries: Any
) -> None:
    first, _second, last = line(alice)
    for more in (0, 30):
        for _ in range(more):
            last = add_edit(last)
            add_edit(first)
        with django_assert_num_queries(8):
            text_of(as_alice, f"/posts/{first.pk}/lineage/")


def test_of_a_very_long_line_a_part_is_drawn_and_the_rest_is_counted(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.lineage.tree_of.__kwdefaults__", {"limit": 4})
    posts = [create_post(alice)]
    for _ in range(8):
        posts.append(add_edit(posts[-1]))
    page = text_of(as_alice, f"/posts/{posts[4].pk}/lineage/")
    assert "5 more pictures of this lineage are not shown" in page
    assert "It begins further up" in page
    assert "1 more made from it" in page


@pytest.mark.parametrize("place", ["/posts/{}/", "/posts/{}/lightbox/"])
def test_a_post_says_what_it_was_derived_from(as_alice: Client, alice: User, place: str) -> None:
    source, first, second = line(alice)
    Post.objects.filter(pk=source.pk).update(caption="The keeper's diary")
    page = text_of(as_alice, place.format(first.pk))
    assert "Derived from" in page
    assert "The keeper&#x27;s diary" in page
    assert f'href="{source.get_absolute_url()}"' in page
    assert f'href="/posts/{first.pk}/lineage/"' in page
    assert "1a · Lumen" in text_of(as_alice, place.format(second.pk))
    assert "Derived from" not in text_of(as_alice, place.format(source.pk))
    trash.trash(owner=alice, ids=[source.pk])
    page = text_of(as_alice, place.format(first.pk))
    assert "In the trash" in page
    assert f'href="{source.get_absolute_url()}"' not in page
    deletion.delete_posts(Post.objects.filter(pk=source.pk), by=alice)
    page = text_of(as_alice, place.format(first.pk))
    assert "A picture that was deleted" in page
    assert f'href="/posts/{first.pk}/lineage/"' in page


def test_the_page_of_a_post_shows_what_was_made_from_it(as_alice: Client, alice: User) -> None:
    source, first, second = line(alice)
    page = text_of(as_alice, source.get_absolute_url())
    section = page.partition("Made from this")[2].partition("</section>")[0]
    assert f'href="{first.get_absolute_url()}"' in section
    assert "make it night" in section
    assert second.get_absolute_url() not in section
    assert "Made from this" not in text_of(as_alice, second.get_absolute_url())
    for _ in range(12):
        add_edit(source)
    section = text_of(as_alice, source.get_absolute_url()).partition("Made from this")[2]
    section = section.partition("</section>")[0]
    assert section.count("<li ") == 12
    assert f'href="/posts/{source.pk}/lineage/"' in section
    assert "All of them" in section


@pytest.mark.parametrize("place", ["/posts/{}/", "/posts/{}/lightbox/"])
def test_the_conversations_of_a_picture_stand_above_the_way_to_a_new_one(
    as_alice: Client, alice: User, place: str
) -> None:
    post = create_post(alice)
    page = text_of(as_alice, place.format(post.pk))
    assert "No edit conversations yet" in page
    assert f'href="/posts/{post.pk}/edit/?img=1" hx-get="/posts/{post.pk}/edit/?img=1"' in page
    conversation = create_conversation(alice, post.images.get(), title="Night <i>sea</i>")
    for _ in range(3):
        turn = create_turn(conversation, outputs=1)
    page = text_of(as_alice, place.format(post.pk))
    assert "Conversations (1)" in page
    assert "Night &lt;i&gt;sea&lt;/i&gt;" in page
    assert "3 turns · Created here" in page
    assert "No edit conversations yet" not in page
    assert page.index(conversation.get_absolute_url()) < page.index("New conversation")
    output = turn.images.get().post
    page = text_of(as_alice, place.format(output.pk))
    assert "Conversations (1)" in page
    assert "3 turns · picture 3a" in page
    assert "New conversation" in page


def test_more_conversations_than_fit_are_a_link_away(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    for _ in range(7):
        create_conversation(alice, post.images.get())
    page = text_of(as_alice, post.get_absolute_url())
    assert "Conversations (7)" in page
    assert page.count("0 turns · Created here") == 5
    assert f'href="/conversations/?post={post.pk}"' in page


def test_in_the_lightbox_each_picture_has_its_own_conversations(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice, images=2)
    create_conversation(alice, post.images.get(position=1), title="Of the second")
    fragment = text_of(as_alice, f"/posts/{post.pk}/lightbox/?img=2")
    first, second = re.findall(r'<section class="side__sec" id="lightbox-shelf-\d"[^>]*>', fragment)
    assert first.endswith("hidden>")
    assert "hidden" not in second
    assert fragment.index("No edit conversations yet") < fragment.index("Of the second")
    for number in (1, 2):
        assert f'href="/posts/{post.pk}/edit/?img={number}"' in fragment
    foot = fragment.partition('<div class="side__foot">')[2]
    assert f'href="/posts/{post.pk}/edit/?img=2"' in foot
    assert "Open post" not in foot
    assert "Open post" in fragment


def test_the_fragment_of_the_lightbox_is_sent_again_when_a_relative_changed(
    as_alice: Client, alice: User
) -> None:
    source, first, _second = line(alice)
    address = f"/posts/{first.pk}/lightbox/"

    def is_changed() -> bool:
        nonlocal etag
        answer = as_alice.get(address, headers={"If-None-Match": etag})
        etag = answer["ETag"]
        return answer.status_code == 200

    etag = ""
    assert is_changed()
    assert not is_changed()
    trash.trash(owner=alice, ids=[source.pk])
    assert is_changed()
    create_conversation(alice, first.images.get())
    assert is_changed()
    EditConversation.objects.update(revision=9)
    assert is_changed()
    EditConversation.objects.update(deleted_at=timezone.now())
    assert is_changed()
    assert not is_changed()


def test_an_edit_is_not_generated_again_from_words(as_alice: Client, alice: User) -> None:
    source, first, _second = line(alice)
    assert "Generate again" in text_of(as_alice, source.get_absolute_url())
    page = text_of(as_alice, first.get_absolute_url())
    assert "Generate again" not in page
    assert "Make similar" not in page
    assert f'href="/posts/{first.pk}/edit/?img=1"' in page


def test_a_card_of_an_edit_says_so_and_every_card_with_a_picture_can_be_refined(
    as_alice: Client, alice: User
) -> None:
    source, first, second = line(alice)
    failed = create_post(alice, images=0, status=Post.Status.FAILED)
    page = text_of(as_alice, "/gallery/")
    cards = {int(card.split('"')[0]): card for card in page.split('id="post-')[1:]}
    assert [pk for pk, card in cards.items() if re.search(r"</svg>edit</span>", card)] == [
        second.pk,
        first.pk,
    ]
    for post in (source, first, second):
        assert f'href="/posts/{post.pk}/edit/"' in cards[post.pk]
    assert "/edit/" not in cards[failed.pk]
    page = text_of(as_alice, "/gallery/?kind=edited")
    assert [int(pk) for pk in re.findall(r'id="post-(\d+)"', page)] == [second.pk, first.pk]
    page = text_of(as_alice, "/gallery/?kind=created")
    assert [int(pk) for pk in re.findall(r'id="post-(\d+)"', page)] == [failed.pk, source.pk]


def test_the_page_of_a_post_takes_the_same_queries_with_many_relatives(
    as_alice: Client, alice: User, django_assert_num_queries: Any
) -> None:
    _source, first, _second = line(alice)
    text_of(as_alice, first.get_absolute_url())  # what is kept between requests
    for more in (1, 7):
        for _ in range(more):
            add_edit(first)
            create_turn(create_conversation(alice, first.images.get()), outputs=2)
        with django_assert_num_queries(16):
            text_of(as_alice, first.get_absolute_url())


def test_an_open_page_gets_the_tree_only_when_something_changed(
    as_alice: Client, alice: User
) -> None:
    source, first, _second = line(alice)
    address = f"/posts/{source.pk}/lineage/"
    headers = {"HX-Request": "true"}
    seen = as_alice.get(address, headers=headers)
    assert "<html" not in seen.content.decode()
    headers["If-None-Match"] = seen["ETag"]
    assert as_alice.get(address, headers=headers).status_code == 304
    trash.trash(owner=alice, ids=[first.pk])
    assert "line__i--away" in as_alice.get(address, headers=headers).content.decode()


@pytest.mark.parametrize("place", ["/posts/{}/relatives/", "/posts/{}/lightbox/relatives/"])
def test_an_open_post_gets_its_relatives_only_when_one_changed(
    as_alice: Client, alice: User, place: str
) -> None:
    source, first, _second = line(alice)
    conversation = EditConversation.objects.get()
    headers = {"HX-Request": "true"}

    def ask() -> str | None:
        answer = as_alice.get(place.format(first.pk), headers=headers)
        headers["If-None-Match"] = answer["ETag"]
        return answer.content.decode() if answer.status_code == 200 else None

    shown = ask()
    assert shown is not None
    assert conversation.title in shown
    assert ask() is None
    trash.trash(owner=alice, ids=[source.pk])
    shown = ask()
    assert shown is not None
    assert "In the trash" in shown
    EditConversation.objects.update(deleted_at=timezone.now())
    shown = ask()
    assert shown is not None
    assert "No edit conversations yet" in shown
    trash.restore(owner=alice, ids=[source.pk])
    Post.objects.filter(pk=source.pk).update(caption="Another title")
    shown = ask()
    assert shown is not None
    assert "Another title" in shown
    deletion.delete_posts(Post.objects.filter(pk=source.pk), by=alice)
    shown = ask()
    assert shown is not None
    assert "A picture that was deleted" in shown
    assert ask() is None


def test_what_is_made_from_an_open_post_comes_and_goes(as_alice: Client, alice: User) -> None:
    source, first, _second = line(alice)
    address = f"/posts/{source.pk}/relatives/"
    assert f'data-post="{first.pk}"' in text_of(as_alice, address)
    trash.trash(owner=alice, ids=[first.pk])
    assert "Made from this" not in text_of(as_alice, address)
    trash.restore(owner=alice, ids=[first.pk])
    assert f'data-post="{first.pk}"' in text_of(as_alice, address)


def test_the_relatives_are_those_of_the_page(as_alice: Client, alice: User) -> None:
    source, first, _second = line(alice)
    for post in (source, first):
        page = text_of(as_alice, post.get_absolute_url())
        part = page.partition('class="post__relatives"')[2].partition(">")[2]
        alone = text_of(as_alice, f"/posts/{post.pk}/relatives/")
        assert part.strip().startswith(alone.strip())


@pytest.mark.parametrize(
    ("place", "queries"), [("/posts/{}/relatives/", 12), ("/posts/{}/lightbox/relatives/", 10)]
)
def test_the_relatives_take_the_same_queries_however_many_there_are(
    as_alice: Client, alice: User, place: str, queries: int, django_assert_num_queries: Any
) -> None:
    _source, first, _second = line(alice)
    for more in (1, 7):
        for _ in range(more):
            add_edit(first)
            create_turn(create_conversation(alice, first.images.get()), outputs=2)
        with django_assert_num_queries(queries):
            seen = as_alice.get(place.format(first.pk))["ETag"]
        with django_assert_num_queries(queries):
            headers = {"If-None-Match": seen}
            assert as_alice.get(place.format(first.pk), headers=headers).status_code == 304
