"""Headless Chromium with a person signed in, for the measures that need one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.bench import ground as common
from tests.bench.ground import Application
from tests.bench.report import Skipped
from tools.browsers import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from pixelstream.accounts.models import User

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
FLAGS += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, while the block runs. Raises Skipped where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Skipped("Playwright is not installed") from None
    executable = find_browser()
    if executable is None:
        raise Skipped("no Chromium; install it, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, app: Application, person: User, *, script: str) -> Page:
    """An empty page of this person; the script runs first in every document."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    session = common.session_key(person)
    context.add_cookies([{"name": "sessionid", "value": session, "url": app.address}])
    context.add_init_script(script)
    return context.new_page()
