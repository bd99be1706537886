"""Home of a stranger: five answers to one prompt, then what people made public."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import Post
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PUBLIC = {"visibility": Post.Visibility.PUBLIC}


def landing(client: Client) -> str:
    return client.get("/").content.decode()


def test_the_landing_page_leads_to_both_doors(anonymous: Client) -> None:
    page = landing(anonymous)
    assert "Say it once.<br>See it five ways." in page
    assert 'href="/accounts/login/?next=%2F"' in page
    assert 'href="/accounts/signup/?next=/posts/create/"' in page


def test_without_public_posts_there_is_no_feed(anonymous: Client, alice: User) -> None:
    create_post(alice)
    page = landing(anonymous)
    assert 'id="feed"' not in page
    assert 'href="#feed"' not in page


def test_the_feed_leads_to_more(anonymous: Client, alice: User) -> None:
    assert "See more" not in landing(anonymous)
    create_post(alice, **PUBLIC)
    assert re.search(r'href="/explore/">\s*See more', landing(anonymous))


def test_a_caption_of_tags_does_not_bring_the_prompt_with_it(
    anonymous: Client, alice: User
) -> None:
    create_post(alice, caption="#Dusk #Sea", prompt="my secret recipe", **PUBLIC)
    create_post(alice, caption=" \n ", prompt="my secret recipe", **PUBLIC)
    page = landing(anonymous)
    assert "my secret recipe" not in page
    assert 'alt="#Dusk #Sea"' in page


def test_public_posts_are_shown_but_not_linked(anonymous: Client, alice: User) -> None:
    post = create_post(alice, **PUBLIC)
    page = landing(anonymous)
    assert f'data-post="{post.share_token}"' in page
    assert f"post-{post.pk}" not in page
    assert "Last light." in page
    assert post.get_absolute_url() not in page


def test_the_prompt_of_a_public_post_stays_its_owners(anonymous: Client, alice: User) -> None:
    create_post(alice, caption="", prompt="my secret recipe", **PUBLIC)
    assert "my secret recipe" not in landing(anonymous)


def test_only_what_may_be_shown_is_shown(anonymous: Client, alice: User, bob: User) -> None:
    hidden = [
        create_post(alice),
        create_post(alice, deleted_at=timezone.now(), **PUBLIC),
        create_post(alice, is_disabled_by_admin=True, **PUBLIC),
        create_post(alice, status=Post.Status.GENERATING_IMAGES, **PUBLIC),
        create_post(bob, **PUBLIC),
    ]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    shown = create_post(alice, **PUBLIC)
    page = landing(anonymous)
    assert f'data-post="{shown.share_token}"' in page
    for post in hidden:
        assert post.share_token not in page


def test_more_public_posts_ask_no_more_of_the_database(anonymous: Client, alice: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            create_post(alice, images=2, **PUBLIC)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            landing(anonymous)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_home_of_a_signed_in_person_is_their_own(as_alice: Client) -> None:
    assert "See it five ways" not in landing(as_alice)
