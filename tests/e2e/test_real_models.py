"""Pictures and captions from a vendor, in a browser, on the operator's key and on one's own."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.audits import find_barriers, find_overflow
from tests.e2e.browsing import Browsing
from tests.e2e.pages import SKETCH, Studio
from tests.e2e.pictures import picture
from tests.e2e.ready import Ready
from tests.e2e.running import RunningApp
from tests.e2e.test_keys import confirm

SEEDREAM = "bytedance-seed/seedream-4.5"
FLUX = "black-forest-labs/flux.2-flex"
BANANA = "google/gemini-3.1-flash-image"
OPERATOR = "sk-or-v1-operator-canary-0001"
OWN = "sk-or-v1-own-canary-0000-4711"


class Vendor(BaseHTTPRequestHandler):
    """OpenRouter, as far as a studio needs it. What it does hangs on the model and the prompt."""

    asked: list[tuple[str, str, str]] = []
    """Path, key and model of every call."""

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        Vendor.asked.append((self.path, key, content["model"]))
        if self.path.endswith("/chat/completions"):
            message = {"role": "assistant", "content": "Gold in a jar.\n\n#Honey #Morning"}
            choices = [{"message": message, "finish_reason": "stop"}]
            return self._say(200, {"choices": choices, "usage": {"cost": 0.0004}})
        if content["model"] == FLUX:
            error = {"code": 402, "message": "Insufficient credits"}
            return self._say(402, {"error": error})
        if content["model"] == BANANA:
            return self._say(502, {"error": {"code": 502, "message": "upstream"}})
        data = [{"b64_json": base64.b64encode(picture().data).decode()}]
        return self._say(200, {"created": 1, "data": data, "usage": {"cost": 0.06}})

    def _say(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def app(chromium: Browser) -> Iterator[RunningApp]:
    """An application of its own, with the operator's key for the vendor above."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    running = RunningApp()
    running.environment["OPENROUTER_BASE_URL"] = f"http://127.0.0.1:{server.server_port}/api/v1"
    running.environment["OPENROUTER_API_KEY"] = OPERATOR
    running.start()
    yield running
    assert "canary" not in running.output(), "no key in any log"
    running.stop()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _nothing_asked_yet() -> None:
    Vendor.asked.clear()


def generate(page: Page, prompt: str, *models: str) -> Studio:
    studio = Studio(page).open()
    studio.generate(prompt, models)
    return studio


@pytest.mark.parametrize("phone", [False, True])
def test_pictures_failures_and_costs_of_real_models(
    browse: Browsing, ready: Ready, phone: bool
) -> None:
    page = browse(phone=phone)
    ready.person(page.context)
    studio = generate(page, "a jar of honey", SEEDREAM, FLUX, BANANA, SKETCH)

    expect(studio.caption).to_contain_text("Gold in a jar.")
    studio.expect_finished(pictures=2)
    expect(studio.slot("SeeDream v4.5")).to_contain_text("$0.0600")
    flux, banana = studio.slot("Flux 2 Flex"), studio.slot("Nano Banana 2")
    expect(flux).to_contain_text("The provider's quota is used up.")
    expect(flux).to_contain_text("not charged")
    expect(banana).to_contain_text("The answer was lost on its way.")
    expect(banana).to_contain_text("may have been charged")
    paths = [(path.rpartition("/")[2], model) for path, _key, model in Vendor.asked]
    assert sorted(paths) == sorted(
        [
            ("completions", "openai/gpt-4.1"),
            ("images", SEEDREAM),
            ("images", FLUX),
            ("images", BANANA),
        ]
    ), "one call each"
    assert {key for _path, key, _model in Vendor.asked} == {OPERATOR}
    assert not find_overflow(page)

    studio.section.get_by_role("link", name="Open post").click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    expect(page.locator("main")).to_contain_text(re.compile(r"\$0\.0600\s+320×240"))
    expect(page.locator(".facts")).to_contain_text("$0.0604")
    assert not find_barriers(page)
    assert not find_overflow(page)


def test_with_a_key_of_ones_own_the_vendor_is_asked_with_that_key_only(
    browse: Browsing, ready: Ready
) -> None:
    page = browse()
    ready.person(page.context)
    page.goto("/settings/keys/")
    panel = page.locator("#key-openrouter")
    confirm(page)
    panel.locator("[name=key]").fill(OWN)
    panel.locator("#key-openrouter-save").click()
    expect(panel).to_contain_text("4711")

    studio = Studio(page).open()
    expect(studio.composer.locator(f".model:has([value='{SEEDREAM}'])")).to_contain_text("your key")
    studio.generate("a jar of honey", [SEEDREAM])
    studio.expect_finished(pictures=1)
    assert {key for _path, key, _model in Vendor.asked} == {OWN}
    assert "canary" not in page.content()


def test_a_size_that_a_model_cannot_make_gives_way(browse: Browsing, ready: Ready) -> None:
    page = browse()
    ready.person(page.context)
    studio = Studio(page).open()
    size = studio.composer.locator("[name=resolution]:checked")
    expect(size).to_have_value("1K")
    studio.choose(SKETCH, SEEDREAM)
    expect(size).to_have_value("2K")
    expect(studio.composer.locator("[name=resolution][value='1K']")).to_be_disabled()


def test_the_form_says_which_models_will_not_use_a_field(browse: Browsing, ready: Ready) -> None:
    page = browse()
    ready.person(page.context)
    studio = Studio(page).open()
    studio.choose(SKETCH, SEEDREAM)
    page.locator(".more:not(.models-more) > summary").click()
    negative = page.locator("[data-unsupported=negative]")
    expect(negative).to_have_text("Not used by SeeDream v4.5.")
    expect(page.locator("[data-unsupported=seed]")).to_be_hidden()
    studio.choose(SKETCH)
    expect(negative).to_be_hidden()


def test_the_estimate_says_what_is_known_of_the_price(browse: Browsing, ready: Ready) -> None:
    page = browse()
    ready.person(page.context)
    studio = Studio(page).open()
    estimate = page.locator("[data-estimate]")
    for models, text in (
        ([SKETCH], "1 image, free"),
        ([SKETCH, SEEDREAM], "2 images, about $0.0600"),
        ([FLUX, "openai/gpt-image-2"], "2 images, at least $0.0500"),
        (["openai/gpt-image-2"], "1 image, price not known"),
    ):
        studio.choose(*models)
        expect(estimate).to_have_text(text)
