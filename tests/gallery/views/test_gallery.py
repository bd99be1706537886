"""The gallery: pages of cards, newest first, the owner's only."""

from __future__ import annotations

import gzip
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import GeneratedImage, Post
from gallery.views import gallery as gallery_view
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, start
from tests.gallery.search.library import add_image, add_post

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
MAX_QUERIES = 8


def ids(html: str) -> list[int]:
    """The posts on a page, in order."""
    return [int(part.split('"')[0]) for part in html.split('id="post-')[1:]]


def add_card(owner: User, prompt: str, **fields: Any) -> Post:
    """A post with a picture that has no bytes: enough for a card."""
    post = add_post(owner, prompt, **fields)
    add_image(post, dominant_colour="#b04a2f")
    return post


def test_an_empty_gallery_says_what_to_do(as_alice: Client) -> None:
    page = as_alice.get("/gallery/").content.decode()
    assert "Nothing here yet" in page
    assert "Your first prompt fills this wall." in page


def test_newest_first_and_only_ones_own(as_alice: Client, alice: User, bob: User) -> None:
    first, second = create_post(alice), create_post(alice)
    create_post(bob)
    create_post(alice, deleted_at=timezone.now())
    assert ids(as_alice.get("/gallery/").content.decode()) == [second.pk, first.pk]


def test_walking_all_pages_shows_every_post_once(as_alice: Client, alice: User) -> None:
    posts = [create_post(alice, images=0, status=Post.Status.FAILED).pk for _ in range(65)]
    seen: list[int] = []
    address = "/gallery/"
    while address:
        html = as_alice.get(address).content.decode()
        seen += ids(html)
        link = re.search(r'href="(\?before=\d+)"', html)
        address = f"/gallery/{link[1]}" if link else ""
    assert seen == posts[::-1]


def test_a_post_made_while_walking_shifts_nothing(as_alice: Client, alice: User) -> None:
    for _ in range(31):
        create_post(alice, images=0, status=Post.Status.FAILED)
    first = as_alice.get("/gallery/").content.decode()
    cursor = first.partition('href="?before=')[2].partition('"')[0]
    create_post(alice)
    second = as_alice.get(f"/gallery/?before={cursor}").content.decode()
    assert not set(ids(first)) & set(ids(second))
    assert len(ids(second)) == 1


def test_htmx_gets_only_the_cards_and_the_next_link(as_alice: Client, alice: User) -> None:
    create_post(alice)
    html = as_alice.get("/gallery/", headers=HTMX).content.decode()
    assert "<html" not in html
    assert 'class="card"' in html
    assert 'id="sentinel"' in html


def test_a_card_shows_picture_caption_model_and_how_many(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=3)
    page = as_alice.get("/gallery/").content.decode()
    image = post.images.first()
    assert image.thumbnail_url in page
    assert re.search(r'width="64"\s+height="64"', page), "the box is known before the picture"
    assert "Last light." in page
    assert "Lumen" in page
    assert ">3<" in page


def test_posts_in_the_making_and_failed_ones_have_their_cards(
    as_alice: Client, alice: User
) -> None:
    start(alice, "a heron in the mist")
    create_post(alice, images=0, status=Post.Status.FAILED)
    page = as_alice.get("/gallery/").content.decode()
    assert "a heron in the mist" in page
    assert "Developing" in page
    assert "No image was generated" in page


