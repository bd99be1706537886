"""The lightbox above the wall: mouse, keys, fingers, addresses, and what one sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import (
    POSTER,
    SKETCH,
    SLOW,
    Person,
    sign_in,
    start_post,
    wait_until,
)
from tests.e2e.pictures import remove_files
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

PAGE_SIZE = 30
PROMPTS = ("A heron in the reeds", "A windmill on a hill", "A lamp in a window")
SETTLES = 400  # milliseconds
EXPECTED = r"status of 404"

BOX = """(figure) => {
  const { x, y, width, height } = figure.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
}"""
# What is there in the first frame after the click.
OPEN = f"""async (link) => {{
  link.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const figure = document.querySelector("#lightbox[open] .lb__frame:not([hidden])");
  const shows = figure.querySelector("img").naturalWidth > 0;
  return {{ shows, box: ({BOX})(figure) }};
}}"""


@dataclass(frozen=True)
class Lightbox:
    """The lightbox of a page, and where its things are."""

    page: Page

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog", name="Picture viewer")

    @property
    def picture(self) -> Locator:
        return self.dialog.locator(".lb__frame:not([hidden])")

    @property
    def image(self) -> Locator:
        return self.picture.locator(".lb__img")

    @property
    def side(self) -> Locator:
        return self.dialog.get_by_role("complementary", name="Details")

    @property
    def settings(self) -> Locator:
        return self.side.locator(".facts__prompt")

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name)

    def output(self, number: int) -> Locator:
        return self.dialog.locator(f"[data-lb-show='{number}']")

    def expect_post(self, post: str, number: int | None = 1) -> None:
        """Wait until this post is shown, whole, and the address says so."""
        pictures = self.dialog.locator("[data-lb-pictures]")
        expect(pictures).to_have_attribute("data-post", number_of(post))
        wanted = f"view={number_of(post)}" + (f"&img={number}" if number else "")
        expect(self.page).to_have_url(re.compile(rf"[?&]{wanted}$"))
        if number:
            expect(self.picture).to_have_attribute("data-output", str(number))
            wait_until(lambda: self.image.evaluate("(i) => i.complete && i.naturalWidth > 0"))

    def expect_closed(self) -> None:
        """Wait until only the wall is there."""
        expect(self.dialog).to_be_hidden()
        wait_until(lambda: "view=" not in self.page.url)


def number_of(post: str) -> str:
    """The id in a post's address."""
    return post.split("/")[2]


def card(page: Page, post: str) -> Locator:
    """The link of a post's card."""
    return page.locator(f"#post-{number_of(post)} [data-lightbox]")


def wait_for(page: Page, condition: Callable[[], object]) -> None:
    """Wait until what the page reports to this test makes the condition true."""

    def look() -> object:
        page.wait_for_timeout(50)  # reports come in only while Playwright is at work
        return condition()

    wait_until(look)


def make_posts(ready: Ready, person: Person) -> list[str]:
    """Three posts as on the wall, newest first; the one in the middle has two pictures."""
    models = ([SKETCH], [POSTER, SKETCH], [POSTER])
    made = [
        address
        for prompt, chosen in zip(PROMPTS, models, strict=True)
        for address in ready.posts(person, [prompt], models=chosen)
    ]
    return made[::-1]


@pytest.fixture
def posts(ready: Ready, person: Person) -> list[str]:
    """Three posts of the person, newest first; the one in the middle has two pictures."""
    return make_posts(ready, person)


@pytest.fixture
def lightbox(page: Page, posts: list[str]) -> Lightbox:
    """The lightbox of the gallery with these posts, closed."""
    page.goto("/gallery/")
    return Lightbox(page)


