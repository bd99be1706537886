"""Public pages of people, and where they are filled in, in a browser."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow, settle
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.pages import Person, submit
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

SETTINGS = "/settings/profile/"
BIO = "Honey, lighthouses and other slow things.\nSão Bento do Sapucaí."
NEWS = 22_000  # milliseconds: what was withdrawn is gone within 20 s


def introduce(page: Page, handle: str, **fields: str) -> str:
    """Fill in the profile without looking; gives the address of the public page."""
    sent = {"name": "Marina Duarte", "handle": handle, "bio": BIO, **fields}
    assert submit(page.context, SETTINGS, sent).ok
    return f"/@{handle}/"


def publish(app: RunningApp, person: Person) -> None:
    """Make everything of theirs public."""
    app.run(
        "from gallery.models import Post\n"
        f"Post.objects.filter(owner__email={person.email!r}).update(visibility='public')"
    )


def test_somebody_introduces_themselves_and_a_stranger_sees_it(
    app: RunningApp, browse: Browsing, page: Page, ready: Ready, person: Person
) -> None:
    ready.posts(person, ["A quay at dawn", "A quay at noon"])
    publish(app, person)
    page.goto("/gallery/")
    page.locator(".nav").get_by_role("button", name="Account").click()
    page.locator("#me").get_by_role("link", name="Profile").click()
    page.get_by_label("Display name").fill("Marina Duarte")
    page.get_by_label("Handle").fill("@Marina_Duarte")
    page.get_by_label("About you").fill(BIO)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts .toast", has_text="Saved.")).to_be_visible()
    expect(page.get_by_label("Handle")).to_have_value("marina_duarte")
    page.get_by_role("link", name="See your page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marina Duarte")
    expect(page.get_by_role("link", name="Edit profile")).to_be_visible()

    stranger = browse()
    stranger.goto("/@Marina_Duarte/")
    expect(stranger).to_have_url(f"{browse.url}/@marina_duarte/")
    expect(stranger.get_by_text("São Bento do Sapucaí.")).to_be_visible()
    expect(stranger.locator("main .card")).to_have_count(2)
    expect(stranger.get_by_role("link", name="Edit profile")).to_have_count(0)


def test_mistakes_are_told_and_what_was_typed_is_kept(
    browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 422")
    page.goto(SETTINGS)
    page.get_by_label("Display name").fill("Marina")
    page.get_by_label("Handle").fill("admin")
    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nobody can have this handle.")
    expect(alert).to_be_focused()
    alert.get_by_role("link").click()
    expect(page.get_by_label("Handle")).to_be_focused()
    expect(page.get_by_label("Display name")).to_have_value("Marina")
    assert find_barriers(page) == []


def test_older_posts_come_as_one_scrolls(
    app: RunningApp, browse: Browsing, page: Page, ready: Ready, person: Person
) -> None:
    ready.posts(person, [f"Pier {number}" for number in range(23)])
    publish(app, person)
    address = introduce(page, "pier_keeper")
    stranger = browse()
    stranger.goto(address)
    cards = stranger.locator("main .card")
    expect(cards).to_have_count(20)
    stranger.locator("#sentinel").scroll_into_view_if_needed()
    expect(cards).to_have_count(23)
    expect(stranger.locator("#sentinel")).to_have_text("That is everything.")
    expect(stranger.locator("#announce")).to_have_text("3 more posts")
    expect(cards.last).to_contain_text("Pier 0")


def test_a_stranger_sees_a_withdrawn_post_go_from_an_open_page(
    app: RunningApp, browse: Browsing, page: Page, ready: Ready, person: Person
) -> None:
    posts = ready.posts(person, ["A mill at dawn", "A mill at noon"])
    publish(app, person)
    address = introduce(page, "miller")
    stranger = browse()
    stranger.goto(address)
    cards = stranger.locator("main .card")
    expect(cards).to_have_count(2)
    submit(page.context, f"{posts[0]}visibility/", {"visibility": "unlisted"}, at=posts[0])
    expect(cards).to_have_count(1, timeout=NEWS)
    stranger.reload()
    expect(cards).to_have_count(1)


def test_everything_works_without_javascript(
    app: RunningApp, browse: Browsing, ready: Ready
) -> None:
    plain = browse(java_script_enabled=False)
    person = ready.person(plain.context)
    ready.posts(person, [f"Weir {number}" for number in range(21)])
    publish(app, person)
    plain.goto(SETTINGS)
    plain.get_by_label("Handle").fill("weir_keeper")
    plain.get_by_label("New posts are public").check()
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_text("Saved.")).to_be_visible()
    expect(plain.get_by_label("New posts are public")).to_be_checked()
    plain.goto("/@weir_keeper/")
    expect(plain.locator("main .card")).to_have_count(20)
    plain.get_by_role("link", name="Older posts").click()
    expect(plain.locator("main .card")).to_have_count(1)
    expect(plain.get_by_role("heading", level=1)).to_have_text("weir_keeper")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit(
    app: RunningApp,
    browse: Browsing,
    page: Page,
    ready: Ready,
    person: Person,
    scheme: Literal["light", "dark"],
) -> None:
    ready.posts(person, ["A quay at dawn", "A quay at noon"])
    publish(app, person)
    long = {"name": "W" * 80, "bio": "m" * 300}
    full = introduce(page, "x" * 25 + scheme, **long)
    empty = browse(color_scheme=scheme)
    nobody = ready.person(empty.context)
    assert nobody.email
    nothing = introduce(empty, f"nothing_{scheme}")
    page.emulate_media(color_scheme=scheme)
    for looking, address in ((page, full), (page, SETTINGS), (empty, nothing)):
        looking.goto(address)
        settle(looking)
        assert find_barriers(looking) == [], address
        for size in (PHONE, NARROW):
            looking.set_viewport_size(size)
            settle(looking)
            assert find_overflow(looking) == [], (address, size)