@pytest.mark.parametrize(
    "query",
    [
        "before=abc",
        "before=0",
        "before=-5",
        "before=1e3",
        "before=9" * 30,
        "before=%00",
        "q=%ED%A0%80",
        "q=+++",
        "kind=film",
        "sort=best",
        "aspect=1:0",
        "from=tomorrow&to=2026-13-01",
        "from=9999-12-31",
        "before=5&after=x&sort=newest&before=",
    ],
)
def test_odd_parameters_show_the_first_page(as_alice: Client, alice: User, query: str) -> None:
    post = create_post(alice, prompt="\ufffd a lighthouse")
    response = as_alice.get(f"/gallery/?{query}")
    assert response.status_code == 200
    assert ids(response.content.decode()) == [post.pk]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=lighthouse",
        "?kind=created&aspect=1:1&from=2000-01-01",
        "?kind=video",
        "?sort=oldest",
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_page_needs_the_same_few_queries_for_one_post_and_for_many(
    as_alice: Client, alice: User, query: str, headers: dict[str, str]
) -> None:
    create_project(alice)
    counts = []
    for more in (1, 35):
        for _ in range(more):
            add_card(alice, "a lighthouse", caption="Last light. #Dusk")
        if "video" in query:
            GeneratedImage.objects.update(clip_ms=5000)
        with CaptureQueriesContext(connection) as queries:
            assert as_alice.get(f"/gallery/{query}", headers=headers).status_code == 200
        counts.append(len(queries))
    assert max(counts) <= MAX_QUERIES
    assert counts[1] - counts[0] <= 1, "a full page asks how many more there are, no more"


def test_a_page_of_thirty_cards_weighs_little(as_alice: Client, alice: User) -> None:
    for number in range(35):
        words = f"Last light, {number}. "
        add_card(alice, f"a lighthouse {number} " * 60, caption=words * 80)
    html = as_alice.get("/gallery/?q=lighthouse").content
    assert len(ids(html.decode())) == 30
    assert len(gzip.compress(html, 6)) <= 60_000


# --- filters and search


def fragment(client: Client, query: str, **headers: str) -> HttpResponse:
    """The answer that htmx gets."""
    return client.get(f"/gallery/{query}", headers={**HTMX, **headers})


def test_filters_are_links_that_keep_each_other(as_alice: Client, alice: User) -> None:
    add_card(alice, "a fox", aspect_ratio="16:9")
    html = as_alice.get("/gallery/?q=fox&aspect=16:9&sort=oldest").content.decode()
    assert 'href="?q=fox&amp;kind=edited&amp;aspect=16%3A9&amp;sort=oldest"' in html
    assert 'href="?q=fox&amp;model=builtin%2Flumen&amp;aspect=16%3A9&amp;sort=oldest"' in html
    assert 'href="?q=fox&amp;sort=oldest"' in html, "the cross of the aspect"
    assert 'name="aspect" value="16:9"' in html, "a search by the form keeps it as well"
    assert 'href="?sort=oldest"' in html, "clear all"


def test_the_menu_of_kinds_has_videos_and_its_address_shows_nothing_else(
    as_alice: Client, alice: User
) -> None:
    picture, clip = add_card(alice, "a fox"), add_card(alice, "a fox")
    GeneratedImage.objects.filter(post=clip).update(clip_ms=5000)
    html = as_alice.get("/gallery/").content.decode()
    assert ids(html) == [clip.pk, picture.pk]
    assert 'href="?kind=video"' in html
    html = as_alice.get("/gallery/?q=fox&kind=video").content.decode()
    assert ids(html) == [clip.pk]
    assert 'name="kind" value="video"' in html, "a search by the form keeps it"
    assert ids(as_alice.get("/gallery/?kind=created").content.decode()) == [picture.pk]


def test_what_was_found_is_marked_on_the_cards(as_alice: Client, alice: User) -> None:
    add_post(alice, "a lighthouse", caption="Uma <i>ação</i> no farol. #Farol")
    html = as_alice.get("/gallery/?q=acao").content.decode()
    assert "Uma &lt;i&gt;<mark>ação</mark>&lt;/i&gt; no farol." in html
    assert '<span class="tag">#Farol</span>' in html


def test_nothing_found_says_what_to_leave_out(as_alice: Client, alice: User) -> None:
    add_post(alice, "a lighthouse")
    html = as_alice.get("/gallery/?q=zebra&aspect=16:9").content.decode()
    assert "Nothing matches" in html
    assert 'href="?aspect=16%3A9"' in html
    assert 'href="?q=zebra"' in html
    assert "Clear all" in html
    assert "Nothing here yet" not in html


