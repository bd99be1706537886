"""Clips in a browser: played with the mouse and with keys, one at a time, by all who see them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.audits import find_barriers, find_overflow, settle
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import Person, submit, wait_until
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp
from tests.e2e.test_lightbox import Lightbox, card, number_of
from tests.e2e.test_share import public_address

LENGTH = 3  # seconds
BOX = """(video) => {
  const { x, y, width, height } = video.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
}"""


def is_playing(clip: Locator) -> bool:
    return bool(clip.evaluate("(video) => !video.paused && video.currentTime > 0"))


def is_still(clip: Locator) -> bool:
    return bool(clip.evaluate("(video) => video.paused"))


def seconds(clip: Locator) -> float:
    return float(clip.evaluate("(video) => video.currentTime"))


def films_asked_for(page: Page) -> list[str]:
    """The films that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.partition("?")[0].endswith(".mp4"):
            asked.append(request.url)

    page.on("request", note)
    return asked


@pytest.fixture
def posts(ready: Ready, person: Person) -> list[str]:
    """A picture, a clip, and another clip, newest first."""
    (clip,) = ready.clips(person, ["Waves at the pier"])
    (older,) = ready.clips(person, ["Clouds above the dunes"])
    (picture,) = ready.posts(person, ["A heron in the reeds"])
    return [picture, older, clip]


@pytest.fixture
def lightbox(page: Page, posts: list[str]) -> Lightbox:
    """The lightbox of the gallery, open with the newer clip."""
    page.goto("/gallery/")
    card(page, posts[1]).click()
    shown = Lightbox(page)
    expect_clip(shown, posts[1])
    return shown


def expect_clip(lightbox: Lightbox, post: str) -> None:
    pictures = lightbox.dialog.locator("[data-lb-pictures]")
    expect(pictures).to_have_attribute("data-post", number_of(post))
    expect(clip_in(lightbox)).to_be_visible()


def clip_in(lightbox: Lightbox) -> Locator:
    return lightbox.picture.locator("video")


def test_the_wall_shows_posters_and_asks_for_no_film(page: Page, posts: list[str]) -> None:
    asked = films_asked_for(page)
    page.goto("/gallery/")
    for post in posts[1:]:
        shown = page.locator(f"#post-{number_of(post)}")
        expect(shown.locator(".badge", has_text="0:03")).to_be_visible()
        expect(shown.get_by_role("img", name=re.compile(r"^Clip, 3 seconds: "))).to_be_visible()
    expect(page.locator(".badge", has_text="0:03")).to_have_count(2)
    assert asked == []


def test_space_on_the_stage_plays_and_stops(page: Page, lightbox: Lightbox) -> None:
    clip = clip_in(lightbox)
    assert is_still(clip)
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip))
    page.keyboard.press("Space")
    wait_until(lambda: is_still(clip))


def test_arrows_move_between_posts_but_seek_in_the_player(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    page.keyboard.press("ArrowRight")
    expect_clip(lightbox, posts[2])
    page.keyboard.press("ArrowLeft")
    expect_clip(lightbox, posts[1])
    clip = clip_in(lightbox)
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip))
    clip.focus()
    page.keyboard.press("Space")
    wait_until(lambda: is_still(clip))

    def is_at_its_beginning() -> bool:
        page.keyboard.press("Home")
        return seconds(clip) == 0

    expect(clip).to_be_focused()
    wait_until(is_at_its_beginning)
    page.keyboard.press("ArrowRight")
    wait_until(lambda: seconds(clip) > 0)
    page.keyboard.press("End")
    wait_until(lambda: seconds(clip) > LENGTH - 1)
    expect_clip(lightbox, posts[1])
    page.keyboard.press("Escape")
    lightbox.expect_closed()


def test_nothing_but_posters_is_loaded_before_a_clip_is_played(
    page: Page, posts: list[str]
) -> None:
    asked = films_asked_for(page)
    page.goto("/gallery/")
    lightbox = Lightbox(page)
    with page.expect_response(re.compile(rf"/posts/{number_of(posts[1])}/lightbox/")):
        card(page, posts[0]).click()  # its neighbour is asked for as well
        lightbox.expect_post(posts[0])
    page.keyboard.press("ArrowRight")
    expect_clip(lightbox, posts[1])
    page.wait_for_timeout(500)
    assert asked == []
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip_in(lightbox)))
    assert len(set(asked)) == 1


def test_a_clip_ends_when_the_lightbox_moves_on_or_closes(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    first = clip_in(lightbox).element_handle()
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip_in(lightbox)))
    page.keyboard.press("ArrowRight")
    expect_clip(lightbox, posts[2])
    wait_until(lambda: first.evaluate("(video) => video.paused"))
    second = clip_in(lightbox).element_handle()
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip_in(lightbox)))
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    wait_until(lambda: second.evaluate("(video) => video.paused"))


