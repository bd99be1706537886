"""Who changes the language stays where they are: page, question, open picture, place."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import Person
from tests.e2e.ready import Ready


def switch(page: Page) -> None:
    """Choose Portuguese in the menu of the account."""
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Português").click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-br")


def test_filters_that_were_set_without_a_new_page_stay(
    page: Page, person: Person, ready: Ready
) -> None:
    ready.posts(person, ["A red kite", "A blue boat"])
    page.goto("/gallery/")
    page.get_by_role("searchbox").first.fill("kite")
    page.get_by_role("searchbox").first.press("Enter")
    expect(page.locator("#cards > li")).to_have_count(1)
    page.wait_for_url("**/gallery/?*q=kite*")
    switch(page)
    assert "q=kite" in page.url
    expect(page.locator("#cards > li")).to_have_count(1)


def test_the_place_in_the_page_stays(page: Page, person: Person) -> None:
    page.goto("/settings/account/#export")
    switch(page)
    assert page.url.endswith("/settings/account/#export")


def test_a_stranger_without_scripts_keeps_page_and_question(browse: Browsing) -> None:
    plain = browse(java_script_enabled=False)
    plain.goto("/explore/?q=red+kite")
    plain.get_by_role("button", name="Português").locator("visible=true").first.click()
    expect(plain.locator("html")).to_have_attribute("lang", "pt-br")
    assert plain.url.endswith("/explore/?q=red+kite")
