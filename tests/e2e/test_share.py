"""The page of a shared post: its owner on one side, a stranger on the other."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import find_barriers, find_overflow, settle
from tests.e2e.browsing import Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import Person, submit
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

NEWS = 20_000
"""Milliseconds: open pages ask every 15 s."""

GONE = "This image is no longer available."
MODELS = ("builtin/lumen", "builtin/poster", "builtin/sketch")


def change(page: Page, address: str, **fields: str) -> None:
    """As another tab of the owner would."""
    answer = submit(page.context, address, fields, at="/gallery/")
    assert answer.ok, answer.status


def public_address(app: RunningApp, post: str, **fields: object) -> str:
    """The address for others of a post of the owner's, with some of its fields set."""
    code = (
        "from gallery.models import Post\n"
        f"posts = Post.objects.filter(pk={int(post.split('/')[2])})\n"
        f"posts.update(**{fields or {'visibility': 'public'}!r})\n"
        "print(posts.get().public_address)"
    )
    return app.run(code).strip()


def named(app: RunningApp, person: Person, handle: str) -> None:
    """Give the owner a name and a handle."""
    app.run(
        "from pixelstream.accounts.models import User\n"
        f"User.objects.filter(handle={handle!r}).update(handle=None)\n"
        f"person = User.objects.filter(email={person.email!r})\n"
        f"person.update(name='Marina Duarte', handle={handle!r})"
    )


@pytest.fixture
def shared(app: RunningApp, ready: Ready, page: Page, person: Person) -> tuple[str, str]:
    """A public post with two more beside it: the owner's address of it, and that for others."""
    named(app, person, "marina_d")
    posts = ready.posts(person, ["A quay at dawn", "A quay at noon", "A quay at night"])
    addresses = [public_address(app, post) for post in posts]
    return posts[0], addresses[0]


def test_a_stranger_looks_at_a_post_takes_it_along_and_goes_on(
    app: RunningApp, browse: Browsing, shared: tuple[str, str]
) -> None:
    stranger = browse(permissions=["clipboard-write"])
    stranger.goto(shared[1])
    expect(stranger.get_by_role("img", name="A quay at dawn")).to_be_visible()
    expect(stranger.get_by_text("@marina_d")).to_be_visible()
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith("_a-quay-at-dawn_sketch.jpg")
    stranger.get_by_role("button", name="Copy link").click()
    # The button says so as well, but only for two seconds.
    expect(stranger.locator("#announce")).to_have_text("Copied")
    stranger.get_by_role("link", name="A quay at noon").click()
    expect(stranger.get_by_role("img", name="A quay at noon").first).to_be_visible()
    stranger.get_by_role("link", name="Make your own version").click()
    expect(stranger.get_by_role("heading", name="Create an account")).to_be_visible()
    field = stranger.get_by_role("textbox").first
    field.press("ControlOrMeta+V")
    expect(field).to_have_value(f"{app.url}{shared[1]}")


def test_somebody_else_begins_with_a_prompt_that_is_shared(
    app: RunningApp, browse: Browsing, ready: Ready, shared: tuple[str, str]
) -> None:
    public_address(app, shared[0], prompt_is_shared=True)
    other = browse()
    ready.person(other.context)
    other.goto(shared[1])
    other.get_by_role("link", name="Make your own version").click()
    expect(other.get_by_role("textbox", name="Prompt")).to_have_value("A quay at dawn")


