"""A post's own page in a browser: its menus, its caption, its cover, and what is missing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import (
    POSTER,
    SKETCH,
    SLOW,
    Person,
    Results,
    start_post,
    submit,
    wait_until,
)
from tests.e2e.pictures import remove_files
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp


class PostPage(Results):
    """A post's own page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.edit = page.locator("details[data-edit]")
        self.edit_button = self.edit.locator("summary")
        self.field = page.locator("#id_caption")
        self.save = self.edit.get_by_role("button", name="Save")
        self.toasts = page.locator("#toasts")

    def open_menu(self, slot: int) -> Locator:
        """Open the menu of a picture, by keyboard; returns it."""
        button = self.slots.nth(slot).locator("[popovertarget]")
        button.focus()
        self.page.keyboard.press("Enter")
        menu = self.slots.nth(slot).locator(".menu")
        expect(menu).to_be_visible()
        return menu


def open_post(page: Page, ready: Ready, person: Person, *models: str) -> str:
    """A new post of these models, open; returns its whole address."""
    [address] = ready.posts(person, ["Two boats"], models=models)
    page.goto(address)
    return page.url


def test_the_cover_is_chosen_by_keyboard_and_the_gallery_shows_it(
    page: Page, ready: Ready, person: Person
) -> None:
    open_post(page, ready, person, SKETCH, POSTER)
    post = PostPage(page)
    expect(post.slots.first).to_contain_text("Cover")
    second = post.slots.nth(1).locator("figcaption b").inner_text()
    menu = post.open_menu(1)
    expect(menu.locator("a").first).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("button", name="Use as cover")).to_be_focused()
    page.keyboard.press("Enter")
    expect(post.toasts).to_contain_text("This picture is the cover now.")
    expect(post.slots.first.locator("figcaption b")).to_have_text(second)
    expect(post.slots.first).to_contain_text("Cover")
    assert page.evaluate("document.activeElement !== document.body"), "the focus is not lost"
    source = post.slots.first.locator("img").get_attribute("src") or ""
    page.goto("/gallery/")
    key = source.rpartition("/")[2].split(".")[0]
    assert key in (page.locator("#cards img").first.get_attribute("src") or "")


def test_the_caption_is_edited_in_place(
    page: Page, browse: Browsing, ready: Ready, person: Person
) -> None:
    browse.allow("status of 422")
    open_post(page, ready, person, SKETCH)
    post = PostPage(page)
    before = post.caption.inner_text()
    post.edit_button.click()
    expect(post.field).to_be_focused()
    expect(post.caption).to_be_hidden()
    page.keyboard.press("Escape")
    expect(post.edit_button).to_be_focused()
    expect(post.caption).to_have_text(before)

    post.edit_button.click()
    expect(post.field).to_be_focused()
    post.field.fill("x" * 5001)
    expect(page.locator("#id_caption_count")).to_have_text("5,001")
    post.save.click()
    expect(post.edit.get_by_role("alert")).to_be_focused()
    expect(post.field).to_have_value("x" * 5001)
    assert find_barriers(page) == []

    post.field.fill("Ours.\n#Boats")
    page.keyboard.press("Control+Enter")
    expect(post.caption).to_have_text("Ours.\n#Boats", use_inner_text=True)
    expect(post.edit_button).to_be_focused()
    expect(post.toasts).to_contain_text("The caption is saved.")

    post.edit_button.click()
    expect(post.field).to_be_focused()
    expect(post.field).to_have_value("Ours.\n#Boats")
    post.field.fill("Never mind")
    post.edit.get_by_text("Cancel").click()
    expect(post.edit_button).to_be_focused()
    post.edit_button.click()
    expect(post.field).to_be_focused()
    expect(post.field).to_have_value("Ours.\n#Boats")
    post.field.fill("")
    post.save.click()
    expect(post.section.get_by_text("No caption")).to_be_visible()
    expect(post.edit_button).to_have_text(re.compile("Write a caption"))


def test_two_edits_at_once_are_both_shown(
    page: Page, browse: Browsing, ready: Ready, person: Person
) -> None:
    browse.allow("status of 422")
    address = open_post(page, ready, person, SKETCH)
    post = PostPage(page)
    post.edit_button.click()
    post.field.fill("Mine.")
    other = page.context.new_page()
    other.goto(address)
    theirs = PostPage(other)
    theirs.edit_button.click()
    theirs.field.fill("Theirs.")
    theirs.save.click()
    expect(theirs.caption).to_have_text("Theirs.")

    post.save.click()
    expect(post.edit.get_by_role("alert")).to_contain_text("The caption changed meanwhile.")
    expect(post.edit).to_contain_text("Theirs.")
    expect(post.field).to_have_value("Mine.")
    post.save.click()
    expect(post.caption).to_have_text("Mine.")


@pytest.mark.usefixtures("person")
def test_what_is_being_written_survives_the_pictures_that_arrive(page: Page) -> None:
    address = start_post(page.context, "A slow boat, slow=6", SLOW)
    page.goto(address)
    post = PostPage(page)
    post.edit_button.click()
    post.field.fill("While it is made.")
    page.locator("#post-history > summary").click()
    post.expect_finished(pictures=1)
    expect(post.edit).to_have_attribute("open", "")
    expect(page.locator("#post-history")).to_have_attribute("open", "")
    expect(post.field).to_have_value("While it is made.")
    expect(page.locator("#post-acts a").last).to_have_text(re.compile("Download"))
    post.save.click()
    expect(post.caption).to_have_text("While it is made.")


