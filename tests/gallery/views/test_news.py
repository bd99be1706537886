"""What happened elsewhere while a wall is open."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import Post
from gallery.views import news
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, start, work_off
from tests.gallery.search.library import add_post

pytestmark = pytest.mark.django_db

MAX_QUERIES = 7


def ask(client: Client, seen: str = "", **parameters: object) -> HttpResponse:
    """The answer that an open wall gets."""
    headers = {"HX-Request": "true", "If-None-Match": seen}
    return client.get("/gallery/news/", parameters, headers=headers)


def test_a_wall_says_what_it_shows(as_alice: Client, alice: User) -> None:
    assert 'data-newest="0"' in as_alice.get("/gallery/").content.decode()
    old, new = create_post(alice), start(alice)
    html = as_alice.get("/gallery/").content.decode()
    assert f'data-newest="{new.pk}"' in html
    assert re.findall(r'data-post="(\d+)" data-unfinished', html) == [str(new.pk)]
    oldest_first = as_alice.get("/gallery/?sort=oldest").content.decode()
    assert "data-newest" not in oldest_first
    assert "data-newest" not in as_alice.get(f"/gallery/?before={new.pk}").content.decode()
    assert f'data-post="{old.pk}" data-unfinished' not in html


def test_new_posts_are_counted_as_the_wall_filters_them(
    as_alice: Client, alice: User, bob: User
) -> None:
    shown = create_post(alice)
    assert "new post" not in ask(as_alice, newest=shown.pk).content.decode()
    project = create_project(alice)
    add_post(alice, "a fox")
    add_post(alice, "a heron", project=project)
    add_post(bob, "a fox")
    add_post(alice, "a fox", deleted_at=timezone.now())
    assert "2 new posts" in ask(as_alice, newest=shown.pk).content.decode()
    found = ask(as_alice, newest=shown.pk, q="fox").content.decode()
    assert "1 new post" in found
    assert 'href="/gallery/?q=fox"' in found
    inside = ask(as_alice, newest=shown.pk, within=project.pk).content.decode()
    assert "1 new post" in inside
    assert f'href="/projects/{project.pk}/?"' in inside
    assert "new post" not in ask(as_alice, newest=shown.pk, sort="oldest").content.decode()
    assert "new post" not in ask(as_alice).content.decode()


def test_many_new_posts_are_not_all_counted(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "COUNTED", 2)
    for _ in range(3):
        add_post(alice, "a fox")
    assert "2+ new posts" in ask(as_alice, newest=0).content.decode()
    assert "2+ new posts" in ask(as_alice, newest=0, q="fox").content.decode()


def test_an_unfinished_post_comes_as_it_is_now_and_again_only_when_it_changed(
    as_alice: Client, alice: User
) -> None:
    post = start(alice, "a heron in the mist")
    first = ask(as_alice, newest=post.pk, cards=post.pk)
    assert "Developing" in first.content.decode()
    assert ask(as_alice, first["ETag"], newest=post.pk, cards=post.pk).status_code == 304
    work_off(post)
    then = ask(as_alice, first["ETag"], newest=post.pk, cards=post.pk)
    html = then.content.decode()
    assert f'hx-target="#post-{post.pk}"' in html
    assert "<img" in html
    assert "data-unfinished" not in html


def test_what_is_gone_leaves_the_wall_and_nobody_elses_posts_are_told(
    as_alice: Client, alice: User, bob: User
) -> None:
    trashed = create_post(alice, deleted_at=timezone.now())
    foreign = create_post(bob, caption="A secret of bob's")
    html = ask(as_alice, cards=f"{trashed.pk},{foreign.pk},x").content.decode()
    assert "secret" not in html
    assert f'data-gone="{trashed.pk},{foreign.pk}"' in html


def test_asking_costs_the_same_few_queries_for_one_post_and_for_many(
    as_alice: Client, alice: User
) -> None:
    for query in ({}, {"q": "fox"}):
        counts = []
        for more in (1, 30):
            posts = [start(alice, "a fox") for _ in range(more)]
            cards = ",".join(str(post.pk) for post in posts)
            with CaptureQueriesContext(connection) as queries:
                seen = ask(as_alice, newest=0, cards=cards, **query)
            counts.append(len(queries))
            with CaptureQueriesContext(connection) as again:
                assert (
                    ask(as_alice, seen["ETag"], newest=0, cards=cards, **query).status_code == 304
                )
            assert len(again) <= MAX_QUERIES - 2
        assert counts[0] == counts[1] <= MAX_QUERIES
        Post.objects.all().update(deleted_at=timezone.now())


@pytest.mark.parametrize(
    "query",
    ["newest=x", "newest=-1", "newest=9" * 20, "cards=,,x,0,-4,9e9", "within=0", "q=%00&aspect=x"],
)
def test_odd_questions_are_answered(as_alice: Client, query: str) -> None:
    assert as_alice.get(f"/gallery/news/?{query}").status_code == 200


def test_only_who_is_signed_in_may_ask(client: Client, as_alice: Client) -> None:
    assert client.get("/gallery/news/").status_code == 302
    assert as_alice.post("/gallery/news/").status_code == 405
