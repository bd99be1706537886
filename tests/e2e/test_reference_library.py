"""The page of the library: everything that one can do with a kept reference."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow, settle
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import Person, Studio, expect_loaded
from tests.e2e.pictures import drop, picture, text_file
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

LIBRARY = "/references/"
SIZE = 50
PASTE = """async () => {
  const source = document.createElement("canvas");
  source.width = source.height = 32;
  const blob = await new Promise((resolve) => source.toBlob(resolve, "image/png"));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([blob], "pasted.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData });
  document.body.dispatchEvent(event);
}"""


def cards(page: Page) -> Locator:
    return page.locator("[data-reference-card]")


def card(page: Page, name: str) -> Locator:
    return cards(page).filter(has=page.get_by_text(name, exact=True))


def add(page: Page, *names: str) -> None:
    """Go to the library and add pictures with these names."""
    page.goto(LIBRARY)
    for number, name in enumerate(names, start=1):
        field = page.locator("[data-drop] input")
        field.set_input_files([picture(name, f"#{number * 30:02x}5070").payload])
        expect(cards(page)).to_have_count(number)


def prepare(app: RunningApp, person: Person, *lines: str) -> None:
    """Do something for a person that takes too long, or is too short, in a browser."""
    before = (
        "from generation.models import GenerationJob",
        "from pixelstream.accounts.models import User",
        "from tests.factories import create_post, create_reference",
        f"owner = User.objects.get(email={person.email!r})",
    )
    app.run("\n".join([*before, *lines]))


def fill_library(app: RunningApp, person: Person, count: int) -> None:
    prepare(app, person, f"for _ in range({count}): create_reference(owner, kept=True)")


def test_pictures_come_by_browse_by_drop_and_by_paste_with_a_result_for_each(
    browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 422")
    page.goto(LIBRARY)
    expect(page.get_by_role("heading", name="No references yet")).to_be_visible()
    files = [picture("one.png", "#204060"), text_file(), picture("two.png", "#602040")]
    page.locator("[data-drop] input").set_input_files([file.payload for file in files])
    expect(cards(page)).to_have_count(2)
    expect(page.locator("[data-reference-errors]")).to_contain_text("notes.png: Invalid file type.")
    expect(page.get_by_role("heading", name="No references yet")).to_be_hidden()
    expect(page.locator("#announce")).to_contain_text("Added to your library")

    drop(page, picture("dropped.png", "#406020"))
    expect(cards(page)).to_have_count(3)
    expect(page.locator("[data-reference-errors]")).to_be_empty()
    page.evaluate(PASTE)
    expect(cards(page).first).to_contain_text("pasted.png")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.reload()
    expect(cards(page)).to_have_count(4)
    image = card(page, "one.png").locator("img")
    expect_loaded(image)


def test_a_reference_is_renamed_with_the_keyboard_and_the_focus_stays(
    page: Page, person: Person
) -> None:
    add(page, "harbour.png")
    page.get_by_role("button", name="Rename harbour.png").press("Enter")
    name = page.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    expect(name).to_have_value("harbour")
    name.fill("jetty at noon")
    name.press("Enter")
    expect(card(page, "jetty at noon.png")).to_be_visible()
    rename = page.get_by_role("button", name="Rename jetty at noon.png")
    expect(rename).to_be_focused()
    rename.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(rename).to_be_focused()


def test_a_name_that_the_server_refuses_is_told_at_the_card(
    browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 422")
    add(page, "harbour.png")
    page.get_by_role("button", name="Rename harbour.png").click()
    page.get_by_role("textbox", name="Name").fill("a/b")
    page.keyboard.press("Enter")
    expect(card(page, "harbour.png").get_by_role("alert")).to_contain_text("cannot have /")


def test_deleting_asks_first_and_the_focus_moves_to_the_next(page: Page, person: Person) -> None:
    add(page, "one.png", "two.png")
    delete = page.get_by_role("button", name="Delete two.png")
    delete.click()
    dialog = page.get_by_role("dialog", name="Delete image?")
    expect(dialog).to_contain_text("remove the original plus all generated versions.")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").press("Enter")
    expect(delete).to_be_focused()
    expect(cards(page)).to_have_count(2)

    delete.press("Enter")
    dialog.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(cards(page)).to_have_count(1)
    expect(page.get_by_role("link", name="Use one.png in the studio")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Image deleted. Removed 1 original")
    page.get_by_role("button", name="Delete one.png").press("Enter")
    dialog.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="No references yet")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()


def test_what_is_being_made_keeps_its_reference(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 409")
    add(page, "harbour.png")
    waiting = 'GenerationJob.objects.create(post=create_post(owner), kind="image", slot=5)'
    prepare(app, person, f"{waiting}.references.set(owner.reference_images.all())")
    page.get_by_role("button", name="Delete harbour.png").click()
    page.get_by_role("dialog").get_by_role("checkbox").uncheck()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    told = card(page, "harbour.png").get_by_role("alert")
    expect(told).to_contain_text("Pictures are being made with this reference.")
    expect(page.get_by_role("button", name="Rename harbour.png")).to_be_focused()


def test_a_reference_goes_from_the_library_to_the_studio(page: Page, person: Person) -> None:
    add(page, "logo.png")
    page.get_by_role("link", name="Use logo.png in the studio").click()
    page.wait_for_url("**/posts/create/?reference=*")
    studio = Studio(page)
    expect(studio.references).to_have_count(1)
    expect(studio.references.get_by_alt_text("Reference: logo.png")).to_be_visible()
    expect(studio.composer.locator("[data-reference-count]")).to_have_text("1")


def test_the_library_goes_on_at_its_end(app: RunningApp, page: Page, person: Person) -> None:
    fill_library(app, person, SIZE + 3)
    page.goto(LIBRARY)
    expect(cards(page)).to_have_count(SIZE)
    more = page.get_by_role("link", name="More")
    more.focus()  # which brings it into view
    expect(cards(page)).to_have_count(SIZE + 3)
    expect(cards(page).nth(SIZE).get_by_role("link").first).to_be_focused()
    expect(more).to_have_count(0)

    studio = Studio(page).open()
    studio.composer.get_by_role("button", name="From the library").click()
    library = page.get_by_role("dialog", name="Your library")
    choices = library.locator("[data-reference-add]")
    expect(choices).to_have_count(SIZE)
    choices.last.scroll_into_view_if_needed()  # and with it what brings more
    expect(choices).to_have_count(SIZE + 3)
    choices.last.click()
    library.get_by_role("button", name="Done").click()
    expect(studio.references).to_have_count(1)


def test_everything_works_without_javascript(
    app: RunningApp, browse: Browsing, ready: Ready
) -> None:
    page = browse(java_script_enabled=False)
    person = ready.person(page.context)
    page.goto("/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="References").click()
    files = [picture("one.png").payload, text_file().payload, picture("two.png").payload]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("2 references added.")
    expect(page.locator("#toasts")).to_contain_text("notes.png: Invalid file type.")
    expect(cards(page)).to_have_count(2)

    page.get_by_role("button", name="Rename two.png").click()
    page.get_by_role("textbox", name="Name").fill("jetty")
    page.keyboard.press("Enter")
    expect(card(page, "jetty.png")).to_be_visible()
    page.get_by_role("button", name="Delete one.png").click()
    expect(page.get_by_role("heading", name="Delete image?").last).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Image deleted. Removed 1 original")
    expect(cards(page)).to_have_count(1)

    fill_library(app, person, SIZE)
    page.reload()
    page.get_by_role("link", name="More").click()
    expect(cards(page)).to_have_count(1)
    expect(card(page, "jetty.png")).to_be_visible()
    page.get_by_role("link", name="Use jetty.png in the studio").click()
    expect(Studio(page).references).to_have_count(1)


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_the_page_has_no_barriers_and_fits_every_screen(
    browse: Browsing, ready: Ready, locale: str
) -> None:
    browse.allow("status of 422")
    page = browse(locale=locale)
    ready.person(page.context)
    found = []

    def look(state: str) -> None:
        for scheme, size in [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)]:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            settle(page)
            found.extend(f"{state} {scheme}: {barrier}" for barrier in find_barriers(page))
        for size in (PHONE, NARROW):
            page.set_viewport_size(size)
            found.extend(f"{state} {size['width']}: {wide}" for wide in find_overflow(page))
        page.set_viewport_size(DESKTOP)

    page.goto(LIBRARY)
    look("empty")
    add(page, "one.png", f"{'a very long name ' * 6}.png")
    page.locator("[data-drop] input").set_input_files([text_file().payload])
    expect(page.locator("[data-reference-errors] p")).to_be_visible()
    look("filled")
    page.locator("[popovertarget^=reference-rename]").first.click()
    expect(page.locator(".refask:popover-open")).to_be_visible()
    look("rename")
    page.keyboard.press("Escape")
    page.locator("[data-reference-delete] button").first.click()
    expect(page.locator("dialog.question")).to_be_visible()
    look("delete")
    assert found == []