def test_a_double_click_generates_once_and_after_going_back_once_more(
    page: Page, ready: Ready, person: Person
) -> None:
    first = open_post(page, ready, person, SKETCH)
    page.get_by_role("button", name="Generate again").dblclick()
    page.wait_for_url(lambda url: bool(re.search(r"/posts/\d+/$", url)) and url != first)
    second = page.url
    PostPage(page).expect_finished(pictures=1)
    page.go_back()
    page.wait_for_url(first)
    page.get_by_role("button", name="Generate again").click()
    page.wait_for_url(lambda url: url not in (first, second))
    wait_until(lambda: page.locator("#results").count())
    numbers = [int(url.split("/")[-2]) for url in (first, second, page.url)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_project_and_visibility_change_without_leaving(
    page: Page, ready: Ready, person: Person
) -> None:
    submit(page.context, "/projects/create/", {"name": "Harbour"})
    open_post(page, ready, person, SKETCH)
    post = PostPage(page)
    page.select_option("#post-project", label="Harbour")
    page.locator("#post-move").click()
    expect(post.toasts).to_contain_text("Moved to “Harbour”.")
    switch = page.get_by_role("switch", name="Public in the feed")
    expect(switch).not_to_be_checked()
    switch.press("Space")
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    page.reload()
    expect(page.locator("#post-project option:checked")).to_have_text("Harbour")
    expect(switch).to_be_checked()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_missing_file_leaves_a_tile_of_its_size_and_its_words(
    app: RunningApp, browse: Browsing, ready: Ready, phone: bool
) -> None:
    browse.allow("status of 404")
    page = browse(phone=phone)
    address = open_post(page, ready, ready.person(page.context), SKETCH, POSTER)
    post = PostPage(page)
    first, second = post.slots.locator("figcaption b").all_inner_texts()
    frame = post.slots.first.locator(".frame")
    before = frame.bounding_box()
    remove_files(app, frame.locator("img"))
    fresh = browse(phone=phone, storage_state=page.context.storage_state())  # nothing cached
    fresh.goto(address)
    frame = PostPage(fresh).slots.first.locator(".frame")
    expect(frame.locator(".missing")).to_contain_text("The picture is not there")
    assert frame.bounding_box() == before
    expect(frame.locator("img")).to_have_attribute("alt", re.compile(f", {first}$"))
    expect(PostPage(fresh).slots.nth(1).locator(".missing")).to_have_count(0)
    assert find_barriers(fresh) == []
    # What a morph brings is the server's; the tile comes back.
    PostPage(fresh).open_menu(1).get_by_role("button", name="Use as cover").click()
    expect(PostPage(fresh).slots.first).to_contain_text(second)
    expect(PostPage(fresh).slots.nth(1).locator(".missing")).to_have_count(1)


def test_everything_works_without_javascript(browse: Browsing, ready: Ready) -> None:
    browse.allow("status of 422")
    page = browse(java_script_enabled=False)
    person = ready.person(page.context)
    submit(page.context, "/projects/create/", {"name": "Harbour"})
    [address] = ready.posts(person, ["Two boats"])
    page.goto(address)
    post = PostPage(page)
    post.edit_button.click()
    post.field.fill("x" * 5001)
    post.save.click()
    expect(page.get_by_role("heading", level=1, name="Edit the caption").last).to_be_attached()
    page.locator("#id_caption").fill("By hand.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{address}")
    expect(post.caption).to_have_text("By hand.")
    page.select_option("#post-project", label="Harbour")
    page.locator("#post-move").click()
    expect(page.locator("#post-project option:checked")).to_have_text("Harbour")
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_be_checked()
    page.get_by_role("link", name="Make similar").click()
    expect(page.locator("#id_seed")).to_have_value("7")
    page.goto(address)
    page.get_by_role("button", name="Generate again").click()
    page.wait_for_url(lambda url: bool(re.search(r"/posts/\d+/$", url)) and address not in url)


def test_the_page_has_no_barriers_and_fits(page: Page, ready: Ready, person: Person) -> None:
    open_post(page, ready, person, SKETCH, POSTER)
    post = PostPage(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert find_barriers(page) == []
        post.open_menu(0)
        assert find_barriers(page) == []
        page.keyboard.press("Escape")
    page.locator("#post-history > summary").click()
    post.edit_button.click()
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        assert find_overflow(page) == []
        assert find_barriers(page) == []


def test_a_tall_picture_leaves_room_below_it_and_its_facts_are_under_it(
    page: Page, ready: Ready, person: Person
) -> None:
    [address] = ready.posts(person, ["A tower"], aspect_ratio="9:16")
    page.goto(address)
    slot = PostPage(page).slots.first
    frame = slot.locator(".frame").bounding_box()
    facts = slot.locator("figcaption").bounding_box()
    assert frame
    assert facts
    assert frame["height"] <= 0.73 * DESKTOP["height"]
    assert facts["y"] + facts["height"] <= DESKTOP["height"]
    assert (facts["x"], facts["width"]) == (frame["x"], frame["width"])
