"""Administrators at work, with the people whom it is about and a stranger looking on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit, find_barriers, find_overflow, settle
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import Person, sign_in, wait_until
from tests.e2e.ready import Ready
from tests.e2e.running import ADMIN_EMAIL, RunningApp

NEWS = 20_000
"""Milliseconds: open pages of strangers ask every 15 s."""
PUBLISH = """
from gallery.models import Post
Post.objects.filter(pk={pk}).update(visibility="public")
print(Post.objects.get(pk={pk}).share_token)
"""
ADMIN = Person(ADMIN_EMAIL)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def shared(app: RunningApp, ready: Ready, person: Person, prompt: str) -> tuple[str, str]:
    """The owner's page of a public post, and the one that others see."""
    address = ready.posts(person, [prompt])[0]
    token = app.run(PUBLISH.format(pk=address.split("/")[2])).strip()
    return address, f"/p/{token}/"


@pytest.fixture
def desk(browse: Browsing) -> Page:
    """The browser of an administrator, at the first page of the admin."""
    page = browse()
    page.goto("/admin/")
    sign_in(page, ADMIN)
    page.wait_for_url(re.compile("/admin/$"))
    return page


def choose(page: Page, action: str) -> None:
    """Carry out an action on the ticked rows, by keyboard."""
    page.locator("select[name=action]").select_option(label=action)
    page.locator("button[name=index]").focus()
    page.keyboard.press("Enter")


def report(page: Page, public: str, details: str) -> None:
    """Say on the public page of a post that it was copied."""
    page.goto(public)
    page.get_by_role("link", name="Report this image").click()
    page.get_by_label("Copied from somebody").check()
    page.get_by_label("Details").fill(details)
    page.get_by_role("button", name="Send report").click()
    expect(page.locator(".toast")).to_contain_text("Thank you.")
    expect(page).to_have_url(re.compile(f"{public}$"))


def tick(page: Page, words: str) -> None:
    """Choose the row of a list in which these words stand."""
    page.locator("#result_list tbody tr").filter(has_text=words).locator(".action-select").check()


def test_a_report_leads_to_a_decision_that_everybody_sees_at_once(
    app: RunningApp, browse: Browsing, ready: Ready, page: Page, person: Person, desk: Page
) -> None:
    browse.allow("status of 404")
    own, public = shared(app, ready, person, "Red sun over nine swells")
    stranger, bob = browse(), browse()
    stranger.goto(public)
    expect(stranger.get_by_text("Red sun over nine swells").first).to_be_visible()
    ready.person(bob.context)
    report(bob, public, "A poster of mine.")

    desk.reload()
    desk.get_by_role("link", name=re.compile("open reports")).click()
    expect(desk.get_by_text("A poster of mine.")).to_be_visible()
    tick(desk, "A poster of mine.")
    choose(desk, "Disable the posts of the selected reports")
    expect(desk.get_by_label("Reason")).to_be_focused()
    desk.keyboard.type("It was copied from a poster.")
    desk.get_by_role("button", name="Disable").click()
    expect(desk.locator(".messagelist")).to_contain_text("1 post disabled.")

    look_again(stranger)
    expect(stranger.get_by_text("Red sun over nine swells")).to_have_count(0, timeout=NEWS)
    expect(stranger.get_by_role("heading")).to_contain_text("no longer available")
    assert bob.goto(public).status == 404  # type: ignore[union-attr]
    page.goto(own)
    expect(page.get_by_text("It was copied from a poster.").first).to_be_visible()

    desk.goto("/admin/gallery/post/?state=disabled")
    tick(desk, "Red sun over nine swells")
    choose(desk, "Enable the selected posts")
    expect(desk.locator(".messagelist")).to_contain_text("1 post enabled.")
    # As soon as its picture is back in the public area.
    wait_until(lambda: bob.goto(public).status == 200)  # type: ignore[union-attr]
    expect(bob.get_by_text("Red sun over nine swells").first).to_be_visible()


