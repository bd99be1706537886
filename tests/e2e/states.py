"""Every page in every state worth looking at, for audits and screenshots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from playwright.sync_api import Page, expect

from tests.e2e.coming_back import look_again
from tests.e2e.pages import (
    FAILING,
    PATIENCE,
    POSTER,
    SKETCH,
    SLOW,
    Conversation,
    EditDialog,
    Studio,
    new_person,
    sign_in,
    start_post,
    wait_for_post,
)
from tests.e2e.pictures import Upload, picture


def public_states(page: Page) -> Iterator[str]:
    """What somebody sees who is not signed in."""
    page.goto("/")
    yield "landing"
    page.goto("/accounts/login/")
    yield "signin"
    sign_in(page, new_person())
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "signin-error"
    page.goto("/accounts/signup/")
    yield "signup"
    page.goto("/accounts/password/reset/")
    yield "password-reset"


def empty_states(page: Page) -> Iterator[str]:
    """What somebody sees who just signed up."""
    page.goto("/")
    yield "home-empty"
    page.goto("/gallery/")
    yield "gallery-empty"
    page.goto("/conversations/")
    yield "conversations-empty"
    page.goto("/references/")
    yield "references-empty"
    Studio(page).open()
    yield "studio-empty"


def filled_states(page: Page, posts: list[str]) -> Iterator[str]:
    """What somebody sees who made these posts."""
    page.goto("/")
    yield "home"
    page.goto("/gallery/")
    yield "gallery"
    page.goto(posts[-1])
    yield "post"
    page.goto(posts[0])
    yield "post-failed"
    page.goto(f"/posts/create/?post={posts[-1].split('/')[2]}")
    yield "studio-finished"
    page.goto(f"/posts/create/?post={posts[0].split('/')[2]}")
    yield "studio-failed"
    page.goto("/projects/create/")
    yield "project-form"
    page.locator("main form:has([name=name]) [type=submit]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "project-form-error"
    page.goto("/accounts/password/change/")
    yield "password-change"
    page.goto("/settings/keys/")
    yield "settings-keys"
    page.goto("/settings/storage/")
    yield "settings-storage"
    page.goto("/settings/account/")
    yield "settings-account"
    page.locator("#export button").first.click()
    expect(page.locator(".export__parts a")).to_be_visible(timeout=PATIENCE)
    yield "settings-account-export"
    page.goto("/settings/account/erase/")
    yield "account-erase"
    page.goto("/posts/999999999/")
    yield "not-found"
    page.goto("/gallery/")
    page.locator("[popovertarget=me]:visible").click()
    yield "account-menu"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    yield "shortcuts"


def studio_states(
    page: Page, prompt: str = "A jetty at low tide", models: Sequence[str] = (SKETCH, POSTER)
) -> Iterator[str]:
    """The studio while it is used: with mistakes, with the library, while one picture is late."""
    studio = Studio(page).open()
    studio.generate("", [SKETCH])
    expect(studio.composer.get_by_role("alert").first).to_be_visible()
    yield "studio-errors"
    studio.file_field.set_input_files([picture().payload])
    keep = studio.references.locator("[aria-pressed]").first
    keep.click()
    expect(studio.references.locator("[aria-pressed=true]").first).to_be_visible()
    studio.composer.locator("[data-dialog-open=library]").click()
    expect(page.locator("#library-items button").first).to_be_visible()
    yield "studio-library"
    page.keyboard.press("Escape")
    studio.references.locator("[data-reference-remove]").click()
    studio.generate(f"{prompt}, slow=45", [*models, SLOW])
    expect(studio.pictures).to_have_count(len(models), timeout=PATIENCE)
    yield "studio-running"
    page.goto("/")
    expect(page.locator("#in-progress")).to_be_visible()
    yield "home-running"
    page.goto(page.locator("#in-progress a").first.get_attribute("href") or "")
    yield "post-running"
    page.locator("#results button[form^=cancel]").first.click()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")


def lightbox_states(page: Page) -> Iterator[str]:
    """The lightbox: over the newest post with several pictures, and when something is missing."""
    page.goto("/gallery/")
    card = page.locator("#cards > li").filter(has=page.locator(".card__flags .sr")).first
    address = f"/gallery/?view={card.get_attribute('data-post')}&img=2"
    page.goto(address)
    lightbox = page.locator("#lightbox")
    expect(lightbox.locator("[data-lb-show='2'][aria-pressed=true]")).to_be_visible()
    lightbox.locator("summary").click()
    yield "lightbox"
    for state, what, told in (
        ("lightbox-missing", r"\.(webp|png)$", ".lb__frame .missing"),
        ("lightbox-gone", r"/lightbox/", ".failed__in"),
    ):
        page.route(re.compile(what), lambda route: route.fulfill(status=404))
        page.goto(address.partition("&")[0])
        expect(lightbox.locator(told).locator("visible=true").first).to_be_visible()
        yield state
        page.unroute(re.compile(what))


def library_states(page: Page) -> Iterator[str]:
    """The library of references, with some in it."""
    page.goto("/references/")
    files = [picture("harbour.png"), picture("a-very-long-name-of-a-picture.png", "#3d70c2")]
    page.locator("[data-drop] input").set_input_files([file.payload for file in files])
    expect(page.locator("[data-reference-card]")).to_have_count(len(files))
    yield "references"


def conversation_states(page: Page, post: str) -> Iterator[str]:
    """Editing a picture of this post: the dialog, the conversation while one picture is late and
    one failed, another starting point, the list of models, two pictures compared.
    """
    page.goto(post)
    page.locator(".out__acts a[aria-haspopup]").first.focus()
    page.keyboard.press("Enter")
    dialog = EditDialog(page)
    expect(dialog.message).to_be_focused()
    yield "edit-dialog"
    page.goto(f"{post}edit/")
    dialog.choose()
    dialog.message.fill("Much warmer, like late afternoon")
    dialog.start_button.click()
    expect(dialog.box.get_by_role("alert").first).to_be_visible()
    yield "edit-page-error"
    dialog.start("Much warmer, like late afternoon", [SKETCH, POSTER])
    conversation = Conversation(page)
    conversation.expect_finished(1, pictures=2)
    yield "conversation"
    conversation.message.fill("Keep both. Colder now, and a little darker, slow=90")
    conversation.choose(SKETCH, FAILING, SLOW)
    conversation.send_button.click()
    turn = conversation.turn(2)
    expect(turn.locator("figure img")).to_have_count(1, timeout=PATIENCE)
    expect(turn.locator(".failed")).to_be_visible(timeout=PATIENCE)
    # The last of what comes with an output: it is what the next turn starts from.
    expect(conversation.bases).to_have_count(1)
    yield "conversation-running"
    start_here = page.locator("#turn-1 .card__act[href*='from=']").first
    start_here.focus()
    expect(start_here).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ask__latest")).to_be_visible()
    yield "conversation-from"
    page.locator("#ask-models-open").click()
    yield "conversation-models"
    page.keyboard.press("Escape")
    page.locator(".rename > summary").click()
    yield "conversation-rename"
    page.keyboard.press("Escape")
    page.locator("#turn-1 .card__act[href*='compare']").first.press("Enter")
    expect(page.locator("[data-compare-range]")).to_be_visible()
    yield "conversation-compare"
    page.keyboard.press("Escape")
    turn.locator(".turn__stop button").click()
    expect(turn).not_to_have_attribute("aria-current", "step")


def add_reference(page: Page, upload: Upload) -> None:
    """Take a picture into the library."""
    page.goto("/references/")
    page.locator("[data-drop] input").set_input_files([upload.payload])
    expect(page.locator("[data-reference-card]").first).to_be_visible()


def trash_states(page: Page, made: Sequence[str]) -> Iterator[str]:
    """Deleting: the message, the trash, its questions, and the pages that lost their post. Somebody
    has these four finished posts and no others.
    """
    stopped = start_post(page.context, "slow=45 pier", SLOW)
    page.goto("/gallery/")
    cards = page.locator("#cards > li")
    page.locator(f"#post-{stopped.split('/')[2]} .card__open").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".toast__undo")).to_be_visible()
    page.locator(".toast__undo").focus()  # it stays meanwhile
    yield "gallery-undo"
    for left in (3, 2):
        cards.first.locator(".card__open").focus()
        page.keyboard.press("Delete")
        expect(cards).to_have_count(left)
    page.goto("/gallery/trash/")
    yield "trash"
    page.locator("#cards [data-trash]").first.click()
    question = page.locator("dialog.question")
    expect(question).to_be_visible()
    yield "trash-question"
    page.keyboard.press("Escape")
    page.locator("#cards .card__act").first.focus()
    for key in ("x", "Control+a"):
        page.keyboard.press(key)
    yield "trash-select"
    page.keyboard.press("Escape")
    add_reference(page, picture("harbour.png"))
    page.locator("[data-reference-delete] button").click()
    expect(question).to_be_visible()
    yield "reference-question"
    page.goto(made[0])
    other = page.context.new_page()
    other.goto("/gallery/")
    card = other.locator(f"#post-{made[0].split('/')[2]}")
    card.locator(".card__open").focus()
    other.keyboard.press("Delete")
    expect(card).to_have_count(0)
    other.close()
    look_again(page)
    expect(page.locator("[data-not-here]")).to_be_visible()
    yield "post-trashed"
    page.goto(made[0])
    expect(page.locator("[data-not-here]")).to_be_visible()
    yield "post-in-trash"
    page.goto("/gallery/trash/")
    page.route("**/emptying/**", lambda route: route.abort())
    page.locator("#trash-acts button").last.click()
    expect(question).to_be_visible()
    yield "trash-empty-question"
    question.locator("[type=submit]").click()
    expect(page.locator("[data-emptying]")).to_be_visible()
    yield "trash-emptying"
    page.unroute("**/emptying/**")
    expect(page.locator("#wall .empty")).to_be_visible()
    yield "trash-emptied"
    page.goto("/gallery/trash/")
    yield "trash-empty"


def make_posts(page: Page) -> list[str]:
    """Posts to look at: the first failed, the last is the best."""
    made = [start_post(page.context, "A promise that was not kept", FAILING)]
    made += [start_post(page.context, prompt, SKETCH) for prompt in PROMPTS]
    for address in made:
        wait_for_post(page.context, address)
    return made


PROMPTS = ["A red kite over dunes #kite", "Um bonde amarelo numa ladeira de Lisboa"]
