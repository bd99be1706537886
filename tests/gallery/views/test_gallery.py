"""The gallery: pages of cards, newest first, the owner's only."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import Post
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, start

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def ids(html: str) -> list[int]:
    """The posts on a page, in order."""
    return [int(part.split('"')[0]) for part in html.split('id="post-')[1:]]


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
        address = html.partition('href="?before=')[2].partition('"')[0]
        address = f"/gallery/?before={address}" if address else ""
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
    ],
)
def test_odd_parameters_show_the_first_page(as_alice: Client, alice: User, query: str) -> None:
    post = create_post(alice)
    response = as_alice.get(f"/gallery/?{query}")
    assert response.status_code == 200
    assert ids(response.content.decode()) == [post.pk]


def test_the_page_needs_the_same_few_queries_for_one_post_and_for_thirty(
    as_alice: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    create_project(alice)
    for _ in range(30):
        create_post(alice, images=2)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert as_alice.get("/gallery/").status_code == 200


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
