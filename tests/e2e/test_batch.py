"""Choosing many posts and doing something with all of them."""

from __future__ import annotations

import io
import re
import socket
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import (
    POSTER,
    SKETCH,
    Person,
    submit,
    wait_until,
)
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

PAGE_SIZE = 30


def make_posts(ready: Ready, person: Person, number: int, *models: str) -> list[str]:
    """Posts, the newest first: their ids, as the wall shows them."""
    made = ready.posts(person, [f"Number {n}" for n in range(number)], models=models)
    return [address.split("/")[2] for address in made[::-1]]


class Wall:
    """The gallery while posts are chosen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bar = page.locator("#batch")
        self.count = self.bar.locator("[data-batch-count]")

    def open(self, query: str = "") -> Wall:
        self.page.goto(f"/gallery/{query}")
        return self

    def focus(self, pk: str) -> None:
        self.page.locator(f"#post-{pk} .card__open").focus()

    @property
    def chosen(self) -> list[str]:
        boxes = self.page.locator(".card__pick:checked")
        return boxes.evaluate_all("(all) => all.map((box) => box.value)")  # type: ignore[no-any-return]


def test_keys_choose_one_a_range_and_everything(page: Page, ready: Ready, person: Person) -> None:
    ids = make_posts(ready, person, 6)
    wall = Wall(page).open()
    expect(wall.bar).to_be_hidden()
    wall.focus(ids[1])
    page.keyboard.press("x")
    expect(wall.bar).to_be_visible()
    expect(wall.count).to_have_text("1 selected")
    wall.focus(ids[4])
    page.keyboard.press("Shift+X")
    expect(wall.count).to_have_text("4 selected")
    assert wall.chosen == ids[1:5]
    page.keyboard.press("x")
    assert wall.chosen == ids[1:4]
    page.keyboard.press("Control+a")
    expect(wall.count).to_have_text("6 selected")
    page.keyboard.press("Escape")
    expect(wall.bar).to_be_hidden()
    assert wall.chosen == []


def test_escape_closes_one_thing_at_a_time_and_the_focus_stays_somewhere(
    page: Page, ready: Ready, person: Person
) -> None:
    ids = make_posts(ready, person, 3)
    wall = Wall(page).open()
    wall.focus(ids[1])
    page.keyboard.press("x")
    for button in ("#batch [popovertarget=batch-download]", ".search__help"):
        page.locator(button).click()
        expect(page.locator(":popover-open")).to_have_count(1)
        page.wait_for_timeout(100)
        page.keyboard.press("Escape")
        expect(page.locator(":popover-open")).to_have_count(0)
        expect(wall.count).to_have_text("1 selected")
    page.locator("#batch [data-batch-all]").focus()
    page.keyboard.press("Escape")
    expect(wall.bar).to_be_hidden()
    expect(page.locator(f"#post-{ids[1]} .card__open")).to_be_focused()
    page.keyboard.press("x")
    page.locator("[data-batch-clear]").press("Enter")
    expect(page.locator(f"#post-{ids[1]} .card__open")).to_be_focused()
    page.get_by_role("button", name="Select", exact=True).press("Enter")
    page.keyboard.press("Escape")
    expect(wall.bar).to_be_hidden()
    expect(page.get_by_role("button", name="Select", exact=True)).to_be_focused()


def test_the_pointer_chooses_with_and_without_shift_and_opens_nothing(
    page: Page, ready: Ready, person: Person
) -> None:
    ids = make_posts(ready, person, 5)
    wall = Wall(page).open()
    page.locator(f"#post-{ids[0]}").hover()
    page.locator(f"#post-{ids[0]} .card__pick").click()
    page.locator(f"#post-{ids[2]} .card__open").click(modifiers=["Shift"])
    assert wall.chosen == ids[:3]
    page.locator(f"#post-{ids[1]} .card__open").click()
    assert wall.chosen == [ids[0], ids[2]]
    assert page.url.endswith("/gallery/")
    page.locator("[data-batch-clear]").click()
    expect(wall.bar).to_be_hidden()
    select = page.get_by_role("button", name="Select", exact=True)
    select.click()
    expect(select).to_have_attribute("aria-pressed", "true")
    expect(wall.count).to_have_text("Select posts")
    page.locator(f"#post-{ids[3]} .card__open").click()
    assert wall.chosen == [ids[3]]
    select.click()
    expect(wall.bar).to_be_hidden()


def test_typing_in_the_search_chooses_nothing(page: Page, ready: Ready, person: Person) -> None:
    make_posts(ready, person, 1)
    wall = Wall(page).open()
    page.locator("#q").focus()
    page.keyboard.type("xX")
    page.keyboard.press("Control+a")
    expect(wall.bar).to_be_hidden()
    assert wall.chosen == []


def test_a_choice_survives_more_pages_and_other_filters(
    page: Page, ready: Ready, person: Person
) -> None:
    ids = make_posts(ready, person, PAGE_SIZE + 4)
    wall = Wall(page).open()
    wall.focus(ids[0])
    page.keyboard.press("x")
    page.locator("#sentinel").scroll_into_view_if_needed()
    expect(page.locator("#cards > li")).to_have_count(len(ids))
    wall.focus(ids[-1])
    page.keyboard.press("x")
    assert wall.chosen == [ids[0], ids[-1]]
    page.locator("#f-sort-open").click()
    page.locator("#f-sort a", has_text="Oldest").click()
    expect(page).to_have_url(re.compile("sort=oldest"))
    expect(page.locator("#cards > li").first).to_have_id(f"post-{ids[-1]}")
    assert wall.chosen == [ids[-1]], "what is not shown is not chosen"
    expect(wall.count).to_have_text("1 selected")


def test_everything_that_matches_is_more_than_what_is_shown(
    page: Page, ready: Ready, person: Person
) -> None:
    ids = make_posts(ready, person, PAGE_SIZE + 3)
    # A window so low that the next page does not come by itself.
    page.set_viewport_size({"width": 1440, "height": 300})
    wall = Wall(page).open()
    page.locator("#sentinel").wait_for()
    matching = page.get_by_role("button", name="Select all matching")
    expect(matching).to_be_hidden()
    wall.focus(ids[0])
    page.keyboard.press("Control+a")
    expect(matching).to_be_visible()
    matching.click()
    expect(wall.count).to_have_text("All matching, at most 500")
    page.get_by_role("button", name="Visibility").click()
    page.get_by_role("button", name="Make public", exact=True).last.click()
    expect(page.locator("#toasts")).to_contain_text(f"{len(ids)} posts are public now.")
    public = page.locator("#cards").get_by_role("button", name="Make unlisted")
    expect(public).to_have_count(PAGE_SIZE)
    expect(wall.bar).to_be_hidden()


def test_the_cards_show_what_was_done_at_once(page: Page, ready: Ready, person: Person) -> None:
    submit(page.context, "/projects/create/", {"name": "Farol"})
    ids = make_posts(ready, person, 3, SKETCH)
    wall = Wall(page).open()
    wall.focus(ids[0])
    page.keyboard.press("x")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Visibility").click()
    page.locator("#batch-visibility").get_by_text("Make public").click()
    expect(page.locator("#toasts")).to_contain_text("1 post is public now.")
    expect(page.locator(f"#post-{ids[0]}")).to_contain_text("public")
    expect(wall.bar).to_be_hidden()

    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Move to a project").click()
    page.locator("#batch-move").get_by_text("Farol").click()
    expect(page.locator("#toasts")).to_contain_text("3 posts moved to “Farol”.")
    page.locator(".nav a", has_text="Farol").click()
    page.wait_for_url("**/projects/*/")  # the wall that is left has three as well
    expect(page.locator("#cards > li")).to_have_count(3)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Move to a project").click()
    page.locator("#batch-move").get_by_text("No project").click()
    expect(page.locator("#cards > li")).to_have_count(0)


def test_the_chosen_come_as_one_archive_and_the_page_stays(
    page: Page, ready: Ready, person: Person
) -> None:
    ids = make_posts(ready, person, 2, SKETCH)
    wall = Wall(page).open()
    wall.focus(ids[0])
    page.keyboard.press("Control+a")
    page.locator("#batch").get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_text("With prompt and settings").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"pixelstream_\d{4}-\d\d-\d\d\.zip", name)
    with zipfile.ZipFile(Path(download.value.path())) as read:
        assert read.testzip() is None
        assert len(read.namelist()) == 2
        assert b"Number 0" in b"".join(read.read(member) for member in read.namelist())
    expect(wall.count).to_have_text("2 selected")
    expect(page).to_have_url(re.compile("/gallery/$"))


def test_everything_is_a_plain_form_without_javascript(browse: Browsing, ready: Ready) -> None:
    plain = browse(java_script_enabled=False)
    ids = make_posts(ready, ready.person(plain.context), 2, SKETCH)
    wall = Wall(plain).open("?aspect=1:1")
    expect(wall.bar).to_be_visible()
    plain.locator(f"#post-{ids[0]} .card__pick").check()
    plain.get_by_role("button", name="Visibility").click()
    plain.locator("#batch-visibility").get_by_text("Make public").click()
    expect(plain.get_by_role("heading", level=1).last).to_have_text("1 post is public now.")
    plain.get_by_role("link", name="Back to the gallery").click()
    expect(plain).to_have_url(re.compile(r"/gallery/\?aspect=1%3A1$"))
    plain.locator(f"#post-{ids[0]} .card__pick").check()
    plain.locator(f"#post-{ids[1]} .card__pick").check()
    plain.locator("#batch").get_by_role("button", name="Download").click()
    with plain.expect_download() as download:
        plain.get_by_text("Pictures only").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as read:
        assert len(read.namelist()) == 2
    plain.locator("#batch").get_by_role("button", name="Move to a project").click()
    plain.get_by_text("Another project").click()
    plain.get_by_role("button", name="No project").click()
    expect(plain.get_by_text("2 skipped: already so.")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_the_bar_is_accessible_and_fits(
    browse: Browsing, ready: Ready, phone: bool, colour_scheme: str
) -> None:
    page = browse(phone=phone, color_scheme=colour_scheme)
    person = ready.person(page.context)
    ids = make_posts(ready, person, 2, SKETCH)
    wall = Wall(page).open()
    wall.focus(ids[0])
    page.keyboard.press("x")
    expect(wall.bar).to_be_visible()
    assert find_barriers(page) == []
    for element in (wall.bar, *wall.bar.locator("> button:visible").all()):
        box = element.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= (390 if phone else 1440)
    assert find_overflow(page) == []
    page.get_by_role("button", name="Visibility").click()
    menu = page.locator("#batch-visibility").bounding_box()
    assert menu
    assert menu["y"] >= 0
    assert find_barriers(page) == []


INFLATE = """
from django.core.files.storage import storages
from gallery.models import GeneratedImage
for image in GeneratedImage.objects.filter(post={pk}):
    with open(storages["public"].path(image.object.key), "ab") as file:
        file.write(bytes(40_000_000))
    image.object.size += 40_000_000
    image.object.save()
"""


def test_archives_that_nobody_reads_any_more_give_their_places_back(
    page: Page, ready: Ready, person: Person, app: RunningApp
) -> None:
    """The server stops reading for a browser that has gone, and the thread is free again."""
    [address] = ready.posts(person, ["Something large"], models=[SKETCH, POSTER])
    app.run(INFLATE.format(pk=address.split("/")[2]))
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())

    def begin() -> tuple[socket.socket, int]:
        connection = socket.create_connection(("127.0.0.1", app.port), timeout=30)
        request = (
            f"GET {address}download/ HTTP/1.1\r\nHost: 127.0.0.1:{app.port}\r\nCookie: {cookies}"
        )
        connection.sendall(f"{request}\r\n\r\n".encode())
        return connection, int(connection.recv(4096).split()[1])

    running = [begin() for _ in range(2)]
    assert [status for _connection, status in running] == [200, 200]
    refused, status = begin()
    assert status == 429
    assert page.request.get("/gallery/").ok, "pages have threads left"
    for connection, _status in (*running, (refused, 0)):
        connection.close()

    def is_free() -> bool:
        connection, status = begin()
        connection.close()
        return status == 200

    wait_until(is_free)
