"""Credits in a browser: what it will cost, what is left, and the page that explains every entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import (
    FAILING,
    PATIENCE,
    POSTER,
    SKETCH,
    Conversation,
    EditDialog,
    join,
    wait_for_post,
)
from tests.e2e.running import RunningApp

STUDIO = "/posts/create/"
PAGE = "/settings/credits/"


@pytest.fixture(scope="module")
def app(chromium: Browser) -> Iterator[RunningApp]:
    """An application of its own, where a picture costs a credit and everybody begins with four."""
    running = RunningApp()
    running.environment["CREDITS_ENABLED"] = "true"
    running.environment["CREDITS_SIGNUP_GRANT"] = "4"
    running.start()
    yield running
    running.stop()


def choose(page: Page, *models: str) -> None:
    """These models and no others."""
    chosen = page.locator("#composer [name=models]:checked")
    while chosen.count():
        chosen.first.uncheck()
    for model in models:
        page.locator(f"#composer [name=models][value='{model}']").check()


def test_the_cost_is_said_before_and_explained_afterwards(browse: Browsing) -> None:
    page = browse()
    join(page.context)
    page.goto(STUDIO)
    estimate = page.locator("#estimate")
    choose(page, SKETCH, POSTER)
    expect(estimate).to_have_text("2 images, 2 credits, 2 left")
    choose(page, SKETCH)
    expect(estimate).to_have_text("1 image, 1 credit, 3 left")

    page.fill("[name=prompt]", "a lighthouse")
    page.locator("#composer [data-submit]").click()
    page.wait_for_url(re.compile(r"\?post=\d+"))
    expect(estimate).to_have_text("1 image, 1 credit, 2 left")
    number = re.search(r"post=(\d+)", page.url)
    assert number is not None
    post = f"/posts/{number[1]}/"
    wait_for_post(page.context, post)

    page.goto(PAGE)
    expect(page.get_by_text("You have 3 credits.")).to_be_visible()
    lines = page.locator(".ledger__line")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("The image by Sketch is there")
    expect(lines.nth(1)).to_contain_text("−1")
    expect(lines.nth(2)).to_contain_text("To begin with")
    assert find_barriers(page) == []
    lines.nth(0).get_by_role("link").click()
    page.wait_for_url(f"**{post}")


def test_a_failure_is_given_back_and_too_few_start_nothing(browse: Browsing) -> None:
    browse.allow("status of 422")
    page = browse()
    join(page.context)
    page.goto(STUDIO)
    page.fill("[name=prompt]", "a lighthouse")
    models = [SKETCH, POSTER, "builtin/lumen", "builtin/gouache", "builtin/papercut"]
    choose(page, *models)
    expect(page.locator("#estimate")).to_have_text("5 images, 5 credits, you have 4")
    page.locator("#composer [data-submit]").click()
    said = "5 images cost 5 credits; you have 4. Nothing was started."
    expect(page.locator("#composer")).to_contain_text(said)

    choose(page, FAILING)
    page.locator("#composer [data-submit]").click()
    failed = page.locator("#results .failed")
    expect(failed).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#results")).to_contain_text("not charged")
    page.goto(PAGE)
    expect(page.get_by_text("You have 4 credits.")).to_be_visible()
    expect(page.locator(".ledger__line").first).to_contain_text("You were not charged.")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_edits_say_what_they_cost_as_well(browse: Browsing, phone: bool) -> None:
    page = browse(phone=phone)
    join(page.context)
    page.goto(STUDIO)
    choose(page, SKETCH)
    page.fill("[name=prompt]", "a lighthouse")
    page.locator("#composer [data-submit]").click()
    page.wait_for_url(re.compile(r"\?post=\d+"))
    number = re.search(r"post=(\d+)", page.url)
    assert number is not None
    post = f"/posts/{number[1]}/"
    wait_for_post(page.context, post)

    page.goto(f"{post}edit/")
    start = EditDialog(page)
    start.choose(SKETCH, POSTER)
    expect(start.form.locator("[data-estimate]")).to_have_text("2 images, 2 credits, 1 left")
    start.choose(SKETCH)
    start.message.fill("Make it warmer")
    start.start_button.click()
    page.wait_for_url(re.compile(r"/posts/edit/\d+/$"))
    conversation = Conversation(page)
    conversation.expect_finished(1, pictures=1)
    estimate = page.locator("#ask-estimate")
    expect(estimate).to_have_text("1 image, 1 credit, 1 left")
    assert find_overflow(page) == []
    assert find_barriers(page) == []
    conversation.message.fill("And darker")
    conversation.send_button.click()
    conversation.expect_finished(2, pictures=1)
    expect(estimate).to_have_text("1 image, 1 credit, 0 left")


def test_on_a_phone_the_page_fits(browse: Browsing) -> None:
    page = browse(phone=True)
    join(page.context)
    page.goto(PAGE)
    expect(page.get_by_text("You have 4 credits.")).to_be_visible()
    assert find_overflow(page) == []
    assert find_barriers(page) == []
