"""The live stream, spoken to as a server would: raw ASGI, a real bus, a real database."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from gallery.imaging.renditions import rendition_key
from gallery.models import EditTurn, Post
from gallery.services import conversations, erasure
from generation import live, live_hub, live_token
from generation.fragments import Rendered
from generation.live_token import Claims, Fragment, Reader
from generation.services import editing, runner, studio
from pixelstream import live_bus
from pixelstream.accounts.models import User
from tests.factories import (
    PASSWORD,
    an_edit_wish,
    create_post,
    job_of,
    start,
    start_editing,
    work_off,
)
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """An open page: collects what the stream sends, and can be closed."""

    def __init__(
        self, address: str, *, method: str = "GET", host: str = "testserver", known: str = ""
    ) -> None:
        path, _, query = address.partition("?")
        headers = [(b"host", host.encode())]
        if known:
            headers.append((b"last-event-id", known.encode("latin-1")))
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": headers,
        }
        self.status = 0
        self.text = ""
        self.ended = False
        self._closed = asyncio.Event()
        self._changed = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message["body"].decode()
            self.ended = not message.get("more_body", False)
        self._changed.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(20):
            while words not in self.text:
                self._changed.clear()
                await self._changed.wait()

    def close(self) -> None:
        self._closed.set()

    @property
    def events(self) -> int:
        return self.text.count("\nid: ")


@pytest.fixture(autouse=True)
def _fresh_hubs() -> Iterator[None]:
    """Each test has a hub of its own, whose threads end with their connections."""
    yield
    for hub in live._hubs.values():
        hub._renderers.shutdown()
        hub._looker.shutdown()
    live._hubs.clear()


def address(
    owner: User,
    post_id: int,
    fragment: Fragment = Fragment.STUDIO,
    language: str = "en",
    session: str = "",
) -> str:
    reader = Reader(language, session)
    token = live_token.make(user_id=owner.pk, fragment=fragment, target_id=post_id, reader=reader)
    return f"/live/?t={token}"


def stream(*pages: Page, during: Any) -> None:
    """Open pages, run the coroutine, close the pages."""

    async def run() -> None:
        tasks = [
            asyncio.create_task(live.live(page.scope, page.receive, page.send)) for page in pages
        ]
        await during()
        for page in pages:
            page.close()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)

    asyncio.run(run())


def drawings(monkeypatch: pytest.MonkeyPatch) -> list[Claims]:
    """What is drawn from now on."""
    drawn: list[Claims] = []
    real = live_hub.render_for

    def render_for(claims: Claims) -> Rendered | None:
        drawn.append(claims)
        return real(claims)

    monkeypatch.setattr(live_hub, "render_for", render_for)
    return drawn


def looks_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """At how many streams each look from now on looks."""
    looks: list[int] = []
    real = live_hub.revisions_of

    def revisions_of(claims: Collection[Claims]) -> Mapping[Claims, str]:
        looks.append(len(claims))
        return real(claims)

    monkeypatch.setattr(live_hub, "revisions_of", revisions_of)
    return looks


def test_every_connect_begins_with_the_whole_current_fragment(alice: User) -> None:
    post = start(alice)
    page = Page(address(alice, post.pk))
    stream(page, during=lambda: page.until('id="results"'))
    assert page.status == 200
    assert "Writing the caption" in page.text
    assert f"id: {post.revision + 0}" in page.text or "id: " in page.text
    assert "event: done" not in page.text


def test_a_change_arrives_without_asking_and_the_end_is_told(alice: User) -> None:
    post = start(alice)
    page = Page(address(alice, post.pk))

    async def make() -> None:
        await page.until('id="results"')
        await asyncio.to_thread(work_off, post)
        await page.until("event: done")

    stream(page, during=make)
    assert page.events >= 3, "the caption, the work, the picture"
    assert "Caption written" in page.text
    assert post.images.get().object.key.rpartition(".")[0] in page.text
    assert page.ended


def test_a_word_that_was_lost_costs_a_heartbeat(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(live_bus, "_announce", lambda word: None)
    post = start(alice)
    page = Page(address(alice, post.pk))

    async def make() -> None:
        await page.until('id="results"')
        await asyncio.to_thread(work_off, post)
        await page.until("event: done")

    stream(page, during=make)
    assert "Caption written" in page.text


def test_silence_sends_nothing_but_heartbeats(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    page = Page(address(alice, start(alice).pk))
    stream(page, during=lambda: page.until(": hb\n\n: hb\n\n: hb"))
    assert page.events == 1


def test_silence_draws_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    drawn = drawings(monkeypatch)
    looks = looks_at(monkeypatch)
    page = Page(address(alice, start(alice).pk))
    stream(page, during=lambda: page.until(": hb\n\n: hb\n\n: hb"))
    assert len(drawn) == 1
    assert len(looks) >= 2


def test_silent_pages_are_looked_at_many_at_once(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(live_hub, "TURNS", 1)
    looks = looks_at(monkeypatch)
    pages = [Page(address(alice, start(alice).pk)) for _ in range(20)]

    async def wait() -> None:
        await asyncio.gather(*(page.until(": hb\n\n: hb\n\n: hb") for page in pages))

    stream(*pages, during=wait)
    assert max(looks) == 20


def test_pages_that_came_together_are_looked_at_one_after_the_other(alice: User) -> None:
    where = address(alice, start(alice).pk)
    pages = [Page(where) for _ in range(3 * live_hub.TURNS)]

    async def look() -> None:
        await asyncio.gather(*(page.until('id="results"') for page in pages))
        assert [len(turn) for turn in live._hub()._turns] == [3] * live_hub.TURNS

    stream(*pages, during=look)


def end_in_silence(page: Page, of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the page, do `of` while no word gets through, and wait for the end."""
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(live_bus, "_announce", lambda word: None)

    async def act() -> None:
        await page.until("\nid: ")
        await asyncio.to_thread(of)
        await page.until("event: done")

    stream(page, during=act)
    assert page.ended
    assert page.events == 1


