"""Theme and language are remembered."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import Person, sign_in, wait_until

LUMINANCE = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data[0];
}"""


def expect_light(page: Page) -> None:
    """Wait until the page is drawn in the light theme."""
    wait_until(lambda: page.evaluate(LUMINANCE) > 200)


def expect_dark(page: Page) -> None:
    """Wait until the page is drawn in the dark theme."""
    wait_until(lambda: page.evaluate(LUMINANCE) < 60)


def test_the_theme_survives_a_reload(page: Page, person: Person) -> None:
    page.goto("/gallery/")
    expect_light(page)
    _choose_theme(page, "Dark")
    expect_dark(page)
    page.reload()
    expect_dark(page)
    page.goto("/")
    expect_dark(page)

    _choose_theme(page, "Like the system")
    expect_light(page)
    page.emulate_media(color_scheme="dark")
    expect_dark(page)
    _choose_theme(page, "Light")
    expect_light(page)
    page.reload()
    expect_light(page)


def test_the_language_survives_a_reload_and_comes_along_to_another_browser(
    browse: Browsing, page: Page, person: Person
) -> None:
    page.goto("/gallery/")
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Português").click()
    expect(page.get_by_role("heading", level=1, name="Galeria")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "pt-br")

    other = browse(locale="en-US")
    other.goto("/accounts/login/")
    expect(other.locator("html")).to_have_attribute("lang", "en")
    sign_in(other, person)
    expect(other.locator("html")).to_have_attribute("lang", "pt-br")


def test_a_person_without_an_account_can_choose_the_language(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Português").click()
    expect(page.locator("html")).to_have_attribute("lang", "pt-br")
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("lang", "pt-br")


def _choose_theme(page: Page, name: str) -> None:
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.locator("#me").get_by_role("radio", name=name, exact=True).check()
    page.keyboard.press("Escape")
