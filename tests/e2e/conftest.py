"""The running application and a real browser, both shared by all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.browsing import TIMEOUT, Browsing, launch
from tests.e2e.pages import Person
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp
from tools.browsers import find_browser

HERE = Path(__file__).parent
NO_BROWSER = "no Chromium on this machine: install it, or name it in CHROMIUM"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser, and more time than other tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(400))


# With the package, not with the session: tests of other folders use Django's ORM, which refuses
# to work in a thread with a running event loop, and Playwright has one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser."""
    executable = find_browser()
    if executable is None:
        if IN_CI:
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = launch(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def app(chromium: Browser) -> Iterator[RunningApp]:
    """The application. That it ends well is checked with the last test."""
    running = RunningApp()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def ready(app: RunningApp) -> Ready:
    """Puts people and posts into the application."""
    return Ready(app)


@pytest.fixture
def browse(app: RunningApp, chromium: Browser) -> Iterator[Browsing]:
    """Opens pages; the test fails on trouble in any of them that it did not allow."""
    browsing = Browsing(chromium, app.url)
    yield browsing
    browsing.close()
    assert browsing.unexpected() == []


@pytest.fixture
def page(browse: Browsing) -> Page:
    """A desktop browser of somebody who is not signed in."""
    return browse()


@pytest.fixture
def context(page: Page) -> BrowserContext:
    """The browser of `page`."""
    return page.context


@pytest.fixture
def person(ready: Ready, context: BrowserContext) -> Person:
    """Somebody new, signed in in `page`."""
    return ready.person(context)
