"""Who may open a post, said by its owner in a browser: in the dialog, by keyboard, on the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.pages import Person, expect_loaded, wait_until
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

GONE = 404


class ShareDialog:
    """The dialog, above the post's own page or the lightbox."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.locator("#sharing-dialog")
        self.link = self.dialog.get_by_label("Link", exact=True)
        self.sharing = self.dialog.get_by_role("switch", name="Sharing")
        self.prompt = self.dialog.get_by_role("switch", name="Show the prompt")
        self.save = self.dialog.get_by_role("button", name="Save")

    def open(self) -> ShareDialog:
        """From the page, by keyboard."""
        self.page.get_by_role("link", name="Share settings").press("Enter")
        expect(self.dialog).to_be_visible()
        return self

    def choose(self, name: str) -> None:
        """One of the radio buttons."""
        self.dialog.get_by_role("radio", name=name).check()

    def expect_saved(self) -> None:
        """Wait for the message."""
        expect(self.page.locator("#toasts")).to_contain_text("The sharing of this post is saved.")


@pytest.fixture
def post(page: Page, ready: Ready, person: Person) -> str:
    """The address of a finished post, open."""
    [address] = ready.posts(person, ["A lighthouse at dusk"])
    page.goto(address)
    return address


def as_a_stranger(browse: Browsing, address: str) -> int:
    """The status that somebody gets who is not signed in."""
    answer = browse().context.request.get(address)
    return int(answer.status)


def dead(browse: Browsing, picture: Locator) -> str:
    """The whole address of a picture as the page has it."""
    return str(picture.evaluate("(image) => image.currentSrc"))


