"""Addresses, Back and Forward, and who may see what."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsing import Browsing
from tests.e2e.pages import (
    FAILING,
    Person,
    Studio,
    new_person,
    sign_in,
)
from tests.e2e.ready import Ready

NOT_FOUND = 404


def test_back_and_forward_work_after_a_post_was_started(page: Page, person: Person) -> None:
    page.goto("/")
    studio = Studio(page).open()
    studio.generate("A weather vane")
    page.wait_for_url(re.compile(r"\?post=\d+$"))
    address = page.url
    studio.expect_finished(pictures=1)
    studio.section.get_by_role("link", name="Open post").click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))

    page.go_back()
    page.wait_for_url(address)
    studio.expect_finished(pictures=1)
    expect(studio.prompt).to_have_value("A weather vane")
    page.go_back()
    page.wait_for_url("**/posts/create/")
    expect(page.get_by_text("Say it once, see it several ways")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile(r"://[^/]+/$"))
    page.go_forward()
    page.go_forward()
    page.wait_for_url(address)
    studio.expect_finished(pictures=1)


def test_the_post_of_another_person_is_not_there(
    browse: Browsing, ready: Ready, person: Person
) -> None:
    browse.allow("status of 404")
    [post] = ready.posts(person, ["Mine alone"], models=())
    stranger = browse()
    ready.person(stranger.context)
    for address in (post, f"{post}results/", f"/posts/create/?post={post.split('/')[2]}"):
        response = stranger.goto(address)
        assert response is not None
        assert response.status == NOT_FOUND
        assert "Mine alone" not in stranger.content()
    stranger.goto(post)
    expect(stranger.get_by_role("heading", level=1)).to_be_visible()
    stranger.get_by_role("link", name=re.compile("Home|Gallery")).first.click()
    expect(stranger.get_by_role("navigation").first).to_be_visible()


def test_a_deep_link_leads_through_the_sign_in_and_back(
    browse: Browsing, ready: Ready, person: Person
) -> None:
    [post] = ready.posts(person, ["A deep link"], models=())
    other = browse()
    other.goto(post)
    assert "/accounts/login/" in other.url
    sign_in(other, person)
    other.wait_for_url(f"**{post}")
    expect(other.locator("#results")).to_be_visible()


def test_a_wrong_password_is_told_and_the_address_is_kept(page: Page) -> None:
    somebody = new_person()
    page.goto("/accounts/login/")
    sign_in(page, somebody)
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("There is a problem.")
    expect(alert).to_contain_text("The email or the password is not right.")
    expect(alert).to_be_focused()
    expect(page.locator("[name=login]")).to_have_value(somebody.email)
    expect(page).to_have_title(re.compile("^Error:"))


def test_a_project_is_made_and_a_post_goes_into_it(page: Page, person: Person) -> None:
    page.goto("/projects/create/")
    page.fill("[name=name]", "Posters for the harbour")
    page.get_by_role("button", name="Create the project").click()
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    project = page.url
    page.locator("main").get_by_role("link", name="Create").first.click()
    studio = Studio(page)
    expect(page.locator("#id_project option:checked")).to_have_text("Posters for the harbour")
    studio.generate("A harbour poster", [FAILING])
    studio.expect_finished(pictures=0)
    page.goto(project)
    expect(page.locator("#cards > li")).to_have_count(1)


def test_signing_out_closes_the_doors(page: Page, person: Person) -> None:
    page.goto("/")
    page.locator(".nav").get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"://[^/]+/$"))
    expect(page.locator("a[href*='/accounts/login/']").first).to_be_visible()
    page.goto("/gallery/")
    assert "/accounts/login/" in page.url
