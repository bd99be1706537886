"""What open pages of strangers are told: which posts are not public any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.models import Post
from gallery.models.posts import new_share_token
from gallery.public_forms import MAX_POSTS
from gallery.services import deletion
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PUBLIC = {"visibility": Post.Visibility.PUBLIC}


def ask(client: Client, *posts: Post | str, name: str = "shown") -> str:
    tokens = [post.share_token if isinstance(post, Post) else post for post in posts]
    answer = client.get("/public/withdrawn/", {name: ",".join(tokens)})
    assert answer.status_code == 200
    return answer.content.decode().strip()


def told(*tokens: str) -> str:
    return f'data-gone="{",".join(tokens)}"'


def test_what_is_still_public_is_not_mentioned(anonymous: Client, alice: User) -> None:
    assert ask(anonymous, create_post(alice, **PUBLIC)) == ""
    assert ask(anonymous) == ""


def test_withdrawn_in_any_way_or_never_public_is_all_the_same(
    anonymous: Client, alice: User, bob: User
) -> None:
    there = create_post(alice, **PUBLIC)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    deleted = create_post(alice, **PUBLIC)
    withdrawn = [
        create_post(alice),
        create_post(alice, deleted_at=timezone.now(), **PUBLIC),
        create_post(alice, is_disabled_by_admin=True, **PUBLIC),
        create_post(alice, sharing_enabled=False, **PUBLIC),
        create_post(alice, share_expires_at=timezone.now() - timedelta(seconds=1), **PUBLIC),
        create_post(alice, status=Post.Status.GENERATING_IMAGES, **PUBLIC),
        create_post(bob, **PUBLIC),
    ]
    deletion.delete_posts(Post.objects.filter(pk=deleted.pk), by=alice)
    tokens = [*(post.share_token for post in withdrawn), deleted.share_token, new_share_token()]
    html = ask(anonymous, there, *tokens)
    assert told(*tokens) in html
    assert there.share_token not in html
    alone = {ask(anonymous, token).replace(token, "token") for token in tokens}
    assert len(alone) == 1, "each of them gets the same answer"


def test_a_page_of_one_post_asks_whether_its_link_still_works(
    anonymous: Client, alice: User
) -> None:
    unlisted, ended = create_post(alice), create_post(alice, sharing_enabled=False)
    assert ask(anonymous, unlisted, name="here") == ""
    assert told(ended.share_token) in ask(anonymous, ended, name="here")


def test_it_is_the_same_for_everybody_and_may_be_kept_for_a_moment(
    anonymous: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tokens = [create_post(alice, **PUBLIC).share_token for _ in range(5)]
    for count in (1, 5):
        with django_assert_num_queries(2):
            answer = anonymous.get(
                "/public/withdrawn/", {"shown": ",".join(tokens[:count]), "here": tokens[0]}
            )
    assert answer["Cache-Control"] == "public, max-age=3"
    assert not answer.cookies


@pytest.mark.parametrize("rubbish", ["", ",,", "x", "%00", "1,2", "<i>" * 9, "é" * 22, "x" * 23])
def test_rubbish_is_left_out(
    anonymous: Client, rubbish: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert ask(anonymous, rubbish) == ask(anonymous, rubbish, name="here") == ""
    assert anonymous.post("/public/withdrawn/").status_code == 405


def test_one_question_is_about_so_many_at_most(anonymous: Client) -> None:
    tokens = [new_share_token() for _ in range(MAX_POSTS + 1)]
    assert told(*tokens[:MAX_POSTS]) in ask(anonymous, *tokens)
