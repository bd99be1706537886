"""The public wall as a page: who sees what, what is sent again, and what is never said."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gallery import explore
from gallery.models import GeneratedImage, Post, StoredObject
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_project, create_turn
from tests.gallery.search.library import add_image, add_post

pytestmark = pytest.mark.django_db

ADDRESS = reverse("gallery:explore")
COLOUR = "#b04a2f"
HTMX = {"HX-Request": "true"}
PUBLIC = {"visibility": Post.Visibility.PUBLIC}


@pytest.fixture(autouse=True)
def _no_models_of_other_tests() -> Iterator[None]:
    explore.forget_models()
    yield
    explore.forget_models()


def shown(client: Client, asked: str = "", **headers: str) -> str:
    answer = client.get(f"{ADDRESS}{asked}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def tokens(page: str) -> list[str]:
    """Of the cards, in their order."""
    return re.findall(r'data-post="([\w-]+)"', page)


def show(owner: User, caption: str = "the sea", **fields: object) -> Post:
    """A public post whose picture is a row only."""
    post = add_post(owner, "a secret", caption=caption, **{**PUBLIC, **fields})
    add_image(post, dominant_colour=COLOUR)
    return post


def next_of(page: str) -> str:
    """The address of the page that follows."""
    found = re.search(r'href="(\?[^"]+)"\s+hx-get', page)
    assert found
    return found[1].replace("&amp;", "&")


# --- who sees what


def test_everybody_sees_the_same_cards(anonymous: Client, as_alice: Client, bob: User) -> None:
    posts = [show(bob), show(bob)]
    for client in (anonymous, as_alice):
        assert tokens(shown(client)) == [post.share_token for post in posts[::-1]]
    assert "Sign in" in shown(anonymous)
    assert "Sign in" not in shown(as_alice)


def test_a_page_without_posts_says_so(anonymous: Client, alice: User) -> None:
    create_post(alice)
    page = shown(anonymous)
    assert "What people make public is shown here." in page
    assert tokens(page) == []


def test_it_is_only_asked_for(anonymous: Client) -> None:
    assert anonymous.post(ADDRESS).status_code in {403, 405}
    assert anonymous.head(ADDRESS).status_code == 200


def test_the_featured_stand_first_and_once(anonymous: Client, alice: User) -> None:
    chosen = show(alice, is_featured=True, featured_at=timezone.now())
    plain = [show(alice) for _ in range(explore.SIZE + 1)]
    page = shown(anonymous)
    assert tokens(page)[:2] == [chosen.share_token, plain[-1].share_token]
    assert page.index("Featured</h2>") < page.index(chosen.share_token) < page.index("Newest</h2>")
    following = shown(anonymous, next_of(page))
    assert "Featured</h2>" not in following
    assert tokens(following) == [plain[0].share_token]
    for asked in ("?q=sea", "?sort=oldest"):
        assert "Featured</h2>" not in shown(anonymous, asked)


def test_the_author_is_named_as_strangers_may_know_them(anonymous: Client, alice: User) -> None:
    post = show(alice)
    User.objects.filter(pk=alice.pk).update(name="")
    page = shown(anonymous)
    assert "alice" not in page.lower()
    assert "Somebody" in page
    User.objects.filter(pk=alice.pk).update(name="Alice A.", handle="alice_a")
    page = shown(anonymous)
    assert "@alice_a" in page
    assert page.count(f'href="{post.public_address}"') == 1
    assert 'href="/@alice_a/"' not in page


# --- nothing private


def test_nothing_private_is_said(anonymous: Client, as_alice: Client, alice: User) -> None:
    project = create_project(alice, name="Skunkworks")
    post = create_post(alice, prompt="zebra recipe", caption="#Dusk", project=project, **PUBLIC)
    bare = create_post(alice, prompt="zebra recipe", caption="", project=project, **PUBLIC)
    turn = create_turn(create_conversation(alice, title="Operation Mincemeat"))
    GeneratedImage.objects.filter(post=post).update(turn=turn, prompt="zebra recipe")
    image = post.images.get()
    for client in (anonymous, as_alice):
        for asked in ("", "?q=dusk", "?q=lumen", "?kind=created", "?sort=oldest"):
            page = shown(client, asked)
            assert tokens(page), asked
            for secret in ("zebra", "skunkworks", "mincemeat", alice.email):
                assert secret not in page.lower(), (asked, secret)
            for pk in (post.pk, bare.pk, image.pk, alice.pk):
                assert not re.search(rf'["/=-]{pk}["/&]', cards_of(page)), (asked, pk)


def cards_of(page: str) -> str:
    """Without the addresses of the pictures, which have the owner's folder in them."""
    cards = "".join(re.findall(r'<li class="card".*?</li>', page, re.DOTALL))
    return re.sub(r"/media/generated/[^\s\"]+", "", cards)


