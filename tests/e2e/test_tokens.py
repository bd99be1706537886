"""The settings page of API tokens and the page about the API, in a browser."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, Browsing
from tests.e2e.pages import choose_language, join
from tests.e2e.running import PASSWORD, RunningApp

ADDRESS = "/settings/tokens/"
PICTURES = os.environ.get("PICTURES_TO")
"""A folder: whoever wants to look at the pages names it."""


def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def confirm(page: Page) -> None:
    """Give the password, as who did not sign in lately has to."""
    page.goto(ADDRESS)
    ask = page.get_by_role("link", name=re.compile("Make a token|Criar um token"))
    if ask.count():
        ask.click()
        page.fill("main [name=password]", PASSWORD)
        page.locator("main form:has([name=password]) [type=submit]").click()
        page.wait_for_url(f"**{ADDRESS}")


def status_of(app: RunningApp, text: str) -> int:
    request = urllib.request.Request(
        f"{app.url}/api/posts", headers={"Authorization": f"Bearer {text}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["success"] is True
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_token_is_made_used_and_revoked(
    browse: Browsing, app: RunningApp, has_scripts: bool
) -> None:
    page = browse(java_script_enabled=has_scripts)
    join(page.context)
    page.goto("/settings/profile/")
    page.get_by_role("link", name="API tokens").click()
    page.wait_for_url(f"**{ADDRESS}")
    confirm(page)
    page.get_by_label("Name").fill("The nightly copy")
    expect(page.get_by_role("checkbox", name=re.compile("^Read"))).to_be_checked()
    page.get_by_role("checkbox", name=re.compile("^Change")).check()
    page.get_by_role("button", name="Make the token").click()
    text = page.get_by_label("Token", exact=True).input_value()
    assert text.startswith("pxs_")
    if has_scripts:
        expect(page.get_by_role("heading", name="is ready")).to_be_focused()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    else:
        expect(page.get_by_role("button", name="Copy", exact=True)).to_be_hidden()
    assert status_of(app, text) == 200

    page.goto(ADDRESS)
    assert text not in page.content()
    row = page.locator(".tokens li", has_text="The nightly copy")
    expect(row).to_contain_text("last used")
    row.get_by_role("button", name="Revoke").click()
    question = row.get_by_role("dialog")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    row.get_by_role("button", name="Revoke").click()
    keep_picture(page, f"revoke-{has_scripts}")
    question.get_by_role("button", name="Revoke token").click()
    expect(page.locator("#toasts")).to_contain_text("is revoked")
    expect(page.locator(".tokens li")).to_have_count(0)
    assert status_of(app, text) == 401


def test_a_mistake_keeps_what_was_chosen(browse: Browsing) -> None:
    browse.allow("status of 422")
    page = browse()
    join(page.context)
    confirm(page)
    page.get_by_role("checkbox", name=re.compile("^Delete")).check()
    page.get_by_role("radio", name="Never").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the token a name")
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_role("checkbox", name=re.compile("^Delete"))).to_be_checked()
    expect(page.get_by_role("radio", name="Never")).to_be_checked()
    assert find_barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
@pytest.mark.parametrize("size", ["desktop", "narrow"])
def test_nothing_on_these_pages_is_in_anybodys_way(
    browse: Browsing, scheme: str, locale: str, size: str
) -> None:
    page = browse(color_scheme=scheme, locale=locale)
    page.set_viewport_size(DESKTOP if size == "desktop" else NARROW)
    join(page.context)
    choose_language(page, locale)
    confirm(page)
    page.locator("[name=name]").fill("A name that is rather long for a token of a program")
    page.locator("#token-make").click()
    expect(page.locator("#token-text")).to_be_visible()
    for name, address in (("tokens", ""), ("docs", "/api/docs")):
        if address:
            page.goto(address)
        keep_picture(page, f"{name}-{size}-{scheme}-{locale}")
        assert find_barriers(page) == []
        assert find_overflow(page) == []


def test_the_page_about_the_api_leads_everywhere_by_its_links(browse: Browsing) -> None:
    page = browse()
    page.goto("/api/docs")
    targets = page.locator("main a[href^='#']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert len(targets) > 50
    missing = page.evaluate(
        "all => all.filter(one => !document.getElementById(one.slice(1)))", targets
    )
    assert missing == []
    names = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(names) == len(set(names))
