"""A person's whole way with no hand on a mouse: only keys, and every stop reached by Tab."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import PATIENCE, Conversation, EditDialog, Person, new_person
from tests.e2e.ready import Ready

MOST_STOPS = 150


def reach(page: Page, stop: Locator) -> None:
    """Press Tab until this has the focus."""
    expect(stop).to_be_attached()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if stop.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {stop}")


def press(page: Page, stop: Locator, key: str = "Enter") -> None:
    """Go there and press a key."""
    reach(page, stop)
    page.keyboard.press(key)


def write(page: Page, field: Locator, text: str) -> None:
    """Go there and type, in place of what stands there."""
    reach(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_from_signing_up_to_deleting_for_good(page: Page) -> None:
    person = new_person()
    page.goto("/accounts/signup/")
    write(page, page.locator("[name=email]"), person.email)
    write(page, page.locator("[name=password1]"), person.password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))

    page.keyboard.press("c")
    page.wait_for_url("**/posts/create/")
    write(page, page.locator("#id_prompt"), "A lighthouse at dusk")
    page.keyboard.press("Control+Enter")
    results = page.locator("#results")
    expect(results).to_have_attribute("aria-busy", "true")
    expect(results).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    expect(results.locator("[id^=slot-] img").first).to_be_visible()

    press(page, page.locator(".nav").get_by_role("link", name="Gallery"))
    page.wait_for_url("**/gallery/")
    card = page.locator("#cards > li")
    press(page, card.locator(".card__open"))
    lightbox = page.locator("#lightbox")
    expect(lightbox).to_be_visible()
    page.keyboard.press("Escape")
    expect(lightbox).to_be_hidden()
    expect(card.locator(".card__open")).to_be_focused()

    post = f"/posts/{card.get_attribute('data-post')}/"
    page.goto(post)
    press(page, page.locator("details[data-edit] > summary"))
    expect(page.locator("#id_caption")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Written by hand.")
    press(page, page.locator("details[data-edit]").get_by_role("button", name="Save"))
    expect(page.locator("[id^=caption-]")).to_have_text("Written by hand.")

    press(page, page.get_by_role("link", name="Share settings"))
    sharing = page.locator("#sharing-dialog")
    expect(sharing).to_be_visible()
    reach(page, sharing.get_by_role("radio", name="Unlisted"))
    page.keyboard.press("ArrowDown")
    expect(sharing.get_by_role("radio", name="Public")).to_be_checked()
    press(page, sharing.get_by_role("button", name="Save"))
    expect(page.locator("#toasts")).to_contain_text("The sharing of this post is saved.")
    page.keyboard.press("Escape")
    expect(sharing).to_be_hidden()

    page.goto("/gallery/")
    reach(page, card.locator(".card__open"))
    page.keyboard.press("Delete")
    expect(card).to_have_count(0)
    page.goto("/gallery/trash/")
    press(page, card.get_by_role("button", name=re.compile("^Restore")))
    expect(card).to_have_count(0)

    page.goto("/gallery/")
    expect(card).to_have_count(1)
    reach(page, card.locator(".card__open"))
    page.keyboard.press("Delete")
    expect(card).to_have_count(0)
    page.goto("/gallery/trash/")
    press(page, card.get_by_role("button", name=re.compile("^Delete")))
    question = page.locator("dialog.question")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    press(page, question.locator("[type=submit]"))
    expect(card).to_have_count(0)
    assert page.context.request.get(post).status == 404


def test_the_settings(page: Page, person: Person) -> None:
    page.goto("/gallery/")
    press(page, page.locator(".nav").get_by_role("button", name=re.compile("^Account")))
    expect(page.locator("#me").get_by_role("link", name="Profile")).to_be_focused()
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Display name"), "Ana")
    write(page, page.get_by_label("About you"), "Slow things.")
    press(page, page.locator("#id_posts_begin_public"), "Space")
    press(page, page.locator("main").get_by_role("button", name="Save"))
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    expect(page.get_by_label("Display name")).to_have_value("Ana")
    expect(page.locator("#id_posts_begin_public")).to_be_checked()


def test_a_conversation(page: Page, person: Person, ready: Ready) -> None:
    [post] = ready.posts(person, ["A jetty at low tide"])
    page.goto(post)
    press(page, page.locator(".out__acts a[aria-haspopup]").first)
    dialog = EditDialog(page)
    expect(dialog.message).to_be_focused()
    page.keyboard.type("Much warmer, like late afternoon")
    page.keyboard.press("Control+Enter")
    conversation = Conversation(page)
    expect(conversation.turn(1)).to_be_attached(timeout=PATIENCE)
    expect(conversation.turn(1)).not_to_have_attribute("aria-current", "step", timeout=PATIENCE)
    write(page, conversation.message, "Colder now")
    page.keyboard.press("Control+Enter")
    expect(conversation.turn(2)).not_to_have_attribute("aria-current", "step", timeout=PATIENCE)
    press(page, page.locator("#turn-1 .card__act[href*='compare']").first)
    expect(page.locator("[data-compare-range]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-compare-range]")).to_be_hidden()


def test_no_page_holds_the_focus(page: Page, person: Person, ready: Ready) -> None:
    [post] = ready.posts(person, ["A stone bridge"])
    conversation = ready.conversation(person, post, [1])
    for address in (post, conversation, "/posts/create/", "/gallery/", "/settings/storage/"):
        page.goto(address)
        for key in ("Tab", "Shift+Tab"):
            page.evaluate("document.activeElement?.blur()")
            for _ in range(MOST_STOPS):
                page.keyboard.press(key)
                if page.evaluate("document.activeElement === document.body"):
                    break
            else:
                raise AssertionError(f"{key} never leaves {address}")
