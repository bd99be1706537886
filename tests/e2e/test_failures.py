"""Models that fail, and what a person can do about it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.diary import read_diary, start_diary
from tests.e2e.pages import FAILING, SKETCH, SLOW, Studio, wait_until

pytestmark = pytest.mark.usefixtures("person")


def test_one_model_fails_and_the_others_arrive(page: Page) -> None:
    studio = Studio(page).open()
    # What fails at once may have failed again before the page shows that it is tried.
    studio.generate("A paper boat on a pond, slow=2 fail=2", [FAILING, SKETCH, SLOW])

    studio.expect_finished(pictures=2)
    failed = studio.slot("Fault: fails")
    expect(failed).to_contain_text("The model refused these settings.")
    expect(failed).to_contain_text("not charged")
    expect(failed.locator("img")).to_have_count(0)

    start_diary(page)
    failed.get_by_role("button", name="Try again").click()
    wait_until(lambda: any(entry["busy"] and not entry["failed"] for entry in read_diary(page)))
    studio.expect_finished(pictures=2)
    expect(failed).to_contain_text("The model refused these settings.")
    assert all(entry["pictures"] == 2 for entry in read_diary(page))


def test_all_models_fail_and_the_caption_stays(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A heron in the reeds", [FAILING])

    studio.expect_finished(pictures=0)
    expect(studio.caption).to_be_visible()
    expect(studio.section.get_by_text("No image was generated")).to_be_visible()
    page.goto("/gallery/")
    expect(page.locator("#cards").get_by_text("No image was generated")).to_be_visible()


def test_cancel_stops_what_is_unfinished_and_keeps_what_is_ready(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A bicycle against a wall, slow=25", [SKETCH, SLOW])
    expect(studio.pictures).to_have_count(1)

    studio.composer.get_by_role("button", name="Cancel").click()
    studio.expect_finished(pictures=1)
    expect(studio.slot("Fault: slow")).to_contain_text("Canceled by user")
    expect(studio.generate_button).to_be_visible()
    page.reload()
    studio.expect_finished(pictures=1)
    expect(studio.slot("Fault: slow")).to_contain_text("Canceled by user")


def test_cancel_works_on_the_page_of_the_post_as_well(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A gate in a stone wall, slow=25", [SLOW])
    studio.section.get_by_role("link", name="Open post").click()
    page.locator("#results header, #results .results__head").get_by_role(
        "button", name="Cancel"
    ).click()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#results")).to_contain_text("Canceled by user")