@pytest.mark.usefixtures("post")
def test_everything_is_said_by_keyboard_and_the_page_below_knows_it(page: Page) -> None:
    share = ShareDialog(page).open()
    expect(share.dialog.get_by_role("button", name="Close")).to_be_focused()
    assert find_barriers(page) == []
    share.prompt.focus()
    page.keyboard.press("Space")
    share.dialog.get_by_role("radio", name="Unlisted").focus()
    page.keyboard.press("ArrowDown")
    expect(share.dialog.get_by_role("radio", name="Public")).to_be_checked()
    share.dialog.get_by_role("radio", name="Never").focus()
    page.keyboard.press("ArrowDown")
    expect(share.dialog.get_by_role("radio", name="In 1 day")).to_be_checked()
    share.save.focus()
    page.keyboard.press("Enter")
    share.expect_saved()
    expect(share.save).to_be_focused()
    expect(share.dialog).to_contain_text("Public: everybody finds it")
    expect(page.locator("#share-post")).to_contain_text("Shared until")
    expect(page.locator("#post-visibility")).to_have_attribute("aria-checked", "true")

    page.keyboard.press("Escape")
    expect(share.dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Share settings")).to_be_focused()
    page.reload()
    expect(page.locator("#share-post")).to_contain_text("Public: everybody finds it")
    share.open()
    expect(share.prompt).to_be_checked()


def test_a_day_ends_by_the_clock_of_whoever_chose_it(
    browse: Browsing, ready: Ready, app: RunningApp
) -> None:
    page = browse(timezone_id="America/Sao_Paulo")
    [address] = ready.posts(ready.person(page.context), ["A jetty"])
    page.goto(address)
    share = ShareDialog(page).open()
    day = share.dialog.get_by_label("Last day")
    expect(day).to_be_hidden()
    share.choose("At the end of a day")
    day.fill("2030-05-17")
    share.save.click()
    share.expect_saved()
    expect(page.locator("#share-post time")).to_have_text(re.compile("May 17, 2030, 11:59"))
    pk = int(address.split("/")[2])
    saved = app.run(
        f"from gallery.models import Post\nprint(Post.objects.get(pk={pk}).share_expires_at)"
    )
    assert "2030-05-18 02:59:59+00:00" in saved


def test_a_mistake_is_said_and_what_was_chosen_stays(
    page: Page, browse: Browsing, post: str
) -> None:
    browse.allow("status of 422")
    share = ShareDialog(page).open()
    share.choose("At the end of a day")
    share.dialog.get_by_label("Last day").fill("2001-01-01")
    share.save.click()
    expect(share.dialog.get_by_role("alert")).to_be_focused()
    expect(share.dialog.get_by_role("alert")).to_contain_text("Choose a day that is not over yet.")
    expect(share.dialog.get_by_label("Last day")).to_have_value("2001-01-01")
    assert find_barriers(page) == []


@pytest.mark.usefixtures("post")
def test_the_link_is_copied_and_seen_as_others_do(page: Page) -> None:
    share = ShareDialog(page).open()
    link = share.link.input_value()
    share.dialog.get_by_role("button", name="Copy link").click()
    # The button says so as well, but only for two seconds.
    expect(share.dialog.get_by_role("status")).to_contain_text("Copied")
    search = page.context.new_page()
    search.goto("/gallery/")
    search.locator("[name=q]").first.press("Control+v")
    expect(search.locator("[name=q]").first).to_have_value(link)
    search.close()
    share.dialog.get_by_text("QR code", exact=True).click()
    expect(share.dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    with page.expect_download() as saved:
        share.dialog.get_by_role("link", name="Download QR code").click()
    assert "<svg " in saved.value.path().read_text()
    look = share.dialog.get_by_role("link", name="See it as others do")
    assert link.endswith(look.get_attribute("href") or "-")


def test_a_new_link_ends_the_old_one_at_once_and_the_old_picture_soon(
    page: Page, browse: Browsing, post: str
) -> None:
    picture = page.locator("#results img").first
    expect(picture).to_have_js_property("complete", True)
    old_picture = dead(browse, picture)
    share = ShareDialog(page).open()
    old = share.link.input_value()
    assert as_a_stranger(browse, old_picture) == 200
    share.dialog.get_by_role("button", name="Make a new link").press("Enter")
    question = page.locator("dialog.question")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    assert find_barriers(page) == []
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(share.link).to_have_value(old)

    share.dialog.get_by_role("button", name="Make a new link").click()
    question.get_by_role("button", name="Make a new link").click()
    expect(page.locator("#toasts")).to_contain_text("The old link is dead.")
    expect(share.dialog).to_be_visible()
    expect(share.link).not_to_have_value(old)
    assert as_a_stranger(browse, old) == GONE
    wait_until(lambda: as_a_stranger(browse, old_picture) == GONE)
    page.goto(post)
    shown = page.locator("#results img").first
    expect_loaded(shown)
    assert dead(browse, shown) != old_picture


def test_what_is_not_shared_says_so_and_its_picture_is_the_owners_alone(
    page: Page, browse: Browsing, post: str
) -> None:
    picture = page.locator("#results img").first
    expect(picture).to_have_js_property("complete", True)
    address = dead(browse, picture)
    share = ShareDialog(page).open()
    share.sharing.press("Space")
    expect(share.dialog.get_by_role("radio", name="Never")).to_be_hidden()
    share.save.click()
    share.expect_saved()
    expect(share.link).to_have_count(0)
    expect(page.locator("#share-post")).to_contain_text("Not shared")
    wait_until(lambda: as_a_stranger(browse, address) == GONE)
    page.goto(post)
    shown = page.locator("#results img").first
    expect_loaded(shown)


@pytest.mark.usefixtures("post")
def test_above_the_lightbox_too(page: Page) -> None:
    page.goto("/gallery/")
    page.locator("#cards .card__open").first.press("Enter")
    expect(page.locator("#share-lightbox")).to_contain_text("Unlisted: who has the link")
    share = ShareDialog(page).open()
    share.choose("Public")
    share.save.click()
    share.expect_saved()
    page.keyboard.press("Escape")
    expect(share.dialog).to_have_count(0)
    expect(page.locator("#lightbox")).to_be_visible()
    expect(page.locator("#share-lightbox")).to_contain_text("Public: everybody finds it")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_without_javascript_it_is_a_page(browse: Browsing, ready: Ready, phone: bool) -> None:
    page = browse(phone=phone, java_script_enabled=False)
    [address] = ready.posts(ready.person(page.context), ["A jetty"])
    page.goto(address)
    page.get_by_role("link", name="Share settings").click()
    expect(page).to_have_url(re.compile(r"/share/$"))
    page.get_by_role("radio", name="Public").check()
    page.get_by_role("radio", name="In 30 days").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("The sharing of this post is saved.")
    expect(page.locator("#sharing")).to_contain_text("(UTC)")
    old = page.get_by_label("Link", exact=True).input_value()
    page.get_by_role("button", name="Make a new link").click()
    expect(page.get_by_role("heading", name="Make a new link?").last).to_be_visible()
    page.get_by_role("button", name="Make a new link").click()
    expect(page).to_have_url(re.compile(r"/share/$"))
    expect(page.get_by_label("Link", exact=True)).not_to_have_value(old)


def test_the_page_has_no_barriers_and_is_no_wider_than_the_screen(
    page: Page, app: RunningApp, post: str
) -> None:
    pk = int(post.split("/")[2])
    app.run(
        "from gallery.models import Post\n"
        f"Post.objects.filter(pk={pk}).update("
        "is_disabled_by_admin=True, disabled_by_admin_reason='x' * 300)"
    )
    for address in (post, f"{post}share/"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            expect(page.get_by_text("An administrator disabled this post.")).to_be_visible()
            assert find_barriers(page) == []
        page.set_viewport_size(PHONE)
        assert find_overflow(page) == []
