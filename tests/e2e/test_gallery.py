"""The gallery page after page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.pages import FAILING, Person, start_post

PAGE_SIZE = 30


def test_older_posts_come_by_themselves_while_one_scrolls(page: Page, person: Person) -> None:
    addresses = [start_post(page.context, f"Number {n}", FAILING) for n in range(2 * PAGE_SIZE + 1)]
    page.goto("/gallery/")
    cards = page.locator("#cards > li")
    assert cards.count() >= PAGE_SIZE
    for _ in range(8):
        page.locator("#sentinel").scroll_into_view_if_needed()
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(200)
    expect(cards).to_have_count(len(addresses))
    links = cards.locator("a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert links == addresses[::-1]
    expect(page.get_by_text("That is everything.")).to_be_visible()
    expect(page.locator("#announce")).to_contain_text("more post")