@pytest.mark.parametrize(
    "typed",
    [
        "zebra",
        "zeb",
        "zebra recipe",
        '"zebra recipe"',
        "skunkworks",
        "mincemeat",
        "alice",
        "dusk zebra",
    ],
)
def test_a_search_for_what_is_private_is_like_one_for_nothing(
    anonymous: Client, alice: User, typed: str
) -> None:
    post = create_post(
        alice,
        prompt="zebra recipe",
        caption="Quiet dusk.",
        project=create_project(alice, name="Skunkworks"),
        prompt_is_shared=True,
        **PUBLIC,
    )
    turn = create_turn(create_conversation(alice, title="Mincemeat"))
    GeneratedImage.objects.filter(post=post).update(turn=turn)
    found = anonymous.get(ADDRESS, {"q": typed}).content.decode()
    assert tokens(found) == []
    assert "Nothing matches" in found
    assert "Did you mean" not in found
    without = anonymous.get(ADDRESS, {"q": f"-{typed.split()[-1]}"}).content.decode()
    assert tokens(without) == [post.share_token]


def test_another_spelling_is_never_offered(anonymous: Client, alice: User) -> None:
    for _ in range(3):
        create_post(alice, prompt="a lighthouse", caption="The lighthouse.", **PUBLIC)
    assert "Did you mean" not in shown(anonymous, "?q=lighthuose")


def test_a_search_marks_captions_only(anonymous: Client, alice: User) -> None:
    create_post(alice, prompt="the sea", caption="The sea of light.", **PUBLIC)
    page = shown(anonymous, "?q=light")
    assert "The sea of <mark>light</mark>." in page
    create_post(alice, prompt="lumen", caption="", **PUBLIC)
    page = shown(anonymous, "?q=lumen")
    assert "<mark>" not in page
    assert page.count("Picture without a caption") == 2  # in words, and for who cannot see


def test_a_picture_that_is_on_its_way_is_not_shown(anonymous: Client, alice: User) -> None:
    """Its address would be the owner's, with an id."""
    post, other = show(alice), show(alice)
    StoredObject.objects.filter(image__post=post).update(area="private")
    for asked in ("", "?q=sea"):
        page = shown(anonymous, asked)
        assert tokens(page) == [other.share_token]
        assert "/pictures/" not in page


def test_other_pages_than_the_first_are_not_for_search_engines(
    anonymous: Client, alice: User
) -> None:
    show(alice)
    assert "noindex" not in shown(anonymous)
    assert 'rel="canonical"' in shown(anonymous)
    assert "noindex" in shown(anonymous, "?q=sea")


# --- filters and pages


def test_without_javascript_every_page_follows_by_a_link(anonymous: Client, alice: User) -> None:
    made = [show(alice) for _ in range(2 * explore.SIZE + 1)]
    for asked, expected in (("", made[::-1]), ("?q=sea&sort=oldest", made)):
        seen = []
        page = shown(anonymous, asked)
        seen += tokens(page)
        for _ in range(2):
            page = shown(anonymous, next_of(page))
            assert "<!doctype html>" in page
            seen += tokens(page)
        assert seen == [post.share_token for post in expected]
        assert "That is everything." in page


def test_filters_lead_to_addresses_and_are_taken_back(anonymous: Client, alice: User) -> None:
    wide, tall = show(alice, aspect_ratio="16:9"), show(alice, aspect_ratio="9:16")
    page = shown(anonymous, "?aspect=16:9")
    assert tokens(page) == [wide.share_token]
    assert "Remove filter: 16:9" in page
    assert 'href="?model=builtin%2Flumen&amp;aspect=16%3A9"' in page
    assert 'name="aspect" value="16:9"' in page
    page = shown(anonymous, "?model=builtin/lumen")
    assert tokens(page) == [tall.share_token, wide.share_token]
    assert "Remove filter: Lumen" in page
    assert "data-select" not in page


def test_htmx_gets_the_wall_anew_or_the_cards_that_follow(anonymous: Client, alice: User) -> None:
    for _ in range(explore.SIZE + 1):
        show(alice)
    anew = shown(anonymous, "?q=sea", **HTMX)
    assert "<html" not in anew
    assert 'id="wall"' in anew
    assert 'hx-target="#filters"' in anew
    more = shown(anonymous, next_of(anew), **HTMX)
    assert more.lstrip().startswith('<li class="card"')
    assert 'id="wall"' not in more
    assert "1 more post" in more


