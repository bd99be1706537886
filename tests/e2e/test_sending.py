"""Sending the composer: once, with mistakes, and while the last pictures still arrive."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import FAILING, POSTER, SKETCH, SLOW, Studio, posts_in_gallery
from tests.e2e.ready import Ready

pytestmark = pytest.mark.usefixtures("person")
LIMIT = 4000


def test_a_double_click_makes_one_post(page: Page) -> None:
    studio = Studio(page).open()
    studio.prompt.fill("A lemon tree in a courtyard")
    studio.choose(SKETCH)
    studio.generate_button.dblclick()

    studio.expect_finished(pictures=1)
    assert len(posts_in_gallery(page.context)) == 1


def test_the_same_form_sent_from_two_tabs_makes_one_post(page: Page) -> None:
    first = Studio(page).open()
    second = Studio(page.context.new_page()).open()
    key = first.composer.locator("[name=form_key]").input_value()
    second.composer.locator("[name=form_key]").evaluate("(field, key) => field.value = key", key)

    first.generate("A tram in the rain")
    second.generate("A tram in the rain")
    first.expect_finished(pictures=1)
    second.expect_finished(pictures=1)
    assert len(posts_in_gallery(page.context)) == 1


def test_another_wish_can_be_sent_while_the_last_one_is_being_made(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A kite over dunes, slow=20", [SLOW])
    studio.expect_running()
    studio.generate("A kite over a lake", [SKETCH])

    expect(studio.slots).to_have_count(1)
    studio.expect_finished(pictures=1)
    assert len(posts_in_gallery(page.context)) == 2


def test_on_a_phone_the_form_and_its_results_take_turns(browse: Browsing, ready: Ready) -> None:
    browse.allow("status of 422")
    page = browse(phone=True)
    ready.person(page.context)
    studio = Studio(page).open()
    studio.generate("", [SKETCH])
    expect(studio.composer.get_by_role("alert").first).to_be_focused()
    studio.generate("A slipway, slow=25", [SKETCH, POSTER, SLOW])
    edit = page.get_by_role("link", name="Edit prompt")
    expect(edit).to_be_in_viewport()
    expect(studio.prompt).to_be_hidden()
    studio.section.get_by_role("button", name="Cancel").click()
    expect(studio.section).to_have_attribute("aria-busy", "false")

    edit.click()
    expect(studio.prompt).to_have_value("A slipway, slow=25")
    expect(studio.prompt).to_be_in_viewport()
    studio.generate("A slipway in winter", [SKETCH])
    expect(studio.prompt).to_be_hidden()
    expect(edit).to_be_in_viewport()
    studio.expect_finished(pictures=1)


def test_text_typed_while_pictures_arrive_stays(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A row of beach huts, slow=6", [SKETCH, SLOW])
    expect(studio.caption).to_be_visible()

    text = "The same huts in winter, with snow on their roofs and one light on"
    studio.prompt.fill("")
    studio.prompt.press_sequentially(text, delay=90)
    studio.expect_finished(pictures=2)
    expect(studio.prompt).to_have_value(text)
    expect(studio.prompt).to_be_focused()


@pytest.fixture
def refused(browse: Browsing) -> None:
    browse.allow("status of 422")


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("prompt", ["", "  \n ", "a" * (LIMIT + 1)])
def test_a_prompt_that_is_empty_or_too_long_is_told_beside_the_field(
    page: Page, prompt: str
) -> None:
    studio = Studio(page).open()
    studio.page.locator(".more:not(.models-more) > summary").click()
    page.fill("#id_negative_prompt", "people")
    page.fill("#id_seed", "41")
    page.locator("[name=aspect_ratio][value='3:2']").check(force=True)
    studio.generate(prompt, [SKETCH])

    message = "Write what you want to see." if not prompt.strip() else "at most 4,?000 characters"
    _expect_refusal(studio, "prompt", message)
    expect(studio.prompt).to_have_attribute("aria-invalid", "true")
    expect(studio.prompt).to_have_value(prompt)
    expect(page.locator("#id_negative_prompt")).to_have_value("people")
    expect(page.locator("#id_seed")).to_have_value("41")
    expect(page.locator("[name=aspect_ratio][value='3:2']")).to_be_checked()
    expect(studio.model(SKETCH)).to_be_checked()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(studio.prompt).to_be_focused()

    studio.generate("A fountain in the rain", [SKETCH])
    studio.expect_finished(pictures=1)
    expect(studio.composer.get_by_role("alert")).to_have_count(0)
    expect(studio.composer.locator(".field__err")).to_have_count(0)
    expect(studio.prompt).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.usefixtures("refused")
def test_no_model_is_told_beside_the_models(page: Page) -> None:
    studio = Studio(page).open()
    studio.generate("A fountain", [])
    _expect_refusal(studio, "models", "Choose at least one model.")
    expect(studio.prompt).to_have_value("A fountain")


@pytest.mark.usefixtures("refused")
def test_a_shape_that_a_model_cannot_make_is_told_beside_it(page: Page) -> None:
    studio = Studio(page).open()
    studio.choose()
    page.locator("[name=aspect_ratio][value='16:9']").check(force=True)
    studio.generate("A fountain at night", [FAILING])
    _expect_refusal(studio, "aspect_ratio", "Fault: fails cannot make 16:9 pictures.")
    expect(studio.prompt).to_have_value("A fountain at night")


def _expect_refusal(studio: Studio, field: str, message: str) -> None:

    expect(studio.composer.get_by_role("alert").first).to_be_focused()
    expect(studio.composer.get_by_role("alert").first).to_contain_text(re.compile(message))
    expect(studio.field_error(field)).to_have_text(re.compile(message))
    assert posts_in_gallery(studio.page.context) == []
