"""The little that the tests have to know of the pages: where things are."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.running import PASSWORD

SKETCH = "builtin/sketch"
POSTER = "builtin/poster"
SLOW = "builtin/fault-slow"
FAILING = "builtin/fault-fail"
PATIENCE = 60_000
RATE_LIMITED = 429

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    email: str
    password: str = PASSWORD


def new_person() -> Person:
    """Somebody who has no account yet."""
    return Person(f"person{os.getpid()}.{next(_numbers)}@example.com")


def sign_up(page: Page) -> Person:
    """Sign up as somebody new, by the form."""
    person = new_person()
    page.goto("/accounts/signup/")
    page.fill("[name=email]", person.email)
    page.fill("[name=password1]", person.password)
    page.locator("main form:has([name=email]) [type=submit]").click()
    page.wait_for_url(re.compile(r"^[^?]*//[^/]+/$"))
    return person


def sign_in(page: Page, person: Person) -> None:
    """Fill in the sign-in form that is open."""
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", person.password)
    page.locator("main form:has([name=login]) [type=submit]").click()


def join(context: BrowserContext, person: Person | None = None) -> Person:
    """Become somebody new without looking at the form. There is a limit for each minute."""
    person = person or new_person()
    for _ in range(70):
        fields = {"email": person.email, "password1": person.password}
        response = submit(context, "/accounts/signup/", fields)
        if response.status != RATE_LIMITED:
            break
        time.sleep(1)
    assert response.ok, f"{response.status} {response.url}"
    assert not response.url.endswith("/accounts/signup/"), "the form came back"
    return person


def choose_language(page: Page, locale: str) -> None:
    """The one that this browser asks for: who joined without looking at the form got English."""
    language = locale.lower().removesuffix("-us")
    page.goto("/")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)


def submit(
    context: BrowserContext, path: str, fields: dict[str, Any], at: str | None = None
) -> Any:
    """Send a form as a browser without JavaScript does. `path` is where it goes, `at` its page."""
    form = context.request.get(at or path)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text())
    assert token, f"no form at {path}: {form.status}"
    fields = {"csrfmiddlewaretoken": token[1], **fields}
    return context.request.post(path, form=fields, headers={"Referer": form.url})


def start_post(context: BrowserContext, prompt: str, model: str = SKETCH, **fields: str) -> str:
    """Start a post without looking; returns its address."""
    wish = {"prompt": prompt, "models": model, "aspect_ratio": "1:1", "resolution": "1K", **fields}
    response = submit(context, "/posts/create/", {"seed": "7", **wish})
    assert response.ok, response.status
    found = re.search(r"post=(\d+)", response.url)
    assert found, f"not started: {response.url}"
    return f"/posts/{found[1]}/"


def wait_for_post(context: BrowserContext, address: str) -> None:
    """Wait until nothing more will come."""
    results = f"{address}results/"
    wait_until(lambda: 'aria-busy="false"' in context.request.get(results).text())


def wait_until(condition: Callable[[], object]) -> None:
    """Ask again and again. Playwright's own way to wait for a script needs `eval`."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.1)


def posts_in_gallery(context: BrowserContext) -> list[str]:
    """The addresses of the posts on the first page of the gallery."""
    return re.findall(r'href="(/posts/\d+/)"', context.request.get("/gallery/").text())


def show_all_pictures(page: Page) -> None:
    """Bring every picture into view once and wait for it: most load only when they are near."""
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
    loaded = "[...document.querySelectorAll('main img')].every((i) => i.complete && i.naturalWidth)"
    wait_until(lambda: page.evaluate(loaded))
    page.evaluate("scrollTo(0, 0)")


def expect_loaded(image: Locator) -> None:
    """Wait until a picture is there, also where it is exchanged meanwhile. One that cannot be shown
    is complete as well, but never has a width.
    """
    expect(image).to_have_js_property("complete", True)
    expect(image).not_to_have_js_property("naturalWidth", 0)