@pytest.mark.parametrize("fragment", [Fragment.STUDIO, Fragment.POST, Fragment.HOME])
def test_the_pages_of_a_suspended_person_end_without_a_word(
    alice: User, fragment: Fragment, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice)
    page = Page(address(alice, 0 if fragment is Fragment.HOME else post.pk, fragment))
    person = User.objects.filter(pk=alice.pk)
    end_in_silence(page, lambda: person.update(is_active=False), monkeypatch)


@pytest.mark.parametrize("fragment", [Fragment.STUDIO, Fragment.HOME])
def test_the_pages_of_somebody_who_was_erased_end_without_a_word(
    alice: User, fragment: Fragment, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice)
    page = Page(address(alice, 0 if fragment is Fragment.HOME else post.pk, fragment))

    def erase() -> None:
        asked = erasure.ask(alice, at_once=True)
        assert erasure.carry_out(asked.pk)

    end_in_silence(page, erase, monkeypatch)
    assert not Post.objects.filter(pk=post.pk).exists()


def test_a_post_that_went_to_the_trash_ends_its_pages_without_a_word(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice)
    trashed = Post.objects.filter(pk=post.pk)
    page = Page(address(alice, post.pk))
    end_in_silence(page, lambda: trashed.update(deleted_at=timezone.now()), monkeypatch)


