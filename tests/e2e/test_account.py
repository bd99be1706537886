"""Taking everything along, and leaving, in a browser."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import join
from tests.e2e.running import PASSWORD, RunningApp

ADDRESS = "/settings/account/"


def test_an_export_is_made_downloaded_and_deleted(browse: Browsing, tmp_path: Path) -> None:
    page = browse()
    person = join(page.context)
    page.goto("/gallery/")
    page.locator(".nav").get_by_role("button", name="Account").click()
    page.locator("#me").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Export everything").click()
    link = page.get_by_role("link", name="Download part 1 of 1")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()
    path = tmp_path / "export.zip"
    started.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("account.json"))["email"] == person.email
    assert find_barriers(page) == []
    page.get_by_role("button", name="Delete the export").click()
    expect(page.get_by_role("button", name="Export everything")).to_be_visible()


def test_leaving_is_asked_for_taken_back_and_carried_out(browse: Browsing, app: RunningApp) -> None:
    browse.allow("status of 422")  # the form that came back
    page = browse(reduced_motion="reduce", phone=True, color_scheme="dark")
    person = join(page.context)
    page.goto(ADDRESS)
    assert (find_barriers(page), find_overflow(page)) == ([], [])
    # Signing up is no password given to confirm something; signing in is.
    page.get_by_role("link", name="Delete my account").click()
    expect(page.locator("main").get_by_role("link", name="Continue")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.goto(ADDRESS)
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form:has([name=login]) [type=submit]").click()
    page.wait_for_url(f"**{ADDRESS}")
    page.get_by_role("link", name="Delete my account").click()
    assert (find_barriers(page), find_overflow(page)) == ([], [])

    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Check the box")
    assert find_barriers(page) == []
    page.get_by_role("checkbox").press("Space")
    page.get_by_role("button", name="Delete my account").press("Enter")
    page.wait_for_url(f"**{ADDRESS}")
    banner = page.locator(".leaving")
    expect(banner).to_contain_text("Your account will be deleted")
    assert (find_barriers(page), find_overflow(page)) == ([], [])

    page.goto("/gallery/")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Keep my account").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Your account stays as it is.")
    expect(banner).to_have_count(0)

    app.manage("erase_accounts", "--now", person.email)
    page.goto("/gallery/")
    expect(page.locator("[name=login]")).to_be_visible()
