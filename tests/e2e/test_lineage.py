"""Lists of conversations and the tree of a line, and the ways there and from there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import DESKTOP, PHONE, Browsing
from tests.e2e.pages import Person
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

PAGE_SIZE = 30
BEFORE = """
from django.utils import timezone
from gallery.models import Post
from gallery.services import deletion, trash
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
owner = User.objects.get(email={email!r})
"""
MANY = f"""
source = create_post(owner).images.get()
create_conversation(owner, source, title="Ação no farol, com a luz acesa")
for number in range({PAGE_SIZE + 3}):
    create_conversation(owner, source, title=f"Night {{number}}")
"""
# A deep line with two branches: its first post is in the trash, its third is deleted for good.
LINE = """
conversation = create_conversation(owner, title="W" * 90)
image = conversation.source_image
images = [image]
for number in range(9):
    turn = create_turn(conversation, outputs=1, bases=[image], message="make it " + "darker " * 30)
    image = turn.images.get()
    images.append(image)
create_turn(conversation, outputs=2, bases=[images[1]], message="brighter")
Post.objects.filter(parent__isnull=False, owner=owner).update(caption="x" * 300)
trash.trash(owner=owner, ids=[images[0].post_id])
deletion.delete_posts(Post.objects.filter(pk=images[2].post_id), by=owner)
print(images[1].post_id)
"""
TWO_PICTURES = """
post = create_post(owner, images=2)
create_conversation(owner, post.images.get(position=1), title="Of the second one")
print(post.pk)
"""
LOOKS = [(size, scheme) for size in (DESKTOP, PHONE) for scheme in ("light", "dark")]


def prepare(app: RunningApp, person: Person, code: str) -> str:
    """Make what the test is about, in no time; returns what was printed."""
    return app.run(BEFORE.format(email=person.email) + code).strip()


def find_faults(page: Page) -> list[str]:
    """What is wrong with the page in any theme and width."""
    found = []
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        found += [*find_barriers(page), *find_overflow(page)]
    page.set_viewport_size({"width": 320, "height": 640})
    return [*found, *find_overflow(page)]


def test_the_list_is_reached_by_keys_grows_by_scrolling_and_is_searched(
    app: RunningApp, page: Page, person: Person
) -> None:
    page.goto("/gallery/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    assert find_faults(page) == []
    page.set_viewport_size(DESKTOP)

    prepare(app, person, MANY)
    page.reload()
    rows = page.locator("[data-conversation]")
    expect(rows.first).to_contain_text("Night 32")
    page.mouse.wheel(0, 20_000)
    expect(rows).to_have_count(PAGE_SIZE + 4)
    expect(page.get_by_text("That is everything.")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("acao luz")
    expect(rows).to_have_count(1)
    expect(rows.locator("mark")).to_have_text(["Ação", "luz"])
    expect(page.locator("#announce")).to_have_text("1 conversation found")
    assert page.url.endswith("/conversations/?q=acao+luz")
    assert find_faults(page) == []
    page.set_viewport_size(DESKTOP)
    page.locator("#q").fill("zebra")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.go_back()
    page.go_forward()
    page.get_by_role("link", name="Show everything").click()
    rows.first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/posts/edit/\d+/$"))


def test_the_picture_in_front_of_the_lightbox_is_refined_with_a_key(
    app: RunningApp, page: Page, person: Person
) -> None:
    post = prepare(app, person, TWO_PICTURES)
    page.goto(f"/gallery/?view={post}")
    lightbox = page.get_by_role("dialog", name="Picture viewer")
    side = lightbox.get_by_role("complementary", name="Details")
    expect(side.get_by_text("No edit conversations yet")).to_be_visible()
    page.keyboard.press("2")
    expect(side.get_by_text("Of the second one")).to_be_visible()
    expect(side.get_by_text("No edit conversations yet")).to_be_hidden()
    assert find_faults(page) == []
    page.set_viewport_size(DESKTOP)

    shown = lightbox.locator(".lb__frame:not([hidden]) .lb__img").get_attribute("src") or "?"
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="New conversation")
    expect(dialog).to_be_visible()
    expect(dialog.locator("figure img")).to_have_attribute("src", shown)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(lightbox).to_be_visible()
    side.get_by_role("link", name="New conversation").click()
    expect(dialog.locator("figure img")).to_have_attribute("src", shown)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_tree_of_a_line_leads_to_its_posts(
    app: RunningApp, browse: Browsing, ready: Ready, has_scripts: bool
) -> None:
    page = browse(java_script_enabled=has_scripts)
    person = ready.person(page.context)
    post = prepare(app, person, LINE)
    page.goto(f"/posts/{post}/")
    expect(page.get_by_text("In the trash")).to_be_visible()
    page.get_by_role("link", name="Lineage").first.click()
    tree = page.locator(".lineage-page")
    expect(page.get_by_role("heading", name="Lineage", level=1)).to_be_visible()
    expect(tree.get_by_role("listitem")).to_have_count(12)
    expect(tree.locator("[aria-current=true]")).to_contain_text("1a")
    expect(tree.get_by_text("Deleted picture")).to_be_visible()
    expect(tree.get_by_text("from 8a")).to_be_visible()
    if has_scripts:
        assert find_faults(page) == []
        page.set_viewport_size(DESKTOP)
        page.goto(f"/posts/{post}/")
        assert find_faults(page) == []
        page.goto(f"/gallery/?view={post}")
        expect(page.get_by_text("Derived from")).to_be_visible()
        assert find_faults(page) == []
        page.goto(f"/posts/{post}/lineage/")
    tree.get_by_role("link", name="9a").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/posts/\d+/$"))
    expect(page.get_by_text("Derived from")).to_be_visible()
