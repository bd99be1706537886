"""Somebody's public page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery import profile_page
from gallery.models import Post, StoredObject
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PAGE = "/@marina/"
PUBLIC = {"visibility": Post.Visibility.PUBLIC}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def marina(alice: User) -> User:
    """Alice, with a public page."""
    about = {"name": "Marina Duarte", "handle": "marina", "bio": "Honey.\nLighthouses."}
    joined = datetime(2026, 3, 9, tzinfo=UTC)
    User.objects.filter(pk=alice.pk).update(**about, date_joined=joined)
    alice.refresh_from_db()
    return alice


def html(client: Client, path: str = PAGE, **options: Any) -> str:
    answer = client.get(path, **options)
    assert answer.status_code == 200
    return str(answer.content.decode())


def shown(page: str) -> list[str]:
    """Tokens of the cards, in their order."""
    return re.findall(r'<li class="card" data-post="([^"]+)"', page)


def next_of(page: str) -> str:
    """Where the posts that follow are."""
    found = re.search(r'hx-get="(\?before=[\w=-]+)"', page)
    assert found
    return found[1]


def test_it_says_who_they_are_and_shows_what_is_public(anonymous: Client, marina: User) -> None:
    first, second = create_post(marina, **PUBLIC), create_post(marina, **PUBLIC)
    create_post(marina)
    page = html(anonymous)
    assert shown(page) == [second.share_token, first.share_token]
    assert "<h1>Marina Duarte</h1>" in page
    assert re.search(r"@marina ·\s+since March 2026", page)
    assert "Honey.\nLighthouses." in page
    assert ">MD</span>" in page
    assert f'href="/p/{first.share_token}/"' in page
    assert "noindex" not in page


def test_what_is_not_in_the_feed_is_not_here(anonymous: Client, marina: User, bob: User) -> None:
    create_post(marina, deleted_at=timezone.now(), **PUBLIC)
    create_post(marina, is_disabled_by_admin=True, **PUBLIC)
    create_post(marina, sharing_enabled=False, **PUBLIC)
    create_post(marina, share_expires_at=timezone.now() - timedelta(seconds=1), **PUBLIC)
    create_post(marina, status=Post.Status.GENERATING_IMAGES, **PUBLIC)
    create_post(marina, review=Post.Review.HELD, **PUBLIC)
    create_post(bob, **PUBLIC)
    page = html(anonymous)
    assert shown(page) == []
    assert "Nothing public yet" in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_picture_whose_bytes_are_still_private_is_not_here(
    anonymous: Client, marina: User
) -> None:
    post = create_post(marina, **PUBLIC)
    StoredObject.objects.filter(image__post=post).update(area=StoredObject.Area.PRIVATE)
    assert shown(html(anonymous)) == []


def test_what_strangers_get_has_no_id_address_or_prompt(anonymous: Client, marina: User) -> None:
    for number in range(21):
        create_post(marina, pk=7_654_321 + number, prompt="secret recipe", caption="", **PUBLIC)
    for page in (html(anonymous), html(anonymous, PAGE + next_of(html(anonymous)), headers=HTMX)):
        assert shown(page)
        for word in ("secret", "alice@", "example.com", "76543"):
            assert word not in page


@pytest.mark.parametrize("path", [PAGE, "/@marina/rss/"])
def test_nobody_and_somebody_who_was_suspended_are_the_same(
    anonymous: Client, marina: User, path: str
) -> None:
    create_post(marina, **PUBLIC)
    User.objects.filter(pk=marina.pk).update(is_active=False)
    suspended = anonymous.get(path)
    nobody = anonymous.get(path.replace("marina", "nobody2"))
    assert suspended.status_code == nobody.status_code == 404
    assert suspended.content == nobody.content


@pytest.mark.parametrize("path", ["/@{}/", "/@{}/rss/"])
def test_the_name_is_found_in_any_case_and_has_one_address(anonymous: Client, path: str) -> None:
    answer = anonymous.get(path.format("Marina"))
    assert answer.status_code == 301
    assert answer["Location"] == path.format("marina")
    assert anonymous.get(path.format("Nobody2")).status_code == 404


def test_only_they_themselves_are_offered_to_edit(
    as_alice: Client, as_bob: Client, anonymous: Client
) -> None:
    assert 'href="/settings/profile/"' in html(as_alice)
    for other in (as_bob, anonymous):
        assert "/settings/profile/" not in html(other)


def test_an_empty_page_tells_its_owner_what_to_do(as_alice: Client, as_bob: Client) -> None:
    assert "What you make public stands here." in html(as_alice)
    assert "What is made public will stand here." in html(as_bob)


def test_what_they_wrote_is_text_and_no_markup(anonymous: Client, marina: User) -> None:
    bio = '<b>bold</b> https://example.org "quoted" {{ 7 }}'
    User.objects.filter(pk=marina.pk).update(name="<i>M</i>", bio=bio)
    page = html(anonymous)
    assert "<b>bold" not in page
    assert "<i>M" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; https://example.org &quot;quoted&quot; {{ 7 }}" in page
    assert 'href="https://example.org' not in page


def test_without_a_name_the_handle_stands_there(anonymous: Client, marina: User) -> None:
    User.objects.filter(pk=marina.pk).update(name="")
    page = html(anonymous)
    assert "<h1>marina</h1>" in page
    assert "alice" not in page


def test_pages_follow_each_other_without_a_gap(
    anonymous: Client, marina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_page, "SIZE", 2)
    posts = [create_post(marina, **PUBLIC).share_token for _ in range(5)]
    first = html(anonymous)
    second = html(anonymous, PAGE + next_of(first))
    assert "<h1>Marina" in second, "a page of its own without JavaScript"
    more = html(anonymous, PAGE + next_of(second), headers=HTMX)
    assert "<h1>" not in more
    assert "That is everything." in more
    assert "1 more post" in more
    assert [*shown(first), *shown(second), *shown(more)] == posts[::-1]


def test_a_cursor_leads_on_when_its_post_is_gone(
    anonymous: Client, marina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_page, "SIZE", 1)
    old, new = create_post(marina, **PUBLIC), create_post(marina, **PUBLIC)
    following = next_of(html(anonymous))
    assert following == next_of(html(anonymous)), "the same each time"
    Post.objects.filter(pk=new.pk).update(visibility=Post.Visibility.UNLISTED)
    assert shown(html(anonymous, PAGE + following)) == [old.share_token]


@pytest.mark.parametrize("cursor", ["1", "999", "x" * 32, "A" * 44, "é", "=", "%00", "x" * 9000])
def test_a_cursor_that_is_none_is_the_first_page(
    anonymous: Client, marina: User, cursor: str
) -> None:
    post = create_post(marina, **PUBLIC)
    assert shown(html(anonymous, f"{PAGE}?before={cursor}")) == [post.share_token]


def test_it_is_the_same_few_queries_whatever_there_is(
    anonymous: Client,
    as_bob: Client,
    marina: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in (1, 24):
        for _ in range(count):
            create_post(marina, images=2, **PUBLIC)
        with django_assert_num_queries(3):
            html(anonymous)
        with django_assert_num_queries(5):
            html(as_bob)


def test_the_posts_are_found_by_an_index(anonymous: Client, marina: User) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL rightly reads a table of no rows")
    with CaptureQueriesContext(connection) as queries:
        html(anonymous)
    (sql,) = [each["sql"] for each in queries if "LIMIT 21" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "post_profile" in plan
    assert "TEMP B-TREE" not in plan


def etag_of(client: Client, etag: str = "") -> tuple[int, str]:
    answer = client.get(PAGE, headers={"If-None-Match": etag} if etag else {})
    return answer.status_code, answer["ETag"]


def test_it_is_not_sent_again_until_something_changes(anonymous: Client, marina: User) -> None:
    post = create_post(marina, **PUBLIC)
    anonymous.get(PAGE)  # brings the cookie that the token of the page belongs to
    _status, etag = etag_of(anonymous)
    assert etag_of(anonymous, etag) == (304, etag)
    changes = [
        lambda: User.objects.filter(pk=marina.pk).update(name="Marina D."),
        lambda: User.objects.filter(pk=marina.pk).update(bio=""),
        lambda: Post.objects.filter(pk=post.pk).update(caption="Other.", revision=2),
        lambda: create_post(marina, **PUBLIC),
        lambda: Post.objects.filter(pk=post.pk).update(is_disabled_by_admin=True),
    ]
    for change in changes:
        change()
        status, other = etag_of(anonymous, etag)
        assert (status, other != etag) == (200, True)
        etag = other
    assert etag_of(anonymous, etag)[0] == 304


def test_what_one_visitor_keeps_is_no_answer_for_another(
    anonymous: Client, as_alice: Client, as_bob: Client, marina: User
) -> None:
    create_post(marina, **PUBLIC)
    tags = {etag_of(client)[1] for client in (anonymous, as_alice, as_bob)}
    assert len(tags) == 3
    answer = as_bob.get(PAGE)
    assert answer["Cache-Control"] == "private, no-cache"
    for name in ("Cookie", "Accept-Language", "HX-Request"):
        assert name in answer["Vary"]
    assert etag_of(as_bob, etag_of(as_alice)[1])[0] == 200


def test_a_message_that_waits_is_shown(as_alice: Client, marina: User) -> None:
    as_alice.get(PAGE)
    _status, etag = etag_of(as_alice)
    sent = {"name": "Marina Duarte", "handle": "marina", "bio": marina.bio}
    as_alice.post("/settings/profile/", sent)
    answer = as_alice.get(PAGE, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Saved." in answer.content.decode()


def test_other_sites_can_show_what_is_behind_a_link(anonymous: Client, marina: User) -> None:
    create_post(marina, **PUBLIC)
    page = html(anonymous)
    told = dict(re.findall(r'<meta property="([\w:]+)" content="([^"]*)">', page))
    assert told["og:title"] == "Marina Duarte (@marina)"
    assert told["og:type"] == "profile"
    assert told["og:url"].endswith(PAGE)
    assert told["og:url"].startswith("http")
    assert told["og:image"].startswith("http")
    assert told["og:description"] == "Honey.\nLighthouses."
    assert 'type="application/rss+xml"' in page


def test_an_open_page_asks_what_was_withdrawn(anonymous: Client, marina: User) -> None:
    create_post(marina, **PUBLIC)
    assert 'data-anew="/public/withdrawn/"' in html(anonymous)


def test_the_feed_has_their_posts_only(anonymous: Client, marina: User, bob: User) -> None:
    mine = create_post(marina, caption="Mine.", **PUBLIC)
    other = create_post(bob, caption="Not mine.", **PUBLIC)
    answer = anonymous.get("/@marina/rss/")
    assert answer["Content-Type"].startswith("application/rss+xml")
    text = answer.content.decode()
    assert mine.share_token in text
    assert other.share_token not in text
    assert "Marina Duarte on Pixelstream" in text


def test_it_speaks_the_language_of_the_visitor(anonymous: Client) -> None:
    answer = anonymous.get(PAGE, headers={"Accept-Language": "pt-BR"})
    assert "março de 2026" in answer.content.decode().lower()
