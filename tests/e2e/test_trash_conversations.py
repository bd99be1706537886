"""Conversations that are deleted, undone, restored and deleted for good, by hand and by key."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import PATIENCE, Person
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

TRASH = "/gallery/trash/"
NARROWEST = {"width": 320, "height": 640}
BEFORE = """
from gallery.models import EditConversation, Post
from gallery.services import conversations, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
owner = User.objects.get(email={email!r})
"""
# Each with one turn, which made a picture; and posts in the trash.
MAKE = """
source = create_post(owner).images.get()
made = [create_conversation(owner, source, title=f"Night {{n}}") for n in range({count})]
for one in made:
    create_turn(one, outputs=1)
if {is_trashed}:
    conversations.trash(owner=owner, ids=[one.pk for one in made])
trash.trash(owner=owner, ids=[create_post(owner).pk for _ in range({posts})])
print(*(one.pk for one in made))
"""
COUNT = """
print(*(model.objects.filter(owner=owner).count() for model in (EditConversation, Post)))
"""


def run(app: RunningApp, person: Person, code: str) -> list[str]:
    """Run it where `owner` is that person; gives the words that it printed."""
    return app.run(BEFORE.format(email=person.email) + code).split()


def make(
    app: RunningApp, person: Person, count: int, *, posts: int = 0, is_trashed: bool = True
) -> list[str]:
    """Give the person conversations, of the trash unless it is said; gives their ids."""
    return run(app, person, MAKE.format(count=count, posts=posts, is_trashed=is_trashed))


def talk(page: Page, pk: str) -> Locator:
    """A conversation of the trash."""
    return page.locator(f"#c{pk}")


def restore(page: Page, pk: str) -> Locator:
    """What has the focus when its card has it."""
    return talk(page, pk).get_by_role("button", name="Restore")


def row(page: Page, title: str) -> Locator:
    """A conversation of the list."""
    return page.locator("main").get_by_role("link", name=title)


def test_from_its_page_it_goes_and_comes_back_by_mouse_and_by_key(
    app: RunningApp, page: Page, person: Person
) -> None:
    (pk,) = make(app, person, 1, is_trashed=False)
    page.goto(f"/posts/edit/{pk}/")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Move to trash").click()
    page.wait_for_url("**/conversations/")
    expect(row(page, "Night 0")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(row(page, "Night 0").first).to_be_visible()
    page.goto(f"/posts/edit/{pk}/")
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.get_by_role("button", name="Move to trash").press("Enter")
    page.wait_for_url("**/conversations/")
    expect(page.locator(".toast")).to_contain_text("Conversation moved to trash.")
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("1 conversation restored.")
    expect(row(page, "Night 0").first).to_be_visible()


def test_by_keyboard_alone_they_are_reached_chosen_restored_and_deleted(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow(r"status of 404.*/media/")  # a picture that is just moving into the trash
    *_, third, second, first = make(app, person, 4, posts=1)
    page.goto(TRASH)
    restore(page, first).focus()
    page.keyboard.press("ArrowRight")
    expect(restore(page, second)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-batch-count]")).to_have_text("2 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#batch")).to_be_hidden()
    expect(restore(page, third)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Delete conversation?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(restore(page, second)).to_be_focused()
    page.keyboard.press("Delete")
    dialog.get_by_role("checkbox", name="and all versions").press("Space")
    expect(dialog).to_contain_text("all images made in it")
    dialog.get_by_role("button", name="Delete").press("Enter")
    expect(talk(page, second)).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("1 post deleted for good.")
    expect(restore(page, third)).to_be_focused()
    page.keyboard.press("Enter")
    expect(talk(page, third)).to_have_count(0)
    expect(page.locator("#count")).to_contain_text("2 conversations")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cards .card__open")).to_be_focused()
    assert run(app, person, COUNT) == ["3", "5"]


def test_with_the_mouse_both_kinds_are_chosen_together_and_the_rest_is_emptied(
    app: RunningApp, page: Page, person: Person
) -> None:
    kept, gone, last = make(app, person, 3, posts=2)
    page.goto(TRASH)
    talk(page, kept).get_by_role("button", name="Restore").click()
    expect(talk(page, kept)).to_have_count(0)
    page.get_by_role("button", name="Select", exact=True).click()
    for card in (talk(page, gone), page.locator("#cards > .card").first):
        card.get_by_role("checkbox").click()
    page.locator("#batch").get_by_role("button", name="Delete forever").click()
    dialog = page.get_by_role("dialog", name="Delete 1 post and 1 conversation?")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#wall .card")).to_have_count(2)
    expect(talk(page, last)).to_be_visible()
    expect(page.locator("#batch")).to_be_hidden()
    page.get_by_role("button", name="Empty trash").click()
    dialog = page.get_by_role("dialog", name="Empty trash?")
    expect(dialog).to_contain_text("1 conversation is deleted for good.")
    dialog.get_by_role("button", name="Empty trash").click()
    told = page.locator("#trash-bar")
    expect(told).to_contain_text("1 post deleted for good", timeout=PATIENCE)
    expect(told).to_contain_text("1 conversation deleted for good.")
    expect(page.locator("#wall .empty")).to_be_visible()
    assert run(app, person, COUNT) == ["1", "4"]


def test_what_goes_elsewhere_leaves_the_page_and_the_focus_goes_on(
    app: RunningApp, page: Page, person: Person
) -> None:
    last, second, first = make(app, person, 3, posts=1)
    page.goto(TRASH)
    restore(page, first).focus()
    page.keyboard.press("x")
    restore(page, second).focus()
    run(app, person, f"conversations.restore(owner=owner, ids=[{second}])")
    look_again(page)
    expect(talk(page, second)).to_have_count(0)
    expect(restore(page, last)).to_be_focused()
    expect(talk(page, first).get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#wall .card [tabindex='0']")).to_have_count(3)  # of one card alone
    run(app, person, "conversations.restore_all(owner=owner)")
    look_again(page)
    expect(page.locator("#shelf h2")).to_have_count(0)
    expect(page.locator("#cards .card__open")).to_be_focused()


def test_without_scripts_one_is_restored_and_one_deleted_with_its_versions(
    app: RunningApp, browse: Browsing, ready: Ready
) -> None:
    page = browse(java_script_enabled=False)
    person = ready.person(page.context)
    one, other = make(app, person, 2)
    page.goto(TRASH)
    restore(page, one).click()
    expect(page.locator("#toasts")).to_contain_text("1 conversation restored.")
    talk(page, other).get_by_role("button", name="Delete forever").click()
    page.get_by_role("checkbox", name="and all versions").check()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("1 post deleted for good.")
    expect(page.locator("#wall .empty")).to_be_visible()
    assert run(app, person, COUNT) == ["1", "2"]


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_it_has_no_barriers_and_fits_a_phone(
    app: RunningApp, browse: Browsing, ready: Ready, locale: str
) -> None:
    page = browse(phone=True, locale=locale, color_scheme="dark")
    person = ready.person(page.context)
    make(app, person, 3)
    page.goto(TRASH)
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)
        assert find_overflow(page) == []
    assert find_barriers(page) == []
    page.keyboard.press("Control+a")
    expect(page.locator("#batch")).to_be_visible()
    assert find_overflow(page) == []
    page.keyboard.press("Delete")
    expect(page.locator("dialog.question")).to_be_visible()
    assert find_overflow(page) == []
    assert find_barriers(page) == []
