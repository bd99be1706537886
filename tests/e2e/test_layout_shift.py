"""Nothing moves under the reader while pictures arrive."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import (
    POSTER,
    SKETCH,
    SLOW,
    Conversation,
    Studio,
    show_all_pictures,
    start_conversation,
    submit,
)
from tests.e2e.ready import Ready

MOST = 0.02
# Where the live part begins changes as a turn changes sides; it has no look of its own. What it
# shows is looked at by itself, for a box that moves is told instead of what stands in it.
OBSERVE = """
window.shifts = [];
// As laid out: a picture that grows into its place as it develops does not push anything.
const placeOf = (element) => {
  const place = [0, 0];
  for (let box = element; box; box = box.offsetParent) {
    place[0] += box.offsetLeft;
    place[1] += box.offsetTop;
  }
  return place;
};
const SHOWN = ".turn, .turn__msg, .turn figure, .turn img";
const placesOf = () =>
  new Map([...document.querySelectorAll(SHOWN)].map((element) => [element, placeOf(element)]));
let places = new Map();
const standsStill = (now) =>
  [...now].every(([element, place]) => `${places.get(element) ?? place}` === `${place}`);
const isLive = ({ node }) => node?.id === "live";
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources } of list.getEntries()) {
    const box = ({ y, height }) => `${y}+${height}`;
    const moved = sources.map(({ node, previousRect, currentRect }) => {
      const name = node?.id || node?.className || node?.nodeName;
      return `${name} ${box(previousRect)} to ${box(currentRect)}`;
    });
    const turns = [...document.querySelectorAll(".turn")];
    const tops = turns.map((turn) => turn.getBoundingClientRect().y);
    if (sources.some(isLive) && standsStill(placesOf())) continue;
    if (!hadRecentInput) window.shifts.push({ value, moved, scrollY, tops });
  }
}).observe({ type: "layout-shift", buffered: true });
const look = () => {
  places = placesOf();
  setTimeout(look, 250);
};
addEventListener("DOMContentLoaded", look);
"""

# The page may go to what is new; that has come to its end when it stands still for a while.
FORGET = """async () => {
  for (let before; before !== scrollY; ) {
    before = scrollY;
    await new Promise((done) => setTimeout(done, 500));
  }
  window.shifts = [];
}"""


def find_shifts(page: Page) -> tuple[float, object]:
    """How much moved in all, and what it was."""
    shifts = page.evaluate("window.shifts")
    return sum(shift["value"] for shift in shifts), shifts


def forget_shifts(page: Page) -> None:
    """Drop what a press brought: the browser excuses half a second, a busy machine needs more."""
    page.evaluate(FORGET)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_nothing_moves_while_pictures_arrive(browse: Browsing, ready: Ready, phone: bool) -> None:
    page = browse(phone=phone, reduced_motion="no-preference")
    page.context.add_init_script(OBSERVE)
    person = ready.person(page.context)
    studio = Studio(page).open()
    studio.generate("A greenhouse in the snow, slow=3", [SKETCH, POSTER, SLOW])
    studio.expect_running()
    forget_shifts(page)
    studio.section.scroll_into_view_if_needed()
    studio.expect_finished(pictures=3)
    total, shifts = find_shifts(page)
    assert total <= MOST, shifts

    wishes = [("A viaduct", "16:9"), ("A tower", "9:16"), ("A well", "1:1")]
    posts = [
        address
        for wish, ratio in wishes
        for address in ready.posts(person, [wish], aspect_ratio=ratio)
    ]
    lightbox = f"/gallery/?view={posts[1].split('/')[2]}"
    submit(page.context, f"{posts[2]}trash/", {}, at="/gallery/")
    settings = ("/settings/storage/", "/settings/account/")
    for address in ("/gallery/", posts[0], "/", lightbox, "/gallery/trash/", *settings):
        page.goto(address)
        if address == lightbox:
            expect(page.locator("#lightbox .lb__img")).to_have_js_property("complete", True)
        else:
            show_all_pictures(page)
        total, shifts = find_shifts(page)
        assert total <= MOST, (address, shifts)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_nothing_moves_while_edits_arrive(browse: Browsing, ready: Ready, phone: bool) -> None:
    page = browse(phone=phone, reduced_motion="no-preference")
    page.context.add_init_script(OBSERVE)
    person = ready.person(page.context)
    [post] = ready.posts(person, ["A greenhouse in the snow"], aspect_ratio="3:2")
    page.goto(start_conversation(page.context, post, "Make it warmer", SKETCH))
    conversation = Conversation(page)
    conversation.expect_finished(1, pictures=1)
    total, shifts = find_shifts(page)
    assert total <= MOST, shifts
    conversation.choose(SKETCH, POSTER, SLOW)
    conversation.message.fill("And darker")  # what a model cannot use is noted below its picture
    # The stream may bring the turn before the answer does, which then goes to it.
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        conversation.send_button.click()
    answer.value.finished()
    expect(conversation.turn(2)).to_be_in_viewport()
    forget_shifts(page)
    conversation.expect_finished(2, pictures=3)
    total, shifts = find_shifts(page)
    assert total <= MOST, shifts
    page.reload()
    conversation.expect_finished(2, pictures=3)
    total, shifts = find_shifts(page)
    assert total <= MOST, shifts
