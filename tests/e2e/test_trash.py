"""Deleting and its undoing, by hand and by key, in every place where there is a post."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e import states
from tests.e2e.audits import audit
from tests.e2e.browsing import Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import (
    PATIENCE,
    SLOW,
    Person,
    start_post,
    submit,
)
from tests.e2e.pictures import picture
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp

TRASH = "/gallery/trash/"
LANGUAGES = {"en-US": "Trash", "pt-BR": "Lixeira"}
LONGER_THAN_A_MESSAGE = 9000  # milliseconds
NEWS = 20_000  # milliseconds: other pages ask every 15 s
FILL = """
from django.contrib.auth import get_user_model
from gallery.models import Post
owner = get_user_model().objects.get(email="{email}")
Post.objects.bulk_create(
    Post(owner=owner, prompt=f"fox {{n}}", status="failed") for n in range({count})
)
"""


def fill(app: RunningApp, person: Person, count: int) -> None:
    """Give the person posts without pictures."""
    app.run(FILL.format(email=person.email, count=count))


def cards(page: Page) -> Locator:
    """The cards of the wall or the trash that is open."""
    return page.locator("#cards > li")


def ids(page: Page) -> list[str]:
    """The posts of these cards."""
    found = cards(page).evaluate_all("(all) => all.map((card) => card.dataset.post)")
    return [str(pk) for pk in found]


def card(page: Page, pk: str) -> Locator:
    """One of them."""
    return page.locator(f"#post-{pk}")


def link(page: Page, pk: str) -> Locator:
    """What has the focus when the card has it."""
    return card(page, pk).locator(".card__open")


def toast(page: Page) -> Locator:
    """The newest message that offers to undo."""
    return page.locator(".toast:not(.toast--leaving):has(.toast__undo)").last


def open_wall(page: Page, app: RunningApp, person: Person, count: int = 5) -> list[str]:
    """A wall with posts; gives their ids."""
    fill(app, person, count)
    page.goto("/gallery/")
    return ids(page)


# --- on the wall ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_deletes_the_card_with_the_focus_and_z_brings_it_back(
    app: RunningApp, page: Page, person: Person, key: str
) -> None:
    posts = open_wall(page, app, person)
    link(page, posts[1]).focus()
    page.keyboard.press(key)
    expect(card(page, posts[1])).to_have_count(0)
    expect(link(page, posts[2])).to_be_focused()
    expect(toast(page)).to_contain_text("Moved to trash.")
    expect(page.locator("#count")).to_have_text("4 posts")
    page.keyboard.press("z")
    expect(card(page, posts[1])).to_be_visible()
    assert ids(page) == posts
    expect(page.locator("#count")).to_have_text("5 posts")
    expect(toast(page)).to_have_count(0)
    page.keyboard.press("z")  # nothing is left to be undone
    assert ids(page) == posts


def test_the_button_of_the_card_deletes_and_the_message_undoes_several(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person)
    for pk in posts[:2]:
        card(page, pk).hover()
        card(page, pk).get_by_role("button", name="Move to trash").click()
        expect(card(page, pk)).to_have_count(0)
    expect(page.locator(".toast__undo")).to_have_count(2)
    for pk in (posts[1], posts[0]):
        toast(page).get_by_role("button", name="Undo").click()
        expect(card(page, pk)).to_be_visible()
    assert ids(page) == posts


def test_the_message_stays_while_it_has_the_pointer_or_the_focus(
    app: RunningApp, page: Page, person: Person
) -> None:
    page.clock.install()
    posts = open_wall(page, app, person)
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    undo = toast(page).get_by_role("button", name="Undo")
    undo.focus()
    page.clock.fast_forward(LONGER_THAN_A_MESSAGE)
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page, posts[0])).to_be_visible()
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    toast(page).hover()
    page.clock.fast_forward(LONGER_THAN_A_MESSAGE)
    expect(toast(page)).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.fast_forward(LONGER_THAN_A_MESSAGE)
    expect(toast(page)).to_have_count(0)


def test_the_last_card_leaves_an_empty_wall_and_comes_back(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 1)
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    page.keyboard.press("z")
    expect(card(page, posts[0])).to_be_visible()


def test_oldest_first_a_card_comes_back_to_its_place_too(
    app: RunningApp, page: Page, person: Person
) -> None:
    fill(app, person, 4)
    page.goto("/gallery/?sort=oldest")
    posts = ids(page)
    link(page, posts[3]).focus()
    page.keyboard.press("Delete")
    expect(link(page, posts[2])).to_be_focused()
    link(page, posts[1]).focus()
    page.keyboard.press("Delete")
    expect(cards(page)).to_have_count(2)
    page.keyboard.press("z")
    expect(cards(page)).to_have_count(3)
    page.keyboard.press("z")
    expect(cards(page)).to_have_count(4)
    assert ids(page) == posts


# --- many at once -----------------------------------------------------------------------------


def test_five_hundred_are_asked_about_once_and_go_together(
    app: RunningApp, page: Page, person: Person
) -> None:
    fill(app, person, 500)
    page.goto("/gallery/")
    cards(page).first.locator(".card__open").focus()
    page.keyboard.press("Control+a")
    page.locator("[data-batch-matching]").click()
    page.locator("#batch").get_by_role("button", name="Move to trash").click()
    dialog = page.get_by_role("dialog", name="Move 500 posts to the trash?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#batch")).to_be_visible()
    page.keyboard.press("Delete")
    dialog.get_by_role("button", name="Move to trash").click()
    expect(toast(page)).to_contain_text("500 posts moved to trash.")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(page.locator("#batch")).to_be_hidden()
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("500 posts restored.")
    expect(page.locator("#count")).to_have_text("500 posts")


def test_a_few_go_without_a_question(app: RunningApp, page: Page, person: Person) -> None:
    posts = open_wall(page, app, person)
    for pk in posts[1:3]:
        link(page, pk).focus()
        page.keyboard.press("x")
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("2 posts moved to trash.")
    expect(cards(page)).to_have_count(3)
    assert ids(page) == [posts[0], *posts[3:]]
    expect(page.locator("#batch")).to_be_hidden()
    page.keyboard.press("z")
    expect(cards(page)).to_have_count(5)
    assert ids(page) == posts
    expect(page.locator("#batch")).to_be_hidden()


# --- in the lightbox and on the post's page ---------------------------------------------------


def test_the_lightbox_goes_on_to_the_next_and_closes_after_the_last(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 3)
    lightbox = page.locator("#lightbox")
    link(page, posts[1]).click()
    expect(lightbox.locator("[data-lb-pictures][data-post]")).to_have_attribute(
        "data-post", posts[1]
    )
    lightbox.get_by_role("button", name="Delete image").click()
    expect(page).to_have_url(re.compile(rf"view={posts[2]}\b"))
    expect(lightbox.locator(".toast")).to_contain_text("Moved to trash.")
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile(rf"view={posts[1]}\b"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"view={posts[2]}\b"))
    expect(lightbox.locator(f"[data-lb-pictures][data-post='{posts[2]}']")).to_have_count(1)
    page.keyboard.press("Delete")
    expect(lightbox).to_be_hidden()
    expect(page).to_have_url(re.compile("/gallery/$"))
    expect(card(page, posts[2])).to_have_count(0)
    page.keyboard.press("z")
    expect(card(page, posts[2])).to_be_visible()
    assert ids(page) == posts


def test_the_lightbox_over_a_post_that_is_on_no_page_goes_on_too(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 40)
    oldest = str(int(posts[0]) - 38)
    page.goto(f"/gallery/?view={oldest}")
    pictures = page.locator("#lightbox [data-lb-pictures]")
    expect(pictures).to_have_attribute("data-post", oldest)
    page.keyboard.press("Delete")
    expect(pictures).to_have_attribute("data-post", str(int(oldest) - 1))
    expect(toast(page)).to_be_visible()
    page.keyboard.press("z")
    expect(pictures).to_have_attribute("data-post", oldest)
    expect(toast(page)).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(pictures).to_have_attribute("data-post", str(int(oldest) - 1))


def test_the_page_of_a_post_leads_to_the_gallery_and_back(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 2)
    page.goto(f"/posts/{posts[0]}/")
    page.get_by_role("button", name="Move to trash").click()
    page.wait_for_url("**/gallery/")
    expect(toast(page)).to_contain_text("Moved to trash.")
    assert ids(page) == [posts[1]]
    page.keyboard.press("z")
    expect(card(page, posts[0])).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("1 post restored.")
    page.goto(f"/posts/{posts[0]}/")
    page.keyboard.press("Backspace")
    page.wait_for_url("**/gallery/")
    assert ids(page) == [posts[1]]


# --- the trash itself -------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LANGUAGES)
def test_by_keyboard_alone_it_is_visited_restored_and_deleted_for_good(
    app: RunningApp, browse: Browsing, ready: Ready, locale: str
) -> None:
    page = browse(locale=locale)
    posts = open_wall(page, app, ready.person(page.context), 4)
    link(page, posts[0]).focus()
    for left in (3, 2, 1):
        page.keyboard.press("Delete")
        expect(cards(page)).to_have_count(left)
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"**{TRASH}")
    expect(page.locator(".nav [aria-current=page]")).to_have_attribute("href", TRASH)
    assert ids(page) == posts[2::-1]
    for key in ("Tab", "x", "Delete"):
        if key == "Tab":
            card(page, posts[2]).locator(".card__act").first.focus()
        else:
            page.keyboard.press(key)
    dialog = page.locator("dialog.question")
    expect(dialog.locator("[data-dialog-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#batch")).to_be_hidden()
    button = card(page, posts[2]).locator("[data-trash]")
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-dialog-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Delete")
    # Once it is open and has the focus: what is pressed sooner is for the page behind it.
    expect(dialog.locator("[data-dialog-close]")).to_be_focused()
    dialog.locator("[type=submit]").press("Enter")
    expect(cards(page)).to_have_count(2)
    expect(card(page, posts[1]).locator(".card__act").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#wall .empty")).to_be_visible()
    expect(page.locator("#trash-acts button")).to_have_count(0)
    page.goto("/gallery/")
    assert sorted(ids(page)) == sorted([posts[0], posts[1], posts[3]])


def test_what_is_chosen_is_restored_or_deleted_together(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 5)
    trash_all(page)
    page.goto(TRASH)
    for pk in posts[:2]:
        card(page, pk).hover()
        card(page, pk).locator(".card__pick").check()
    page.locator("#batch").get_by_role("button", name="Restore").click()
    expect(page.locator("#toasts")).to_contain_text("2 posts restored.")
    expect(cards(page)).to_have_count(3)
    expect(page.locator("#batch")).to_be_hidden()
    for pk in posts[2:4]:
        card(page, pk).hover()
        card(page, pk).locator(".card__pick").check()
    page.locator("#batch").get_by_role("button", name="Delete forever").click()
    page.get_by_role("dialog", name="Delete 2 posts?").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("2 posts deleted for good.")
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#count")).to_contain_text("1 post")


def trash_all(page: Page) -> None:
    """Move everything on the wall that is open to the trash."""
    cards(page).first.locator(".card__open").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(cards(page)).to_have_count(0)


def test_a_question_is_answered_once_however_often_one_presses(
    app: RunningApp, page: Page, person: Person
) -> None:
    posts = open_wall(page, app, person, 2)
    trash_all(page)
    page.goto(TRASH)
    card(page, posts[0]).locator("[data-trash]").click()
    yes = page.locator("dialog.question [type=submit]")
    expect(yes).to_be_visible()
    held: list[Route] = []
    page.route("**/delete/", lambda route: held.append(route))
    yes.click()
    expect(yes).to_have_attribute("aria-disabled", "true")
    for _ in range(3):
        yes.press("Enter")
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(cards(page)).to_have_count(1)
    assert len(held) == 1


def test_an_answer_that_fails_is_told_and_can_be_given_again(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("500")
    posts = open_wall(page, app, person, 1)
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    page.goto(TRASH)
    card(page, posts[0]).locator("[data-trash]").click()
    yes = page.locator("dialog.question [type=submit]")
    expect(yes).to_be_visible()
    page.route("**/delete/", lambda route: route.fulfill(status=500))
    yes.click()
    expect(page.locator("#toasts")).to_contain_text("Something went wrong")
    expect(yes).not_to_have_attribute("aria-disabled", "true")
    page.unroute("**/delete/")
    yes.click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()


def test_emptying_asks_and_tells_how_far_it_is_also_after_a_reload(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    fill(app, person, 60)
    posts = open_wall(page, app, person, 1)
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    page.goto(TRASH)
    browse.allow("ERR_FAILED")
    page.route("**/emptying/**", lambda route: route.abort())
    page.get_by_role("button", name="Empty trash").click()
    dialog = page.get_by_role("dialog", name="Empty trash?")
    dialog.get_by_role("button", name="Empty trash").click()
    expect(page.locator("#trash-bar")).to_contain_text("Emptying the trash: 0 of 1 posts deleted")
    page.unroute("**/emptying/**")
    expect(page.locator("#trash-bar")).to_contain_text("The trash is emptied: 1 post deleted")
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    page.reload()
    expect(page.locator("#trash-bar")).to_contain_text("Images stay here for 30 days")


def test_more_cards_come_as_one_scrolls(app: RunningApp, page: Page, person: Person) -> None:
    fill(app, person, 50)
    page.goto("/gallery/")
    cards(page).first.locator(".card__open").focus()
    page.keyboard.press("Control+a")
    page.locator("[data-batch-matching]").click()
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("50 posts moved to trash.")
    page.goto(TRASH)
    page.mouse.wheel(0, 9000)
    expect(cards(page)).to_have_count(50)
    assert len(set(ids(page))) == 50
    expect(page.get_by_text("That is everything.")).to_be_visible()


# --- other pages ------------------------------------------------------------------------------


def test_two_tabs_see_what_the_other_did(app: RunningApp, page: Page, person: Person) -> None:
    posts = open_wall(page, app, person, 3)
    other = page.context.new_page()
    other.goto(TRASH)
    page.bring_to_front()
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    expect(card(page, posts[0])).to_have_count(0)
    look_again(other)
    expect(card(other, posts[0])).to_be_visible()
    look_again(page)
    link(page, posts[1]).focus()
    page.keyboard.press("Delete")
    look_again(other)
    expect(cards(other)).to_have_count(2)
    assert ids(other) == [posts[1], posts[0]]
    card(other, posts[0]).get_by_role("button", name="Restore").click()
    expect(cards(other)).to_have_count(1)
    page.reload()
    assert ids(page) == [posts[0], posts[2]]
    card(page, posts[2]).hover()
    card(page, posts[2]).get_by_role("button", name="Move to trash").click()
    page.keyboard.press("z")
    expect(card(page, posts[2])).to_be_visible()


def test_a_tab_that_knows_nothing_yet_is_told_calmly(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 404")
    posts = open_wall(page, app, person, 4)
    other = page.context.new_page()
    other.goto("/gallery/")
    for pk in posts:
        link(page, pk).focus()
        page.keyboard.press("Delete")
        expect(card(page, pk)).to_have_count(0)
    page.goto(TRASH)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")  # it asks no more
    for pk, verb in ((posts[0], "delete"), (posts[1], "restore"), (posts[2], "delete")):
        fields = {"confirm": "1"}
        response = submit(page.context, f"/posts/{pk}/{verb}/", fields, at=TRASH)
        assert response.ok, response.status
    card(page, posts[0]).get_by_role("button", name="Restore").click()
    expect(page.locator("#toasts")).to_contain_text("Already deleted.")
    card(page, posts[1]).get_by_role("button", name="Delete forever").click()
    expect(page.locator("#toasts")).to_contain_text("This post is not in the trash any more.")
    expect(card(page, posts[0])).to_have_count(0)
    expect(card(page, posts[1])).to_have_count(0)
    link(other, posts[2]).focus()
    other.keyboard.press("Delete")
    expect(other.locator("#toasts")).to_contain_text("Already deleted.")
    expect(card(other, posts[2])).to_have_count(0)
    assert posts[1] in ids(other)


def test_the_address_of_a_post_in_the_trash_has_the_way_back(
    app: RunningApp, browse: Browsing, page: Page, person: Person
) -> None:
    browse.allow("status of 404")
    posts = open_wall(page, app, person, 1)
    link(page, posts[0]).focus()
    page.keyboard.press("Delete")
    expect(cards(page)).to_have_count(0)
    page.goto(f"/posts/{posts[0]}/")
    expect(page.get_by_role("heading", name="This post is in the trash")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#toasts")).to_contain_text("1 post restored.")
    expect(page).to_have_url(re.compile(f"/posts/{posts[0]}/$"))
    expect(page.locator("#results[aria-busy]")).to_be_visible()


def test_every_open_page_drops_what_is_trashed_elsewhere(
    page: Page, ready: Ready, person: Person, browse: Browsing
) -> None:
    browse.allow("status of 404.*/relatives/")  # of a post that is away
    [address] = ready.posts(person, ["A lamp"])
    pk = address.split("/")[2]
    addresses = ["/", "/gallery/", f"/gallery/?view={pk}", f"/posts/{pk}/"]
    addresses.append(f"/posts/create/?post={pk}")
    tabs = []
    for address in addresses:
        tab = page.context.new_page()
        tab.goto(address)
        expect(tab.locator(f"main [data-post='{pk}']").first).to_be_attached()
        tabs.append(tab)
    expect(tabs[2].locator("#lightbox [data-lb-pictures][data-post]")).to_be_attached()
    page.goto("/gallery/")
    link(page, pk).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    home, wall, lightbox, post, studio = tabs
    expect(card(home, pk)).to_have_count(0, timeout=NEWS)
    look_again(wall)
    expect(wall.get_by_text("Nothing here yet")).to_be_visible()
    look_again(lightbox)
    gone = lightbox.locator("#lightbox").get_by_text("This post is not there any more.")
    expect(gone.first).to_be_visible()
    for tab in (post, studio):
        look_again(tab)
        expect(tab.get_by_role("heading", name="This post is in the trash")).to_be_visible()
    post.get_by_role("button", name="Restore").click()
    expect(post.locator("#toasts")).to_contain_text("1 post restored.")
    expect(post.locator("#results img").first).to_be_visible()
    look_again(studio)
    expect(studio.locator("#results img").first).to_be_visible()


def test_what_is_being_made_stops_on_every_page(page: Page, person: Person) -> None:
    address = start_post(page.context, "slow=60 pier", SLOW)
    page.goto(address)
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    other = page.context.new_page()
    other.goto("/gallery/")
    cards(other).first.locator(".card__open").focus()
    other.keyboard.press("Delete")
    expect(other.get_by_text("Nothing here yet")).to_be_visible()
    look_again(page)
    expect(page.get_by_role("heading", name="This post is in the trash")).to_be_visible(
        timeout=NEWS
    )
    other.goto(TRASH)
    expect(cards(other).first).to_contain_text("Canceled by user")


# --- originals, no scripts, barriers ----------------------------------------------------------


def test_an_original_goes_with_what_was_made_from_it(page: Page, person: Person) -> None:
    states.add_reference(page, picture("harbour.png"))
    page.get_by_role("link", name="Use harbour.png").click()
    page.locator("#id_prompt").fill("A harbour")
    page.locator("#composer [data-submit]").click()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    page.goto("/references/")
    page.get_by_role("button", name="Delete harbour.png").click()
    dialog = page.get_by_role("dialog", name="Delete image?")
    expect(dialog).to_contain_text("remove the original plus all generated versions.")
    family = dialog.get_by_role("checkbox", name="and all versions made from it (1 post)")
    expect(family).to_be_checked()
    family.uncheck()
    expect(dialog).to_contain_text("Pictures made with it stay")
    family.check()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    told = "Image deleted. Removed 1 original and 1 generated version."
    expect(page.locator("#toasts")).to_contain_text(told)
    page.goto("/gallery/")
    expect(cards(page)).to_have_count(0)


def test_without_scripts_all_of_it_is_a_plain_form(
    app: RunningApp, browse: Browsing, ready: Ready
) -> None:
    page = browse(java_script_enabled=False)
    person = ready.person(page.context)
    fill(app, person, 3)
    page.goto("/gallery/?sort=oldest")
    posts = ids_without_scripts(page)
    for pk in posts:
        card(page, pk).hover()
        card(page, pk).get_by_role("button", name="Move to trash").click()
        expect(page).to_have_url(re.compile(r"/gallery/\?sort=oldest$"))
        expect(page.locator("#toasts")).to_contain_text("Moved to trash.")
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(1)
    page.locator(".nav").get_by_role("link", name="Trash").click()
    expect(cards(page)).to_have_count(2)
    card(page, posts[0]).get_by_role("button", name="Delete forever").click()
    expect(page.get_by_role("heading", name="Delete image?").last).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    expect(cards(page)).to_have_count(2)
    card(page, posts[0]).get_by_role("button", name="Delete forever").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    told = "Image deleted. Removed 1 original and 0 generated versions."
    expect(page.locator("#toasts")).to_contain_text(told)
    page.get_by_role("button", name="Empty trash").click()
    expect(page.get_by_role("heading", name="Empty trash?").last).to_be_visible()
    page.get_by_role("button", name="Empty trash").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible(timeout=PATIENCE)


def ids_without_scripts(page: Page) -> list[str]:
    """The posts of the page, read from it."""
    return re.findall(r'id="post-(\d+)"', page.content())


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_without_scripts_the_message_and_the_bar_are_not_in_each_others_way(
    app: RunningApp, browse: Browsing, ready: Ready, phone: bool
) -> None:
    page = browse(java_script_enabled=False, phone=phone)
    fill(app, ready.person(page.context), 2)
    page.goto("/gallery/")
    pk = ids_without_scripts(page)[0]
    card(page, pk).get_by_role("button", name="Move to trash").click(force=True)
    undo = page.get_by_role("button", name="Undo")
    undo.click(trial=True)
    for button in page.locator("#batch > button:visible").all():
        button.click(trial=True)
    undo.click()
    expect(cards(page)).to_have_count(2)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nothing_is_in_anybodys_way(browse: Browsing, ready: Ready, locale: str) -> None:
    browse.allow("ERR_FAILED|status of 404")  # held up, to be looked at; a post that is away
    page = browse(locale=locale)
    posts = ready.posts(ready.person(page.context), [*states.PROMPTS, *states.PROMPTS])
    assert audit(page, states.trash_states(page, posts)) == []
