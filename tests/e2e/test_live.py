"""The live stream is away: the page says so, asks by itself, and ends in the true state."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, SLOW, Studio, start_post
from tests.e2e.running import RunningApp, can_find_processes

pytestmark = pytest.mark.usefixtures("person")
STREAM = "**/live/**"


def test_a_page_whose_stream_never_opens_asks_for_the_state(browse: Browsing, page: Page) -> None:
    browse.allow(r"net::ERR_|Failed to fetch")
    page.route(STREAM, lambda route: route.abort())
    studio = Studio(page).open()
    studio.generate("A signal box by the line, slow=8", [SKETCH, SLOW])

    expect(page.locator("[data-away]")).to_have_text("Reconnecting")
    expect(studio.caption).to_be_visible()
    studio.expect_finished(pictures=2)
    expect(page.locator("[data-away]")).to_have_count(0)
    expect(studio.generate_button).to_be_visible()


def test_a_page_whose_stream_is_refused_asks_for_the_state(browse: Browsing, page: Page) -> None:
    browse.allow("status of 403")
    post = start_post(page.context, "A signal box in the fog, slow=8", SLOW)
    page.route(STREAM, lambda route: route.fulfill(status=403))
    page.goto(post)
    Studio(page).expect_finished(pictures=1)


@pytest.mark.skipif(not can_find_processes(), reason="processes are found in /proc only")
def test_a_stream_that_breaks_is_told_and_comes_back(
    app: RunningApp, browse: Browsing, page: Page
) -> None:
    browse.allow(r"net::ERR_|Failed to fetch|network error|status of 503|HTTP 503")
    studio = Studio(page).open()
    studio.generate("A signal box at night, slow=15", [SLOW])
    expect(studio.caption).to_be_visible()
    page.route(STREAM, lambda route: route.abort())
    app.kill("web")
    expect(page.locator("[data-away]")).to_have_text("Reconnecting")

    page.unroute(STREAM)
    expect(page.locator("[data-away]")).to_have_count(0)
    studio.expect_finished(pictures=1)
