"""Every page in every state: no barriers, and nothing wider than the screen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e import states
from tests.e2e.audits import COLOURS, NARROW, audit, find_barriers, find_overflow, settle
from tests.e2e.barriers import find_cut_text, find_lost_focus, find_motion, find_structure
from tests.e2e.browsing import DESKTOP, Browsing
from tests.e2e.pages import POSTER, SKETCH
from tests.e2e.ready import Ready

EXPECTED = r"status of (403|404|422)"


@pytest.fixture
def portuguese(browse: Browsing) -> Page:
    return browse(locale="pt-BR")


@pytest.fixture
def english(browse: Browsing) -> Page:
    return browse(locale="en-US")


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_public_pages(request: pytest.FixtureRequest, browse: Browsing, language: str) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    assert audit(page, states.public_states(page), barriers=language == "english") == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_pages_of_a_person(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.person(page.context)
    barriers = language == "english"
    found = audit(page, states.empty_states(page), barriers=barriers)
    posts = states.make_posts(page)
    found += audit(page, states.filled_states(page, posts), barriers=barriers)
    assert found == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_the_studio(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.person(page.context)
    assert audit(page, states.studio_states(page), barriers=language == "english") == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_the_lightbox_and_the_library(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.posts(ready.person(page.context), ["A jetty at low tide"], models=[SKETCH, POSTER])
    barriers = language == "english"
    found = audit(page, states.lightbox_states(page), barriers=barriers)
    found += audit(page, states.library_states(page), barriers=barriers)
    assert found == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_conversations(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    [post] = ready.posts(ready.person(page.context), ["A jetty at low tide"])
    in_state = states.conversation_states(page, post)
    assert audit(page, in_state, barriers=language == "english") == []


# --- every page there is

ZOOMED = {"width": 640, "height": 400}
"""What a window of 1280 by 800 is at 200 %."""

OK = 200
SAME_TITLE = [
    {"account_email_verification_sent", "account_reset_password_done"},
    {"gallery:share", "post-detail"},
]
"""Both say that a mail was sent; both are of a post with this name."""

SHARES = 3
"""The pages of a person are divided among so many tests, which run beside each other."""


@pytest.fixture
def seen(browse: Browsing) -> Iterator[dict[str, set[str]]]:
    """The titles that were seen, each with the routes that have it."""
    browse.allow(EXPECTED)
    titles: dict[str, set[str]] = defaultdict(set)
    yield titles
    alike = [routes for routes in titles.values() if len(routes) > 1]
    assert [routes for routes in alike if routes not in SAME_TITLE] == []


def pages_at(page: Page, addresses: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The routes and addresses where a whole page is, not a part of one or a file. Of what is not
    there or refused, one each.
    """
    refusals = set()
    for route, path in addresses.items():
        answer = page.context.request.get(path, max_redirects=0)
        is_html = answer.headers.get("content-type", "").startswith("text/html")
        if (
            not is_html
            or answer.status in refusals
            or answer.text().strip()[:9].lower() != "<!doctype"
        ):
            continue
        refusals |= {answer.status} if answer.status != OK else set()
        yield route, path


def look_at(page: Page) -> list[str]:
    """What is wrong with the page that is open, in a wide and in a narrow window."""
    found = [*find_structure(page), *find_motion(page), *find_barriers(page), *find_cut_text(page)]
    for size in (ZOOMED, NARROW):
        page.set_viewport_size(size)
        settle(page)
        found += [f"{size['width']}: {wide}" for wide in find_overflow(page)]
    return found


def look_closely(page: Page) -> list[str]:
    """As `look_at`, and at colours in the dark, and at the focus wherever it may go."""
    found = look_at(page)
    found += [f"320: {one}" for one in find_barriers(page, ["target-size"])]
    found += [f"320: {one}" for one in find_lost_focus(page)]
    page.set_viewport_size(DESKTOP)
    page.emulate_media(forced_colors="active")
    found += [f"forced colours: {one}" for one in find_lost_focus(page)]
    page.emulate_media(forced_colors="none", color_scheme="dark")
    settle(page)
    found += [f"dark: {one}" for one in find_barriers(page, COLOURS)]
    return found


