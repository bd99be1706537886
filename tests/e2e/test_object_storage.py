"""The whole application with its pictures in buckets: what a browser is allowed to load."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, Studio, expect_loaded, join
from tests.e2e.pictures import picture
from tests.e2e.running import RunningApp
from tests.storage.servers import Place, running_moto


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Two buckets."""
    with running_moto() as server:
        yield server.new_place()


@pytest.fixture(scope="module")
def app_on_buckets(chromium: Browser, place: Place) -> Iterator[RunningApp]:
    """The application, which keeps its pictures there."""
    running = RunningApp()
    running.environment.update(place.variables)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def browse(app_on_buckets: RunningApp, chromium: Browser) -> Iterator[Browsing]:
    """Opens pages; the test fails on anything that the browser would not load."""
    browsing = Browsing(chromium, app_on_buckets.url)
    yield browsing
    browsing.close()
    assert browsing.unexpected() == []


def test_pictures_and_references_are_loaded_from_the_buckets(
    app_on_buckets: RunningApp, browse: Browsing, place: Place
) -> None:
    assert "The storage is ready." in app_on_buckets.manage("setup_storage")
    page = browse()
    join(page.context)
    studio = Studio(page).open()
    studio.file_field.set_input_files([picture("mine.png", "#204060").payload])
    expect(studio.references).to_have_count(1)
    expect_loaded(studio.references.get_by_alt_text("Reference: mine.png"))
    assert any("/reference/" in key for key in place.keys())  # noqa: SIM118 (no dict)

    studio.generate("A lighthouse in buckets", [SKETCH])
    studio.expect_finished(pictures=1)
    page.goto("/gallery/")
    shown = page.locator(".card img").first
    expect_loaded(shown)
    assert (shown.get_attribute("src") or "").startswith(place.variables["R2_PUBLIC_URL"])
    assert "All" in app_on_buckets.manage("doctor")
    assert any("/generated/" in key for key in place.keys())  # noqa: SIM118 (no dict)