def test_what_is_trashed_goes_from_an_open_page_and_comes_back(
    browse: Browsing, page: Page, shared: tuple[str, str]
) -> None:
    browse.allow("status of 404")
    own, address = shared
    stranger, reader = browse(), browse()
    for each in (stranger, reader):
        each.goto(address)
        expect(each.get_by_role("img", name="A quay at dawn")).to_be_visible()
    reader.goto(address)  # from here on it only looks
    change(page, f"{own}trash/")
    look_again(stranger)
    expect(stranger.get_by_role("heading", name=GONE)).to_be_visible()
    expect(stranger.get_by_role("img", name="A quay at dawn")).to_have_count(0)
    expect(reader.get_by_role("heading", name=GONE)).to_be_visible(timeout=NEWS)
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize(
    "withdrawn",
    [{"sharing_enabled": False}, {"is_disabled_by_admin": True}],
    ids=["not shared", "disabled"],
)
def test_what_is_withdrawn_goes_from_an_open_page(
    app: RunningApp, browse: Browsing, shared: tuple[str, str], withdrawn: dict[str, object]
) -> None:
    browse.allow("status of 404")
    stranger = browse()
    stranger.goto(shared[1])
    public_address(app, shared[0], **withdrawn)
    look_again(stranger)
    expect(stranger.get_by_role("heading", name=GONE)).to_be_visible()


def test_an_unlisted_post_stays_and_what_stood_beside_it_goes(
    app: RunningApp, browse: Browsing, page: Page, shared: tuple[str, str]
) -> None:
    stranger = browse()
    stranger.goto(shared[1])
    cards = stranger.locator(".shelf .card")
    expect(cards).to_have_count(2)
    change(page, f"{shared[0]}visibility/", visibility="unlisted")
    token = cards.first.get_attribute("data-post")
    app.run(
        "from gallery.models import Post\n"
        f"Post.objects.filter(share_token={token!r}).update(visibility='unlisted')"
    )
    look_again(stranger)
    expect(cards).to_have_count(1)
    expect(stranger.get_by_role("img", name="A quay at dawn")).to_be_visible()


def test_the_owner_comes_back_to_the_post_from_what_others_see(
    page: Page, browse: Browsing, shared: tuple[str, str]
) -> None:
    page.goto(shared[1])
    expect(page.get_by_text("This is how others see it.")).to_be_visible()
    page.get_by_role("link", name="Open post").click()
    assert page.url == f"{browse.url}{shared[0]}"


def test_without_javascript_everything_is_there(
    app: RunningApp, browse: Browsing, shared: tuple[str, str]
) -> None:
    stranger = browse(java_script_enabled=False)
    stranger.goto(shared[1])
    expect(stranger.get_by_role("img", name="A quay at dawn")).to_be_visible()
    expect(stranger.get_by_role("button", name="Copy link")).to_be_hidden()
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".jpg")
    stranger.get_by_role("button", name="Português").click()
    expect(stranger.locator("html")).to_have_attribute("lang", "pt-br")
    assert stranger.url == f"{browse.url}{shared[1]}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_page_is_accessible_and_fits(
    app: RunningApp,
    browse: Browsing,
    ready: Ready,
    shared: tuple[str, str],
    person: Person,
    scheme: Literal["light", "dark"],
    phone: bool,
) -> None:
    browse.allow("status of 404")
    many = ready.posts(person, ["Four piers"], models=MODELS, aspect_ratio="9:16")[0]
    stranger = browse(phone=phone, color_scheme=scheme)
    for address in (shared[1], public_address(app, many), "/p/nothing/"):
        stranger.goto(address)
        settle(stranger)
        assert find_barriers(stranger) + find_overflow(stranger) == [], address


def test_every_picture_has_its_place_beside_the_words(
    app: RunningApp, browse: Browsing, ready: Ready, person: Person
) -> None:
    many = ready.posts(person, ["Three piers"], models=MODELS)[0]
    for phone in (False, True):
        stranger = browse(phone=phone)
        stranger.goto(public_address(app, many))
        figures, side = stranger.locator("figure"), stranger.locator(".share__side")
        boxes = [figures.nth(number).bounding_box() for number in range(3)]
        words = side.bounding_box()
        assert words
        assert all(boxes)
        tops = [box["y"] for box in boxes if box]
        if phone:
            assert tops[0] < words["y"] < tops[1] < tops[2]
        else:
            assert tops == sorted(tops)
            assert all(box["x"] + box["width"] <= words["x"] for box in boxes if box)
            assert abs(words["y"] - tops[0]) < 20
