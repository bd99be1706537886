"""The gallery: page after page, filters, search, keys, and all of it without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.coming_back import look_again
from tests.e2e.pages import FAILING, SLOW, Person, start_post, wait_until
from tests.e2e.ready import Ready

PAGE_SIZE = 30
WISHES = [
    ("A lighthouse at dusk", "1:1"),
    ("A harbour in the fog", "16:9"),
    ("A fox in the snow", "1:1"),
    ("A lighthouse in a storm", "16:9"),
]


@pytest.fixture
def posts(ready: Ready, person: Person) -> list[str]:
    """The addresses of a few posts with pictures, oldest first."""
    return [
        address
        for wish, ratio in WISHES
        for address in ready.posts(person, [wish], aspect_ratio=ratio)
    ]


def numbers(count: int) -> list[str]:
    """As many prompts."""
    return [f"Number {number}" for number in range(count)]


def cards(page: Page) -> Locator:
    """The posts on the wall."""
    return page.locator("#cards > li")


def shown(page: Page) -> list[str]:
    """The addresses of the posts on the wall, in order."""
    links = page.locator("#cards .card__open")
    return links.evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")  # type: ignore[no-any-return]


def expect_shown(page: Page, posts: list[str]) -> None:
    """Wait until these posts are on the wall, in this order: its address changes before it does."""
    wait_until(lambda: shown(page) == posts)


def go_in_history(page: Page, steps: int, query: str) -> None:
    """Press Back or Forward; the wall of that address is fetched anew."""
    with page.expect_event("load"):
        page.evaluate("(steps) => setTimeout(() => history.go(steps))", steps)
    expect(page).to_have_url(re.compile(rf"/gallery/{re.escape(query)}$"))


def test_older_posts_come_by_themselves_while_one_scrolls(
    page: Page, ready: Ready, person: Person
) -> None:
    addresses = ready.posts(person, numbers(2 * PAGE_SIZE + 1), models=())
    page.goto("/gallery/")
    assert cards(page).count() >= PAGE_SIZE

    def has_all() -> bool:
        page.mouse.wheel(0, 2000)
        return cards(page).count() >= len(addresses)

    page.mouse.move(700, 500)
    wait_until(has_all)
    assert shown(page) == addresses[::-1]
    expect(page.get_by_text("That is everything.")).to_be_visible()
    expect(page.locator("#announce")).to_contain_text("more post")


def test_filters_change_the_wall_and_the_address_and_back_takes_them_back(
    page: Page, posts: list[str]
) -> None:
    page.goto("/gallery/")
    page.get_by_role("button", name="Aspect").click()
    page.locator("#f-aspect").get_by_role("link", name="16:9", exact=True).click()
    expect(page).to_have_url(re.compile(r"/gallery/\?aspect=16%3A9$"))
    expect(cards(page)).to_have_count(2)
    expect(page.locator("#f-aspect-open")).to_be_focused()
    page.locator("#f-sort-open").click()
    page.get_by_role("link", name="Oldest").click()
    expect(page).to_have_url(re.compile(r"aspect=16%3A9&sort=oldest$"))
    expect(cards(page).first).to_have_attribute("data-post", posts[1].split("/")[2])
    expect_shown(page, [posts[1], posts[3]])
    go_in_history(page, -1, "?aspect=16%3A9")
    expect_shown(page, [posts[3], posts[1]])
    go_in_history(page, -1, "")
    expect_shown(page, posts[::-1])
    go_in_history(page, 1, "?aspect=16%3A9")
    expect_shown(page, [posts[3], posts[1]])
    page.get_by_role("link", name="Remove filter: 16:9").press("Enter")
    expect(page).to_have_url(re.compile(r"/gallery/\?$"))
    expect(cards(page)).to_have_count(len(posts))
    expect(page.locator("#f-aspect-open")).to_be_focused()
    page.goto("/gallery/?aspect=1:1&kind=created")
    page.get_by_role("link", name="Clear all").press("Enter")
    expect(cards(page)).to_have_count(len(posts))
    expect(page.locator("#f-kind-open")).to_be_focused()


def test_searching_while_typing_keeps_the_field_and_the_filters(
    page: Page, posts: list[str]
) -> None:
    page.goto("/gallery/?aspect=16:9")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("lighth")
    expect(page).to_have_url(re.compile(r"\?q=lighth&aspect=16%3A9$"))
    expect(cards(page)).to_have_count(1)
    page.keyboard.type("ouse", delay=150)
    expect(page).to_have_url(re.compile(r"\?q=lighthouse&aspect=16%3A9$"))
    expect(field).to_be_focused()
    expect(field).to_have_value("lighthouse")
    expect_shown(page, [posts[3]])
    go_in_history(page, -1, "?aspect=16:9")
    expect(field).to_have_value("")
    expect(cards(page)).to_have_count(2)


def test_what_is_chosen_while_an_answer_is_late_is_added_to_it(
    page: Page, posts: list[str]
) -> None:
    late: list[Route] = []
    page.route(re.compile(r"aspect=16%3A9$"), lambda route: late.append(route))
    page.goto("/gallery/")
    page.locator("#f-aspect-open").click()
    page.locator("#f-aspect").get_by_role("link", name="16:9", exact=True).click()
    expect(page.locator("#wall")).to_have_class(re.compile("htmx-request"))
    page.locator("#f-sort-open").click()
    page.get_by_role("link", name="Oldest").click()
    expect(page).to_have_url(re.compile(r"\?aspect=16%3A9&sort=oldest$"))
    expect(cards(page)).to_have_count(2)
    expect_shown(page, [posts[1], posts[3]])
    expect(page.get_by_role("link", name="Remove filter: 16:9")).to_be_visible()
    assert len(late) == 1, "nobody waits for it any more"

    late.clear()
    page.goto("/gallery/")
    page.route(re.compile(r"q=lighthouse$"), lambda route: late.append(route))
    page.get_by_role("searchbox").fill("lighthouse")
    expect(page.locator("#wall")).to_have_class(re.compile("htmx-request"))
    page.locator("#f-sort-open").click()
    page.get_by_role("link", name="Oldest").click()
    expect(page).to_have_url(re.compile(r"\?q=lighthouse&sort=oldest$"))
    expect_shown(page, [posts[0], posts[3]])
    expect(page.get_by_role("searchbox")).to_have_value("lighthouse")
    page.locator("#q").fill("fox")
    expect(page).to_have_url(re.compile(r"\?q=fox&sort=oldest$"))
    expect_shown(page, [posts[2]])


def test_the_next_page_of_other_filters_is_not_taken(
    page: Page, ready: Ready, person: Person
) -> None:
    made = ready.posts(person, numbers(PAGE_SIZE + 2), models=())
    late: list[Route] = []
    page.route(re.compile(r"before="), lambda route: late.append(route))
    page.goto("/gallery/")
    page.locator("#sentinel").scroll_into_view_if_needed()
    wait_until(lambda: page.wait_for_timeout(50) or late)
    page.locator("#q").fill("number 7")
    expect(cards(page)).to_have_count(1)
    late[0].continue_()
    page.wait_for_timeout(600)
    assert shown(page) == [made[7]]
    expect(page.get_by_text("That is everything.")).to_be_visible()


def test_a_search_that_finds_nothing_offers_ways_out(page: Page, posts: list[str]) -> None:
    page.goto("/gallery/")
    page.get_by_role("searchbox").fill("zeppelin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()
    expect(cards(page)).to_have_count(len(posts))
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_the_help_says_how_to_search(page: Page, person: Person) -> None:
    page.goto("/gallery/")
    page.get_by_role("button", name="How to search").click()
    tips = page.get_by_role("dialog", name="How to search")
    for word in ('"last light"', "-storm", "model:", "aspect:", "before:", "after:"):
        expect(tips).to_contain_text(word)
    page.keyboard.press("Escape")
    expect(tips).to_be_hidden()


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_the_wall_fits_and_has_no_barriers_between_phone_and_desk(
    browse: Browsing, ready: Ready, locale: str
) -> None:
    page = browse(locale=locale)
    person = ready.person(page.context)
    caption = "\N{FOX FACE}" * 40 + "a" * 300 + " \N{HEBREW LETTER ALEF}" * 20
    ready.posts(person, [caption], models=())
    many = "?kind=created&aspect=1:1&from=2020-01-31&to=2999-12-30&model=vendor/" + "m" * 60
    for width in (320, 390, 768, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        for query in ("", many, f"?q={'x' * 300}&aspect=1:1"):
            page.goto(f"/gallery/{query}")
            assert find_overflow(page) == [], (width, query)
        assert find_barriers(page) == [], width
        page.locator("#f-model-open").click()
        expect(page.get_by_role("group", name=re.compile("^Model"))).to_be_visible()
        assert find_barriers(page) == [], width


def test_arrows_move_over_the_cards_and_tab_reaches_one_of_them(
    page: Page, posts: list[str]
) -> None:
    page.goto("/gallery/")
    links = page.locator("#cards .card__open")
    page.keyboard.press("ArrowRight")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    expect(links.nth(0)).to_be_focused()
    reachable = page.locator('#cards .card__open[tabindex="0"]')
    expect(reachable).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert focused >= 0, "what has the focus is on the screen"
    expect(links.nth(0)).not_to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(0)).to_be_focused()


def test_a_new_wall_begins_at_its_top(page: Page, ready: Ready, person: Person) -> None:
    ready.posts(person, numbers(PAGE_SIZE), models=())
    page.goto("/gallery/")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 900)
    page.get_by_role("button", name="Newest").click()
    page.get_by_role("link", name="Oldest").click()
    expect(page).to_have_url(re.compile("sort=oldest"))
    expect(page.locator("#wall[data-anew]")).to_have_count(0)
    assert page.evaluate("window.scrollY") == 0


def test_who_comes_back_is_where_they_were(page: Page, ready: Ready, person: Person) -> None:
    made = ready.posts(person, numbers(2 * PAGE_SIZE + 3), models=())

    def scroll_far() -> float:
        def is_all_there() -> bool:
            # By the page: the sentinel is another element after each part.
            page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
            return cards(page).count() == len(made)

        wait_until(is_all_there)
        cards(page).nth(-14).scroll_into_view_if_needed()
        page.wait_for_timeout(400)
        return float(page.evaluate("window.scrollY"))

    page.goto("/gallery/")
    far = scroll_far()
    assert far > 1000
    page.goto("/projects/create/")
    page.go_back()
    wait_until(lambda: abs(page.evaluate("window.scrollY") - far) < 2)
    assert shown(page) == made[::-1], "each post once"
    page.evaluate("document.querySelector('#f-sort a:not([aria-current])').click()")
    expect(page).to_have_url(re.compile("sort=oldest"))
    go_in_history(page, -1, "")
    wait_until(lambda: abs(page.evaluate("window.scrollY") - far) < 2)
    assert shown(page) == made[::-1]
    page.locator(".nav").get_by_role("link", name="Gallery").click()
    expect(cards(page)).to_have_count(PAGE_SIZE)
    assert page.evaluate("window.scrollY") == 0, "who goes there anew begins at the top"


def test_the_visibility_changes_on_the_card(page: Page, posts: list[str]) -> None:
    page.goto("/gallery/")
    card = cards(page).first
    card.hover()
    card.get_by_role("button", name="Make public").click()
    expect(card.get_by_text("public", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Make unlisted")).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("Everybody finds this post now.")
    page.reload()
    expect(cards(page).first.get_by_text("public", exact=True)).to_be_visible()


def test_a_post_that_is_finished_elsewhere_appears_where_it_is(page: Page, person: Person) -> None:
    start_post(page.context, "A jetty, slow=4", SLOW)
    page.goto("/gallery/")
    card = cards(page).first
    expect(card).to_contain_text("Developing")
    card.locator(".card__open").focus()
    expect(card.locator("img")).to_be_visible()
    expect(card).not_to_contain_text("Developing")
    expect(card.locator(".card__open")).to_be_focused()
    expect(page.locator("[data-unfinished]")).to_have_count(0)


def test_new_posts_are_announced_and_nothing_moves(
    page: Page, ready: Ready, person: Person, posts: list[str]
) -> None:
    page.goto("/gallery/?aspect=1:1")
    before = shown(page)
    place = cards(page).first.bounding_box()
    made = [ready.posts(person, ["A heron"], aspect_ratio=ratio)[0] for ratio in ("1:1", "16:9")]
    look_again(page)
    link = page.get_by_role("link", name="1 new post")
    expect(link).to_be_visible()
    assert shown(page) == before
    assert cards(page).first.bounding_box() == place
    link.press("Enter")
    expect(cards(page).first.locator(".card__open")).to_be_focused()
    assert shown(page) == [made[0], *before]
    expect(link).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/gallery/\?aspect=1%3A1$"))


def test_a_wall_that_cannot_ask_says_nothing_and_goes_on(
    browse: Browsing, page: Page, posts: list[str]
) -> None:
    browse.allow("ERR_INTERNET_DISCONNECTED")
    page.goto("/gallery/")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        look_again(page)
    look_again(page)  # begins only when the first one has ended, whatever was to be said by then
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(False)
    start_post(page.context, "A heron", FAILING)
    look_again(page)
    expect(page.get_by_role("link", name="1 new post")).to_be_visible()


def test_everything_works_without_javascript(browse: Browsing, ready: Ready) -> None:
    page = browse(java_script_enabled=False)
    person = ready.person(page.context)
    addresses = ready.posts(person, numbers(PAGE_SIZE + 2), models=())
    page.goto("/gallery/")
    page.get_by_role("link", name="Older posts").click()
    expect(page.get_by_text("That is everything.")).to_be_visible()
    expect(cards(page)).to_have_count(2)
    page.get_by_role("button", name="Aspect").click()
    page.locator("#f-aspect").get_by_role("link", name="1:1", exact=True).click()
    expect(page).to_have_url(re.compile("aspect=1%3A1"))
    expect_shown(page, addresses[:1:-1])
    page.get_by_role("button", name="Date", exact=True).click()
    page.get_by_label("To", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("to=2020-01-01"))
    expect(page).to_have_url(re.compile("aspect=1%3A1"))
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Clear all").last.click()
    page.get_by_role("searchbox").fill("number 7")
    page.keyboard.press("Enter")
    expect(cards(page)).to_have_count(1)
    button = cards(page).get_by_role("button", name="Make public")
    button.click(force=True)
    expect(page).to_have_url(re.compile(r"q=number\+7"))
    expect(cards(page).get_by_role("button", name="Make unlisted")).to_have_count(1)
