"""Where one is signed in, and what a browser forgets when another person sits down at it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import Person, choose_language, join, sign_in
from tests.e2e.running import PASSWORD

ADDRESS = "/settings/sessions/"
PICTURES = os.environ.get("PICTURES_TO")
"""A folder: whoever wants to look at the pages names it."""

PROMPT = "a letter that only its writer may read"
STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
SIZES = {"desktop": DESKTOP, "phone": PHONE, "narrow": NARROW}


def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def sign_out(page: Page) -> None:
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.locator("#me").get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))


def enter(page: Page, person: Person) -> None:
    page.goto("/accounts/login/")
    sign_in(page, person)
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))


def leave_traces(page: Page) -> None:
    """Choose a theme, send a prompt, and carry another one along from pictures to a clip."""
    page.goto("/posts/create/")
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.locator("#me").get_by_role("radio", name="Dark", exact=True).check()
    page.keyboard.press("Escape")
    page.fill("[name=prompt]", PROMPT)
    page.evaluate("document.querySelector('[data-composer]').requestSubmit()")
    page.wait_for_function("() => localStorage.getItem('pixelstream.last-prompt')")
    page.evaluate("text => sessionStorage.setItem('pixelstream.draft.7', text)", PROMPT)
    assert page.evaluate(STORED).count(PROMPT) == 2


def confirm(page: Page) -> None:
    """Give the password, as who did not sign in lately has to."""
    page.goto(ADDRESS)
    ask = page.locator("main a[href*=reauthenticate]").last
    if ask.count():
        ask.click()
        page.fill("main [name=password]", PASSWORD)
        page.locator("main form:has([name=password]) [type=submit]").click()
        page.wait_for_url(f"**{ADDRESS}")


# --- what is forgotten


def test_signing_out_forgets_what_was_typed_in_every_tab_and_keeps_the_theme(
    page: Page, context: BrowserContext
) -> None:
    join(context)
    leave_traces(page)
    other = context.new_page()
    other.goto("/gallery/")
    other.evaluate("text => sessionStorage.setItem('pixelstream.draft.8', text)", PROMPT)

    sign_out(page)

    other.wait_for_function("() => !sessionStorage.getItem('pixelstream.draft.8')")
    for tab in (page, other):
        assert PROMPT not in tab.evaluate(STORED)
    assert page.evaluate("localStorage.getItem('theme')") == "dark"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_what_a_tab_that_was_still_open_kept_after_that_is_forgotten_by_the_next_page(
    page: Page, context: BrowserContext
) -> None:
    join(context)
    page.goto("/gallery/")
    late = context.new_page()
    late.goto("/posts/create/")
    sign_out(page)
    late.evaluate(
        """text => { localStorage.setItem('pixelstream.last-prompt', text);
        sessionStorage.setItem('pixelstream.draft.7', text); }""",
        PROMPT,
    )
    late.goto("/accounts/login/")
    assert PROMPT not in late.evaluate(STORED)


def test_another_person_finds_nothing_of_who_never_signed_out(
    page: Page, context: BrowserContext
) -> None:
    join(context)
    leave_traces(page)
    page.goto("about:blank")  # what the page asks for by itself would bring other cookies
    context.clear_cookies()  # the session has ended, and no page was looked at since
    join(context)
    page.goto("/posts/create/")
    assert PROMPT not in page.evaluate(STORED)
    expect(page.locator("[data-reuse]")).to_be_hidden()


def test_the_same_person_finds_what_they_typed(
    browse: Browsing, page: Page, context: BrowserContext
) -> None:
    browse.allow("status of 404")
    join(context)
    leave_traces(page)
    page.goto("/gallery/")
    page.goto("/nothing-is-here/")
    page.goto("/posts/create/")
    page.locator("[data-reuse]").click()
    expect(page.locator("[name=prompt]")).to_have_value(PROMPT)


# --- where one is signed in


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_other_browsers_are_signed_out_one_by_one_and_all(
    browse: Browsing, has_scripts: bool
) -> None:
    here = browse(java_script_enabled=has_scripts)
    me = join(here.context)
    others = [browse(), browse(), browse()]
    for other in others:
        enter(other, me)
    here.goto("/settings/profile/")
    here.get_by_role("link", name="Where you are signed in").click()
    confirm(here)
    rows = here.locator(".tokens li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("this browser")
    expect(rows.first.get_by_role("button")).to_have_count(0)
    expect(rows.nth(1)).to_contain_text("Chrome on Linux")

    rows.nth(1).get_by_role("button", name="Sign out").focus()
    here.keyboard.press("Enter")
    expect(here.locator("#toasts")).to_contain_text("That browser is signed out.")
    expect(rows).to_have_count(3)

    here.get_by_role("button", name="Sign out everywhere else").focus()
    here.keyboard.press("Enter")
    expect(here.locator("#toasts")).to_contain_text("You are signed out everywhere else.")
    expect(rows).to_have_count(1)
    for other in others:
        other.goto("/gallery/")
        expect(other).to_have_url(re.compile("/accounts/login/"))
    here.goto("/gallery/")
    expect(here).to_have_url(re.compile("/gallery/$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
@pytest.mark.parametrize("size", ["desktop", "phone", "narrow"])
def test_nothing_on_the_page_is_in_anybodys_way(
    browse: Browsing, scheme: str, locale: str, size: str
) -> None:
    page = browse(color_scheme=scheme, locale=locale)
    page.set_viewport_size(SIZES[size])
    me = join(page.context)
    enter(browse(), me)
    choose_language(page, locale)
    page.goto(ADDRESS)
    expect(page.locator(".tokens li").first).to_be_visible()
    keep_picture(page, f"sessions-asked-{size}-{scheme}-{locale}")
    assert find_barriers(page) == []
    assert find_overflow(page) == []
    confirm(page)
    keep_picture(page, f"sessions-{size}-{scheme}-{locale}")
    assert find_barriers(page) == []
    assert find_overflow(page) == []
