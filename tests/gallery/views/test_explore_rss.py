"""RSS of the public wall, as a feed reader sees it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gallery import feeds
from gallery.models import Post, StoredObject
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.gallery.search.library import add_image, add_post

pytestmark = pytest.mark.django_db

ADDRESS = reverse("gallery:explore-rss")
PUBLIC = {"visibility": Post.Visibility.PUBLIC}
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
PICTURE = "{http://search.yahoo.com/mrss/}content"
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"


def channel_of(client: Client) -> ET.Element:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(answer.content).find("channel")
    assert channel is not None
    return channel


def text(element: ET.Element, name: str) -> str:
    found = element.find(name)
    assert found is not None, name
    return found.text or ""


def test_a_feed_says_what_a_reader_needs(anonymous: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="Alice & Co.")
    post = create_post(alice, caption="Last <light>.\nThe sea & the diary.\n#Dusk", **PUBLIC)
    channel = channel_of(anonymous)
    assert text(channel, "title") == "Explore Pixelstream"
    assert text(channel, "link") == f"{settings.SITE_URL}/explore/"
    assert text(channel, "description")
    assert text(channel, "language") == "en"
    itself = channel.find(ATOM_LINK)
    assert itself is not None
    assert itself.attrib["href"] == f"{settings.SITE_URL}{ADDRESS}"
    (item,) = channel.findall("item")
    page = f"{settings.SITE_URL}{post.public_address}"
    assert text(item, "title") == "Last <light>."
    assert text(item, "link") == text(item, "guid") == page
    guid = item.find("guid")
    assert guid is not None
    assert guid.attrib == {"isPermaLink": "true"}
    assert text(item, CREATOR) == "Alice & Co."
    said = dt.datetime.strptime(text(item, "pubDate"), "%a, %d %b %Y %H:%M:%S %z")
    assert abs(said - post.created_at) < dt.timedelta(seconds=1)
    picture = item.find(PICTURE)
    assert picture is not None
    assert picture.attrib["medium"] == "image"
    assert picture.attrib["url"].startswith(f"{settings.SITE_URL}/media/generated/")
    words = text(item, "description")
    assert f'src="{picture.attrib["url"]}"' in words
    assert "Last &lt;light&gt;.<br>The sea &amp; the diary." in words
    assert f'href="{page}"' in words


def test_the_picture_is_there(anonymous: Client, alice: User) -> None:
    create_post(alice, **PUBLIC)
    picture = channel_of(anonymous).find(f"item/{PICTURE}")
    assert picture is not None
    path = picture.attrib["url"].removeprefix(settings.SITE_URL)
    assert anonymous.get(path)["Content-Type"] == "image/webp"
    assert picture.attrib["width"] == picture.attrib["height"] == "64"


def test_nothing_private_is_in_it(anonymous: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(name="")
    create_post(alice, prompt="zebra recipe", caption="", prompt_is_shared=True, **PUBLIC)
    create_post(alice, prompt="zebra recipe", caption="#Dusk #Sea", **PUBLIC)
    said = anonymous.get(ADDRESS).content.decode()
    assert "zebra" not in said
    assert alice.email.partition("@")[0] not in said
    first, second = channel_of(anonymous).findall("item")
    assert text(first, "title") == "#Dusk #Sea"
    assert text(second, "title") == "Picture without a caption"
    assert text(first, CREATOR) == "Somebody"
    assert first.find("enclosure") is None, "an original may say how it was made"


def test_only_what_everybody_may_see_listed_is_in_it(
    anonymous: Client, alice: User, bob: User
) -> None:
    shown = create_post(alice, caption="shown", **PUBLIC)
    create_post(alice)
    create_post(alice, is_disabled_by_admin=True, **PUBLIC)
    create_post(alice, review=Post.Review.HELD, **PUBLIC)
    create_post(bob, **PUBLIC)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    add_post(alice, "no picture", **PUBLIC)
    moving = create_post(alice, **PUBLIC)
    StoredObject.objects.filter(image__post=moving).update(area="private")
    items = channel_of(anonymous).findall("item")
    assert [text(item, "title") for item in items] == ["shown"]
    assert shown.share_token in text(items[0], "link")


def test_the_newest_come_first_and_no_more_than_a_feed_has(
    anonymous: Client, alice: User, django_assert_num_queries: Any
) -> None:
    for n in range(feeds.POSTS + 3):
        add_image(add_post(alice, "", caption=f"{n}", **PUBLIC))
    with django_assert_num_queries(2):
        items = channel_of(anonymous).findall("item")
    assert [text(item, "title") for item in items] == [
        f"{n}" for n in range(feeds.POSTS + 2, 2, -1)
    ]


def test_an_empty_feed_is_a_feed(anonymous: Client) -> None:
    assert channel_of(anonymous).findall("item") == []


def test_what_xml_cannot_say_is_left_out(anonymous: Client, alice: User) -> None:
    caption = "A\x01b\x0c\x1f\ufffe \U0001f30a ]]> &amp; <![CDATA[ last"
    create_post(alice, caption=caption, **PUBLIC)
    User.objects.filter(pk=alice.pk).update(name="Al\x08ice")
    (item,) = channel_of(anonymous).findall("item")
    assert text(item, "title").startswith("A b")
    assert text(item, CREATOR) == "Al ice"


def test_a_reader_that_has_it_gets_nothing_until_something_changed(
    anonymous: Client, alice: User
) -> None:
    post = create_post(alice, **PUBLIC)
    answer = anonymous.get(ADDRESS)
    assert answer["Last-Modified"].endswith("GMT")

    def again() -> int:
        return anonymous.get(ADDRESS, headers={"If-None-Match": answer["ETag"]}).status_code

    assert again() == 304
    changes: list[dict[str, Any]] = [{"caption": "new", "revision": 7}, {"visibility": "unlisted"}]
    for change in changes:
        Post.objects.filter(pk=post.pk).update(**change)
        assert again() == 200
        answer = anonymous.get(ADDRESS)
        assert again() == 304


def test_the_page_names_its_feed(anonymous: Client) -> None:
    page = anonymous.get(reverse("gallery:explore")).content.decode()
    assert 'type="application/rss+xml"' in page
    assert page.count(f'href="{ADDRESS}"') == 2
