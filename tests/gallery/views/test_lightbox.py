"""The lightbox's fragment: what it says, to whom, and when it says "not modified"."""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import CostBasis, GeneratedImage, Post
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post, create_project, start

pytestmark = pytest.mark.django_db


def address(post: Post, query: str = "") -> str:
    """Where the fragment of a post is."""
    return f"/posts/{post.pk}/lightbox/{query}"


def text_of(client: Client, where: str) -> str:
    """The answer's HTML with single blanks."""
    return re.sub(r"\s+", " ", client.get(where).content.decode())


def current(fragment: str) -> str:
    """The number of the picture in front."""
    return fragment.partition('data-current="')[2].partition('"')[0]


def test_the_sidebar_says_all_that_is_known_of_a_picture(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0, negative_prompt="no people", aspect_ratio="16:9")
    image = create_image(
        post,
        model_name="SeeDream v4.5",
        duration_ms=28_500,
        cost=Decimal("0.06"),
        cost_basis=CostBasis.REPORTED,
        width=1536,
        height=864,
        seed=1873340216,
    )
    made_at = dt.datetime(2026, 1, 1, 17, 51, 44, tzinfo=dt.UTC)
    GeneratedImage.objects.filter(pk=image.pk).update(created_at=made_at)
    fragment = text_of(as_alice, address(post))
    for expected in (
        ">SeeDream v4.5</h2>",
        "28.5 s",
        "$ 0.0600",
        "1536x864</span>",
        ">1/1/2026, 5:51:44 PM</time>",
        "All outputs (1)",
        "Generation settings",
        "a lighthouse at dusk",
        "no people",
        "16:9",
        ">1873340216<",
        f'href="/posts/{post.pk}/download/?img=1"',
        f'href="/posts/{post.pk}/"',
    ):
        assert expected in fragment, expected


def test_an_estimated_cost_says_so_and_an_unknown_one_is_left_out(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice, images=0)
    create_image(post, cost=Decimal("0.12345"), cost_basis=CostBasis.ESTIMATED)
    create_image(post, position=1, cost_basis=CostBasis.UNKNOWN)
    fragment = text_of(as_alice, address(post))
    assert "~$ 0.1235" in fragment
    assert fragment.count("$ ") == 1


def test_the_caption_is_whole_with_its_lines_and_hashtags(as_alice: Client, alice: User) -> None:
    long = "Last light.\n\n" + "word " * 400 + "\n#Lighthouse"
    raw = as_alice.get(address(create_post(alice, caption=long))).content.decode()
    paragraph = raw.partition('id="lightbox-caption">')[2].partition("</p>")[0]
    assert html.unescape(re.sub(r"<[^>]+>", "", paragraph)) == long
    assert '<span class="tag">#Lighthouse</span>' in paragraph
    assert 'data-copy="#lightbox-caption"' in raw


def test_without_a_caption_there_is_no_such_section(as_alice: Client, alice: User) -> None:
    fragment = text_of(as_alice, address(create_post(alice, caption="")))
    assert "Caption" not in fragment
    assert "lightbox-caption" not in fragment


def test_all_pictures_are_there_and_one_is_in_front(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=3)
    fragment = text_of(as_alice, address(post, "?img=2"))
    assert current(fragment) == "2"
    assert "All outputs (3)" in fragment
    assert fragment.count("<figure") == 3
    assert len(re.findall(r"<figure[^>]* hidden>", fragment)) == 2
    assert len(re.findall('aria-pressed="true"[^>]*data-lb-show="2"', fragment)) == 1
    assert fragment.count('aria-pressed="true"') == 1
    assert f"/posts/{post.pk}/download/?img=2" in fragment


