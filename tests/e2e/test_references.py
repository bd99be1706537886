"""Reference pictures of the studio, in every way they can come."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, Studio, expect_loaded
from tests.e2e.pictures import (
    Upload,
    broken_picture,
    drop,
    paste,
    picture,
    text_file,
    too_large_picture,
)

pytestmark = pytest.mark.usefixtures("person")
LIMIT = 10
LIMIT_OF_BUILTIN_MODELS = 4


def test_pictures_come_by_browse_by_paste_and_by_drop_and_can_be_removed(page: Page) -> None:
    studio = Studio(page).open()
    studio.prompt.fill("As in these")
    studio.file_field.set_input_files([picture("browsed.png", "#204060").payload])
    expect(studio.references).to_have_count(1)
    paste(page, picture("pasted.png", "#602040"))
    expect(studio.references).to_have_count(2)
    drop(page, picture("dropped.png", "#406020"))
    expect(studio.references).to_have_count(3)
    for name in ("browsed.png", "pasted.png", "dropped.png"):
        image = studio.references.get_by_alt_text(f"Reference: {name}")
        expect_loaded(image)
    expect(studio.composer.locator("[data-reference-count]")).to_have_text("3")

    dropped = studio.references.filter(has=page.get_by_alt_text("Reference: dropped.png"))
    dropped.get_by_role("button", name="Remove reference").click()
    expect(studio.references).to_have_count(2)
    expect(studio.composer.locator("[data-reference-count]")).to_have_text("2")
    expect(studio.prompt).to_have_value("As in these")

    studio.generate("As in these", [SKETCH])
    studio.expect_finished(pictures=1)
    expect(studio.section.get_by_text("References uploaded")).to_be_visible()
    page.reload()
    expect(studio.references).to_have_count(0)
    expect(studio.composer).to_contain_text("A picture that you uploaded for it is deleted")
    expect(studio.section.get_by_text("References uploaded")).to_be_visible()


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (broken_picture(), "Invalid file type. Allowed: image/jpeg, image/png"),
        (text_file(), "Invalid file type. Allowed: image/jpeg, image/png"),
        (too_large_picture(), "File too large. Maximum size: 10MB"),
    ],
    ids=["broken", "text", "12 MB"],
)
def test_a_file_that_cannot_be_taken_is_told_in_words(
    browse: Browsing, page: Page, upload: Upload, message: str
) -> None:
    browse.allow("status of 422")
    studio = Studio(page).open()
    studio.prompt.fill("Like this file")
    studio.file_field.set_input_files([upload.payload])

    alert = studio.composer.locator("[data-reference-errors]")
    expect(alert).to_contain_text(message)
    expect(studio.references).to_have_count(0)
    expect(studio.composer.get_by_role("progressbar")).to_have_count(0)
    expect(studio.prompt).to_have_value("Like this file")

    studio.file_field.set_input_files([picture().payload])
    expect(studio.references).to_have_count(1)
    expect(alert).to_be_empty()


def test_a_reference_is_kept_in_the_library_and_chosen_from_it(page: Page) -> None:
    studio = Studio(page).open()
    studio.file_field.set_input_files([picture("logo.png").payload])
    studio.references.get_by_role("button", name="Keep in the library").click()
    keep = studio.references.get_by_role("button", name="Keep in the library")
    expect(keep).to_have_attribute("aria-pressed", "true")

    page.goto("/posts/create/")
    expect(studio.references).to_have_count(0)
    studio.composer.get_by_role("button", name="From the library").click()
    library = page.get_by_role("dialog", name="Your library")
    library.get_by_role("button", name="logo.png").click()
    library.get_by_role("button", name="Done").click()
    expect(library).to_be_hidden()
    expect(studio.references).to_have_count(1)
    expect(studio.composer.get_by_role("button", name="From the library")).to_be_focused()


def test_no_more_than_ten_references_are_taken_and_no_more_than_a_model_can_use(
    browse: Browsing, page: Page
) -> None:
    browse.allow("status of 422")
    studio = Studio(page).open()
    pictures = [picture(f"{n}.png", f"#{n * 20:02x}4060") for n in range(LIMIT + 1)]
    studio.file_field.set_input_files([one.payload for one in pictures])
    expect(studio.references).to_have_count(LIMIT)
    expect(studio.composer.locator("[data-drop]")).to_be_hidden()
    expect(studio.composer.get_by_role("progressbar")).to_have_count(0)

    studio.generate("All of these", [SKETCH])
    expect(studio.composer.get_by_role("alert").first).to_be_focused()
    expect(studio.field_error("references")).to_have_text("Sketch cannot use 10 references.")
    expect(studio.references).to_have_count(LIMIT)
    for _ in range(LIMIT - LIMIT_OF_BUILTIN_MODELS):
        studio.references.first.get_by_role("button", name="Remove reference").click()
    studio.generate_button.click()
    studio.expect_finished(pictures=1)
