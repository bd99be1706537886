"""Editing a picture over several turns: by mouse, by keyboard, without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import (
    FAILING,
    PATIENCE,
    POSTER,
    SKETCH,
    SLOW,
    Conversation,
    EditDialog,
    Studio,
    start_conversation,
    submit,
)
from tests.e2e.pictures import picture
from tests.e2e.ready import Ready

TEXTS = {
    "en": {
        "title": "New conversation",
        "subtitle": "Start editing this image",
        "ask": "What would you like to change?",
        "pending": "Developing",
        "turn": "EDIT 1",
        "turns": "2 turns",
    },
    "pt-br": {
        "title": "Nova conversa",
        "subtitle": "Comece a editar esta imagem",
        "ask": "O que você quer mudar?",
        "pending": "Revelando",
        "turn": "EDIÇÃO 1",
        "turns": "2 turnos",
    },
}
FIRST = {"en": "Make it black and white, slow=5", "pt-br": "Deixe em preto e branco, slow=5"}
SECOND = {"en": "Now warmer", "pt-br": "Agora mais quente"}


@pytest.mark.parametrize(
    ("language", "locale", "phone"), [("en", "en-US", False), ("pt-br", "pt-BR", True)]
)
def test_a_picture_is_edited_in_two_turns_by_pressing(
    browse: Browsing, ready: Ready, language: str, locale: str, phone: bool
) -> None:
    texts = TEXTS[language]
    page = browse(locale=locale, phone=phone, has_touch=phone, reduced_motion="no-preference")
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    studio = Studio(page).open(f"?post={post.split('/')[2]}")
    studio.expect_finished(pictures=1)
    if not phone:
        studio.slots.first.hover()
    studio.slots.first.locator(".out__acts a[href*='/edit/']").click()

    dialog = EditDialog(page)
    expect(dialog.box.get_by_role("heading", name=texts["title"])).to_be_visible()
    expect(dialog.box).to_contain_text(texts["subtitle"])
    expect(dialog.box).to_contain_text(texts["ask"])
    expect(dialog.box.locator("figcaption")).to_contain_text(re.compile(r"Sketch\s*\d+ x \d+"))
    expect(dialog.model(SKETCH)).to_be_checked()
    dialog.start(FIRST[language], [SKETCH, SLOW])

    page.wait_for_url(re.compile(r"/posts/edit/\d+/$"))
    conversation = Conversation(page)
    first = conversation.turn(1)
    expect(first).to_contain_text(texts["turn"])
    expect(first).to_contain_text(FIRST[language])
    expect(first.locator("figure")).to_have_count(2)
    expect(first.get_by_text(texts["pending"])).to_have_count(1)
    expect(first.locator("figure img")).to_have_count(1)
    conversation.expect_finished(1, pictures=2)

    conversation.message.fill(SECOND[language])
    conversation.send_button.click()
    second = conversation.turn(2)
    expect(second).to_be_in_viewport()
    expect(conversation.message).to_have_value("")
    conversation.expect_finished(2, pictures=2)
    expect(page.locator("#turn-count")).to_have_text(texts["turns"])
    expect(page.locator("[data-print]")).to_have_count(5)

    page.reload()
    expect(conversation.turn(1).locator("figure img")).to_have_count(2)
    expect(conversation.turn(2).locator("figure img")).to_have_count(2)
    page.locator(".convo__back").click()
    page.wait_for_url("**/posts/create/**")


def test_everything_is_done_with_the_keyboard_alone(
    browse: Browsing, ready: Ready, page: Page
) -> None:
    ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    page.goto("/gallery/")
    page.keyboard.press("ArrowRight")
    page.locator(".card__act[href*='/edit/']").first.focus()
    page.keyboard.press("Enter")
    dialog = EditDialog(page)
    expect(dialog.message).to_be_focused()
    page.keyboard.type("   ")
    page.keyboard.press("Control+Enter")
    expect(dialog.message).to_be_focused()
    expect(dialog.box).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog.box).to_have_count(0)
    page.keyboard.press("Enter")
    expect(dialog.message).to_be_focused()
    page.keyboard.type("Make it darker")
    page.keyboard.press("Control+Enter")

    page.wait_for_url(re.compile(r"/posts/edit/\d+/$"))
    conversation = Conversation(page)
    conversation.expect_finished(1, pictures=1)
    conversation.message.focus()
    page.keyboard.press("Control+Enter")  # blank: nothing is sent
    page.keyboard.type("And colder, slow=5")
    page.locator("#ask-models-open").focus()
    page.keyboard.press("Enter")
    conversation.model(SLOW).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#ask-models-open")).to_be_focused()
    conversation.message.focus()
    page.keyboard.press("Control+Enter")
    expect(conversation.turn(2)).to_be_visible()
    expect(conversation.message).to_be_focused()
    assert page.locator(".turn").count() == 2

    text = "Much darker and a little colder, with more contrast than before"
    page.keyboard.type(text, delay=60)
    conversation.expect_finished(2, pictures=2)
    expect(conversation.message).to_have_value(text)
    expect(conversation.message).to_be_focused()
    expect(page.locator("#announce")).to_contain_text("Edit 2 is finished")

    page.locator("#turn-1 .card__act[href*='from=']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-auto")).to_contain_text("from edit 1")
    expect(conversation.message).to_be_focused()
    expect(page.locator("[data-print][aria-current] .print__n")).to_have_text("1a")
    page.locator(".ask__latest").focus()
    page.keyboard.press("Enter")
    expect(conversation.ticked).to_have_count(2)
    conversation.bases.first.focus()
    page.keyboard.press("Space")
    expect(conversation.ticked).to_have_count(1)
    expect(page.locator("[data-print][aria-current] .print__n")).to_have_text("2b")
    conversation.message.focus()
    page.keyboard.press("Control+Enter")
    conversation.expect_finished(3, pictures=2)
    expect(conversation.turn(3).locator(".turn__refs")).to_contain_text("2b")
    expect(conversation.turn(3).locator(".turn__refs")).not_to_contain_text("2a")

    page.locator("#turn-3 .card__act[href*='compare']").first.focus()
    page.keyboard.press("Enter")
    slider = page.locator("[data-compare-range]")
    expect(slider).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("45")
    assert page.locator("[data-compare]").evaluate("(box) => box.style.getPropertyValue('--at')")
    page.locator("#compare-left").select_option(index=0)
    expect(page.locator(".compare__side--left figcaption")).to_have_text("source")
    page.keyboard.press("Escape")
    expect(page.locator("#compare-dialog")).to_have_count(0)


def test_failures_are_told_and_tried_again_and_outputs_come_and_go(
    browse: Browsing, ready: Ready, page: Page
) -> None:
    browse.allow("status of 422")
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    page.goto(f"{post}edit/")
    dialog = EditDialog(page)
    dialog.box.locator("[name=uploads]").set_input_files([picture().payload])
    expect(dialog.box.locator(".ref:has([name=references])")).to_have_count(1)
    keep = dialog.box.get_by_role("button", name="Keep in the library")
    keep.click()  # or it could not be tried again: what is not kept goes with its job
    expect(keep).to_have_attribute("aria-pressed", "true")
    dialog.choose()
    dialog.message.fill("Make it sepia")
    dialog.start_button.click()
    expect(dialog.box.get_by_role("alert").first).to_contain_text("Choose at least one model.")
    expect(dialog.message).to_have_value("Make it sepia")
    expect(dialog.box.locator(".ref:has([name=references])")).to_have_count(1)
    page.route("**/edit/", lambda route: route.abort())
    browse.allow(r"net::ERR_|Failed to fetch")
    dialog.choose(FAILING)
    dialog.start_button.click()
    expect(page.locator(".toast").first).to_be_visible()
    expect(dialog.box.locator(".edit__busy")).to_be_hidden()
    page.unroute("**/edit/")
    dialog.start_button.click()

    page.wait_for_url(re.compile(r"/posts/edit/\d+/$"))
    conversation = Conversation(page)
    first = conversation.turn(1)
    expect(first).to_contain_text("No image was generated", timeout=PATIENCE)
    expect(first.locator(".turn__refs img")).to_have_count(1)
    first.get_by_role("button", name="Try again").click()
    expect(first).to_contain_text("No image was generated", timeout=PATIENCE)

    conversation.message.fill("Then much warmer")
    conversation.choose(SKETCH, POSTER)
    conversation.send_button.click()
    conversation.expect_finished(2, pictures=2)
    tick = conversation.turn(2).locator(".out__tick").first
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "false")
    expect(conversation.bases).to_have_count(1)
    expect(page.locator("[data-print][aria-current] .print__n")).to_have_text("2b")

    output = conversation.turn(2).locator("figure").last
    output.hover()
    output.locator("button[popovertarget]").click()
    output.get_by_role("button", name="Delete").click()
    expect(output).to_have_class(re.compile("out--away"))
    page.locator(".toast__undo").click()
    expect(output).not_to_have_class(re.compile("out--away"))

    page.get_by_label("Rename").click()
    expect(page.locator("[name=title]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Sepia, then colour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sepia, then colour")

    other = page.context.new_page()
    other.goto(page.url)
    tabs = [conversation, Conversation(other)]
    sent = ["Colder, from the second tab", "Darker, from the first tab"]
    for tab, text in zip(tabs, reversed(sent), strict=True):
        tab.message.fill(text)
    for tab in tabs:
        tab.send_button.click()
    expect(conversation.turn(3)).to_be_visible()
    tabs[1].expect_finished(4, pictures=2)
    texts = other.locator(".turn__msg").all_inner_texts()
    assert sorted(texts[2:]) == sent
    other.close()


def test_without_javascript_it_is_the_same_in_plain_pages(browse: Browsing, ready: Ready) -> None:
    browse.allow("status of 422")
    page = browse(java_script_enabled=False)
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    page.goto(post)
    page.locator(".post__side a[href*='/edit/']").click()
    page.fill("[name=message]", "Make it warmer, slow=3")
    page.locator(".edit__models summary").click()
    page.locator(f"[name=models][value='{SLOW}']").check()
    page.locator(".edit__start").click()
    page.wait_for_url(re.compile(r"/posts/edit/\d+/$"))
    conversation = Conversation(page)
    conversation.expect_finished(1, pictures=2)  # the page refreshes itself

    page.fill("#ask_message", " ")
    conversation.send_button.click()
    expect(page.get_by_role("alert").first).to_contain_text("Write what you want to change.")
    page.fill("#ask_message", "And darker")
    conversation.bases.first.uncheck()
    conversation.send_button.click()
    page.wait_for_url(re.compile(r"#turn-2$"))
    conversation.expect_finished(2, pictures=2)
    expect(conversation.turn(2).locator(".turn__refs")).to_contain_text("1b")
    page.locator("#turn-1 .card__act[href*='from=']").first.click()
    expect(page.locator("#ask-auto")).to_contain_text("from edit 1")
    page.goto(page.url.partition("?")[0] + "compare/")
    expect(page.locator(".compare__side img")).to_have_count(2)
    page.locator("#compare-left").select_option(index=0)
    page.locator(".compare__go").click()
    expect(page.locator(".compare__side--left figcaption")).to_have_text("source")


def test_earlier_turns_come_without_a_jump_and_the_draft_stays(page: Page, ready: Ready) -> None:
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    address = start_conversation(page.context, post, "Number 1", FAILING)
    for number in range(2, 11):
        submit(page.context, address, {"message": f"Number {number}", "models": FAILING})
    page.goto(address)
    expect(page.locator(".turn")).to_have_count(6)
    expect(page.locator("#turn-10")).to_be_in_viewport()
    page.fill("#ask_message", "not sent yet")
    page.locator("#turn-5").scroll_into_view_if_needed()
    page.mouse.wheel(0, -4000)
    expect(page.locator(".turn")).to_have_count(10)
    expect(page.locator("#turn-5")).to_be_in_viewport()
    page.goto("/gallery/")
    page.goto(address)
    expect(page.locator("#ask_message")).to_have_value("not sent yet")
