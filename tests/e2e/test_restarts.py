"""Parts of the application die while somebody watches."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, SLOW, Studio
from tests.e2e.running import Program, RunningApp, can_find_processes

pytestmark = [
    pytest.mark.usefixtures("person"),
    pytest.mark.skipif(not can_find_processes(), reason="processes are found in /proc only"),
]


@pytest.mark.parametrize("program", ["web", "broker", "worker"])
def test_a_killed_part_comes_back_and_the_post_completes(
    app: RunningApp, browse: Browsing, page: Page, program: Program
) -> None:
    # What the browser itself says about a server that is not there.
    browse.allow(r"net::ERR_|Failed to fetch|network error|status of 503|HTTP 503")
    studio = Studio(page).open()
    studio.generate("A ferry at the landing stage, slow=4", [SKETCH, SLOW])
    expect(studio.caption).to_be_visible()
    caption = studio.caption.inner_text()

    deaths = app.output().count(f"{program} ended (killed by SIGKILL)")
    app.kill(program)
    studio.expect_finished(pictures=2)
    expect(studio.slots).to_have_count(2)
    assert studio.caption.inner_text() == caption
    expect(page.locator("[data-away]")).to_have_count(0)
    page.reload()
    studio.expect_finished(pictures=2)
    expect(studio.slots).to_have_count(2)
    assert app.output().count(f"{program} ended (killed by SIGKILL)") == deaths + 1
    assert app.process.poll() is None