def test_a_better_spelling_is_offered(as_alice: Client, alice: User) -> None:
    for _ in range(3):
        add_post(alice, "a lighthouse")
    html = as_alice.get("/gallery/?q=lighthuose").content.decode()
    assert 'href="?q=lighthouse"' in html


def test_htmx_gets_the_wall_anew_with_its_filters_when_they_changed(
    as_alice: Client, alice: User
) -> None:
    add_post(alice, "a fox")
    response = fragment(as_alice, "?q=fox&from=&to=")
    html = response.content.decode()
    assert "<html" not in html
    assert 'id="wall"' in html
    assert 'id="filters"' in html
    assert 'id="q"' in html
    assert response["HX-Push-Url"] == "/gallery/?q=fox"
    typed = fragment(as_alice, "?q=fox", **{"HX-Source": "form#search"}).content.decode()
    assert 'id="q"' not in typed, "nobody is disturbed while typing"


@pytest.mark.parametrize(
    ("here", "header"),
    [
        ("", "HX-Push-Url"),
        ("?q=fo", "HX-Replace-Url"),
        ("?q=fo&kind=edited", "HX-Push-Url"),
        ("?q=fox&view=7&img=2", "HX-Replace-Url"),
    ],
)
def test_typing_on_makes_no_new_entries_in_the_history(
    as_alice: Client, here: str, header: str
) -> None:
    current = {"HX-Current-URL": f"http://testserver/gallery/{here}"}
    response = fragment(as_alice, "?q=fox", **current)
    assert response.get(header) == "/gallery/?q=fox"


def test_the_next_page_of_a_search_keeps_it_and_goes_on(as_alice: Client, alice: User) -> None:
    posts = [add_post(alice, "a fox").pk for _ in range(35)]
    for order, expected in (("", posts[::-1]), ("&sort=oldest", posts)):
        html = as_alice.get(f"/gallery/?q=fox{order}").content.decode()
        more = re.search(r'class="btn btn--outline"\s+href="([^"]+)"', html)
        assert more
        rest = fragment(as_alice, unescape(more[1])).content.decode()
        assert ids(html) + ids(rest) == expected
        assert "That is everything." in rest


def test_small_numbers_are_counted_and_large_ones_are_not(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(33):
        add_post(alice, "a fox")
    assert "33 posts" in as_alice.get("/gallery/").content.decode()
    assert "33 posts" in as_alice.get("/gallery/?q=fox").content.decode()
    monkeypatch.setattr(gallery_view, "COUNTED", 32)
    assert "32+ posts" in as_alice.get("/gallery/").content.decode()
    assert "32+ posts" in as_alice.get("/gallery/?q=fox").content.decode()


# --- projects and home


def test_a_project_shows_its_posts_and_nobody_elses_project_is_there(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    project = create_project(alice, "Farol")
    inside, _outside = create_post(alice, project=project), create_post(alice)
    page = as_alice.get(f"/projects/{project.pk}/").content.decode()
    assert ids(page) == [inside.pk]
    assert as_bob.get(f"/projects/{project.pk}/").status_code == 404


def test_a_project_is_made_and_its_name_is_ones_own(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    assert as_alice.post("/projects/create/", {"name": "Farol"}).status_code == 302
    again = as_alice.post("/projects/create/", {"name": "FAROL"})
    assert again.status_code == 422
    assert "already have a project with this name" in again.content.decode()
    assert as_bob.post("/projects/create/", {"name": "Farol"}).status_code == 302
    empty = as_alice.post("/projects/create/", {"name": "  "})
    assert "Give the project a name." in empty.content.decode()


def test_home_shows_projects_recent_posts_and_what_is_in_progress(
    as_alice: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    for number in range(4):
        project = create_project(alice, f"Project {number}")
        create_post(alice, project=project)
    start(alice, "a boat that is being made")
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        page = as_alice.get("/").content.decode()
    assert "Project 3" in page
    assert "a boat that is being made" in page
    assert "In progress" in page
