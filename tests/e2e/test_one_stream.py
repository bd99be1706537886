"""A page holds one stream at most: a browser has six connections to a site, for everything."""

from __future__ import annotations

from playwright.sync_api import Page, Request, expect

from tests.e2e.pages import SLOW, Conversation, Studio, start_conversation
from tests.e2e.ready import Ready


class Streams:
    """Those that a page opens from now on."""

    def __init__(self, page: Page) -> None:
        self.begun: list[Request] = []
        self._over: list[Request] = []
        page.on("request", lambda request: self._note(self.begun, request))
        page.on("requestfinished", lambda request: self._note(self._over, request))
        page.on("requestfailed", lambda request: self._note(self._over, request))

    def _note(self, those: list[Request], request: Request) -> None:
        if "/live/?" in request.url:
            those.append(request)

    @property
    def open(self) -> int:
        return len([one for one in self.begun if one not in self._over])


def test_edits_one_right_after_the_other_leave_one_stream_open(page: Page, ready: Ready) -> None:
    [post] = ready.posts(ready.person(page.context), ["A jetty"])
    address = start_conversation(page.context, post, "Make it warmer, slow=2", SLOW)
    streams = Streams(page)
    page.goto(address)
    conversation = Conversation(page)
    for number in (1, 2, 3):
        conversation.expect_finished(number, pictures=1)
        conversation.message.fill(f"And colder, slow={2 if number < 3 else 8}")
        conversation.send_button.click()
        expect(conversation.turn(number + 1)).to_be_attached()

    page.wait_for_timeout(2000)  # what was ended wrongly comes back within one
    assert streams.open == 1
    assert len(streams.begun) <= 5, "one for each turn, and one that broke off"
    conversation.expect_finished(4, pictures=1)
    page.wait_for_timeout(2000)
    assert streams.open == 0


def test_a_post_that_is_ready_asks_for_no_stream_any_more(page: Page, ready: Ready) -> None:
    ready.person(page.context)
    streams = Streams(page)
    studio = Studio(page).open()
    studio.generate("A jetty, slow=2", [SLOW])
    studio.expect_finished(pictures=1)
    page.wait_for_timeout(2000)
    assert (len(streams.begun), streams.open) == (1, 0)