def test_a_database_that_is_away_for_a_moment_ends_no_page(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(live_bus, "_announce", lambda word: None)
    real = live_hub.revisions_of
    away = iter([True, True])

    def sometimes(claims: Any) -> Any:
        if next(away, False):
            raise OperationalError("the server closed the connection")
        return real(claims)

    monkeypatch.setattr(live_hub, "revisions_of", sometimes)
    post = start(alice)
    page = Page(address(alice, post.pk))

    async def make() -> None:
        await page.until('id="results"')
        async with asyncio.timeout(20):
            while "could not be looked at" not in caplog.text:
                await asyncio.sleep(0.01)
        await asyncio.to_thread(work_off, post)
        await page.until("event: done")

    stream(page, during=make)
    assert "Caption written" in page.text


def test_what_was_said_while_nobody_listened_is_seen_when_the_bus_is_back(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 3600)
    monkeypatch.setattr(live_hub, "RESUBSCRIBE_SECONDS", 0.1)
    post = start(alice)
    page = Page(address(alice, post.pk))

    async def lose() -> None:
        await page.until('id="results"')
        with monkeypatch.context() as silence:
            silence.setattr(live_bus, "_announce", lambda word: None)
            await asyncio.to_thread(work_off, post)
        hub = live._hub()
        hub._tasks["listen"].cancel()
        await asyncio.wait({hub._tasks["listen"]})
        hub._keep_running("listen", hub._listen)
        await page.until("event: done")

    stream(page, during=lose)
    assert "Caption written" in page.text


def test_a_word_that_breaks_the_listener_is_logged_and_the_next_ones_are_heard(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(live_hub, "revisions_of", lambda claims: dict.fromkeys(claims, "1"))
    real = live_hub.Hub.wake
    broken = iter([ValueError("a word of another release")])

    def wake(hub: live_hub.Hub, word: Mapping[str, int | None]) -> None:
        if error := next(broken, None):
            raise error
        real(hub, word)

    monkeypatch.setattr(live_hub.Hub, "wake", wake)
    post, other = start(alice), start(alice)
    page = Page(address(alice, post.pk))

    async def make() -> None:
        await page.until('id="results"')
        await asyncio.to_thread(studio.cancel_post, post=other, by=alice)
        async with asyncio.timeout(20):
            while "a word of another release" not in caplog.text:
                await asyncio.sleep(0.01)
            await live._hub()._subscribed.wait()
        await asyncio.to_thread(studio.cancel_post, post=post, by=alice)
        await page.until("event: done")

    stream(page, during=make)
    assert page.ended


def test_a_page_that_connects_again_and_knows_everything_is_sent_nothing(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.1)
    drawn = drawings(monkeypatch)
    post = start(alice)
    page = Page(address(alice, post.pk), known=str(post.revision))
    stream(page, during=lambda: page.until(": hb\n\n: hb\n\n: hb"))
    assert (page.status, page.events, drawn) == (200, 0, [])


@pytest.mark.parametrize("known", ["1", "0", "rubbish \xff", "x" * 5000])
def test_a_page_that_knows_something_else_is_sent_everything(alice: User, known: str) -> None:
    post = start(alice)
    Post.objects.filter(pk=post.pk).update(revision=7)
    page = Page(address(alice, post.pk), known=known)
    stream(page, during=lambda: page.until('id="results"'))
    assert "id: 7\n" in page.text


def test_a_page_that_connects_again_after_the_end_is_told(alice: User) -> None:
    post = create_post(alice)
    page = Page(address(alice, post.pk), known=str(post.revision))
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 0


def test_to_know_the_revision_opens_nothing_to_another_person(alice: User, bob: User) -> None:
    post = start(alice)
    page = Page(address(bob, post.pk), known=str(post.revision))
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 0


def test_the_caption_keeps_its_empty_lines(alice: User) -> None:
    post = create_post(alice, caption="One.\n\n#Two")
    page = Page(address(alice, post.pk))
    stream(page, during=lambda: page.until("event: done"))
    assert "One.\ndata: \ndata: " in page.text


def test_a_finished_post_is_sent_once_and_closed(alice: User) -> None:
    post = create_post(alice)
    page = Page(address(alice, post.pk, Fragment.POST))
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 1
    assert page.ended


def test_the_stream_speaks_the_pages_language(alice: User) -> None:
    post = create_post(alice)
    page = Page(address(alice, post.pk, language="pt-br"))
    stream(page, during=lambda: page.until("event: done"))
    assert "Legenda" in page.text


def signed_in(person: User) -> Client:
    browser = Client(REMOTE_ADDR="203.0.113.7")
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return browser


def stream_of(page: HttpResponse) -> str:
    """The address of the stream that a page asks for."""
    found = re.search(r"/live/\?t=[\w:-]+", page.content.decode())
    assert found
    return found[0]


def test_a_stream_goes_on_while_its_session_does_and_ends_with_it(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.3)
    post = start(alice)
    here, elsewhere = signed_in(alice), signed_in(alice)
    pages = [Page(stream_of(browser.get(f"/posts/{post.pk}/"))) for browser in (here, elsewhere)]

    async def end_one() -> None:
        for page in pages:
            await page.until("id: ")
            await page.until(": hb\n\n: hb")
        key = elsewhere.session.session_key
        await asyncio.to_thread(Session.objects.filter(session_key=key).delete)
        await pages[1].until("event: done")
        await pages[0].until(": hb\n\n: hb\n\n: hb\n\n: hb")

    stream(*pages, during=end_one)
    assert pages[1].ended
    assert not pages[0].ended


def test_the_address_of_a_stream_opens_nothing_once_its_session_is_over(alice: User) -> None:
    post = start(alice, "a boat in the making")
    browser = signed_in(alice)
    address_of_stream = stream_of(browser.get(f"/posts/{post.pk}/"))
    browser.post("/accounts/logout/")

    page = Page(address_of_stream)
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 0


def test_the_home_page_hears_of_every_post_of_its_owner(alice: User, bob: User) -> None:
    post = start(alice, "a boat in the making")
    start(bob, "none of her business")
    page = Page(address(alice, 0, Fragment.HOME))

    async def cancel() -> None:
        await page.until("a boat in the making")
        await asyncio.to_thread(studio.cancel_post, post=post, by=alice)
        await page.until("event: done")

    stream(page, during=cancel)
    assert "none of her business" not in page.text


def test_two_hundred_pages_of_one_post_share_one_rendering(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice)
    drawn = drawings(monkeypatch)
    where = address(alice, post.pk)
    pages = [Page(where) for _ in range(200)]

    async def wait() -> None:
        await asyncio.gather(*(page.until('id="results"') for page in pages))

    stream(*pages, during=wait)
    assert len(drawn) <= 3


def test_however_many_pages_wait_only_a_few_threads_work_for_them(alice: User) -> None:
    """Each of them may hold a connection to the database; a page that waits holds none."""
    pages = [Page(address(alice, start(alice).pk)) for _ in range(20)]
    before = set(threading.enumerate())

    async def count() -> None:
        await asyncio.gather(*(page.until('id="results"') for page in pages))
        assert 0 < len(set(threading.enumerate()) - before) <= live_hub.RENDER_THREADS + 1

    stream(*pages, during=count)


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "%00", "x" * 5000])
def test_without_a_good_token_there_is_no_stream(token: str) -> None:
    page = Page(f"/live/?t={token}")
    stream(page, during=lambda: asyncio.sleep(0.05))
    assert page.status == 403


