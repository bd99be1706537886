"""Everything works with the keyboard alone, and one always sees where one is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, Person, Studio
from tests.e2e.ready import Ready

MOST_STOPS = 90

# The name of what has the focus, and whether it looks different because of it. Some things show
# the focus on what is around them.
STOP = """async () => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const settle = () => new Promise((done) => setTimeout(done, 40));
  const look = () => {
    const looks = [];
    for (let at = element; at && looks.length < 12; at = at.parentElement) {
      for (const pseudo of [undefined, "::before", "::after"]) {
        const style = getComputedStyle(at, pseudo);
        looks.push([style.outline, style.boxShadow, style.borderColor, style.inset].join());
      }
    }
    return looks.join(";");
  };
  await settle();
  const focused = look();
  element.blur();
  await settle();
  const seen = focused !== look();
  element.focus({ focusVisible: true });
  const name = element.id || (element.name && `${element.name}=${element.value}`)
    || element.getAttribute("aria-label") || element.textContent.trim() || element.className;
  return { name, seen };
}"""


@pytest.fixture
def page(browse: Browsing) -> Page:
    """Somebody who does not want motion: what changes, changes at once."""
    return browse()


@pytest.fixture(autouse=True)
def person(ready: Ready, page: Page) -> Person:
    """Who is signed in there."""
    return ready.person(page.context)


def walk(page: Page) -> list[str]:
    """Press Tab from the top to the end; every stop has to be seen. Returns their names."""
    stops: list[str] = []
    unseen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["name"] == stops[0]):
            break
        stops.append(stop["name"])
        if not stop["seen"]:
            unseen.append(stop["name"])
    assert unseen == []
    return stops


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.goto("/gallery/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_the_tab_key_goes_through_the_studio_in_reading_order(page: Page) -> None:
    Studio(page).open()
    stops = walk(page)
    marks = ["Skip", "Home", "Account", "id_prompt", "uploads=", "models=", "aspect_ratio="]
    marks += ["resolution=", "Generate"]
    places = [next(n for n, stop in enumerate(stops) if mark in stop) for mark in marks]
    assert places == sorted(places), stops


def test_the_focus_is_seen_on_every_page(page: Page, ready: Ready, person: Person) -> None:
    [post] = ready.posts(person, ["A stone bridge"])
    for address in ("/", "/gallery/", post, "/projects/create/"):
        page.goto(address)
        assert len(walk(page)) > 4


def test_control_and_enter_generate(page: Page) -> None:
    studio = Studio(page).open()
    studio.choose(SKETCH)
    studio.prompt.focus()
    page.keyboard.type("A rowing boat")
    page.keyboard.press("Control+Enter")
    studio.expect_finished(pictures=1)


def test_single_keys_lead_everywhere_but_not_while_one_writes(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("c")
    page.wait_for_url("**/posts/create/")
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.wait_for_url("**/gallery/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(lambda url: url.endswith("/"))

    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    expect(shortcuts.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()

    studio = Studio(page).open()
    studio.prompt.focus()
    page.keyboard.type("c? gg")
    expect(studio.prompt).to_have_value("c? gg")
    expect(shortcuts).to_be_hidden()


def test_the_account_menu_works_with_the_keyboard(page: Page) -> None:
    page.goto("/gallery/")
    button = page.locator(".nav").get_by_role("button", name="Account")
    button.focus()
    page.keyboard.press("Enter")
    menu = page.locator("#me")
    expect(menu.get_by_role("link", name="Profile")).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