def test_a_suspended_person_is_out_and_so_is_what_they_shared(
    app: RunningApp, browse: Browsing, ready: Ready, page: Page, person: Person, desk: Page
) -> None:
    browse.allow("status of 404")
    own, public = shared(app, ready, person, "Soft shapes for a soft launch")
    stranger = browse()
    stranger.goto(public)
    page.goto(own)

    desk.goto(f"/admin/accounts/user/?q={person.email}")
    tick(desk, person.email)
    choose(desk, "Suspend the selected people")
    desk.get_by_label("Reason").fill("Spam.")
    desk.get_by_role("button", name="Suspend").click()
    expect(desk.locator(".messagelist")).to_contain_text("1 person suspended.")

    page.goto("/gallery/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    sign_in(page, person)
    expect(page.get_by_role("heading", name="This account is suspended")).to_be_visible()
    look_again(stranger)
    expect(stranger.get_by_role("heading")).to_contain_text("no longer available", timeout=NEWS)

    tick(desk, person.email)
    choose(desk, "Let the selected people in again")
    expect(desk.locator(".messagelist")).to_contain_text("1 person let in again.")
    wait_until(lambda: stranger.goto(public).status == 200)  # type: ignore[union-attr]
    expect(stranger.get_by_text("Soft shapes for a soft launch").first).to_be_visible()
    page.goto("/gallery/")
    expect(page.get_by_role("heading", name="Gallery").first).to_be_visible()


def test_a_report_can_be_sent_without_javascript(
    app: RunningApp, browse: Browsing, ready: Ready, person: Person
) -> None:
    browse.allow("status of 422")
    _own, public = shared(app, ready, person, "Malachite and gold")
    plain = browse(java_script_enabled=False)
    ready.person(plain.context)
    plain.goto(f"{public}report/")
    plain.get_by_role("button", name="Send report").click()
    expect(plain.get_by_role("alert")).to_contain_text("Say what is wrong.")
    plain.get_by_label("Spam or misleading").check()
    plain.get_by_role("button", name="Send report").click()
    expect(plain.locator(".toast")).to_contain_text("Thank you.")
    plain.goto(f"{public}report/")
    expect(plain.get_by_text("You have reported this post.")).to_be_visible()


def test_the_form_of_a_report_is_for_everybody(
    app: RunningApp, browse: Browsing, ready: Ready, person: Person
) -> None:
    browse.allow("status of 422")
    _own, public = shared(app, ready, person, "A dahlia from the front")
    bob = browse()
    ready.person(bob.context)

    def states() -> Iterator[str]:
        bob.goto(f"{public}report/")
        yield "empty"
        bob.get_by_role("button", name="Send report").click()
        expect(bob.get_by_role("alert")).to_be_visible()
        yield "with an error"
        bob.get_by_label("Hate or harassment").check()
        bob.get_by_role("button", name="Send report").click()
        bob.goto(f"{public}report/")
        yield "known"

    assert audit(bob, states()) == []


def test_the_pages_of_moderation_are_for_everybody(
    app: RunningApp, browse: Browsing, ready: Ready, person: Person, desk: Page
) -> None:
    browse.allow("status of 422")
    # axe takes imported style sheets apart, and is not let.
    browse.allow("Applying inline style|style-src-elem blocked inline|status of 404.*/admin/.*css")
    _own, public = shared(app, ready, person, "City lights out of focus")
    bob = browse()
    ready.person(bob.context)
    report(bob, public, "Shows a license plate.")
    lists = (
        "gallery/report/",
        "gallery/post/?state=public",
        "accounts/user/",
        "gallery/auditevent/",
    )
    for address in ("", *lists):
        desk.goto(f"/admin/{address}")
        assert barriers(desk) == [], address
    desk.goto("/admin/gallery/post/?state=public")
    tick(desk, "City lights out of focus")
    choose(desk, "Disable the selected posts")
    desk.get_by_role("button", name="Disable").click()
    expect(desk.get_by_text("Say why.")).to_be_visible()
    assert barriers(desk) == []
    desk.set_viewport_size(PHONE)
    for address in ("", "gallery/report/"):
        desk.goto(f"/admin/{address}")
        assert find_overflow(desk) == [], address


def barriers(page: Page) -> list[str]:
    """In both themes; Django's own pages follow the system's."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        settle(page)
        # The search box is labelled by a picture with a name, which axe does not read.
        found += [
            f"{scheme}: {barrier}"
            for barrier in find_barriers(page)
            if not barrier.startswith("label-title-only")
        ]
    return found
