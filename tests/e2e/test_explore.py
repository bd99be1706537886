"""The public wall in a stranger's browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import Person, submit
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

SIZE = 20
NEWS = 20_000
"""Milliseconds: open pages ask every 15 s."""
COLOURS = ["color-contrast"]


@pytest.fixture
def wall(app: RunningApp, page: Page, ready: Ready, person: Person) -> list[str]:
    """Two featured posts and so many others that they take two pages, oldest first. What other
    tests made public is not in the way.
    """
    prompts = [*(f"A quay, number {number}" for number in range(SIZE + 3)), "A fox", "A hare"]
    made = ready.posts(person, prompts)
    wide = ready.posts(person, ["A wide quay"], aspect_ratio="16:9")
    ids = [int(address.split("/")[2]) for address in [*made, *wide]]
    app.run(
        "from django.utils import timezone\n"
        "from gallery.models import Post\n"
        "Post.objects.filter(visibility='public').update(visibility='unlisted')\n"
        f"posts = Post.objects.filter(pk__in={ids})\n"
        "posts.update(visibility='public')\n"
        "chosen = posts.filter(prompt__in=['A fox', 'A hare'])\n"
        "chosen.update(is_featured=True, featured_at=timezone.now())\n"
        "posts.filter(prompt='A fox').update(prompt='A secret')\n"
    )
    return [*made, *wide]


def cards(page: Page) -> Locator:
    return page.locator("#cards > .card")


def featured(page: Page) -> Locator:
    return page.locator(".explore__shelf .card")


def withdraw(page: Page, post: str) -> None:
    answer = submit(page.context, f"{post}visibility/", {"visibility": "unlisted"}, at="/gallery/")
    assert answer.ok, answer.status


@pytest.mark.usefixtures("wall")
def test_a_stranger_scrolls_to_the_end_and_comes_back(browse: Browsing) -> None:
    page = browse()
    page.goto("/explore/")
    expect(featured(page)).to_have_count(2)
    expect(featured(page).first).to_contain_text("A hare")
    expect(cards(page)).to_have_count(SIZE)
    page.locator("#sentinel").scroll_into_view_if_needed()
    expect(cards(page)).to_have_count(SIZE + 4)
    expect(page.get_by_text("That is everything.")).to_be_visible()
    expect(featured(page)).to_have_count(2)
    names = cards(page).locator(".card__cap").all_inner_texts()
    assert len(set(names)) == SIZE + 4
    assert not [name for name in names if "fox" in name or "hare" in name]
    cards(page).last.locator(".card__open").click()
    expect(page).to_have_url(re.compile(r"/p/[\w-]{22}/$"))
    page.go_back()
    expect(cards(page)).to_have_count(SIZE + 4)


@pytest.mark.usefixtures("wall")
def test_filters_and_words_leave_less_and_come_back(browse: Browsing) -> None:
    page = browse()
    page.goto("/explore/")
    page.keyboard.press("/")
    expect(page.get_by_label("Search captions and models")).to_be_focused()
    page.keyboard.type("quay numb")
    expect(page).to_have_url(re.compile(r"\?q=quay\+numb$"))
    expect(featured(page)).to_have_count(0)
    expect(cards(page)).to_have_count(SIZE)
    expect(cards(page).first.locator("mark")).to_have_text(["quay", "number"])
    page.fill("#q", "wide")
    expect(cards(page)).to_have_count(1)
    page.fill("#q", "secret")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(featured(page)).to_have_count(2)
    page.get_by_role("button", name="Aspect").click()
    page.get_by_role("link", name="16:9").click()
    expect(cards(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?aspect=16%3A9$"))
    page.go_back()
    expect(cards(page)).to_have_count(SIZE)


def test_what_is_withdrawn_leaves_the_open_page(
    browse: Browsing, page: Page, wall: list[str], app: RunningApp
) -> None:
    stranger = browse()
    stranger.goto("/explore/")
    stranger.locator("#sentinel").scroll_into_view_if_needed()
    expect(cards(stranger)).to_have_count(SIZE + 4)
    first, shelved = wall[0], wall[-2]
    withdraw(page, first)  # it came with the second page
    look_again(stranger)
    expect(cards(stranger)).to_have_count(SIZE + 3)
    withdraw(page, shelved)
    expect(featured(stranger)).to_have_count(1, timeout=NEWS)
    app.run(
        "from gallery.models import Post\n"
        f"Post.objects.filter(pk={wall[-3].split('/')[2]}).update(is_disabled_by_admin=True)"
    )
    look_again(stranger)
    expect(featured(stranger)).to_have_count(0)
    expect(stranger.get_by_role("heading", name="Featured")).to_be_hidden()


@pytest.mark.usefixtures("wall")
def test_it_works_by_keyboard(browse: Browsing) -> None:
    page = browse()
    page.goto("/explore/")
    page.keyboard.press("ArrowRight")
    expect(featured(page).first.locator(".card__open")).to_be_focused()
    page.keyboard.press("End")
    expect(cards(page).nth(SIZE - 1).locator(".card__open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/p/[\w-]{22}/$"))


@pytest.mark.usefixtures("wall")
def test_without_javascript_it_is_pages_and_forms(browse: Browsing) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/explore/")
    expect(cards(page)).to_have_count(SIZE)
    page.get_by_role("link", name="Older posts").click()
    expect(cards(page)).to_have_count(4)
    expect(featured(page)).to_have_count(0)
    page.fill("#q", "wide")
    page.press("#q", "Enter")
    expect(cards(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=wide"))
    page.goto("/explore/")
    page.get_by_role("button", name="Order: Newest").click()
    page.get_by_role("link", name="Oldest").click()
    expect(cards(page).first).to_contain_text("number 0")


@pytest.mark.usefixtures("wall")
@pytest.mark.parametrize("language", ["en-US", "pt-BR"])
def test_everybody_can_use_it_and_it_fits_the_screen(browse: Browsing, language: str) -> None:
    page = browse(locale=language)
    for address in ("/explore/", "/explore/?q=wide", "/explore/?q=zzz&aspect=1%3A1"):
        page.goto(address)
        assert find_barriers(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert find_barriers(page, COLOURS) == [], address
        page.emulate_media(color_scheme="light")
        usual = page.viewport_size
        page.set_viewport_size(PHONE)
        assert find_overflow(page) == [], address
        assert find_barriers(page) == [], address
        assert usual
        page.set_viewport_size(usual)


@pytest.mark.usefixtures("wall")
def test_who_is_signed_in_finds_it_in_the_navigation(page: Page) -> None:
    page.goto("/gallery/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Explore").first.click()
    expect(page).to_have_url(re.compile("/explore/$"))
    expect(featured(page)).to_have_count(2)
    page.goto("/gallery/")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/explore/$"))


def test_the_landing_page_leads_there(browse: Browsing, wall: list[str]) -> None:
    assert wall
    page = browse()
    page.goto("/")
    page.get_by_role("link", name="See more").click()
    expect(page).to_have_url(re.compile("/explore/$"))