class Results:
    """The results of a post, in the studio or on its own page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.section = page.locator("#results")
        self.caption = self.section.locator("[id^=caption-]")
        self.slots = self.section.locator("[id^=slot-]")
        self.pictures = self.slots.locator("img")
        self.failed = self.slots.filter(has=page.locator("button"))

    def slot(self, model: str) -> Locator:
        """The place of the picture of the model with this name."""
        return self.slots.filter(has=self.page.locator("figcaption b", has_text=model))

    def expect_running(self) -> None:
        """Wait until something is being made."""
        expect(self.section).to_have_attribute("aria-busy", "true")

    def expect_finished(self, *, pictures: int) -> None:
        """Wait for the end, and look at all pictures."""
        expect(self.section).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
        expect(self.pictures).to_have_count(pictures)
        for picture in self.pictures.all():
            # At once, without waiting until it is still: a late answer may exchange it.
            picture.evaluate("(image) => image.scrollIntoView()")
            expect_loaded(picture)


class Studio(Results):
    """The page where posts are made."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.composer = page.locator("#composer")
        self.prompt = page.locator("#id_prompt")
        self.generate_button = self.composer.locator("[data-submit]")
        self.references = self.composer.locator(".ref:has([name=references])")
        self.file_field = self.composer.locator("[name=uploads]")

    def open(self, query: str = "") -> Studio:
        """Go there."""
        self.page.goto(f"/posts/create/{query}")
        return self

    def model(self, key: str) -> Locator:
        """The checkbox of a model."""
        return self.composer.locator(f'[name=models][value="{key}"]')

    def choose(self, *keys: str) -> None:
        """Choose these models and no others."""
        checked = self.composer.locator("[name=models]:checked")
        for key in checked.evaluate_all("(boxes) => boxes.map((box) => box.value)"):
            self.model(key).set_checked(key in keys)
        for key in keys:
            self.model(key).check()

    def generate(self, prompt: str, models: Sequence[str] = (SKETCH,)) -> None:
        """Fill in the form and send it."""
        self.prompt.fill(prompt)
        self.choose(*models)
        self.generate_button.click()

    def field_error(self, name: str) -> Locator:
        """What is said beside a field."""
        field = self.composer.locator(f".field:is(#id_{name}, :has(#id_{name}))")
        return field.locator(".field__err").last


def start_conversation(context: BrowserContext, post: str, message: str, model: str) -> str:
    """Begin to edit the picture of a post without looking; returns the conversation's address."""
    response = submit(context, f"{post}edit/", {"message": message, "models": model})
    assert response.ok, response.status
    found = re.search(r"/posts/edit/\d+/$", response.url)
    assert found, f"not started: {response.url}"
    return found[0]


class _EditForm:
    """A form that says what to change in a picture, and which models do it."""

    def __init__(self, page: Page, form: Locator) -> None:
        self.page = page
        self.form = form
        self.message = form.locator("[name=message]")

    def model(self, key: str) -> Locator:
        """The checkbox of a model."""
        return self.form.locator(f'[name=models][value="{key}"]')

    def choose(self, *keys: str) -> None:
        """Choose these models and no others, wherever their list is."""
        boxes = self.form.locator("[name=models]:not(:disabled)")
        boxes.evaluate_all(
            """(boxes, keys) => boxes.forEach((box) => {
              if (box.checked !== keys.includes(box.value)) box.click();
            })""",
            list(keys),
        )


class EditDialog(_EditForm):
    """Where a conversation begins: a dialog, or a page of its own."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, page.locator("#edit-form"))
        self.box = page.locator(".edit")
        self.start_button = self.form.locator(".edit__start")

    def start(self, message: str, models: Sequence[str]) -> None:
        """Fill it in and send it."""
        self.message.fill(message)
        self.choose(*models)
        self.start_button.click()


class Conversation(_EditForm):
    """The page of a conversation."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, page.locator("#ask"))
        self.send_button = self.form.locator(".ask__send")
        self.bases = self.form.locator("[name=bases]")
        self.ticked = self.form.locator("[name=bases]:checked")

    def turn(self, number: int) -> Locator:
        """A turn."""
        return self.page.locator(f"#turn-{number}")

    def expect_finished(self, number: int, *, pictures: int) -> None:
        """Wait until nothing more will come of a turn, and look at its pictures."""
        turn = self.turn(number)
        expect(turn).to_be_attached()
        expect(turn).not_to_have_attribute("aria-current", "step", timeout=PATIENCE)
        expect(turn.locator("figure img")).to_have_count(pictures)
        for image in turn.locator("figure img").all():
            expect(image).to_have_js_property("complete", True)
