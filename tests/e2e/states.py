"""Every page in every state worth looking at, for audits and screenshots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from playwright.sync_api import Page, expect

from tests.e2e.pages import (
    FAILING,
    PATIENCE,
    POSTER,
    SKETCH,
    SLOW,
    Studio,
    new_person,
    sign_in,
    start_post,
    wait_for_post,
)
from tests.e2e.pictures import picture


def public_states(page: Page) -> Iterator[str]:
    """What somebody sees who is not signed in."""
    page.goto("/")
    yield "landing"
    page.goto("/accounts/login/")
    yield "signin"
    sign_in(page, new_person())
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "signin-error"
    page.goto("/accounts/signup/")
    yield "signup"
    page.goto("/accounts/password/reset/")
    yield "password-reset"


def empty_states(page: Page) -> Iterator[str]:
    """What somebody sees who just signed up."""
    page.goto("/")
    yield "home-empty"
    page.goto("/gallery/")
    yield "gallery-empty"
    page.goto("/references/")
    yield "references-empty"
    Studio(page).open()
    yield "studio-empty"


def filled_states(page: Page, posts: list[str]) -> Iterator[str]:
    """What somebody sees who made these posts."""
    page.goto("/")
    yield "home"
    page.goto("/gallery/")
    yield "gallery"
    page.goto(posts[-1])
    yield "post"
    page.goto(posts[0])
    yield "post-failed"
    page.goto(f"/posts/create/?post={posts[-1].split('/')[2]}")
    yield "studio-finished"
    page.goto(f"/posts/create/?post={posts[0].split('/')[2]}")
    yield "studio-failed"
    page.goto("/projects/create/")
    yield "project-form"
    page.locator("main form:has([name=name]) [type=submit]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "project-form-error"
    page.goto("/accounts/password/change/")
    yield "password-change"
    page.goto("/settings/keys/")
    yield "settings-keys"
    page.goto("/posts/999999999/")
    yield "not-found"
    page.goto("/gallery/")
    page.locator("[popovertarget=me]:visible").click()
    yield "account-menu"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    yield "shortcuts"


def studio_states(
    page: Page, prompt: str = "A jetty at low tide", models: Sequence[str] = (SKETCH, POSTER)
) -> Iterator[str]:
    """The studio while it is used: with mistakes, with the library, while one picture is late."""
    studio = Studio(page).open()
    studio.generate("", [SKETCH])
    expect(studio.composer.get_by_role("alert").first).to_be_visible()
    yield "studio-errors"
    studio.file_field.set_input_files([picture().payload])
    keep = studio.references.locator("[aria-pressed]").first
    keep.click()
    expect(studio.references.locator("[aria-pressed=true]").first).to_be_visible()
    studio.composer.locator("[data-dialog-open=library]").click()
    expect(page.locator("#library-items button").first).to_be_visible()
    yield "studio-library"
    page.keyboard.press("Escape")
    studio.references.locator("[data-reference-remove]").click()
    studio.generate(f"{prompt}, slow=45", [*models, SLOW])
    expect(studio.pictures).to_have_count(len(models), timeout=PATIENCE)
    yield "studio-running"
    page.goto("/")
    expect(page.locator("#in-progress")).to_be_visible()
    yield "home-running"
    page.goto(page.locator("#in-progress a").first.get_attribute("href") or "")
    yield "post-running"
    page.locator("#results button[form^=cancel]").first.click()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")


def lightbox_states(page: Page) -> Iterator[str]:
    """The lightbox: over the newest post with several pictures, and when something is missing."""
    page.goto("/gallery/")
    card = page.locator("#cards > li").filter(has=page.locator(".card__flags .sr")).first
    address = f"/gallery/?view={card.get_attribute('data-post')}&img=2"
    page.goto(address)
    lightbox = page.locator("#lightbox")
    expect(lightbox.locator("[data-lb-show='2'][aria-pressed=true]")).to_be_visible()
    lightbox.locator("summary").click()
    yield "lightbox"
    for state, what, told in (
        ("lightbox-missing", r"\.(webp|png)$", ".lb__frame .missing"),
        ("lightbox-gone", r"/lightbox/", ".failed__in"),
    ):
        page.route(re.compile(what), lambda route: route.fulfill(status=404))
        page.goto(address.partition("&")[0])
        expect(lightbox.locator(told).locator("visible=true").first).to_be_visible()
        yield state
        page.unroute(re.compile(what))


def library_states(page: Page) -> Iterator[str]:
    """The library of references, with some in it."""
    page.goto("/references/")
    files = [picture("harbour.png"), picture("a-very-long-name-of-a-picture.png", "#3d70c2")]
    page.locator("[data-drop] input").set_input_files([file.payload for file in files])
    expect(page.locator("[data-reference-card]")).to_have_count(len(files))
    yield "references"


def make_posts(page: Page) -> list[str]:
    """Posts to look at: the first failed, the last is the best."""
    made = [start_post(page.context, "A promise that was not kept", FAILING)]
    made += [start_post(page.context, prompt, SKETCH) for prompt in PROMPTS]
    for address in made:
        wait_for_post(page.context, address)
    return made


PROMPTS = ["A red kite over dunes #kite", "Um bonde amarelo numa ladeira de Lisboa"]