def test_with_the_mouse(page: Page, posts: list[str], lightbox: Lightbox) -> None:
    newest, middle, oldest = posts
    card(page, middle).click()
    lightbox.expect_post(middle)
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    expect(lightbox.side.get_by_role("heading", level=2)).to_have_text("Poster")
    expect(lightbox.side).to_contain_text(re.compile(r"\d+\.\d s"))
    expect(lightbox.side).to_contain_text(re.compile(r"\d+x\d+"))
    expect(lightbox.side).to_contain_text(re.compile(r"\d+/\d+/\d{4}, \d+:\d\d:\d\d [AP]M"))
    expect(lightbox.side.get_by_role("heading", name="All outputs (2)")).to_be_visible()
    caption = lightbox.side.locator("#lightbox-caption")
    expect(caption).to_have_css("white-space", "pre-wrap")
    expect(caption.locator(".tag").first).to_be_visible()

    lightbox.output(2).click()
    lightbox.expect_post(middle, 2)
    expect(lightbox.output(2)).to_have_attribute("aria-pressed", "true")
    expect(lightbox.output(1)).to_have_attribute("aria-pressed", "false")
    expect(lightbox.side.get_by_role("heading", level=2)).to_have_text("Sketch")
    expect(lightbox.dialog.get_by_role("status")).to_contain_text("Picture 2 of 2, Sketch")
    download = lightbox.side.get_by_role("link", name="Download")
    expect(download).to_have_attribute("href", re.compile(r"/download/\?img=2$"))
    expect(lightbox.side.get_by_role("link", name="Open post")).to_have_attribute("href", middle)
    expect(lightbox.settings).to_be_hidden()
    lightbox.side.get_by_text("Generation settings").click()
    expect(lightbox.settings).to_have_text(PROMPTS[1])

    lightbox.button("Next post").click()
    lightbox.expect_post(oldest)
    expect(lightbox.button("Next post")).to_be_disabled()
    for post in (middle, newest):
        lightbox.button("Previous post").click()
        lightbox.expect_post(post)
    expect(lightbox.button("Previous post")).to_be_disabled()

    lightbox.button("Close").click()
    lightbox.expect_closed()
    expect(card(page, newest)).to_be_focused()


def pasted(page: Page) -> str:
    """What was copied. Our pages may not read it, so it goes into a field of an empty one."""
    empty = page.context.new_page()
    try:
        empty.set_content("<textarea autofocus></textarea>")
        field = empty.locator("textarea")
        field.press("ControlOrMeta+V")
        return field.input_value()
    finally:
        empty.close()


