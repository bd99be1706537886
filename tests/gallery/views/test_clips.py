"""Clips on every page: a poster where one looks around, a player where one stays."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gallery.imaging.marking import read_mark
from gallery.models import GeneratedImage, Post
from gallery.services import trash
from pixelstream.accounts.models import User
from tests.factories import create_clip, create_clip_post, create_image, create_post, film_bytes
from tests.gallery.imaging.films import create_film

pytestmark = pytest.mark.django_db

PUBLIC = Post.Visibility.PUBLIC
MEDIA_RSS = "{http://search.yahoo.com/mrss/}content"


def html_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def clip_of(post: Post) -> GeneratedImage:
    return post.images.select_related("object").get()


@pytest.fixture
def clip(alice: User) -> GeneratedImage:
    """A public clip of two seconds without sound, by somebody with a handle."""
    User.objects.filter(pk=alice.pk).update(handle="alice_w")
    return clip_of(create_clip_post(alice, visibility=PUBLIC))


def assert_shows_the_poster(html: str, clip: GeneratedImage) -> None:
    assert f'src="{clip.thumbnail_url}"' in html
    assert clip.object.key not in html
    assert "<video" not in html
    assert "0:02</span>" in html


# --- where one looks around -------------------------------------------------------------------


@pytest.mark.parametrize("where", ["/gallery/", "/", "/explore/", "/@alice_w/"])
def test_a_wall_shows_the_poster_and_the_length(
    as_alice: Client, clip: GeneratedImage, where: str
) -> None:
    html = html_of(as_alice, where)
    assert_shows_the_poster(html, clip)
    assert 'alt="Clip, 2 seconds: Last light"' in html


@pytest.mark.parametrize("where", ["/", "/explore/", "/@alice_w/"])
def test_strangers_find_posters_only(anonymous: Client, clip: GeneratedImage, where: str) -> None:
    assert_shows_the_poster(html_of(anonymous, where), clip)


def test_a_clip_without_a_caption_is_called_one(anonymous: Client, alice: User) -> None:
    create_clip_post(alice, visibility=PUBLIC, caption="")
    html = html_of(anonymous, "/explore/")
    assert 'alt="Clip, 2 seconds"' in html
    assert "Clip without a caption" in html
    assert "Picture without a caption" not in html


def test_a_clip_is_not_refined(as_alice: Client, clip: GeneratedImage) -> None:
    post = clip.post
    for where in ("/gallery/", f"/posts/{post.pk}/", f"/posts/{post.pk}/lightbox/"):
        assert f"/posts/{post.pk}/edit/" not in html_of(as_alice, where), where
    assert as_alice.get(f"/posts/{post.pk}/edit/").status_code == 404


def test_a_wall_of_clips_costs_what_one_of_pictures_does(
    as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    create_post(alice)
    with django_assert_max_num_queries(30) as of_pictures:
        html_of(as_alice, "/gallery/")
    for _ in range(3):
        create_clip_post(alice)
    with django_assert_max_num_queries(len(of_pictures)):
        html_of(as_alice, "/gallery/")


def test_the_trash_shows_the_poster_and_no_player(as_alice: Client, clip: GeneratedImage) -> None:
    trash.trash(owner=clip.owner, ids=[clip.post_id])
    html = html_of(as_alice, "/gallery/trash/")
    assert "<video" not in html
    assert "0:02</span>" in html
    assert 'alt="Clip, 2 seconds: Last light"' in html


def test_relatives_are_told_to_be_clips(as_alice: Client, alice: User) -> None:
    source = create_post(alice)
    made = create_clip_post(alice, parent=source)
    html = html_of(as_alice, f"/posts/{source.pk}/")
    assert 'class="print__clip"' in html
    assert ">Clip, 2 seconds</span>" in html
    assert "print__clip" not in html_of(as_alice, f"/posts/{made.pk}/")
    line = html_of(as_alice, f"/posts/{made.pk}/lineage/")
    assert "print__clip" in line
    assert "<b>Clip</b>" in line


# --- where one stays --------------------------------------------------------------------------


def test_the_lightbox_has_a_player_and_what_is_known_of_the_clip(
    as_alice: Client, clip: GeneratedImage
) -> None:
    html = html_of(as_alice, f"/posts/{clip.post_id}/lightbox/")
    assert f'<source src="{clip.url}" type="video/mp4">' in html
    assert f'poster="{clip.preview_url}"' in html
    assert 'preload="none"' in html
    assert "autoplay" not in html
    assert 'aria-label="Clip, 2 seconds, no sound: Last light, Drift"' in html
    assert 'data-label="Clip 1 of 1, Drift"' in html
    assert "data-width" not in html  # so it is not zoomed
    for fact in (">Clip length: </span>0:02", "no sound</span>", "160x96</span>"):
        assert fact in html
    assert "/download/?img=1" in html
    assert "New conversation" not in html


def test_a_clip_with_sound_is_said_to_have_it(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0)
    create_clip(post, data=film_bytes(has_sound=True))
    html = html_of(as_alice, f"/posts/{post.pk}/lightbox/")
    assert "with sound</span>" in html
    assert "muted" not in html


def test_each_of_several_clips_has_its_player_and_may_be_the_cover(
    as_alice: Client, alice: User
) -> None:
    post = create_clip_post(alice, clips=2)
    html = html_of(as_alice, f"/posts/{post.pk}/")
    assert html.count("<video") == 2
    assert html.count('preload="none"') == 2
    for image in post.images.all():
        assert f'id="clip-{image.pk}"' in html
    assert "Use as cover" in html
    assert '<dt>Clip length</dt> <dd class="mono">0:02</dd>' in html
    assert "Open full size" not in html
    answer = as_alice.post(f"/posts/{post.pk}/cover/", {"img": 2})
    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.cover_position == 1


def test_beside_a_clip_a_picture_can_still_be_edited(as_alice: Client, alice: User) -> None:
    post = create_clip_post(alice)
    assert "New conversation" not in html_of(as_alice, f"/posts/{post.pk}/")
    create_image(post, position=1)
    html = html_of(as_alice, f"/posts/{post.pk}/")
    assert f"/posts/{post.pk}/edit/?img=2" in html
    assert f"/posts/{post.pk}/edit/?img=1" not in html


# --- what others get --------------------------------------------------------------------------


def test_everybody_with_the_link_can_play_a_clip(anonymous: Client, clip: GeneratedImage) -> None:
    html = html_of(anonymous, clip.post.public_address)
    assert f'<source src="{clip.url}" type="video/mp4">' in html
    assert f'poster="{clip.preview_url}"' in html
    assert 'width="160" height="96"' in html
    assert 'aria-label="Clip, 2 seconds, no sound: Last light"' in html
    assert 'id="clip-' not in html
    assert "controlslist" not in html
    assert f"{clip.post.public_address}download/1/" in html
    assert "160 × 96" in html
    assert 'class="mono">0:02</span>, no sound' in html


def test_what_others_play_says_only_that_a_machine_made_it(alice: User) -> None:
    from_vendor = create_film(comment="a private lighthouse")
    assert b"private" in from_vendor
    clip = create_clip(create_post(alice, images=0), data=from_vendor)
    played = storages["public"].open(clip.object.key).read()
    assert b"private" not in played
    assert read_mark(played) == "algorithmicMedia"


def test_who_allows_no_downloads_offers_none(anonymous: Client, clip: GeneratedImage) -> None:
    Post.objects.update(downloads_allowed=False)
    html = html_of(anonymous, clip.post.public_address)
    assert 'controlslist="nodownload"' in html
    assert "download/" not in html
    assert html.count(clip.object.key) == 1  # what the player plays
    assert 'content="website"' in html


def test_a_pasted_link_shows_the_clip(anonymous: Client, clip: GeneratedImage) -> None:
    html, site = html_of(anonymous, clip.post.public_address), settings.SITE_URL
    for name, content in {
        "og:type": "video.other",
        "og:video": f"{site}{clip.url}",
        "og:video:type": "video/mp4",
        "og:video:width": "160",
        "og:video:height": "96",
        "video:duration": "2",
        "og:image": f"{site}{clip.preview_url}",
        "og:image:alt": "Clip, 2 seconds: Last light",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html


def test_a_clip_without_words_is_a_clip_by_somebody(
    anonymous: Client, clip: GeneratedImage
) -> None:
    Post.objects.update(caption="")
    html = html_of(anonymous, clip.post.public_address)
    assert "<title>A clip by Alice · Pixelstream</title>" in html
    assert '"og:image:alt" content="Clip, 2 seconds"' in html


def ask_oembed(client: Client, clip: GeneratedImage, **sizes: int) -> dict[str, object]:
    url = f"{settings.SITE_URL}{clip.post.public_address}"
    answer = client.get("/oembed/", {"url": url, **sizes})
    assert answer.status_code == 200
    told: dict[str, object] = answer.json()
    return told


def test_oembed_gives_other_sites_a_player(anonymous: Client, clip: GeneratedImage) -> None:
    told, site = ask_oembed(anonymous, clip), settings.SITE_URL
    assert told["type"] == "video"
    assert (told["width"], told["height"]) == (160, 96)
    assert told["html"] == (
        '<video controls playsinline preload="none" width="160" height="96" '
        f'poster="{site}{clip.preview_url}">'
        f'<source src="{site}{clip.url}" type="video/mp4"></video>'
    )
    assert told["thumbnail_url"] == f"{site}{clip.thumbnail_url}"
    assert "url" not in told


def test_a_player_of_oembed_is_no_larger_than_was_asked_for(
    anonymous: Client, clip: GeneratedImage
) -> None:
    told = ask_oembed(anonymous, clip, maxwidth=80)
    assert (told["width"], told["height"]) == (80, 48)
    assert 'width="80" height="48"' in str(told["html"])


def test_oembed_tells_of_the_poster_where_others_may_have_no_file(
    anonymous: Client, clip: GeneratedImage
) -> None:
    Post.objects.update(downloads_allowed=False)
    told = ask_oembed(anonymous, clip)
    assert told["type"] == "photo"
    assert told["url"] == f"{settings.SITE_URL}{clip.preview_url}"
    assert "html" not in told


@pytest.mark.parametrize("where", ["/explore/rss/", "/@alice_w/rss/"])
def test_a_feed_shows_the_poster(anonymous: Client, clip: GeneratedImage, where: str) -> None:
    answer = anonymous.get(where)
    assert clip.object.key not in answer.content.decode()
    (content,) = ET.fromstring(answer.content).iter(MEDIA_RSS)
    assert content.get("medium") == "image"
    assert content.get("url") == f"{settings.SITE_URL}{clip.preview_url}"
    assert "Clip, 2 seconds: Last light" in answer.content.decode()


def test_the_share_page_of_a_clip_asks_no_more_often(
    anonymous: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    picture = create_post(alice)
    with django_assert_max_num_queries(8) as of_picture:
        html_of(anonymous, picture.public_address)
    clip = create_clip_post(alice)
    with django_assert_max_num_queries(len(of_picture)):
        html_of(anonymous, clip.public_address)
