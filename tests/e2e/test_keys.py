"""The settings page of one's own provider keys, in a browser, with a vendor on this machine."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.audits import NARROW, find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import join
from tests.e2e.running import PASSWORD, RunningApp

ADDRESS = "/settings/keys/"
GOOD = "sk-or-v1-good-canary-0123456789-7c2e"
BAD = "sk-or-v1-bad-canary-0123456789-a91f"
KNOWN = {"data": {"label": "test", "limit": 10, "limit_remaining": 4.2, "usage": 5.8}}
UNKNOWN = {"error": {"code": 401, "message": "User not found."}}


class FakeVendor(BaseHTTPRequestHandler):
    """Answers OpenRouter's `GET /key`: one key is good, another finds the vendor ill."""

    asked: list[str] = []

    def do_GET(self) -> None:
        FakeVendor.asked.append(self.path)
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status, content = (200, KNOWN) if key == GOOD else (401, UNKNOWN)
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeVendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def app(chromium: Browser, vendor: str) -> Iterator[RunningApp]:
    """An application of its own: OpenRouter is the vendor above, OpenAI nobody is at home."""
    running = RunningApp()
    running.environment["OPENROUTER_BASE_URL"] = vendor
    running.environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    running.start()
    yield running
    assert "canary" not in running.output()
    running.stop()


def panel(page: Page, slug: str = "openrouter") -> Locator:
    return page.locator(f"#key-{slug}")


def confirm(page: Page, slug: str = "openrouter") -> None:
    """From the panel to the password and back."""
    page.goto(ADDRESS)
    panel(page, slug).get_by_role("link", name=re.compile("password|senha")).click()
    page.fill("main [name=password]", PASSWORD)
    page.locator("main form:has([name=password]) [type=submit]").click()
    page.wait_for_url(f"**{ADDRESS}#key-{slug}")


def enter(page: Page, key: str, slug: str = "openrouter") -> None:
    field = panel(page, slug).locator("[name=key]")
    if not field.is_visible():
        panel(page, slug).locator("summary").click()
    field.fill(key)
    panel(page, slug).locator(f"#key-{slug}-save").click()


def toast(page: Page, text: str) -> Locator:
    return page.locator("#toasts .toast", has_text=text)


def test_a_key_is_entered_tested_replaced_and_deleted(browse: Browsing) -> None:
    page = browse()
    join(page.context)
    page.goto("/gallery/")
    page.locator(".nav").get_by_role("button", name="Account").click()
    page.locator("#me").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Provider keys").click()
    page.wait_for_url(f"**{ADDRESS}")
    expect(panel(page)).to_contain_text("127.0.0.1:")
    confirm(page)

    enter(page, GOOD)
    expect(toast(page, "The key is saved.")).to_be_visible()
    expect(panel(page)).to_contain_text("7c2e")
    expect(panel(page)).to_contain_text("not tested yet")
    assert "canary" not in page.content()
    assert page.locator("[name=key]").first.input_value() == ""

    panel(page).get_by_role("button", name="Test key").click()
    expect(toast(page, "The key works. $4.20 left.")).to_be_visible()
    expect(panel(page).locator(".badge--ok")).to_have_text("accepted")
    expect(panel(page).get_by_role("button", name="Test key")).to_be_focused()

    enter(page, BAD)
    expect(panel(page)).to_contain_text("a91f")
    panel(page).get_by_role("button", name="Test key").click()
    expect(toast(page, "OpenRouter refused the key.")).to_be_visible()
    expect(panel(page).locator(".badge--bad")).to_have_text("refused")

    panel(page).get_by_role("button", name="Delete", exact=True).click()
    question = panel(page).get_by_role("dialog")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    panel(page).get_by_role("button", name="Delete", exact=True).click()
    question.get_by_role("button", name="Delete key").click()
    expect(toast(page, "The key is deleted.")).to_be_visible()
    expect(panel(page)).not_to_contain_text("a91f")
    page.reload()
    expect(panel(page)).not_to_contain_text("a91f")


