"""Everything works without JavaScript; the page then refreshes itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import FAILING, PATIENCE, POSTER, SKETCH, SLOW, Person, Studio, sign_up
from tests.e2e.pictures import picture, text_file
from tests.e2e.ready import Ready

PAGE_SIZE = 30


@pytest.fixture
def plain(browse: Browsing) -> Page:
    """A browser that runs no scripts."""
    return browse(java_script_enabled=False)


@pytest.fixture
def person(ready: Ready, plain: Page) -> Person:
    """Somebody new, signed in there."""
    return ready.person(plain.context)


def test_who_signs_up_makes_a_post_with_an_uploaded_reference(plain: Page) -> None:
    sign_up(plain)
    studio = Studio(plain).open()
    studio.prompt.fill("A windmill")
    studio.choose(SKETCH, POSTER)
    studio.file_field.set_input_files([picture().payload])
    studio.generate_button.click()

    plain.wait_for_url(re.compile(r"\?post=\d+$"))
    expect(studio.section).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    expect(studio.pictures).to_have_count(2)
    expect(studio.caption).to_be_visible()
    expect(studio.references).to_have_count(0)
    expect(studio.composer).to_contain_text("A picture that you uploaded for it is deleted")
    studio.section.get_by_role("link", name="Open post").click()
    expect(Studio(plain).pictures).to_have_count(2)


@pytest.mark.usefixtures("person")
def test_mistakes_are_told_and_everything_typed_is_kept(browse: Browsing, plain: Page) -> None:
    browse.allow("status of 422")
    studio = Studio(plain).open()
    studio.prompt.fill("A mill")
    studio.choose(SKETCH)
    studio.file_field.set_input_files([text_file().payload])
    studio.generate_button.click()
    expect(studio.composer.get_by_role("alert").first).to_contain_text("notes.png: Invalid file")
    expect(studio.prompt).to_have_value("A mill")
    expect(studio.model(SKETCH)).to_be_checked()
    expect(plain).to_have_title(re.compile("^Error:"))


@pytest.mark.usefixtures("person")
def test_cancel_and_try_again_are_plain_forms(plain: Page) -> None:
    studio = Studio(plain).open()
    studio.generate("A water mill, slow=25", [SLOW, FAILING])
    plain.wait_for_url(re.compile(r"\?post=\d+$"))
    studio.composer.get_by_role("button", name="Cancel").click()

    plain.wait_for_url(re.compile(r"/posts/\d+/$"))
    post = Studio(plain)
    expect(post.section).to_have_attribute("aria-busy", "false")
    expect(post.slot("Fault: slow")).to_contain_text("Canceled by user")

    post.slot("Fault: slow").get_by_role("button", name="Try again").click()
    plain.wait_for_url(re.compile(r"/posts/\d+/$"))
    expect(post.section).to_have_attribute("aria-busy", "true")
    post.section.get_by_role("button", name="Cancel").click()
    expect(post.section).to_have_attribute("aria-busy", "false")


def test_older_posts_are_a_link(plain: Page, ready: Ready, person: Person) -> None:
    prompts = [f"Number {number}" for number in range(PAGE_SIZE + 1)]
    addresses = ready.posts(person, prompts, models=())
    plain.goto("/gallery/")
    expect(plain.locator("#cards > li")).to_have_count(PAGE_SIZE)
    plain.get_by_role("link", name="Older posts").click()
    plain.wait_for_url("**/gallery/?before=*")
    expect(plain.locator("#cards > li")).to_have_count(1)
    expect(plain.locator("#cards a")).to_have_attribute("href", addresses[0])


@pytest.mark.usefixtures("person")
def test_the_language_is_switched_by_a_plain_form(plain: Page) -> None:
    plain.goto("/gallery/")
    plain.get_by_role("button", name=re.compile("^Account")).click()
    plain.get_by_role("button", name="Português").click()
    expect(plain.locator("html")).to_have_attribute("lang", "pt-br")
    expect(plain.get_by_role("heading", level=1, name="Galeria")).to_be_visible()
    assert plain.url.endswith("/gallery/")