def test_the_box_of_a_picture_is_known_before_the_picture(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    create_image(post, width=1536, height=864)
    fragment = text_of(as_alice, address(post))
    assert "--ar:1.7778;--w:1536;--lq:#b04a2f" in fragment
    assert 'width="1536" height="864"' in fragment


@pytest.mark.parametrize("query", ["img=0", "img=-1", "img=9", "img=abc", "img=%00", "img=1e9", ""])
def test_a_number_that_makes_no_sense_shows_the_cover(
    as_alice: Client, alice: User, query: str
) -> None:
    post = create_post(alice, images=3, cover_position=2)
    assert current(text_of(as_alice, address(post, f"?{query}"))) == "3"


def test_a_post_without_pictures_says_why(as_alice: Client, alice: User) -> None:
    failed = create_post(alice, images=0, status=Post.Status.FAILED)
    assert "No image was generated" in text_of(as_alice, address(failed))
    making = text_of(as_alice, address(start(alice)))
    assert "Developing" in making
    assert "All outputs" not in making
    assert "download/" not in making


def test_texts_of_people_are_escaped(as_alice: Client, alice: User) -> None:
    evil = '"><script>alert(1)</script>'
    post = create_post(alice, images=0, prompt=evil, caption=evil)
    create_image(post, model_name=evil)
    assert "<script" not in text_of(as_alice, address(post))


def test_a_portuguese_reader_gets_portuguese_numbers(alice: User) -> None:
    post = create_post(alice, images=0)
    create_image(post, cost=Decimal("0.06"), cost_basis=CostBasis.REPORTED, width=1000, height=800)
    client = Client(headers={"accept-language": "pt-br"})
    client.force_login(alice)
    fragment = text_of(client, address(post))
    assert "$ 0,0600" in fragment
    assert "--ar:1.25;" in fragment
    assert "* 1.2500)" in fragment


def test_only_the_owner_gets_it(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, sam: User
) -> None:
    post = create_post(alice)
    staff = Client()
    staff.force_login(sam)
    assert as_alice.get(address(post)).status_code == 200
    assert as_bob.get(address(post)).status_code == 404
    assert staff.get(address(post)).status_code == 404
    assert anonymous.get(address(post)).status_code == 302
    assert as_alice.post(address(post)).status_code == 405
    assert as_alice.get("/posts/999999999/lightbox/").status_code == 404


def test_a_post_in_the_trash_is_not_there(as_alice: Client, alice: User) -> None:
    post = create_post(alice, deleted_at=timezone.now())
    assert as_alice.get(address(post)).status_code == 404


def test_it_is_sent_once_for_each_revision_language_and_number(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice, images=2)

    def get(query: str = "", **headers: str) -> Any:
        return as_alice.get(address(post, query), headers=headers)

    etag = get()["ETag"]
    assert get()["Cache-Control"] == "private, no-cache"
    again = get(**{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert get("?img=2", **{"If-None-Match": etag}).status_code == 200
    assert get(**{"If-None-Match": etag, "Accept-Language": "pt-br"}).status_code == 200
    Post.objects.filter(pk=post.pk).update(revision=post.revision + 1)
    assert get(**{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("images", [1, 8])
def test_it_takes_five_queries_however_many_pictures_there_are(
    as_alice: Client, alice: User, images: int, django_assert_num_queries: Any
) -> None:
    post = create_post(alice, images=images)
    with django_assert_num_queries(5):
        assert as_alice.get(address(post)).status_code == 200


def test_the_gallery_has_the_dialog_and_its_cards_lead_there(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    page = text_of(as_alice, "/gallery/")
    assert page.count('id="lightbox"') == 1
    assert f'href="/posts/{post.pk}/" data-lightbox' in page
    project = create_project(alice)
    assert text_of(as_alice, f"/projects/{project.pk}/").count('id="lightbox"') == 1


@pytest.mark.parametrize("view", ["0", "-4", "abc", "9" * 40, "%00", "999999999"])
def test_an_address_with_an_odd_view_is_the_gallery(
    as_alice: Client, alice: User, view: str
) -> None:
    create_post(alice)
    response = as_alice.get(f"/gallery/?view={view}&img={view}")
    assert response.status_code == 200
    assert 'class="card"' in response.content.decode()


def test_it_says_whether_others_find_the_post_and_whether_more_will_come(
    as_alice: Client, alice: User
) -> None:
    unlisted = text_of(as_alice, address(create_post(alice)))
    assert "public</span>" not in unlisted
    assert "data-unfinished" not in unlisted
    public = create_post(alice, visibility=Post.Visibility.PUBLIC)
    assert "public</span>" in text_of(as_alice, address(public))
    assert "data-unfinished" in text_of(as_alice, address(start(alice)))