def test_a_token_grows_old(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    where = address(alice, create_post(alice).pk)
    monkeypatch.setattr(settings, "LIVE_TOKEN_MAX_AGE", timezone.timedelta(seconds=-1))
    page = Page(where)
    stream(page, during=lambda: asyncio.sleep(0.05))
    assert page.status == 403


@pytest.mark.parametrize(
    ("method", "host", "status"), [("POST", "testserver", 405), ("GET", "evil.example", 400)]
)
def test_only_get_and_only_our_host(alice: User, method: str, host: str, status: int) -> None:
    page = Page(address(alice, 1), method=method, host=host)
    stream(page, during=lambda: asyncio.sleep(0.05))
    assert page.status == status


def test_a_post_that_may_not_be_seen_any_more_ends_the_stream_without_a_word(alice: User) -> None:
    post = create_post(alice, deleted_at=timezone.now())
    page = Page(address(alice, post.pk))
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 0


def test_a_suspended_person_hears_nothing_more(alice: User) -> None:
    post = create_post(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    page = Page(address(alice, post.pk))
    stream(page, during=lambda: page.until("event: done"))
    assert page.events == 0


def test_a_page_that_goes_away_is_forgotten(alice: User) -> None:
    post = start(alice)
    page = Page(address(alice, post.pk))

    async def look() -> None:
        await page.until('id="results"')
        page.close()
        await asyncio.sleep(0.1)
        assert live._hub().open_streams == 0
        assert not live._hub()._streams

    stream(page, during=look)


@pytest.mark.parametrize("payload", [[1, "studio", 2, "en", 0], [1, "nothing", 2, "en", 0, ""], []])
def test_a_token_of_another_release_is_refused(payload: list[object]) -> None:
    assert (
        live_token.read(live_token._SteadySigner(salt=live_token.SALT).sign_object(payload)) is None
    )


# --- conversations -------------------------------------------------------------------------------


def conversation_address(turn: EditTurn, owner: User, since: int = 1) -> str:
    token = live_token.make(
        user_id=owner.pk,
        fragment=Fragment.CONVERSATION,
        target_id=turn.conversation_id,
        reader=Reader("en"),
        since=since,
    )
    return f"/live/?t={token}"


def edited(alice: User) -> EditTurn:
    """A turn that was just sent, with two models."""
    source = create_post(alice).images.get()
    return start_editing(source, models="test/edit test/other-edit")


def test_the_pictures_of_a_turn_arrive_one_by_one_and_the_end_is_told(
    alice: User, scripted: ScriptedProvider
) -> None:
    turn = edited(alice)
    page = Page(conversation_address(turn, alice))

    async def make() -> None:
        await page.until('id="live"')
        await asyncio.to_thread(work_off, turn)
        await page.until("event: done")

    stream(page, during=make)
    keys = [rendition_key(image.object.key, 320) for image in turn.images.all()]
    assert len(keys) == 2
    assert all(key in page.text for key in keys)
    assert page.events >= 3
    assert page.ended


def test_the_address_of_the_stream_stays_the_same_while_it_is_open(
    alice: User, scripted: ScriptedProvider
) -> None:
    turn = edited(alice)
    job_id = job_of(turn, slot=0).pk
    page = Page(conversation_address(turn, alice))

    async def make() -> None:
        await page.until('id="live"')
        await asyncio.to_thread(runner.run, job_id)
        await page.until("1a by Edit is ready")

    stream(page, during=make)
    addresses = set(re.findall(r'hx-sse:connect="([^"]+)"', page.text))
    assert len(addresses) == 1


def test_a_turn_that_is_sent_meanwhile_appears(alice: User, scripted: ScriptedProvider) -> None:
    turn = edited(alice)
    page = Page(conversation_address(turn, alice))

    async def send() -> None:
        await page.until('id="live"')
        wish = an_edit_wish("and now a boat")
        await asyncio.to_thread(editing.send_turn, conversation=turn.conversation, wish=wish)
        await page.until("and now a boat")

    stream(page, during=send)


def test_the_stream_shows_the_turns_from_its_number_on(
    alice: User, scripted: ScriptedProvider
) -> None:
    first = edited(alice)
    work_off(first)
    second = editing.send_turn(conversation=first.conversation, wish=an_edit_wish("a boat"))
    page = Page(conversation_address(second, alice, since=2))
    stream(page, during=lambda: page.until('id="live"'))

    assert 'id="turn-2"' in page.text
    assert 'id="turn-1"' not in page.text


def test_another_persons_conversation_ends_the_stream_without_a_word(
    alice: User, bob: User, scripted: ScriptedProvider
) -> None:
    page = Page(conversation_address(edited(alice), bob))
    stream(page, during=lambda: page.until("event: done"))

    assert page.events == 0


def test_a_conversation_in_the_trash_ends_the_stream(
    alice: User, scripted: ScriptedProvider
) -> None:
    turn = edited(alice)
    page = Page(conversation_address(turn, alice))

    async def trash() -> None:
        await page.until('id="live"')
        await asyncio.to_thread(conversations.trash, owner=alice, ids=[turn.conversation_id])
        await page.until("event: done")

    stream(page, during=trash)
    assert page.events == 1
