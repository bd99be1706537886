"""From a click on a card of the gallery to the lightbox on the screen.

Real posts of the built-in engine, their pictures on the wall loaded, real clicks by the browser's
input: from the time stamp of the click to the end of the frame after it, with the picture that the
card knows already in its place. In turns with it, in the same page, a click on a button that opens
an empty dialog: what no lightbox can be faster than.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.bench import browser as browsers
from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.report import Figure, median, spread

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from pixelstream.accounts.models import User

TITLE = "from the click on a card to the open lightbox"
MAX_MS = 100.0
POSTS = 8
MODELS = "builtin/sketch builtin/poster"
MAKING_SECONDS = 120
TIMEOUT_MS = 60_000
WATCH = """
window.opened = [];
addEventListener("click", (event) => {
  requestAnimationFrame(() => setTimeout(() => {
    const picture = document.querySelector("#lightbox[open] .lb__frame:not([hidden]) img");
    const took = performance.now() - event.timeStamp;
    window.opened.push({ took, shows: Boolean(picture?.naturalWidth) });
  }));
}, true);
"""
ADD_EMPTY_DIALOG = """
const dialog = document.createElement("dialog");
const button = document.createElement("button");
dialog.id = "empty";
button.id = "open-empty";
button.style = "position: fixed; inset: 0 auto auto 0; z-index: 999";
button.textContent = "Open";
button.addEventListener("click", () => dialog.showModal());
document.body.append(dialog, button);
"""


def run(ground: Ground) -> Iterator[Figure]:
    """Open the lightbox and the empty dialog in turns."""
    owner = common.person("looker")
    with ground.application() as app, browsers.chromium() as browser:
        _make_posts(owner)
        page = browsers.signed_in(browser, app, owner, script=WATCH)
        page.goto(f"{app.address}/gallery/", wait_until="load", timeout=TIMEOUT_MS)
        page.evaluate(ADD_EMPTY_DIALOG)
        ours, least, shown = [], [], []
        for number in range(ground.rounds(24, 8) + 1):
            card = f"#cards > li:nth-child({number % POSTS + 1}) .card__open"
            took, shows = _click(page, card, "#lightbox")
            empty, _ = _click(page, "#open-empty", "#empty")
            if number:  # the first round warms everything up
                ours.append(took)
                least.append(empty)
                shown.append(shows)
        note = spread(ours, "ms")
        yield Figure("a click on a card", median(ours), "ms", at_most=MAX_MS, note=note)
        ratio = median([mine / other for mine, other in zip(ours, least, strict=True)])
        note = f"that takes {median(least):.0f} ms"
        yield Figure("the same against an empty dialog", ratio, "x", note=note)
        share = 100 * sum(shown) / len(shown)
        yield Figure("opened with the picture in place", share, "%", at_least=100)


def _make_posts(owner: User) -> None:
    from gallery.models import Post
    from tests.factories import start

    posts = [start(owner, f"a boat number {n}", MODELS) for n in range(POSTS)]
    made = Post.objects.filter(pk__in=[post.pk for post in posts], status=Post.Status.GENERATED)
    deadline = time.monotonic() + MAKING_SECONDS
    while made.count() < POSTS:
        if time.monotonic() > deadline:
            raise RuntimeError("the posts were not made")
        time.sleep(0.2)


def _click(page: Page, selector: str, dialog: str) -> tuple[float, bool]:
    """Open a dialog by a click: milliseconds, and whether it had a picture. Closes it again."""
    page.evaluate("window.opened = []")
    page.click(selector, timeout=TIMEOUT_MS)
    page.locator(f"{dialog}[open]").wait_for(state="attached", timeout=TIMEOUT_MS)
    while not (opened := page.evaluate("window.opened")):
        page.wait_for_timeout(20)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    page.locator(f"{dialog}:not([open])").wait_for(state="attached", timeout=TIMEOUT_MS)
    page.wait_for_timeout(100)
    return opened[0]["took"], opened[0]["shows"]