def test_a_clip_is_not_zoomed(page: Page, lightbox: Lightbox) -> None:
    for name in ("Zoom in", "Zoom out"):
        expect(lightbox.button(name)).to_have_attribute("aria-disabled", "true")
    expect(lightbox.side.get_by_text("no sound")).to_be_visible()
    settle(page)
    before = clip_in(lightbox).evaluate(BOX)
    for key in ("z", "+", "="):
        page.keyboard.press(key)
    settle(page)
    assert clip_in(lightbox).evaluate(BOX) == before
    expect(lightbox.side.get_by_text("0:03")).to_have_count(2)  # the facts, and the print
    expect(lightbox.side.get_by_text("Refine")).to_have_count(0)


def test_a_finger_swipes_over_the_clip_but_not_over_its_controls(
    browse: Browsing, page: Page, posts: list[str]
) -> None:
    phone = browse(phone=True, has_touch=True, is_mobile=True)
    phone.context.add_cookies(page.context.cookies())
    phone.goto(f"/gallery/?view={number_of(posts[1])}")
    lightbox = Lightbox(phone)
    expect_clip(lightbox, posts[1])
    touch = phone.context.new_cdp_session(phone)

    def swipe(y: float) -> None:
        for step, x in enumerate((320, 250, 120)):
            kind = "touchMove" if step else "touchStart"
            points = [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    box = clip_in(lightbox).bounding_box()
    assert box
    swipe(box["y"] + box["height"] - 20)
    phone.wait_for_timeout(300)
    expect_clip(lightbox, posts[1])
    swipe(box["y"] + 40)
    expect_clip(lightbox, posts[2])


def test_one_clip_plays_at_a_time(page: Page, ready: Ready, person: Person) -> None:
    (post,) = ready.clips(person, ["Waves at the pier"], count=2, has_sound=True)
    page.goto(post)
    first, second = page.locator("video").all()
    first.focus()
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(first))
    second.focus()
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(second))
    wait_until(lambda: is_still(first))
    page.goto(f"/gallery/?view={number_of(post)}&img=1")
    lightbox = Lightbox(page)
    expect_clip(lightbox, post)
    shown = clip_in(lightbox).element_handle()
    lightbox.dialog.locator("[data-lb-pic]").focus()
    page.keyboard.press("Space")
    wait_until(lambda: is_playing(clip_in(lightbox)))
    page.keyboard.press("2")
    expect(lightbox.picture).to_have_attribute("data-output", "2")
    wait_until(lambda: shown.evaluate("(video) => video.paused"))
    assert is_still(clip_in(lightbox))


def test_a_stranger_plays_a_clip_and_takes_it_along(
    app: RunningApp, browse: Browsing, posts: list[str]
) -> None:
    stranger = browse()
    asked = films_asked_for(stranger)
    stranger.goto(public_address(app, posts[1]))
    clip = stranger.get_by_label("Clip, 3 seconds, no sound: Clouds above the dunes")
    expect(clip).to_be_visible()
    settle(stranger)
    box = clip.evaluate(BOX)
    assert asked == []
    clip.focus()
    stranger.keyboard.press("Space")
    wait_until(lambda: is_playing(clip))
    assert clip.evaluate(BOX) == box
    wait_until(lambda: clip.evaluate("(video) => video.ended"))
    with stranger.expect_download() as download:
        stranger.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".mp4")


def test_a_film_that_is_not_there_is_told(browse: Browsing, page: Page, posts: list[str]) -> None:
    browse.allow(r"status of 404")
    page.route(re.compile(r"\.mp4$"), lambda route: route.fulfill(status=404))
    page.goto(posts[1])
    clip = page.locator("video")
    clip.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("The clip cannot be played here.").first).to_be_visible()
    expect(page.locator("#announce")).to_have_text("The clip cannot be played here.")


def test_without_javascript_a_card_leads_to_the_player(
    browse: Browsing, ready: Ready, person: Person, page: Page, posts: list[str]
) -> None:
    plain = browse(java_script_enabled=False)
    plain.context.add_cookies(page.context.cookies())
    plain.goto("/gallery/")
    card(plain, posts[1]).click()
    expect(plain.locator("video[controls]")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_with_a_clip_is_accessible(
    app: RunningApp, page: Page, posts: list[str], size: dict[str, int], scheme: str
) -> None:
    submit(page.context, f"{posts[2]}trash/", {}, at="/gallery/")
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    lightbox = f"/gallery/?view={number_of(posts[1])}"
    shared = public_address(app, posts[1])
    for address in ("/gallery/", "/gallery/trash/", posts[1], lightbox, shared):
        page.goto(address)
        if address == lightbox:
            expect_clip(Lightbox(page), posts[1])
        assert find_barriers(page) == [], address
        assert find_overflow(page) == [], address