def test_every_key(page: Page, posts: list[str], lightbox: Lightbox) -> None:
    newest, middle, oldest = posts
    page.context.grant_permissions(["clipboard-write"])
    card(page, newest).focus()
    page.keyboard.press("Enter")
    lightbox.expect_post(newest)
    expect(lightbox.dialog.locator("[data-lb-pic]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(middle)
    for number in (2, 1):
        page.keyboard.press(str(number))
        lightbox.expect_post(middle, number)
    page.keyboard.press("9")
    lightbox.expect_post(middle, 1)
    page.keyboard.press("End")
    lightbox.expect_post(oldest)
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(oldest)
    page.keyboard.press("Home")
    lightbox.expect_post(newest)

    page.keyboard.press("i")
    expect(lightbox.side).to_be_hidden()
    page.keyboard.press("i")
    expect(lightbox.side).to_be_visible()
    page.keyboard.press("y")
    caption = lightbox.side.locator("#lightbox-caption").inner_text()
    wait_until(lambda: pasted(page) == caption)
    lightbox.button("Copy link").press("Enter")
    wait_until(lambda: pasted(page) == page.url)

    for _ in range(40):  # the focus never leaves the dialog for the page below
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('#lightbox') !== null"
        )
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(middle)
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    expect(card(page, middle)).to_be_focused()
    page.keyboard.press("Enter")
    lightbox.expect_post(middle)


def test_zoom(page: Page, posts: list[str], lightbox: Lightbox) -> None:
    card(page, posts[0]).click()
    lightbox.expect_post(posts[0])
    area = lightbox.dialog.locator("[data-lb-pic]")
    fitting = lightbox.picture.evaluate(BOX)

    def width() -> int:
        return int(lightbox.picture.evaluate(BOX)[2])

    page.keyboard.press("z")
    wait_until(lambda: width() > fitting[2])
    expect(lightbox.dialog.locator("[data-lb-percent]")).to_have_text(re.compile(r"^\d+%$"))
    expect(area).to_have_attribute("tabindex", "0")
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    card(page, posts[0]).click()
    lightbox.expect_post(posts[0])
    wait_until(lambda: lightbox.picture.evaluate(BOX) == fitting)

    page.keyboard.press("+")
    page.keyboard.press("+")
    wait_until(lambda: width() == pytest.approx(fitting[2] * 2.25, abs=3))
    page.keyboard.press("-")
    wait_until(lambda: width() == pytest.approx(fitting[2] * 1.5, abs=3))
    left, top = area.evaluate("(a) => [a.scrollLeft, a.scrollTop]")
    page.keyboard.press("ArrowDown")
    wait_until(lambda: area.evaluate("(a) => a.scrollTop") > top)
    page.keyboard.press("Shift+ArrowLeft")
    assert area.evaluate("(a) => a.scrollLeft") <= left
    page.keyboard.press("0")
    wait_until(lambda: lightbox.picture.evaluate(BOX) == fitting)

    lightbox.button("Zoom in").click()
    wait_until(lambda: width() > fitting[2])
    lightbox.button("Zoom out").click()
    wait_until(lambda: width() == fitting[2])
    expect(lightbox.button("Zoom out")).to_have_attribute("aria-disabled", "true")

    page.mouse.move(500, 400)
    page.mouse.wheel(0, -200)
    wait_until(lambda: width() > fitting[2])
    page.mouse.wheel(0, 900)
    wait_until(lambda: lightbox.picture.evaluate(BOX) == fitting)

    lightbox.picture.dblclick()
    wait_until(lambda: width() > fitting[2])
    before = area.evaluate("(a) => a.scrollTop")
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(500, 300, steps=4)
    page.mouse.up()
    wait_until(lambda: area.evaluate("(a) => a.scrollTop") == pytest.approx(before + 100, abs=2))
    assert width() > fitting[2], "a drag is no click"
    lightbox.picture.click(position={"x": 300, "y": 300})
    wait_until(lambda: width() == fitting[2])
    page.keyboard.press("z")
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(posts[1])
    expect(area).to_have_attribute("tabindex", "-1")


def test_the_address_says_what_is_open(page: Page, posts: list[str], lightbox: Lightbox) -> None:
    newest, middle, oldest = posts
    page.goto("/")
    page.goto("/gallery/?sort=oldest")
    before = page.evaluate("history.length")
    card(page, oldest).click()
    lightbox.expect_post(oldest)
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(middle)
    page.keyboard.press("2")
    lightbox.expect_post(middle, 2)
    assert page.evaluate("history.length") == before + 1
    assert "sort=oldest" in page.url
    shared = page.url

    page.reload()
    lightbox.expect_post(middle, 2)
    page.go_back()
    lightbox.expect_closed()
    assert page.url.endswith("/gallery/?sort=oldest")
    expect(card(page, middle)).to_be_focused()
    page.go_forward()
    lightbox.expect_post(middle, 2)
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    expect(card(page, middle)).to_be_focused()
    page.go_back()
    page.wait_for_url(re.compile(r"://[^/]+/$"))

    page.goto(shared)
    lightbox.expect_post(middle, 2)
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(newest)
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    expect(page).to_have_url(re.compile(r"/gallery/\?sort=oldest$"))
    expect(card(page, newest)).to_be_focused()
    page.go_back()
    page.wait_for_url(re.compile(r"://[^/]+/$"))


def test_after_a_filter_back_only_closes(page: Page, posts: list[str], lightbox: Lightbox) -> None:
    page.locator("#q").fill("windmill")
    expect(page.locator("#cards > li")).to_have_count(1)
    page.wait_for_url("**/gallery/?q=windmill")
    page.evaluate("window.stillHere = true")
    card(page, posts[1]).click()
    lightbox.expect_post(posts[1])
    assert "q=windmill" in page.url
    expect(lightbox.button("Next post")).to_be_disabled()
    page.go_back()
    lightbox.expect_closed()
    expect(card(page, posts[1])).to_be_focused()
    page.wait_for_timeout(SETTLES)
    assert page.evaluate("window.stillHere") is True, "the page was not loaded again"
    page.go_back()
    expect(page.locator("#cards > li")).to_have_count(3)


def test_an_address_that_names_no_post_of_ours_is_the_gallery(
    browse: Browsing, ready: Ready, posts: list[str]
) -> None:
    browse.allow(EXPECTED)
    stranger = browse()
    ready.posts(ready.person(stranger.context), ["Mine"], models=())
    for view in (number_of(posts[0]), "999999999", "0", "-1", "abc", "%3Cb%3E", "9" * 30):
        stranger.goto(f"/gallery/?view={view}&img=x")
        expect(stranger.locator("#cards > li")).to_have_count(1)
        stranger.wait_for_timeout(SETTLES)
        expect(stranger.locator("#lightbox")).to_be_hidden()


def test_modified_clicks_and_other_pages_lead_to_the_post(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    with page.context.expect_page() as opened:
        card(page, posts[0]).click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile(posts[0] + "$"))
    expect(lightbox.dialog).to_be_hidden()
    page.goto("/")
    page.locator(f"a[href='{posts[0]}']").first.click()
    page.wait_for_url(f"**{posts[0]}")


def test_moving_on_loads_the_next_page_of_the_wall(
    page: Page, ready: Ready, person: Person
) -> None:
    posts = ready.posts(person, ["Number"] * (PAGE_SIZE + 3), models=())[::-1]
    lightbox = Lightbox(page)
    page.goto("/gallery/")
    cards = page.locator("#cards > li")
    card(page, posts[1]).click()
    lightbox.expect_post(posts[1], None)
    expect(lightbox.dialog).to_contain_text("No image was generated")
    page.keyboard.press("End")
    for _ in range(PAGE_SIZE + 3):
        if lightbox.button("Next post").is_disabled():
            break
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(150)
    lightbox.expect_post(posts[-1], None)
    expect(cards).to_have_count(len(posts))
    ids = cards.evaluate_all("(all) => all.map((one) => one.dataset.post)")
    assert ids == [number_of(post) for post in posts]
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    expect(card(page, posts[-1])).to_be_focused()
    expect(card(page, posts[-1])).to_be_in_viewport()


def test_a_post_that_is_not_on_the_page_has_its_neighbours(
    page: Page, ready: Ready, person: Person
) -> None:
    posts = ready.posts(person, ["Number"] * (PAGE_SIZE + 4), models=())[::-1]
    lightbox = Lightbox(page)
    page.goto(f"/gallery/?view={number_of(posts[-2])}")
    lightbox.expect_post(posts[-2], None)
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(posts[-1], None)
    expect(lightbox.button("Next post")).to_be_disabled()
    for post in posts[-2:-5:-1]:
        page.keyboard.press("ArrowLeft")
        lightbox.expect_post(post, None)
    page.keyboard.press("Escape")
    lightbox.expect_closed()


def test_it_opens_with_the_picture_of_the_card(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    show = page.locator("#cards img")
    wait_until(lambda: show.evaluate_all("(all) => all.every((i) => i.complete && i.naturalWidth)"))
    for post in posts:
        opened = card(page, post).evaluate(OPEN)
        assert opened["shows"], "the card's own picture is there already"
        lightbox.expect_post(post)
        # The details as well: what comes beside the picture must not move it.
        expect(lightbox.side.get_by_role("link", name="Open post")).to_have_attribute("href", post)
        assert lightbox.picture.evaluate(BOX) == opened["box"], "nothing moves when the rest comes"
        page.keyboard.press("Escape")
        lightbox.expect_closed()


def test_the_neighbours_are_there_before_one_asks(
    page: Page, posts: list[str], lightbox: Lightbox, browse: Browsing
) -> None:
    browse.allow("ERR_INTERNET_DISCONNECTED")
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    card(page, posts[1]).click()
    lightbox.expect_post(posts[1])
    for post in (posts[0], posts[2]):
        wait_for(page, lambda post=post: any(url.endswith(f"{post}lightbox/") for url in asked))
    page.wait_for_timeout(SETTLES)
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(posts[2])


def test_a_key_pressed_while_the_wall_is_asked_is_not_lost(
    page: Page, posts: list[str], browse: Browsing
) -> None:
    browse.allow("ERR_FAILED")
    held: list[Route] = []
    page.route(re.compile(r"/gallery/\?(?!.*view=)"), lambda route: held.append(route))
    lightbox = Lightbox(page)
    # On a later page of the wall, so that only the server knows what is beside it.
    page.goto(f"/gallery/?before={number_of(posts[2])}&view={number_of(posts[1])}")
    lightbox.expect_post(posts[1])
    wait_for(page, lambda: len(held) == 1)
    page.keyboard.press("ArrowRight")
    held[0].continue_()
    lightbox.expect_post(posts[2])
    wait_for(page, lambda: len(held) == 2)
    held[1].abort()
    page.wait_for_timeout(SETTLES)
    page.keyboard.press("ArrowRight")
    wait_for(page, lambda: len(held) > 2)
    for route in held[2:]:
        route.abort()
    expect(page.locator("#toasts")).to_contain_text("No connection. Try again.")
    lightbox.expect_post(posts[2])


def test_without_a_connection_it_shows_the_card_and_asks_again_when_told(
    page: Page, posts: list[str], lightbox: Lightbox, browse: Browsing
) -> None:
    browse.allow("ERR_FAILED|status of 503|HTTP 503")
    fragments = re.compile("/lightbox/")
    statuses = [0]  # none: no connection

    def refuse(route: Route) -> None:
        if statuses[-1]:
            route.fulfill(status=statuses[-1])
        else:
            route.abort()

    page.route(fragments, refuse)
    card(page, posts[1]).click()
    expect(lightbox.side).to_contain_text("No connection. Try again.")
    expect(lightbox.side).not_to_have_attribute("aria-busy", "true")
    expect(lightbox.dialog.get_by_role("status")).to_have_text("No connection. Try again.")
    expect(lightbox.picture.locator("img")).to_be_visible()
    statuses.append(503)
    lightbox.button("Try again").click()
    expect(lightbox.side).to_contain_text("Something went wrong")
    assert find_barriers(page) == []
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"view={number_of(posts[2])}"))
    expect(lightbox.side).to_contain_text("Something went wrong")
    page.unroute(fragments)
    lightbox.button("Try again").press("Enter")
    lightbox.expect_post(posts[2])
    expect(lightbox.dialog.locator("[data-lb-pic]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    lightbox.expect_post(posts[1])


def test_a_post_that_is_gone_says_so_and_one_can_go_on(
    app: RunningApp, page: Page, posts: list[str], lightbox: Lightbox, browse: Browsing
) -> None:
    browse.allow(EXPECTED)
    gone = number_of(posts[1])
    trash = f"Post.objects.filter(pk={gone}).update(deleted_at=timezone.now())"
    imports = "from django.utils import timezone; from gallery.models import Post"
    app.run(f"{imports}; {trash}")
    card(page, posts[1]).click()
    expect(lightbox.side).to_contain_text("This post is not there any more.")
    expect(lightbox.side.get_by_role("link")).to_have_count(0)
    expect(lightbox.dialog.get_by_role("status")).to_have_text("This post is not there any more.")
    page.wait_for_timeout(SETTLES)
    assert find_barriers(page) == []
    assert find_overflow(page) == []
    page.keyboard.press("ArrowRight")
    lightbox.expect_post(posts[2])
    page.keyboard.press("ArrowLeft")
    expect(lightbox.side).to_contain_text("This post is not there any more.")
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    page.go_forward()
    expect(lightbox.side).to_contain_text("This post is not there any more.")
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("This post is not there any more.")
    lightbox.expect_closed()


def test_who_was_signed_out_meanwhile_signs_in_and_is_back(
    page: Page, person: Person, posts: list[str], lightbox: Lightbox
) -> None:
    page.context.clear_cookies()
    card(page, posts[1]).click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, person)
    lightbox.expect_post(posts[1])


def test_what_is_still_being_made_arrives(page: Page, person: Person) -> None:
    post = start_post(page.context, "A slow lamp, slow=7", SLOW)
    lightbox = Lightbox(page)
    page.goto(f"/gallery/?view={number_of(post)}")
    lightbox.expect_post(post, None)
    expect(lightbox.picture).to_contain_text("Developing")
    lightbox.expect_post(post)
    expect(lightbox.side.get_by_role("link", name="Download")).to_be_visible()


def test_messages_are_heard_and_closed_above_the_picture(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    page.context.grant_permissions(["clipboard-write"])
    card(page, posts[1]).click()
    lightbox.expect_post(posts[1])
    said = lightbox.dialog.get_by_role("status")
    expect(said).to_contain_text("Picture 1 of 2, Poster")
    page.keyboard.press("y")
    expect(said).to_have_text("Copied")
    detail = {"detail": {"message": "Oh no", "level": "error"}}
    page.evaluate("(init) => document.dispatchEvent(new CustomEvent('toast', init))", detail)
    expect(said).to_have_text("Oh no")
    page.locator("#toasts").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)
    page.evaluate("(init) => document.dispatchEvent(new CustomEvent('toast', init))", detail)
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    lightbox.expect_post(posts[1])
    page.keyboard.press("Escape")
    lightbox.expect_closed()
    page.locator("#toasts").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_a_missing_file_shows_a_tile(
    app: RunningApp, page: Page, posts: list[str], lightbox: Lightbox, browse: Browsing
) -> None:
    browse.allow(EXPECTED)
    card(page, posts[1]).click()
    lightbox.expect_post(posts[1])
    box = lightbox.picture.evaluate(BOX)
    remove_files(app, lightbox.image)
    fresh = browse(storage_state=page.context.storage_state())  # nothing cached
    fresh.goto(f"/gallery/?view={number_of(posts[1])}")
    lightbox = Lightbox(fresh)
    expect(lightbox.picture.locator(".missing")).to_contain_text("The picture is not there")
    expect(lightbox.output(1).locator(".missing")).to_have_count(1)
    fresh.wait_for_timeout(SETTLES)
    assert lightbox.picture.evaluate(BOX) == box
    assert find_barriers(fresh) == []
    fresh.keyboard.press("2")
    lightbox.expect_post(posts[1], 2)
    expect(lightbox.picture.locator(".missing")).to_have_count(0)


def test_without_the_small_copy_the_picture_is_still_shown(
    page: Page, posts: list[str], lightbox: Lightbox, browse: Browsing
) -> None:
    browse.allow("ERR_FAILED")
    page.route(re.compile(r"\.w320\.webp"), lambda route: route.abort())
    page.goto(f"/gallery/?view={number_of(posts[1])}&img=2")
    lightbox.expect_post(posts[1], 2)
    page.wait_for_timeout(SETTLES)
    expect(lightbox.picture.locator(".missing")).to_have_count(0)


def test_two_clicks_on_two_cards_open_one_of_them(
    page: Page, posts: list[str], lightbox: Lightbox
) -> None:
    before = page.evaluate("history.length")
    cards = page.locator("#cards [data-lightbox]")
    cards.evaluate_all("(links) => links.slice(0, 2).forEach((link) => link.click())")
    lightbox.expect_post(posts[0])
    assert page.evaluate("history.length") == before + 1
    page.keyboard.press("Escape")
    card(page, posts[1]).evaluate("(link) => link.click()")
    lightbox.expect_post(posts[1])
    page.keyboard.press("Escape")
    lightbox.expect_closed()


def test_with_fingers_on_a_phone(browse: Browsing, ready: Ready) -> None:
    page = browse(phone=True, has_touch=True, is_mobile=True)
    posts = make_posts(ready, ready.person(page.context))
    lightbox = Lightbox(page)
    page.goto("/gallery/")
    card(page, posts[0]).tap()
    lightbox.expect_post(posts[0])
    assert find_overflow(page) == []
    top, beside = lightbox.picture.bounding_box(), lightbox.side.bounding_box()
    assert top
    assert beside
    assert beside["y"] >= top["y"] + top["height"] - 1, "the facts are below the picture"
    assert top["width"] == PHONE["width"]
    expect(lightbox.side.get_by_role("link", name="Download")).to_be_in_viewport()

    touch = page.context.new_cdp_session(page)

    def move(*ways: list[tuple[float, float]]) -> None:
        """Fingers that touch, go these ways together, and let go."""
        for step, at in enumerate(zip(*ways, strict=True)):
            kind = "touchMove" if step else "touchStart"
            points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(at)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    move([(320.0, 200.0), (250.0, 202.0), (120.0, 204.0)])
    lightbox.expect_post(posts[1])
    move([(60.0, 200.0), (150.0, 202.0), (300.0, 204.0)])
    lightbox.expect_post(posts[0])
    lightbox.button("Next post").tap()
    lightbox.expect_post(posts[1])
    fitting = lightbox.picture.evaluate(BOX)
    apart = [(180.0, 200.0), (140.0, 200.0), (80.0, 200.0)]
    move(apart, [(390.0 - x, y) for x, y in apart])
    wait_until(lambda: lightbox.picture.evaluate(BOX)[2] > fitting[2] * 1.5)
    move([(320.0, 200.0), (250.0, 202.0), (120.0, 204.0)])
    lightbox.expect_post(posts[1])
    page.go_back()
    lightbox.expect_closed()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(browse: Browsing, ready: Ready, scheme: Any) -> None:
    page = browse(reduced_motion="reduce", color_scheme=scheme)
    posts = make_posts(ready, ready.person(page.context))
    lightbox = Lightbox(page)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.goto(f"/gallery/?view={number_of(posts[1])}&img=2")
        lightbox.expect_post(posts[1], 2)
        duration = lightbox.dialog.evaluate("(d) => getComputedStyle(d).transitionDuration")
        assert float(duration.removesuffix("s")) <= 0.001
        lightbox.side.get_by_text("Generation settings").click()
        page.wait_for_timeout(SETTLES)
        assert find_barriers(page) == []
        assert find_overflow(page) == []
        if size == DESKTOP:
            page.keyboard.press("z")
            assert find_barriers(page) == []
    assert page.evaluate(
        "[...document.querySelectorAll('#lightbox button, #lightbox a, #lightbox summary')]"
        ".filter((e) => e.checkVisibility()).every((e) => e.getBoundingClientRect().height >= 24)"
    )


def test_without_javascript_the_cards_link_is_the_posts_page(
    browse: Browsing, ready: Ready
) -> None:
    page = browse(java_script_enabled=False)
    [post] = ready.posts(ready.person(page.context), PROMPTS[:1])
    page.goto(f"/gallery/?view={number_of(post)}&img=1")
    expect(page.locator("#lightbox")).to_be_hidden()
    card(page, post).click()
    page.wait_for_url(f"**{post}")


def test_in_portuguese(browse: Browsing, ready: Ready) -> None:
    page = browse(locale="pt-BR")
    [post] = ready.posts(ready.person(page.context), ["Um farol"])
    page.goto("/gallery/")
    card(page, post).click()
    image = page.locator("#lightbox .lb__frame .lb__img")
    expect(image).to_be_visible()
    assert re.search(r"\* \d\.\d{4}\)", image.get_attribute("sizes") or "")
