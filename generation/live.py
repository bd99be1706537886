"""The live stream: a page's fragment, sent anew whenever it changed.

A raw ASGI application: under Django's own handlers every open stream would hold a thread.
One Redis subscription a process wakes the streams; what they send is read from the database,
rendered once for all streams that show the same, and shared. Every connect begins with the
whole current fragment, so a lost or doubled word can never show a wrong state.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio
from django.conf import settings
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host
from redis.exceptions import RedisError

from generation import live_token
from generation.fragments import Rendered, render_for
from generation.live_token import Claims
from pixelstream.live_bus import CHANNEL
from pixelstream.safety_headers import ALWAYS, NOT_A_PAGE

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15.0
RESUBSCRIBE_SECONDS = 1.0
RENDER_THREADS = 4
SAFE = [
    *((name.lower().encode(), value.encode()) for name, value in ALWAYS.items()),
    (b"content-security-policy", NOT_A_PAGE.encode()),
]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
    *SAFE,
]


@dataclass(eq=False, slots=True)
class _Stream:
    """One open page."""

    claims: Claims
    woken: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class _Render:
    """A render under way, and how many words on its topic came before it began."""

    task: asyncio.Task[Rendered | None]
    heard: int


class Hub:
    """Knows the open streams of this process and what they wait for."""

    def __init__(self) -> None:
        self._streams: dict[str, set[_Stream]] = defaultdict(set)
        self._renders: dict[Claims, _Render] = {}
        self._words: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(RENDER_THREADS, thread_name_prefix="live-render")
        self._listener: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()
        self.is_ending = False

    async def open(self, claims: Claims) -> _Stream:
        """Add a stream. Listens before the caller reads, or a change in between were lost."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        stream = _Stream(claims)
        self._streams[claims.topic].add(stream)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._subscribed.wait(), 2)
        return stream

    def close(self, stream: _Stream) -> None:
        """Forget a stream."""
        topic = self._streams.get(stream.claims.topic)
        if topic is not None:
            topic.discard(stream)
            if not topic:
                del self._streams[stream.claims.topic]
                del self._words[stream.claims.topic]

    async def render(self, claims: Claims) -> Rendered | None:
        """The current state, rendered once for all streams that were woken by the same word.

        A render that began before the last word on the topic may have read the database
        before the change: it is not shared, a new one follows it.
        """
        running = self._renders.get(claims)
        while running is not None and running.heard < self._words[claims.topic]:
            await asyncio.wait({running.task})
            running = self._renders.get(claims)
        if running is None:
            task = asyncio.create_task(self._render_now(claims))
            running = _Render(task, self._words[claims.topic])
            self._renders[claims] = running
        return await asyncio.shield(running.task)

    async def _render_now(self, claims: Claims) -> Rendered | None:
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _render_in_thread, claims)
        finally:
            del self._renders[claims]

    def wake(self, word: Mapping[str, int | None]) -> None:
        """Wake the streams that show this post, this conversation, or all of this person's."""
        for kind, pk in word.items():
            if (topic := f"{kind}:{pk}") in self._streams:
                self._wake_topic(topic)

    async def _listen(self) -> None:
        """Hear the word that something changed, for as long as the process lives."""
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._wake_all()  # whatever was said while nobody listened
                    async for message in pubsub.listen():
                        if message["type"] == "subscribe":
                            self._subscribed.set()
                        elif message["type"] == "message":
                            self.wake(json.loads(message["data"]))
            except (RedisError, OSError) as error:
                logger.warning("The live bus is away: %s", error)
            finally:
                self._subscribed.clear()
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(RESUBSCRIBE_SECONDS)

    def end(self) -> None:
        """Let every stream end at its next step, which is now."""
        self.is_ending = True
        for topic in self._streams.values():
            for stream in topic:
                stream.woken.set()

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return sum(map(len, list(self._streams.values())))

    def _wake_all(self) -> None:
        for topic in self._streams:
            self._wake_topic(topic)

    def _wake_topic(self, topic: str) -> None:
        self._words[topic] += 1
        for stream in self._streams[topic]:
            stream.woken.set()


def _render_in_thread(claims: Claims) -> Rendered | None:
    close_old_connections()
    try:
        return render_for(claims)
    finally:
        close_old_connections()


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def _hub() -> Hub:
    """The hub of the running event loop: one for each process."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def open_streams() -> int:
    """How many pages this process keeps up to date."""
    return sum(hub.open_streams for hub in list(_hubs.values()))


def end_streams() -> None:
    """End the streams of this process, which is about to stop and would wait for them.

    May be called by a signal. No page hears that it is done: it connects again, to whoever answers.
    """
    for loop, hub in list(_hubs.items()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(hub.end)


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live/?t=<token>`. Authorised by the token alone; never touches a session."""
    if scope["method"] != "GET":
        await _refuse(scope, send, 405)
        return
    if not _host_is_ours(scope):
        await _refuse(scope, send, 400)
        return
    query = parse_qs(scope["query_string"].decode("latin-1"))
    claims = live_token.read(query.get("t", [""])[0])
    if claims is None:
        await _refuse(scope, send, 403)
        return
    hub = _hub()
    stream = await hub.open(claims)
    gone = asyncio.create_task(_disconnected(receive))
    try:
        headers = [*HEADERS, *_kept_to_https(scope)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _serve(hub, stream, gone, send)
    finally:
        gone.cancel()
        hub.close(stream)


async def _serve(hub: Hub, stream: _Stream, gone: asyncio.Task[None], send: Send) -> None:
    sent = ""
    await _write(send, b"retry: 1000\n\n")
    stream.woken.set()
    while not gone.done():
        if not await _woken(stream, gone):
            if gone.done():
                break
            await _write(send, b": hb\n\n")
        if hub.is_ending:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        # After a silence, too: a worker that died right after its commit said no word.
        stream.woken.clear()
        rendered = await hub.render(stream.claims)
        if rendered is None:
            break
        if rendered.revision != sent:
            sent = rendered.revision
            await _write(send, _event(rendered))
        if rendered.is_final:
            break
    if not gone.done():
        await _write(send, b"event: done\ndata: \n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _woken(stream: _Stream, gone: asyncio.Task[None]) -> bool:
    """Wait for a change, the end of the connection, or the next heartbeat. True on a change."""
    waiting = asyncio.ensure_future(stream.woken.wait())
    try:
        await asyncio.wait(
            {waiting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        return waiting.done()
    finally:
        waiting.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(rendered: Rendered) -> bytes:
    """The fragment as an unnamed event: htmx swaps these in. Every line break is kept."""
    lines = "".join(f"data: {line}\n" for line in rendered.html.strip().splitlines())
    return f"id: {rendered.revision}\n{lines}\n".encode()


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]
    headers = [*plain, *SAFE, *_kept_to_https(scope)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _kept_to_https(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What Django's SecurityMiddleware says of https on pages."""
    seconds = settings.SECURE_HSTS_SECONDS
    if not seconds or scope.get("scheme") != "https":
        return []
    value = f"max-age={seconds}; includeSubDomains; preload"
    return [(b"strict-transport-security", value.encode())]


def _host_is_ours(scope: Scope) -> bool:
    """Whether the Host header is one of ALLOWED_HOSTS, as Django checks it for pages."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
