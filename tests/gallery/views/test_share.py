"""The page of a shared post: who sees it, what it tells and what it keeps to itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.imaging.marking import read_mark
from gallery.models import Post, StoredObject
from gallery.models.posts import new_share_token
from gallery.services import deletion, downloads, outbox, posts, trash
from gallery.share_page import SHELF, SharePage
from gallery.views import share as views
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post, picture_bytes
from tests.gallery.views.rubbish import TYPED

pytestmark = pytest.mark.django_db

LISTED, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED
PUBLIC = {"visibility": LISTED}
OPEN = {"prompt_is_shared": True, **PUBLIC}


def shown(client: Client, post: Post, status: int = 200) -> str:
    answer = client.get(post.public_address)
    assert answer.status_code == status
    return answer.content.decode()


def name(user: User, **fields: str) -> None:
    User.objects.filter(pk=user.pk).update(**fields)


def plain(html: str, typed: str) -> str:
    """The page without what a browser itself sent: the address, and the token of its forms."""
    html = html.replace(typed, "typed") if typed else html
    return re.sub(r"[0-9A-Za-z]{64}", "csrf", html)


# --- who sees it ------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", Post.Visibility.values)
def test_everybody_with_the_link_sees_a_post(
    anonymous: Client, as_alice: Client, as_bob: Client, alice: User, visibility: str
) -> None:
    post = create_post(alice, visibility=visibility)
    for client in (anonymous, as_alice, as_bob):
        html = shown(client, post)
        assert "Last light." in html
        assert post.images.get().preview_url in html


WITHDRAWN: dict[str, Callable[[User], Post | str]] = {
    "never was": lambda _owner: new_share_token(),
    "trashed": lambda owner: create_post(owner, deleted_at=timezone.now(), **PUBLIC),
    "disabled": lambda owner: create_post(owner, is_disabled_by_admin=True, **PUBLIC),
    "not shared": lambda owner: create_post(owner, sharing_enabled=False),
    "expired": lambda owner: create_post(owner, share_expires_at=timezone.now()),
    "being made": lambda owner: create_post(
        owner, images=0, status=Post.Status.GENERATING_IMAGES, **PUBLIC
    ),
    "failed": lambda owner: create_post(owner, images=0, status=Post.Status.FAILED, **PUBLIC),
    "deleted": lambda owner: _deleted(owner),
    "suspended": lambda owner: _suspended(owner),
    "on its way back": lambda owner: _on_its_way_back(owner),
}


def _deleted(owner: User) -> str:
    post = create_post(owner)
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=owner)
    return post.share_token


def _suspended(owner: User) -> Post:
    post = create_post(owner, **PUBLIC)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    return post


def _on_its_way_back(owner: User) -> Post:
    """Restored; its picture lies in the private area still, and has an address with an id."""
    post = create_post(owner, **PUBLIC)
    trash.trash(owner=owner, ids=[post.pk])
    outbox.run()
    trash.restore(owner=owner, ids=[post.pk])
    return post


@pytest.mark.parametrize("state", WITHDRAWN)
def test_of_all_that_cannot_be_seen_nothing_can_be_told_apart(
    anonymous: Client, as_alice: Client, as_bob: Client, alice: User, state: str
) -> None:
    thing = WITHDRAWN[state](alice)
    token = thing.share_token if isinstance(thing, Post) else thing
    for client in (anonymous, as_bob, as_alice):
        nothing = "Nothing-like-this-here"
        told = [client.get(f"/p/{name}/") for name in (token, nothing)]
        assert [answer.status_code for answer in told] == [404, 404]
        pages = [plain(*pair) for pair in zip(_texts(told), (token, nothing), strict=True)]
        assert pages[0] == pages[1]
        assert "This image is no longer available." in pages[0]
        assert '<meta name="robots" content="noindex">' in pages[0]
        own = {"Content-Length": "", "X-Request-ID": ""}
        headers = [{**answer.headers, **own} for answer in told]
        assert headers[0] == headers[1]
        assert "ETag" not in headers[0]
        assert client.get(f"/p/{token}/download/1/").status_code == 404


def _texts(answers: list) -> list[str]:  # type: ignore[type-arg]
    return [answer.content.decode() for answer in answers]


def test_what_cannot_be_seen_costs_one_look_whatever_the_reason(
    anonymous: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tokens = [create_post(alice, sharing_enabled=False).share_token, new_share_token()]
    for token in tokens:
        with django_assert_num_queries(1):
            assert anonymous.get(f"/p/{token}/").status_code == 404


@pytest.mark.parametrize("number", range(0, len(TYPED), 7))
def test_rubbish_for_a_token_is_the_same_page(anonymous: Client, number: int) -> None:
    token = quote(TYPED[number][:500], safe="")
    answer = anonymous.get(f"/p/{token or 'x'}/")
    assert answer.status_code == 404


def test_a_post_that_gets_another_picture_stays_in_sight(anonymous: Client, alice: User) -> None:
    post = create_post(alice, images=2, status=Post.Status.GENERATING_IMAGES)
    assert shown(anonymous, post).count("<figure") == 2


def test_what_is_withdrawn_while_it_is_drawn_is_gone(
    anonymous: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice)
    find = views.find

    def find_and_withdraw(token: str) -> SharePage | None:
        page = find(token)
        StoredObject.objects.update(area=StoredObject.Area.PRIVATE)
        return page

    monkeypatch.setattr(views, "find", find_and_withdraw)
    assert "no longer available" in shown(anonymous, post, 404)
    StoredObject.objects.update(area=StoredObject.Area.PUBLIC)
    assert ask_oembed(anonymous, post).status_code == 404


# --- what it tells ----------------------------------------------------------------------------


def test_nothing_is_told_that_was_not_shared(anonymous: Client, alice: User) -> None:
    post = create_post(alice, caption="", prompt="my secret recipe", **PUBLIC)
    html = shown(anonymous, post)
    for secret in ("my secret recipe", alice.email, "alice@", f"/posts/{post.pk}/", "Open post"):
        assert secret not in html
    assert "A picture by Alice" in html
    assert "Picture without a caption" in html


def test_a_prompt_is_shown_only_when_its_owner_says_so(anonymous: Client, alice: User) -> None:
    assert "a lighthouse at dusk" in shown(anonymous, create_post(alice, **OPEN))
    assert "a lighthouse at dusk" not in shown(anonymous, create_post(alice, **PUBLIC))


def test_the_cover_comes_first_and_pictures_keep_their_numbers(
    anonymous: Client, alice: User
) -> None:
    post = create_post(alice, images=3, cover_position=1)
    html = shown(anonymous, post)
    pictures = list(post.images.order_by("position"))
    found = [html.index(f'src="{pictures[at].preview_url}"') for at in (1, 0, 2)]
    assert found == sorted(found)
    assert re.findall(r"/download/(\d)/", html) == ["2", "1", "3"]


def test_a_picture_that_is_still_private_is_left_out(anonymous: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    hidden = post.images.get(position=0)
    StoredObject.objects.filter(pk=hidden.object_id).update(area=StoredObject.Area.PRIVATE)
    html = shown(anonymous, post)
    assert html.count("<figure") == 1
    assert "/pictures/" not in html
    assert "/download/2/" in html


def test_who_has_no_handle_has_no_profile_and_strangers_see_no_address(
    anonymous: Client, alice: User
) -> None:
    name(alice, name="")
    post = create_post(alice)
    html = shown(anonymous, post)
    assert "Somebody" in html
    assert "Profile" not in html
    name(alice, handle="alice_w")
    html = shown(anonymous, post)
    assert "@alice_w" in html
    assert 'href="/@alice_w/"' in html


def test_the_line_leads_only_to_what_everybody_can_find(anonymous: Client, alice: User) -> None:
    parent = create_post(alice, caption="The first of them", **PUBLIC)
    child = create_post(alice, parent=parent, status=Post.Status.EDITED)
    origin = f'<a href="{parent.public_address}">The first of them</a>'
    assert origin in shown(anonymous, child)
    for fields in (
        {"visibility": UNLISTED},
        {"deleted_at": timezone.now()},
        {"is_disabled_by_admin": True},
        {"review": Post.Review.HELD},
    ):
        Post.objects.filter(pk=parent.pk).update(**fields)
        html = shown(anonymous, child)
        assert parent.share_token not in html, fields
        assert "Derived from" not in html
        Post.objects.filter(pk=parent.pk).update(
            deleted_at=None, is_disabled_by_admin=False, review="", **PUBLIC
        )
    assert origin in shown(anonymous, child)


def test_beside_it_are_the_newest_public_posts_of_the_same_person(
    anonymous: Client, alice: User, bob: User
) -> None:
    post = create_post(alice, **PUBLIC)
    others = [create_post(alice, **PUBLIC) for _ in range(SHELF + 1)]
    hidden = [
        create_post(alice),
        create_post(alice, deleted_at=timezone.now(), **PUBLIC),
        create_post(alice, review=Post.Review.HELD, **PUBLIC),
        create_post(bob, **PUBLIC),
        others[0],
    ]
    html = shown(anonymous, post)
    assert "More from Alice" in html
    cards = re.findall(r'data-post="([\w-]+)"', html)
    assert cards == [other.share_token for other in reversed(others[1:])]
    assert not any(other.share_token in html for other in hidden)


def test_the_link_of_somebody_unnamed_leads_to_nothing_else_of_theirs(
    anonymous: Client, alice: User
) -> None:
    unlisted = create_post(alice)
    create_post(alice, **PUBLIC)
    assert "More from" not in shown(anonymous, unlisted)
    name(alice, handle="alice_w")
    assert "More from" in shown(anonymous, unlisted)


def test_its_owner_is_told_that_this_is_what_others_see(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    post = create_post(alice)
    mine, others = shown(as_alice, post), shown(as_bob, post)
    assert post.get_absolute_url() in mine
    assert "Report this image" not in mine
    assert post.get_absolute_url() not in others
    assert f'href="{post.public_address}report/"' in others


def test_a_version_of_ones_own_begins_with_the_prompt_only_where_that_is_shared(
    anonymous: Client, as_bob: Client, alice: User
) -> None:
    open_post, closed = create_post(alice, **OPEN), create_post(alice, **PUBLIC)
    begin = f"/posts/create/?shared={open_post.share_token}"
    assert f'href="{begin}"' in shown(as_bob, open_post)
    quoted = begin.replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")
    assert f'href="/accounts/signup/?next={quoted}"' in shown(anonymous, open_post)
    assert "shared=" not in shown(as_bob, closed)
    assert "a lighthouse at dusk" in as_bob.get(begin).content.decode()
    for token in (closed.share_token, new_share_token(), "x", "\x00"):
        page = as_bob.get("/posts/create/", {"shared": token})
        assert page.status_code == 200
        assert "a lighthouse at dusk" not in page.content.decode()
    Post.objects.update(sharing_enabled=False)
    assert "a lighthouse at dusk" not in as_bob.get(begin).content.decode()


def test_what_people_write_is_never_markup(anonymous: Client, alice: User) -> None:
    name(alice, name='<b x="y">', handle="alice_w")
    text = '"><script>alert(1)</script>'
    html = shown(anonymous, create_post(alice, caption=text, prompt=text, **OPEN))
    assert "<script>" not in html
    assert "<b x" not in html


# --- downloads --------------------------------------------------------------------------------


def test_a_download_is_a_marked_file_without_how_it_was_made(
    anonymous: Client, alice: User
) -> None:
    post = create_post(alice, images=0, **OPEN)
    create_image(post, data=picture_bytes(80, 60), width=80, height=60)
    address = f"{post.public_address}download/1/"
    assert f'href="{address}"' in shown(anonymous, post)
    answer = anonymous.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    made = timezone.now().date().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="{made}_last-light_lumen.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not answer.cookies
    assert read_mark(answer.content) is not None
    assert b"lighthouse" not in answer.content
    assert int(answer["Content-Length"]) == len(answer.content)


def test_a_download_is_counted_once_and_not_when_it_is_only_asked_about(
    anonymous: Client, alice: User
) -> None:
    post = create_post(alice)
    address = f"{post.public_address}download/1/"
    assert anonymous.head(address).status_code == anonymous.get(address).status_code == 200
    downloads.flush_counts()
    post.refresh_from_db()
    assert post.download_count == 1


def test_a_file_without_a_caption_has_no_id_in_its_name(anonymous: Client, alice: User) -> None:
    post = create_post(alice, caption="🌊", images=2)
    named = anonymous.get(f"{post.public_address}download/2/")["Content-Disposition"]
    assert named.endswith('_picture-2.jpg"')


def test_letters_of_every_script_come_into_the_name(anonymous: Client, alice: User) -> None:
    post = create_post(alice, caption="Última luz 灯台")
    named = anonymous.get(f"{post.public_address}download/1/")["Content-Disposition"]
    assert named.startswith("attachment; filename*=utf-8''")
    assert "%E7%81%AF" in named


@pytest.mark.parametrize("number", ["0", "2", "9" * 30, "-1", "x", "1.5"])
def test_a_picture_that_is_not_there_is_not_downloaded(
    anonymous: Client, alice: User, number: str
) -> None:
    post = create_post(alice)
    assert anonymous.get(f"{post.public_address}download/{number}/").status_code == 404


def test_who_does_not_allow_downloads_offers_none(
    anonymous: Client, as_alice: Client, alice: User
) -> None:
    for images in (1, 2):
        post = create_post(alice, images=images, downloads_allowed=False)
        html = shown(anonymous, post)
        assert "/download/" not in html
        assert not any(image.url in html for image in post.images.all()), "no original either"
        for client in (anonymous, as_alice):
            answer = client.get(f"{post.public_address}download/1/")
            assert answer.status_code == 404
            assert "no longer available" in answer.content.decode()


def test_a_file_that_storage_lost_is_gone_and_a_storage_that_fails_says_so(
    anonymous: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice)
    address = f"{post.public_address}download/1/"

    def fail(*_: object) -> bytes:
        raise OSError("the disk is away")

    with monkeypatch.context() as patch:
        patch.setattr(downloads, "picture_file", fail)
        assert anonymous.get(address).status_code == 503
    (settings.DATA_DIR / "media" / "public" / post.images.get().object.key).unlink()
    assert anonymous.get(address).status_code == 404
    downloads.flush_counts()
    post.refresh_from_db()
    assert post.download_count == 0


# --- previews in other places -----------------------------------------------------------------


def meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', html))


def test_a_pasted_link_shows_a_preview(anonymous: Client, alice: User) -> None:
    post = create_post(alice, images=0, cover_position=1, **PUBLIC)
    create_image(post)
    cover = create_image(post, position=1, data=picture_bytes(2000, 1000), width=2000, height=1000)
    told = meta(shown(anonymous, post))
    site = settings.SITE_URL
    assert told["og:url"] == f"{site}{post.public_address}"
    assert told["og:title"] == "Last light."
    assert told["og:description"] == "Last light. The sea keeps the diary. #Lighthouse #Dusk"
    assert told["og:image"] == f"{site}{cover.preview_url}"
    assert (told["og:image:width"], told["og:image:height"]) == ("1280", "640")
    assert told["og:image:alt"] == "Last light"
    assert told["twitter:card"] == "summary_large_image"
    assert "robots" not in told


def test_only_what_everybody_can_find_may_be_indexed(anonymous: Client, alice: User) -> None:
    hidden = [create_post(alice), create_post(alice, review=Post.Review.HELD, **PUBLIC)]
    for post in hidden:
        html = shown(anonymous, post)
        assert meta(html)["robots"] == "noindex"
        assert f'<link rel="canonical" href="{settings.SITE_URL}{post.public_address}">' in html


def test_a_preview_never_tells_the_prompt(anonymous: Client, alice: User) -> None:
    for fields in (PUBLIC, OPEN):
        post = create_post(alice, caption="", prompt="my secret recipe", **fields)
        told = meta(shown(anonymous, post))
        assert not any("secret" in words for words in told.values())
        assert told["og:description"] == "Made with Lumen"
        assert "secret" not in ask_oembed(anonymous, post).content.decode()


def ask_oembed(client: Client, post: Post | str, **fields: object):  # type: ignore[no-untyped-def]
    url = f"{settings.SITE_URL}{post.public_address}" if isinstance(post, Post) else post
    return client.get("/oembed/", {"url": url, **fields})


@pytest.fixture
def wide(alice: User) -> Post:
    """A post with a picture of 2000 x 1000."""
    name(alice, handle="alice_w")
    post = create_post(alice, images=0)
    create_image(post, data=picture_bytes(2000, 1000), width=2000, height=1000)
    return post


def test_other_sites_are_told_by_oembed(anonymous: Client, wide: Post) -> None:
    html = shown(anonymous, wide)
    found = re.search(r'type="application/json\+oembed" href="([^"]+)"', html)
    assert found
    answer = anonymous.get(found[1].removeprefix(settings.SITE_URL))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    image, site = wide.images.get(), settings.SITE_URL
    assert answer.json() == {
        "version": "1.0",
        "type": "photo",
        "title": "Last light.",
        "author_name": "Alice",
        "author_url": f"{site}/@alice_w/",
        "provider_name": "Pixelstream",
        "provider_url": f"{site}/",
        "cache_age": 300,
        "url": f"{site}{image.renditions[2][0]}",
        "width": 1280,
        "height": 640,
        "thumbnail_url": f"{site}{image.renditions[0][0]}",
        "thumbnail_width": 320,
        "thumbnail_height": 160,
    }


@pytest.mark.parametrize(
    ("fields", "size", "copy"),
    [
        ({"maxwidth": 1280}, (1280, 640), 2),
        ({"maxwidth": 1279}, (640, 320), 1),
        ({"maxheight": 320}, (640, 320), 1),
        ({"maxwidth": 5000, "maxheight": 200}, (320, 160), 0),
        ({"maxwidth": 100}, (100, 50), 0),
        ({"maxwidth": 1}, (1, 1), 0),
        ({"maxwidth": "0"}, (1280, 640), 2),
        ({"maxwidth": "-5", "maxheight": "x"}, (1280, 640), 2),
        ({"maxwidth": "9" * 40}, (1280, 640), 2),
    ],
)
def test_a_picture_of_oembed_is_no_larger_than_was_asked_for(
    anonymous: Client,
    wide: Post,
    fields: dict[str, object],
    size: tuple[int, int],
    copy: int,
) -> None:
    told = ask_oembed(anonymous, wide, **fields).json()
    assert (told["width"], told["height"]) == size
    assert told["url"].endswith(wide.images.get().renditions[copy][0])
    assert told["thumbnail_width"] <= told["width"]
    assert told["thumbnail_height"] <= told["height"]


def test_oembed_knows_json_only(anonymous: Client, wide: Post) -> None:
    assert ask_oembed(anonymous, wide, format="json").status_code == 200
    for other in ("xml", "yaml", "x" * 100):
        assert ask_oembed(anonymous, wide, format=other).status_code == 501


def test_oembed_tells_of_no_other_address(anonymous: Client, wide: Post) -> None:
    token, site = wide.share_token, settings.SITE_URL
    others = [
        "",
        site,
        f"https://other.example/p/{token}/",
        f"//other.example/p/{token}/",
        f"{site}.other.example/p/{token}/",
        f"{site}/p/{new_share_token()}/",
        f"{site}/posts/{wide.pk}/",
        f"{site}/p/{token}/download/1/",
        f"javascript:/p/{token}/",
        f"/p/{token}/",
        f"http://[/p/{token}/",
    ]
    for url in others:
        answer = ask_oembed(anonymous, url)
        assert answer.status_code == 404, url
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert anonymous.get("/oembed/").status_code == 404
    for url in (f"{site}/p/{token}", f"{site.upper()}/p/{token}/?utm_source=x#top"):
        assert ask_oembed(anonymous, url).status_code == 200
    Post.objects.update(sharing_enabled=False)
    assert ask_oembed(anonymous, wide).status_code == 404


def test_rubbish_for_oembed_is_answered(anonymous: Client, wide: Post) -> None:
    site = settings.SITE_URL
    for number, text in enumerate(TYPED[::5]):
        name = ("url", "maxwidth", "maxheight", "format")[number % 4]
        fields = {"url": f"{site}{wide.public_address}", name: text}
        assert anonymous.get("/oembed/", fields).status_code in {200, 404, 501}, text


def test_oembed_asks_little_of_the_database(
    anonymous: Client, wide: Post, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        ask_oembed(anonymous, wide)


# --- headers, queries, what browsers keep -----------------------------------------------------


def test_the_link_is_not_told_to_other_sites(anonymous: Client, alice: User) -> None:
    answer = anonymous.get(create_post(alice).public_address)
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


Counting = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def full(alice: User) -> Post:
    """A post with all that a page may show: pictures, a parent, a shelf."""
    name(alice, handle="alice_w")
    parent = create_post(alice, **PUBLIC)
    for _ in range(SHELF):
        create_post(alice, images=2, **PUBLIC)
    return create_post(alice, images=4, parent=parent, **OPEN)


def test_the_page_asks_five_times_and_two_more_for_who_is_signed_in(
    anonymous: Client,
    as_alice: Client,
    as_bob: Client,
    full: Post,
    django_assert_num_queries: Counting,
) -> None:
    for client, queries in ((anonymous, 5), (as_bob, 7), (as_alice, 7)):
        with django_assert_num_queries(queries):
            shown(client, full)
    # What was drawn is not drawn again; whether it may be seen is asked all the same.
    for client, queries in ((anonymous, 3), (as_bob, 5)):
        with django_assert_num_queries(queries):
            shown(client, full)
    plain_post = create_post(full.owner)
    shown(anonymous, plain_post)
    with django_assert_num_queries(2):
        shown(anonymous, plain_post)


def test_a_browser_that_has_the_page_is_told_so(
    anonymous: Client, full: Post, django_assert_num_queries: Counting
) -> None:
    anonymous.get(full.public_address)  # brings the cookie that forms are sent with
    first = anonymous.get(full.public_address)
    seen = {"If-None-Match": first["ETag"]}
    with django_assert_num_queries(3):
        again = anonymous.get(full.public_address, headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"


def test_whatever_changes_on_the_page_is_news(anonymous: Client, full: Post, alice: User) -> None:
    other = Post.objects.in_feed().exclude(pk__in=[full.pk, full.parent_id]).first()
    assert other is not None
    changes: list[Callable[[], object]] = [
        lambda: posts.set_visibility(post=full, visibility=UNLISTED, by=alice),
        lambda: posts.set_visibility(post=full, visibility=LISTED, by=alice),
        lambda: Post.objects.filter(pk=full.pk).update(prompt_is_shared=False),
        lambda: Post.objects.filter(pk=full.pk).update(downloads_allowed=False),
        lambda: Post.objects.filter(pk=full.pk).update(cover_position=2),
        lambda: Post.objects.filter(pk=full.pk).update(review=Post.Review.HELD),
        lambda: name(alice, name="Alice W."),
        lambda: name(alice, handle="alice_x"),
        lambda: trash.trash(owner=alice, ids=[other.pk]),
        lambda: trash.trash(owner=alice, ids=[full.parent_id]),
        lambda: create_post(alice, **PUBLIC),
    ]
    anonymous.get(full.public_address)
    before = anonymous.get(full.public_address)
    for number, change in enumerate(changes):
        change()
        answer = anonymous.get(full.public_address, headers={"If-None-Match": before["ETag"]})
        assert answer.status_code == 200, number
        old, new = (plain(text, "") for text in _texts([before, answer]))
        assert old != new, number
        before = answer
    trash.trash(owner=alice, ids=[full.pk])
    answer = anonymous.get(full.public_address, headers={"If-None-Match": before["ETag"]})
    assert answer.status_code == 404


def test_a_kept_page_has_nothing_of_whom_it_was_drawn_for(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    post = create_post(alice)
    mine = shown(as_alice, post)
    strict = Client(enforce_csrf_checks=True)
    others = [shown(client, post) for client in (as_bob, anonymous, strict, Client())]
    tokens = {re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[0] for html in others}
    assert len(tokens) == 4
    assert post.get_absolute_url() in mine
    assert not any(post.get_absolute_url() in html for html in others)
    assert [">Sign in<" in html for html in others] == [False, True, True, True]
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', others[2])[0]
    sent = {"language": "pt-br", "csrfmiddlewaretoken": token, "next": post.public_address}
    assert strict.post("/language/", sent)["Location"] == post.public_address
    assert '<html lang="pt-br">' in shown(strict, post)


def test_addresses_with_parameters_are_the_same_page(anonymous: Client, alice: User) -> None:
    post = create_post(alice)
    answer = anonymous.get(post.public_address, {"utm_source": '"><i>', "x": "\x00"})
    assert answer.status_code == 200
    assert '"><i>' not in answer.content.decode()


def test_an_expiry_ends_it_without_anybody_doing_anything(anonymous: Client, alice: User) -> None:
    post = create_post(alice, share_expires_at=timezone.now() + timedelta(seconds=60))
    shown(anonymous, post)
    Post.objects.update(share_expires_at=timezone.now() - timedelta(seconds=1))
    shown(anonymous, post, 404)
