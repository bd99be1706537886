"""What search engines are told."""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery import sitemaps
from gallery.models import Post
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PUBLIC = {"visibility": Post.Visibility.PUBLIC}
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)
    return [str(loc.text) for loc in root.iter(f"{SPACE}loc")]


def test_the_index_names_the_parts_that_have_something(anonymous: Client, alice: User) -> None:
    for pk in (5, 9_999, 10_000, 70_001, 1_000_000_000_000):
        create_post(alice, images=0, pk=pk, **PUBLIC)
    create_post(alice, images=0, pk=30_000)
    create_post(alice, images=0, pk=40_000, deleted_at=timezone.now(), **PUBLIC)
    names = [f"{settings.SITE_URL}/sitemap-{n}.xml" for n in (100_000_000, 7, 1, 0)]
    assert locations(anonymous, "/sitemap.xml") == names


def test_without_anything_public_the_index_is_empty(anonymous: Client, alice: User) -> None:
    create_post(alice, images=0)
    assert locations(anonymous, "/sitemap.xml") == []


def test_a_part_has_the_public_posts_of_its_ids(anonymous: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    inside = [create_post(alice, images=0, pk=pk, **PUBLIC) for pk in (20_000, 29_999)]
    for pk in (19_999, 30_000):
        create_post(alice, images=0, pk=pk, **PUBLIC)
    create_post(alice, images=0, pk=20_001)
    create_post(alice, images=0, pk=20_002, sharing_enabled=False, **PUBLIC)
    create_post(bob, images=0, pk=20_003, **PUBLIC)
    found = locations(anonymous, "/sitemap-2.xml")
    assert found == [f"{settings.SITE_URL}{post.public_address}" for post in inside[::-1]]


def test_every_address_says_when_it_changed(anonymous: Client, alice: User) -> None:
    post = create_post(alice, images=0, **PUBLIC)
    text = anonymous.get(f"/sitemap-{post.pk // 10_000}.xml").content.decode()
    assert f"<lastmod>{post.updated_at:%Y-%m-%dT%H:%M:%S}Z</lastmod>" in text


@pytest.mark.parametrize("number", [1, 922337203685477, 922337203685478, 2**63, 10**300])
def test_a_part_with_nothing_is_not_there(anonymous: Client, alice: User, number: int) -> None:
    create_post(alice, images=0, pk=5, **PUBLIC)
    assert anonymous.get(f"/sitemap-{number}.xml").status_code == 404


def test_each_is_one_query(
    anonymous: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for pk in (1, 2, 10_001, 50_000):
        create_post(alice, images=0, pk=pk, **PUBLIC)
    for path in ("/sitemap.xml", "/sitemap-0.xml"):
        with django_assert_num_queries(1):
            anonymous.get(path)
    with django_assert_num_queries(0):
        anonymous.get("/robots.txt")


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-0.xml", "/robots.txt"])
def test_anybody_may_keep_it_and_asks_whether_it_is_still_true(
    anonymous: Client, alice: User, path: str
) -> None:
    post = create_post(alice, images=0, pk=5, **PUBLIC)
    answer = anonymous.get(path)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    known = {"If-None-Match": answer["ETag"]}
    assert anonymous.get(path, headers=known).status_code == 304
    create_post(alice, images=0, pk=20_000, **PUBLIC)
    Post.objects.filter(pk=post.pk).update(updated_at=timezone.now())
    expected = 304 if path == "/robots.txt" else 200
    assert anonymous.get(path, headers=known).status_code == expected


def test_nothing_reads_the_whole_table() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL rightly reads a table of no rows")
    numbers = Post.objects.in_feed().filter(pk__gte=0, pk__lt=10_000).order_by("-pk")
    plans = [str(numbers.explain())]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sitemaps._PARTS}")
        plans.append("\n".join(str(row[3]) for row in cursor.fetchall()))
    for plan in plans:
        assert "post_public" in plan
        # Of the index of what is public the first row is taken, of the recursion every one.
        assert not re.search(r"SCAN (?!part|CONSTANT|gallery_post USING INDEX post_public)", plan)


def robots(client: Client) -> RobotFileParser:
    parser = RobotFileParser()
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    parser.parse(answer.content.decode().splitlines())
    return parser


def test_programs_are_led_to_what_is_public_and_nowhere_else(
    anonymous: Client, alice: User
) -> None:
    parser = robots(anonymous)
    token = create_post(alice, images=0).share_token
    for path in ("/", "/explore/", "/@marina/", f"/p/{token}/", "/media/generated/1/a.jpg"):
        assert parser.can_fetch("*", path), path
    for name in ("post-list", "reference-list", "conversation-list", "trash-list", "account"):
        assert not parser.can_fetch("*", reverse(f"gallery:{name}")), name
    for name in ("account_login", "admin:index", "studio", "key-list", "gallery:withdrawn"):
        assert not parser.can_fetch("*", reverse(name)), name
    assert parser.site_maps() == [f"{settings.SITE_URL}/sitemap.xml"]
