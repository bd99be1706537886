"""Pictures of every page in every state: `python -m tests.e2e.screenshots OUTDIR`.

In both languages and themes, at 1440 x 900 and 390 x 844, with posts of `load_demo`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e import states
from tests.e2e.browsing import DESKTOP, PHONE, TIMEOUT, Browsing, launch
from tests.e2e.pages import (
    FAILING,
    SKETCH,
    Person,
    join,
    posts_in_gallery,
    start_post,
    wait_for_post,
)
from tests.e2e.running import RunningApp
from tools.browsers import find_browser

PEOPLE = {"en": Person("marina.duarte@example.com"), "pt": Person("bento.alves@example.com")}
LOCALES = {"en": "en-US", "pt": "pt-BR"}
PROMPTS = {
    "en": "A lighthouse on a cliff at dusk, first lamp lit, sea calm",
    "pt": "Um farol no penhasco ao entardecer, a primeira luz acesa, mar calmo",
}
MODELS = ("builtin/lumen", "builtin/gouache", "builtin/poster")
SETTLES = 400  # milliseconds


def main() -> None:
    """Take all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=16, help="how many of the 60 demo posts")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    browser = find_browser()
    if browser is None:
        raise SystemExit("no Chromium on this machine: install it, or name it in CHROMIUM")
    expect.set_options(timeout=TIMEOUT)
    app = RunningApp()
    app.start()
    try:
        with sync_playwright() as playwright:
            browse = Browsing(launch(playwright, browser), app.url)
            for language in LOCALES:
                _take(app, browse, language, options.posts, options.folder)
            for trouble in browse.trouble:
                print(trouble)
    finally:
        app.stop()


def _take(app: RunningApp, browse: Browsing, language: str, posts: int, folder: Path) -> None:
    page = browse(locale=LOCALES[language])
    person = join(page.context, PEOPLE[language])
    _shoot(page, states.empty_states(page), language, folder)
    app.manage("load_demo", "--email", person.email, "--limit", str(posts))
    failed = start_post(page.context, PROMPTS[language], FAILING)
    newest = posts_in_gallery(page.context)
    for address in newest:
        wait_for_post(page.context, address)
    _shoot(page, states.filled_states(page, [failed, newest[1]]), language, folder)
    _shoot(page, states.lightbox_states(page), language, folder)
    _shoot(page, states.library_states(page), language, folder)
    _shoot(page, states.conversation_states(page, newest[1]), language, folder)
    _shoot(page, states.studio_states(page, PROMPTS[language], MODELS), language, folder)
    made = [start_post(page.context, PROMPTS[language], SKETCH) for _ in range(4)]
    for address in made:
        wait_for_post(page.context, address)
    _shoot(page, states.trash_states(page, made), language, folder)
    stranger = browse(locale=LOCALES[language])
    _shoot(stranger, states.public_states(stranger), language, folder)


def _shoot(page: Page, in_state: Iterator[str], language: str, folder: Path) -> None:
    for state in in_state:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(SETTLES)
                name = f"{state}-{language}-{size['width']}-{scheme}.png"
                page.screenshot(path=folder / name)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)


if __name__ == "__main__":
    main()
