"""Every page in every state: no barriers, and nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e import states
from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import POSTER, SKETCH, Studio, start_post, wait_for_post
from tests.e2e.ready import Ready

NARROW = {"width": 320, "height": 640}
# Everything else is the same in both themes.
COLOURS = ["color-contrast", "link-in-text-block"]
SETTLES = 150  # milliseconds
EXPECTED = r"status of (404|422)"


@pytest.fixture
def portuguese(browse: Browsing) -> Page:
    return browse(locale="pt-BR")


@pytest.fixture
def english(browse: Browsing) -> Page:
    return browse(locale="en-US")


def audit(page: Page, in_state: Iterator[str], *, barriers: bool) -> list[str]:
    """Look at a page in each of its states in every theme and width; returns what is wrong."""
    found: list[str] = []
    for state in in_state:
        looks = [("light", DESKTOP, None), ("dark", DESKTOP, COLOURS)]
        looks += [("light", PHONE, COLOURS), ("dark", PHONE, None)]
        for scheme, size, rules in looks if barriers else []:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            page.wait_for_timeout(SETTLES)
            where = f"{state} {scheme} {size['width']}"
            found += [f"{where}: {barrier}" for barrier in find_barriers(page, rules)]
        for size in (PHONE, NARROW):
            page.set_viewport_size(size)
            found += [f"{state} {size['width']}: {wide}" for wide in find_overflow(page)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)
    return found


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
    ready.person(page.context)
    studio = Studio(page).open()
    studio.generate("A jetty at low tide", [SKETCH, POSTER])
    studio.expect_finished(pictures=2)
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
    ready.person(page.context)
    post = start_post(page.context, "A jetty at low tide", SKETCH)
    wait_for_post(page.context, post)
    in_state = states.conversation_states(page, post)
    assert audit(page, in_state, barriers=language == "english") == []
