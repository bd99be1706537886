"""From "Animate" to the playing clip, by mouse and by keyboard, and from an uploaded picture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import PATIENCE, SKETCH
from tests.e2e.pictures import picture
from tests.e2e.ready import Ready

PAGE = "/posts/animate/"
DRIFT = "builtin/drift"
H264 = 'video/mp4; codecs="avc1.640028"'
UNTIL_IT_MOVED = """film => new Promise((done, fail) => {
  film.addEventListener("error", () => fail(film.error?.message), true);
  film.addEventListener("timeupdate", () => film.currentTime > 0.2 && done(film.currentTime));
})"""
TEXTS = {"en": ("Animate", "Generated clips"), "pt-br": ("Animar", "Clipes gerados")}


def expect_another_post(page: Page, post: str) -> None:
    """Wait for the page of the clip that was asked for."""
    page.wait_for_url(
        lambda url: re.search(r"/posts/\d+/$", url) is not None and not url.endswith(post)
    )


def expect_to_play(page: Page) -> None:
    """Press play on the one clip of the page and see that it moves."""
    film = page.locator("#results video")
    expect(film).to_have_count(1, timeout=PATIENCE)
    if not page.evaluate("type => document.createElement('video').canPlayType(type)", H264):
        pytest.skip("this browser plays no H.264")
    assert film.evaluate("film => film.paused"), "nothing plays by itself"
    film.focus()
    page.keyboard.press("Space")
    assert film.evaluate(UNTIL_IT_MOVED) > 0
    assert film.evaluate("film => film.videoWidth > 0 && film.duration > 2")


def make_it_short(form: Locator) -> None:
    """The least that the built-in engine has to draw."""
    form.locator("[name=seconds][value='3']").check(force=True)
    form.locator("[name=resolution][value='480p']").check(force=True)


@pytest.mark.parametrize(
    ("language", "locale", "phone"), [("en", "en-US", False), ("pt-br", "pt-BR", True)]
)
def test_a_picture_becomes_a_clip_that_plays(
    browse: Browsing, ready: Ready, language: str, locale: str, phone: bool
) -> None:
    word, _heading = TEXTS[language]
    page = browse(locale=locale, phone=phone, has_touch=phone)
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    page.goto(post)
    if not phone:
        page.locator(".post__outs .out").hover()
    page.locator(".card__act[href*='/animate/']").click()

    dialog = page.locator("#animate-dialog")
    expect(dialog.get_by_role("heading", name=word)).to_be_visible()
    expect(dialog.locator("[name=prompt]")).to_be_focused()
    expect(dialog.locator(f"[name=models][value='{DRIFT}']")).to_be_checked()
    expect(dialog.locator("[name=aspect_ratio]:checked")).to_have_value("1:1")
    dialog.locator("[name=prompt]").fill("Fog rolls in")
    make_it_short(dialog)
    dialog.locator("[type=submit].edit__start").click()

    expect_another_post(page, post)
    expect_to_play(page)
    page.reload()
    expect_to_play(page)
    assert find_barriers(page) == []
    assert find_overflow(page) == []


def test_everything_is_done_with_the_keyboard_alone(
    browse: Browsing, page: Page, ready: Ready
) -> None:
    browse.allow("status of 422")
    [post] = ready.posts(ready.person(page.context), ["A lighthouse on a cliff"])
    page.goto("/gallery/")
    page.keyboard.press("ArrowRight")
    opener = page.locator(".card__act[href*='/animate/']").first
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#animate-dialog")
    expect(dialog.locator("[name=prompt]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.locator("[name=prompt]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Write what should move.").first).to_be_visible()
    dialog.locator("[name=prompt]").focus()
    page.keyboard.type("The waves move")
    page.keyboard.press("Control+Enter")
    expect_another_post(page, post)


def test_the_lightbox_animates_the_picture_that_is_shown(page: Page, ready: Ready) -> None:
    ready.posts(ready.person(page.context), ["A lighthouse"], models=(SKETCH, "builtin/poster"))
    page.goto("/gallery/")
    page.locator(".card__open").first.click()
    link = page.locator("[data-lb-animate]")
    expect(link).to_have_attribute("href", re.compile(r"img=1$"))
    page.keyboard.press("2")
    expect(link).to_have_attribute("hx-get", re.compile(r"img=2$"))
    link.click()
    dialog = page.locator("#animate-dialog")
    expect(dialog.locator("figcaption")).to_contain_text("Poster")
    dialog.locator(".animate__last summary").click()
    last = dialog.locator("[name=last]")
    last.nth(0).check()
    last.nth(1).check()
    expect(last.nth(0)).not_to_be_checked()
    assert find_barriers(page) == []


def test_an_uploaded_picture_becomes_a_clip(page: Page, ready: Ready) -> None:
    ready.person(page.context)
    page.goto("/posts/create/")
    page.fill("[name=prompt]", "A goat runs over the hill")
    page.locator(".tabs__i[href='/posts/animate/']").click()
    page.wait_for_url(f"**{PAGE}")
    form = page.locator("#composer")
    expect(form.locator("[name=prompt]")).to_have_value("A goat runs over the hill")
    make_it_short(form)
    form.locator("[name=uploads]").set_input_files(picture().payload)
    expect(form.locator("[name=references]")).to_have_count(1)
    swap = form.locator("[data-frames-swap]")
    expect(swap).to_be_hidden()
    form.locator("[name=uploads]").set_input_files(picture("sea.png", "#336699").payload)
    frames = form.locator("[name=references]")
    expect(frames).to_have_count(2)
    before = [frame.input_value() for frame in frames.all()]
    swap.click()
    for frame, value in zip(frames.all(), before[::-1], strict=True):
        expect(frame).to_have_value(value)
    expect(form.locator("#estimate, [data-estimate]")).to_have_text("1 clip, free")
    assert find_barriers(page) == []
    form.locator(".composer__submit").click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    expect_to_play(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_fit_on_a_phone_and_have_no_barriers(
    browse: Browsing, ready: Ready, scheme: str
) -> None:
    page = browse(phone=True, has_touch=True, color_scheme=scheme)
    [post] = ready.posts(ready.person(page.context), ["A lighthouse"])
    for address in (PAGE, f"{post}animate/"):
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("element => element.open = true")
        assert find_barriers(page) == []
        assert find_overflow(page) == []


def test_while_a_clip_is_asked_for_the_button_says_so(
    page: Page, browse: Browsing, ready: Ready
) -> None:
    browse.allow(r"net::ERR_|Failed to fetch")
    ready.person(page.context)
    page.goto(PAGE)
    held: list[Route] = []
    page.route(f"**{PAGE}", lambda route: held.append(route))
    page.locator("[name=prompt]").fill("Fog rolls in")
    page.locator(".composer__submit").click()
    expect(page.locator(".edit__busy")).to_be_visible()
    expect(page.locator(".edit__idle")).to_be_hidden()
    held[0].abort()
    expect(page.locator(".edit__busy")).to_be_hidden()


def test_without_javascript_it_is_a_page(browse: Browsing, ready: Ready) -> None:
    page = browse(java_script_enabled=False)
    [post] = ready.posts(ready.person(page.context), ["A lighthouse"])
    page.goto(post)
    page.locator(".post__outs .out").hover()
    page.locator(".card__act[href*='/animate/']").click()
    page.wait_for_url("**/animate/?img=1")
    page.fill("[name=prompt]", "Rain")
    make_it_short(page.locator("#animate-form"))
    page.locator(".edit__start").click()
    expect_another_post(page, post)