def look_everywhere(
    page: Page,
    other: Page,
    addresses: dict[str, str],
    titles: dict[str, set[str]],
    look: Callable[[Page], list[str]] = look_closely,
) -> list[str]:
    """What is wrong on these pages; `other` reads them in the other language."""
    found = []
    other.set_viewport_size(NARROW)
    for route, path in pages_at(page, addresses):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)
        answer = page.goto(path)
        if answer and answer.ok:
            titles[page.title()].add(re.sub(r"\d+", "N", route))
        found += [f"{route}: {one}" for one in look(page)]
        other.goto(path)
        settle(other)
        found += [f"{route} in Portuguese: {wide}" for wide in find_overflow(other)]
    return found


def test_every_page_of_a_stranger(
    english: Page,
    portuguese: Page,
    browse: Browsing,
    ready: Ready,
    seen: dict[str, set[str]],
) -> None:
    addresses = ready.every_page(ready.person(browse().context))
    assert look_everywhere(english, portuguese, addresses, seen) == []
    assert len(seen) > 10


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_of_a_person(
    share: int, english: Page, portuguese: Page, ready: Ready, seen: dict[str, set[str]]
) -> None:
    person = ready.person(english.context)
    portuguese.context.add_cookies(english.context.cookies())
    addresses = dict(list(ready.every_page(person).items())[share::SHARES])
    assert look_everywhere(english, portuguese, addresses, seen) == []
    assert len(seen) > 6


DJANGOS = re.compile(r"aria-prohibited-attr|aria-input-field-name|selector-|\.selector")
"""Widgets of Django's admin that are not ours to mend: docs/accessibility.md."""
ONCE = re.compile(r"/(?:history|delete|add)/$")


def test_every_page_of_the_admin(
    english: Page, portuguese: Page, ready: Ready, browse: Browsing
) -> None:
    browse.allow(EXPECTED)
    # What axe-core reads style sheets with that are in no layer.
    browse.allow("Applying inline style violates|style-src-elem blocked inline")
    person = ready.person(english.context)
    portuguese.context.add_cookies(english.context.cookies())
    addresses = ready.every_page(person, is_admin=True)
    # These look alike for all models: one of each kind.
    alike = {found[0]: path for path in addresses if (found := ONCE.search(path))}
    chosen = {path: path for path in addresses if not ONCE.search(path) or path in alike.values()}
    found = look_everywhere(english, portuguese, chosen, defaultdict(set), look_at)
    assert [one for one in found if not DJANGOS.search(one)] == []
    assert len(chosen) > 40


# --- everything that opens

TAG_OPENERS = """() => {
  const all = "[popovertarget], [data-dialog-open], [aria-haspopup=dialog], summary";
  return [...document.querySelectorAll(all)].map((element, number) => {
    element.dataset.opener = number;
    const says = element.getAttribute("popovertarget") ?? element.dataset.dialogOpen
      ?? element.ariaLabel ?? element.textContent;
    const isThere = element.checkVisibility({ visibilityProperty: true });
    return isThere ? says.trim().replace(/\\d+/g, "N") : "";
  });
}"""


def test_everything_that_opens(english: Page, ready: Ready, browse: Browsing) -> None:
    """Every menu, dialog and disclosure of every page, once each, opened by keyboard."""
    browse.allow(EXPECTED)
    page = english
    addresses = ready.every_page(ready.person(page.context))
    known = {""}
    found = []
    for route, path in pages_at(page, addresses):
        page.goto(path)
        for number, says in enumerate(page.evaluate(TAG_OPENERS)):
            if says in known:
                continue
            known.add(says)
            page.goto(path)
            page.evaluate(TAG_OPENERS)
            page.locator(f"[data-opener='{number}']").press("Enter")
            page.wait_for_load_state("networkidle")
            settle(page)
            where = f"{route}: {says}"
            found += [f"{where}: {one}" for one in find_barriers(page)]
            page.set_viewport_size(NARROW)
            found += [f"{where} 320: {wide}" for wide in find_overflow(page)]
            page.set_viewport_size(DESKTOP)
    assert found == []
    assert len(known) > 15