def test_a_filter_is_an_entry_of_the_history_and_typing_on_is_none(
    anonymous: Client, alice: User
) -> None:
    show(alice)
    here = {"HX-Current-URL": f"http://testserver{ADDRESS}?q=se"}
    typed = anonymous.get(ADDRESS, {"q": "sea"}, headers={**HTMX, **here})
    assert typed["HX-Replace-Url"] == f"{ADDRESS}?q=sea"
    chosen = anonymous.get(ADDRESS, {"q": "se", "kind": "created"}, headers={**HTMX, **here})
    assert chosen["HX-Push-Url"] == f"{ADDRESS}?q=se&kind=created"


# --- what is sent again


def asked_again(client: Client, answer: HttpResponse, asked: str = "", **headers: str) -> int:
    """What the browser gets that has this answer."""
    known = {**headers, "If-None-Match": answer["ETag"]}
    return client.get(f"{ADDRESS}{asked}", headers=known).status_code


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("asked", ["", "?q=sea", "?sort=oldest"])
def test_nothing_is_sent_twice_until_something_changed(
    anonymous: Client, alice: User, asked: str, headers: dict[str, str]
) -> None:
    post = show(alice)
    anonymous.get(ADDRESS)  # brings the cookie of the forms

    def ask() -> HttpResponse:
        answer = anonymous.get(f"{ADDRESS}{asked}", headers=headers)
        assert asked_again(anonymous, answer, asked, **headers) == 304
        return answer

    answer = ask()
    changes = [
        lambda: Post.objects.filter(pk=post.pk).update(caption="the sea again", revision=2),
        lambda: User.objects.filter(pk=alice.pk).update(name="Alice B."),
        lambda: User.objects.filter(pk=alice.pk).update(handle="alice"),
        lambda: add_image(post, position=1, dominant_colour=COLOUR),
        lambda: show(alice),
        lambda: Post.objects.filter(pk=post.pk).update(is_disabled_by_admin=True),
        lambda: Post.objects.filter(pk=post.pk).update(is_disabled_by_admin=False),
        lambda: User.objects.filter(pk=alice.pk).update(is_active=False),
    ]
    for number, change in enumerate(changes):
        change()
        assert asked_again(anonymous, answer, asked, **headers) == 200, number
        answer = ask()
    assert "private" in answer["Cache-Control"]
    assert {"HX-Request", "HX-Source", "Cookie"} <= set(answer["Vary"].split(", "))


def test_the_page_and_its_parts_are_not_taken_for_each_other(
    anonymous: Client, alice: User
) -> None:
    show(alice)
    page = anonymous.get(ADDRESS)
    assert asked_again(anonymous, page, **HTMX) == 200
    anonymous.cookies["pixelstream_language"] = "pt-br"
    known = {"If-None-Match": page["ETag"], "Accept-Language": "pt-br"}
    assert anonymous.get(ADDRESS, headers=known).status_code == 200


def test_the_page_of_who_signed_in_is_another(client: Client, alice: User) -> None:
    show(alice)
    answer = client.get(ADDRESS)
    client.force_login(alice)
    assert asked_again(client, answer) == 200
    answer = client.get(ADDRESS)
    client.logout()
    assert asked_again(client, answer) == 200


def test_a_message_is_shown_and_then_no_more(as_alice: Client, alice: User) -> None:
    show(alice)
    said = "You have signed out"
    assert said not in shown(as_alice)
    as_alice.post(reverse("account_logout"))
    known = as_alice.get(ADDRESS)
    assert said in known.content.decode()
    assert "ETag" not in known
    assert said not in shown(as_alice)


# --- what it costs


@pytest.mark.parametrize("asked", ["", "?q=the+se", "?kind=created&q=-fox", "?sort=oldest"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_page_asks_more_than_eight_times(
    anonymous: Client, as_alice: Client, alice: User, bob: User, asked: str, headers: dict[str, str]
) -> None:
    for n in range(explore.SIZE + 5):
        show((alice, bob)[n % 2])
        show(alice, is_featured=True, featured_at=timezone.now())
    for _ in range(explore.SIZE + 10):  # so that a search has to look further
        show(alice, is_disabled_by_admin=True)
    for client in (anonymous, as_alice):
        explore.forget_models()
        with CaptureQueriesContext(connection) as queries:
            page = shown(client, asked, **headers)
        assert len(queries) <= 8, [query["sql"] for query in queries]
        with CaptureQueriesContext(connection) as queries:
            shown(client, next_of(page), **headers)
        assert len(queries) <= 8, [query["sql"] for query in queries]
