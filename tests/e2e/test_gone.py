"""What is trashed, deleted or withdrawn elsewhere leaves every open page, and comes back to it."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import find_barriers, find_overflow, settle
from tests.e2e.browsing import PHONE, Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import Person, submit, wait_until
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

NEWS = 20_000
"""Milliseconds: open pages ask every 15 s."""


def other_tab(page: Page, address: str) -> Page:
    tab = page.context.new_page()
    tab.goto(address)
    return tab


def change(page: Page, address: str, **fields: str) -> None:
    """As another tab of the person would."""
    answer = submit(page.context, address, fields, at="/gallery/")
    assert answer.ok, answer.status


def output(page: Page, label: str) -> Locator:
    return page.locator(".out").filter(has=page.get_by_text(label, exact=True))


def post_of(figure: Locator) -> str:
    return f"/posts/{figure.get_attribute('data-post')}/"


def trash_and_delete(page: Page, post: str) -> None:
    change(page, f"{post}trash/")
    change(page, f"{post}delete/", confirm="1")


# --- the page of a conversation ---------------------------------------------------------------


@pytest.fixture
def conversation(ready: Ready, page: Page, person: Person) -> Page:
    """The open page of three turns: 1a 1b, 2a, 3a 3b."""
    post = ready.posts(person, ["A lighthouse"])[0]
    page.goto(ready.conversation(person, post, [2, 1, 2]))
    expect(page.locator(".turn")).to_have_count(3)
    return page


def test_an_output_that_was_trashed_elsewhere_changes_and_comes_back(conversation: Page) -> None:
    page = conversation
    figure = output(page, "1b")
    post, picture = post_of(figure), figure.locator("img").get_attribute("id")
    assert picture is not None
    print_of = page.locator(f"#print-{picture.removeprefix('image-')}")
    message = page.locator("#ask_message")
    message.fill("not sent yet")
    tick = page.locator("#ask-auto input[type=checkbox]").first
    tick.uncheck()
    message.focus()
    height = page.evaluate("scrollTo(0, 120), scrollY")
    expect(print_of).to_be_visible()

    change(page, f"{post}trash/")
    look_again(page)
    expect(figure).to_have_class(re.compile("out--away"))
    expect(figure.get_by_text("In the trash")).to_be_visible()
    expect(figure.locator(".card__act")).to_have_count(0)
    expect(print_of).to_have_count(0)
    expect(page.locator(f".tree [data-line='{post.split('/')[2]}']")).to_contain_text(
        "In the trash"
    )
    expect(message).to_have_value("not sent yet")
    expect(message).to_be_focused()
    expect(tick).not_to_be_checked()
    wait_until(lambda: page.evaluate("scrollY") == height)

    change(page, f"{post}restore/")
    look_again(page)
    expect(figure).not_to_have_class(re.compile("out--away"))
    expect(figure.locator(".card__act")).to_have_count(4)
    expect(print_of).to_be_visible()
    expect(message).to_have_value("not sent yet")

    trash_and_delete(page, post)
    look_again(page)
    expect(page.locator(".turn").first.get_by_text("This picture was deleted.")).to_be_visible()
    expect(output(page, "1a").locator("img")).to_be_visible()


def test_a_page_that_is_only_looked_at_learns_it_too(conversation: Page) -> None:
    figure = output(conversation, "2a")
    change(conversation, f"{post_of(figure)}trash/")
    expect(figure).to_have_class(re.compile("out--away"), timeout=NEWS)


def test_the_source_and_what_the_next_turn_starts_from_change_too(conversation: Page) -> None:
    page = conversation
    source = page.locator(".aside a.out__open").get_attribute("href")
    assert source is not None
    first, second = output(page, "3a"), output(page, "3b")
    offered = page.locator("#ask-auto .ask__base")
    expect(offered).to_have_count(2)
    offered.first.locator("input").uncheck()
    offered.first.locator("input").check()  # from here on the choice is the person's
    change(page, f"{post_of(first)}trash/")
    change(page, f"{source}trash/")
    look_again(page)
    expect(page.get_by_text("The source is in the trash.")).to_be_visible()
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("title", "3b")
    expect(offered.locator("input")).to_be_checked()
    expect(page.locator("#strip .print")).to_have_count(4)
    change(page, f"{post_of(second)}trash/")
    look_again(page)
    expect(offered).to_have_attribute("title", "2a")
    change(page, f"{source}delete/", confirm="1")
    look_again(page)
    expect(page.get_by_text("The source was deleted.")).to_be_visible()


def test_a_picture_that_is_being_compared_gives_way(conversation: Page) -> None:
    page = conversation
    output(page, "3b").hover()
    output(page, "3b").get_by_role("link", name="Compare 3b").click()
    shown = page.locator("#compare-dialog .compare__side figcaption")
    expect(shown.last).to_have_text("3b")
    change(page, f"{post_of(output(page, '3b'))}trash/")
    look_again(page)
    expect(shown.last).to_have_text("3a")
    page.goto(f"{page.url}compare/")
    shown = page.locator(".compare-page .compare__side figcaption")
    expect(shown.last).to_have_text("3a")
    look_again(page)
    page.wait_for_timeout(500)
    page.go_back()
    post = post_of(output(page, "3a"))
    page.go_forward()
    expect(shown.last).to_have_text("3a")
    change(page, f"{post}trash/")
    look_again(page)
    expect(shown.last).to_have_text("2a")


def test_earlier_turns_that_were_fetched_change_as_well(
    page: Page, ready: Ready, person: Person
) -> None:
    post = ready.posts(person, ["A pier"])[0]
    page.goto(ready.conversation(person, post, [1] * 10))
    expect(page.locator(".turn")).to_have_count(6)
    page.get_by_role("link", name="Earlier edits").click()
    expect(page.locator(".turn")).to_have_count(10)
    figure = output(page, "1a")
    change(page, f"{post_of(figure)}trash/")
    look_again(page)
    expect(figure).to_have_class(re.compile("out--away"))
    expect(page.locator(".turn")).to_have_count(10)


def test_what_is_deleted_on_the_page_itself_and_undone_is_whole_again(conversation: Page) -> None:
    page = conversation
    figure = output(page, "2a")
    figure.hover()
    figure.locator("button[popovertarget]").click()
    figure.get_by_role("button", name="Delete").click()
    expect(figure).to_have_class(re.compile("out--away"))
    expect(figure.locator(".card__act")).to_have_count(0)
    page.locator(".toast__undo").click()
    expect(figure).not_to_have_class(re.compile("out--away"))
    expect(figure.locator(".card__act")).to_have_count(4)


def test_a_conversation_that_was_trashed_elsewhere_says_so_until_it_is_back(
    conversation: Page, browse: Browsing
) -> None:
    browse.allow("status of 404")
    page = conversation
    page.locator("#ask_message").fill("not sent yet")
    address = page.url.removeprefix(browse.url)
    change(page, f"{address}trash/")
    look_again(page)
    expect(page.get_by_role("heading", name="This conversation is in the trash")).to_be_visible()
    expect(page.locator(".turn, .ask")).to_have_count(0)
    conversation_id = address.split("/")[3]
    change(page, "/gallery/trash/restore/", posts=f"c{conversation_id}")
    look_again(page)
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.locator("#ask_message")).to_have_value("not sent yet")


@pytest.mark.parametrize("place", ["trash", "gone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_that_is_away_is_accessible_on_a_phone(
    conversation: Page, browse: Browsing, scheme: Literal["light", "dark"], place: str
) -> None:
    browse.allow("status of 404")
    page = conversation
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)
    address = page.url.removeprefix(browse.url)
    change(page, f"{address}trash/")
    if place == "gone":
        trashed = f"c{address.split('/')[3]}"
        change(page, "/gallery/trash/delete/", posts=trashed, confirm="1")
    look_again(page)
    away = page.locator(f"[data-not-here='{place}']")
    expect(away.get_by_role("heading")).to_be_visible()
    settle(page)
    assert find_barriers(page) + find_overflow(page) == []


# --- beside a post ----------------------------------------------------------------------------


@pytest.fixture
def edited(ready: Ready, page: Page, person: Person) -> tuple[str, str, str]:
    """Addresses: of a post, of the conversation about it, of the post that this gave."""
    source = ready.posts(person, ["A pier"])[0]
    talk = ready.conversation(person, source, [1])
    page.goto(talk)
    return source, talk, post_of(output(page, "1a"))


def follows(page: Page, beside: Locator, edited: tuple[str, str, str]) -> None:
    """What stands beside the edit changes with its source and its conversation, and back."""
    source, talk, _made = edited
    origin, cards = (
        beside.locator("a.lineage[href*='/posts/']").first,
        beside.locator(".lineages a"),
    )
    expect(origin).to_have_attribute("href", source)
    expect(cards).to_have_count(1)
    new = beside.get_by_role("link", name="New conversation").locator("visible=true")
    new.focus()

    change(page, f"{source}trash/")
    change(page, f"{talk}trash/")
    look_again(page)
    expect(beside.locator(".lineage--away")).to_contain_text("In the trash")
    expect(beside.get_by_text("No edit conversations yet")).to_be_visible()
    expect(cards).to_have_count(0)
    expect(new).to_be_focused()

    change(page, f"{source}restore/")
    change(page, "/gallery/trash/restore/", posts=f"c{talk.split('/')[3]}")
    look_again(page)
    expect(beside.locator(".lineage--away")).to_have_count(0)
    expect(cards).to_have_count(1)
    expect(new).to_be_focused()

    trash_and_delete(page, source)
    look_again(page)
    expect(beside.get_by_text("A picture that was deleted")).to_be_visible()


def test_what_stands_beside_a_post_follows_on_its_page(
    page: Page, edited: tuple[str, str, str]
) -> None:
    page.goto(edited[2])
    follows(page, page.locator(".post__side"), edited)


def test_what_stands_beside_a_post_follows_in_the_lightbox(
    page: Page, edited: tuple[str, str, str]
) -> None:
    page.goto(f"/gallery/?view={edited[2].split('/')[2]}")
    beside = page.locator("#lightbox-side")
    beside.locator("summary").click()
    follows(page, beside, edited)
    expect(beside.locator("details")).to_have_attribute("open", "")


def test_what_was_made_from_a_post_comes_back_to_its_page(
    page: Page, edited: tuple[str, str, str]
) -> None:
    source, _talk, made = edited
    page.goto(source)
    kin = page.locator(".kin li")
    expect(kin).to_have_count(1)
    change(page, f"{made}trash/")
    look_again(page)
    expect(kin).to_have_count(0)
    expect(page.get_by_role("heading", name="Made from this")).to_be_hidden()
    change(page, f"{made}restore/")
    look_again(page)
    expect(kin).to_have_count(1)


def test_a_lightbox_that_was_closed_asks_for_nothing(
    page: Page, edited: tuple[str, str, str]
) -> None:
    page.goto(f"/gallery/?view={edited[2].split('/')[2]}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("#lightbox-origin")).to_be_visible()
    look_again(page)
    page.wait_for_timeout(500)
    assert any("/lightbox/relatives/" in url for url in asked)
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()
    page.wait_for_timeout(500)
    asked.clear()
    look_again(page)
    page.wait_for_timeout(500)
    assert not any("/lightbox/" in url for url in asked)


# --- lists and lines --------------------------------------------------------------------------


def test_the_list_of_conversations_drops_and_draws_anew(
    page: Page, ready: Ready, person: Person
) -> None:
    posts = ready.posts(person, ["A pier", "A tower"])
    addresses = [ready.conversation(person, post, [1]) for post in posts]
    page.goto(addresses[0])
    made = post_of(output(page, "1a"))
    page.goto("/conversations/")
    rows = page.locator(".conv")
    expect(rows).to_have_count(2)
    older = rows.last
    expect(older.locator("img")).to_have_count(2)
    older.get_by_role("link").focus()
    change(page, f"{made}trash/")
    look_again(page)
    expect(older.locator("img")).to_have_count(1)
    expect(older.get_by_role("link")).to_be_focused()
    change(page, f"{addresses[0]}trash/")
    look_again(page)
    expect(rows).to_have_count(1)
    expect(page.locator("#conversation-count")).to_have_text("1")
    expect(rows.get_by_role("link")).to_be_focused()
    change(page, f"{addresses[1]}trash/")
    look_again(page)
    expect(page.get_by_text("No conversations yet")).to_be_visible()


def test_the_page_of_a_lineage_follows(page: Page, ready: Ready, person: Person) -> None:
    post = ready.posts(person, ["A pier"])[0]
    page.goto(ready.conversation(person, post, [1, 1]))
    first = post_of(output(page, "1a"))
    page.goto(f"{post}lineage/")
    expect(page.locator(".line__node")).to_have_count(3)
    change(page, f"{first}trash/")
    look_again(page)
    expect(page.locator(".line__i--away")).to_have_count(1)
    change(page, f"{first}restore/")
    look_again(page)
    expect(page.locator(".line__i--away")).to_have_count(0)


def test_the_lineage_of_a_post_that_is_trashed_leads_to_its_page(
    page: Page, ready: Ready, person: Person, browse: Browsing
) -> None:
    browse.allow("status of 404")
    post = ready.posts(person, ["A pier"])[0]
    page.goto(f"{post}lineage/")
    change(page, f"{post}trash/")
    look_again(page)
    expect(page.get_by_role("heading", name="This post is in the trash")).to_be_visible()


def test_what_was_made_from_a_post_and_the_largest_posts_leave_their_lists(
    page: Page, ready: Ready, person: Person
) -> None:
    post = ready.posts(person, ["A pier"])[0]
    page.goto(ready.conversation(person, post, [2]))
    first, second = post_of(output(page, "1a")), post_of(output(page, "1b"))
    page.goto("/settings/storage/")
    expect(page.locator(".storage__largest li")).to_have_count(3)
    change(page, f"{first}trash/")
    look_again(page)
    expect(page.locator(".storage__largest li")).to_have_count(2)
    page.goto(post)
    expect(page.locator(".kin li")).to_have_count(1)
    change(page, f"{second}trash/")
    look_again(page)
    expect(page.locator(".kin li")).to_have_count(0)


# --- what strangers see -----------------------------------------------------------------------


def test_a_stranger_sees_a_withdrawn_post_go(
    app: RunningApp, browse: Browsing, page: Page, ready: Ready, person: Person
) -> None:
    # What other tests made public would keep the feed from becoming empty.
    app.run(
        "from gallery.models import Post\n"
        "Post.objects.filter(visibility='public').update(visibility='unlisted')"
    )
    posts = ready.posts(person, ["A quay at dawn", "A quay at noon", "A quay at night"])
    for post in posts:
        change(page, f"{post}visibility/", visibility="public")
    stranger = browse()
    stranger.goto("/")
    cards = stranger.locator("#feed .card").filter(has_text="A quay")
    expect(cards).to_have_count(3)
    change(page, f"{posts[0]}visibility/", visibility="unlisted")
    look_again(stranger)
    expect(cards).to_have_count(2)
    change(page, f"{posts[1]}trash/")
    expect(cards).to_have_count(1, timeout=NEWS)
    app.run(
        "from gallery.models import Post\n"
        f"Post.objects.filter(pk={posts[2].split('/')[2]}).update(is_disabled_by_admin=True)"
    )
    look_again(stranger)
    expect(cards).to_have_count(0)
    expect(stranger.get_by_role("heading", name="What people make")).to_be_hidden()
    expect(stranger.get_by_role("link", name="See what people make")).to_be_hidden()
