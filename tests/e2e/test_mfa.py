"""Two-step sign-in in a browser: on, used, off."""

from __future__ import annotations

import time
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import expect_loaded, join, sign_in
from tests.e2e.running import PASSWORD

ADDRESS = "/accounts/2fa/"


def code_for(secret: str, periods: int = 0) -> str:
    """What the app shows now, or shows after so many periods."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def require_usable(page: Page) -> None:
    assert (find_barriers(page), find_overflow(page)) == ([], [])


def test_it_is_switched_on_used_and_switched_off(browse: Browsing, tmp_path: Path) -> None:
    page = browse(phone=True, color_scheme="dark")
    person = join(page.context)
    page.goto("/settings/account/")
    page.locator(".settings__nav").get_by_role("link", name="Two-step sign-in").click()
    page.wait_for_url(f"**{ADDRESS}")
    require_usable(page)

    page.locator("main").get_by_role("link", name="Switch on").click()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    qr = page.get_by_role("img", name="QR code for the app")
    expect(qr).to_be_visible()
    expect_loaded(qr)  # the policy lets it be shown
    require_usable(page)
    page.fill("[name=code]", "000000")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code")
    require_usable(page)
    secret = page.locator(".mfa__secret").inner_text()
    page.fill("[name=code]", code_for(secret))
    page.locator("[name=code]").press("Enter")

    codes = page.locator(".mfa__codes li")
    expect(codes).to_have_count(10)
    require_usable(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the codes").click()
    file = tmp_path / "codes.txt"
    started.value.save_as(file)
    recovery = file.read_text().split()
    assert recovery == codes.all_inner_texts()

    # Another browser: the password alone is not enough.
    other = browse()
    other.goto("/gallery/")
    sign_in(other, person)
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()
    require_usable(other)
    other.fill("[name=code]", code_for(secret, 1))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/gallery/")
    other.context.clear_cookies(name="sessionid")
    other.goto("/gallery/")
    sign_in(other, person)
    other.fill("[name=code]", recovery[0])
    other.locator("[name=code]").press("Enter")
    other.wait_for_url("**/gallery/")

    page.goto(ADDRESS)
    page.get_by_role("link", name="Recovery codes").click()
    expect(codes).to_have_count(9)
    page.get_by_role("link", name="Make new codes").click()
    require_usable(page)
    page.get_by_role("button", name="Make new codes").click()
    expect(codes).to_have_count(10)
    page.goto(ADDRESS)
    require_usable(page)
    page.get_by_role("link", name="Switch off").click()
    require_usable(page)
    page.get_by_role("button", name="Switch off").press("Enter")
    expect(page.locator("main").get_by_role("link", name="Switch on")).to_be_visible()