def test_a_vendor_that_is_away_changes_nothing(browse: Browsing) -> None:
    page = browse()
    join(page.context)
    confirm(page, "openai")
    enter(page, GOOD, "openai")
    panel(page, "openai").get_by_role("button", name="Test key").click()
    expect(toast(page, "OpenAI could not be reached; the key was not changed.")).to_be_visible()
    expect(panel(page, "openai")).to_contain_text("not tested yet")


def test_mistakes_are_told_at_the_field_and_nothing_is_echoed(browse: Browsing) -> None:
    browse.allow("status of 422")
    page = browse()
    join(page.context)
    confirm(page)
    enter(page, "canary canary")
    field = panel(page).locator("[name=key]")
    expect(panel(page)).to_contain_text("no spaces")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    assert "canary" not in page.content()
    page.emulate_media(color_scheme="dark")
    assert find_barriers(page) == []


def test_it_works_with_the_keyboard_alone(browse: Browsing) -> None:
    page = browse()
    join(page.context)
    confirm(page)
    field = panel(page).locator("[name=key]")
    field.focus()
    page.keyboard.insert_text(GOOD)
    page.keyboard.press("Enter")
    expect(toast(page, "The key is saved.")).to_be_visible()
    expect(panel(page).get_by_role("heading")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="Test key")).to_be_focused()
    page.keyboard.press("Enter")
    expect(toast(page, "The key works.")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Test key")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page).get_by_role("dialog")).to_be_hidden()
    expect(panel(page).get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(toast(page, "The key is deleted.")).to_be_visible()
    expect(panel(page).get_by_role("heading")).to_be_focused()


def test_it_works_without_javascript(browse: Browsing) -> None:
    page = browse(java_script_enabled=False)
    join(page.context)
    confirm(page)
    enter(page, GOOD)
    expect(page.locator("#toasts")).to_contain_text("The key is saved.")
    panel(page).get_by_role("button", name="Test key").click()
    expect(page.locator("#toasts")).to_contain_text("The key works. $4.20 left.")
    panel(page).get_by_role("button", name="Delete", exact=True).click()
    panel(page).get_by_role("button", name="Delete key").click()
    expect(page.locator("#toasts")).to_contain_text("The key is deleted.")
    expect(panel(page)).not_to_contain_text("7c2e")


def test_a_password_that_was_given_too_long_ago_is_asked_for_again(
    browse: Browsing, app: RunningApp
) -> None:
    """The form was open meanwhile; the key that it sends is dropped."""
    page = browse()
    join(page.context)
    confirm(page)
    for name in ("csrftoken", "sessionid"):
        assert any(cookie["name"] == name for cookie in page.context.cookies())
    app.run(FORGET_THE_PASSWORDS)
    enter(page, GOOD)
    page.wait_for_url("**/accounts/reauthenticate/?next=*")
    expect(toast(page, "Nothing was changed.")).to_be_visible()
    page.goto(ADDRESS)
    expect(panel(page)).not_to_contain_text("7c2e")


FORGET_THE_PASSWORDS = """
from django.contrib.sessions.models import Session
from django.contrib.sessions.backends.db import SessionStore
for row in Session.objects.all():
    session = SessionStore(row.session_key)
    session.pop("account_authentication_methods", None)
    session.save()
"""


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_the_page_has_no_barriers_and_is_no_wider_than_the_screen(
    browse: Browsing, locale: str
) -> None:
    page = browse(locale=locale)
    join(page.context)
    page.goto(ADDRESS)
    found = audit(page)
    confirm(page)
    enter(page, GOOD)
    panel(page).locator("#key-openrouter-test").click()
    expect(panel(page).locator(".badge--ok")).to_be_visible()
    enter(page, BAD, "openai")
    panel(page).locator("summary").click()
    found += audit(page)
    panel(page).locator("#key-openrouter-delete").click()
    found += audit(page)
    assert found == []


def audit(page: Page) -> list[str]:
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in (DESKTOP, PHONE, NARROW):
            page.set_viewport_size(size)
            found += [f"{scheme} {size['width']}: {wide}" for wide in find_overflow(page)]
        page.set_viewport_size(DESKTOP)
        found += [f"{scheme}: {barrier}" for barrier in find_barriers(page)]
    return found
