"""The open streams of one process: who waits for what, who is woken, and what they are sent.

Words on the bus wake the streams that show what changed. A word may be lost (a worker that dies
right after its commit says none), so every stream is also looked at once in HEARTBEAT_SECONDS:
hundreds in one query that compares revisions, and only a difference is drawn. The streams are
spread over that time, so that a process never looks at all of them at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import django.db
import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from generation.fragments import Rendered, render_for
from generation.live_revisions import revisions_of
from generation.live_token import Claims
from pixelstream.live_bus import CHANNEL

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

HEARTBEAT_SECONDS = 15.0
TURNS = 15
"""Into how many parts that time is cut: in each, one part of the streams is looked at."""
LOOK_AT_ONCE = 500
RESUBSCRIBE_SECONDS = 1.0
RENDER_THREADS = 4


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. What is to be done for it is noted here; `woken` says that something is."""

    claims: Claims
    turn: int
    """In which part of HEARTBEAT_SECONDS it is looked at."""
    sent: str = ""
    """The revision that the page has."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _is_told: bool = False
    _is_to_beat: bool = False
    _seen: str | None = None

    def tell(self) -> None:
        """Something changed."""
        self._is_told = True
        self.woken.set()

    def beat(self) -> None:
        """It is time for a heartbeat."""
        self._is_to_beat = True
        self.woken.set()

    def compare(self, revision: str) -> None:
        """A look gave this revision; empty when there is nothing to be seen any more."""
        if revision != self.sent:
            self._seen = revision
            self.woken.set()

    def take_beat(self) -> bool:
        """Whether a heartbeat is to be sent, once."""
        wanted, self._is_to_beat = self._is_to_beat, False
        return wanted

    def take_news(self) -> bool:
        """Whether the page may lack something, once. What a look saw may have been sent since."""
        is_told, self._is_told = self._is_told, False
        seen, self._seen = self._seen, None
        return is_told or (seen is not None and seen != self.sent)


@dataclass(frozen=True, slots=True)
class _Render:
    """A render under way, and how many words on its topic came before it began."""

    task: asyncio.Task[Rendered | None]
    heard: int


class Hub:
    """Knows the open streams of this process and what they wait for."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = defaultdict(set)
        self._turns: list[set[Stream]] = [set() for _ in range(TURNS)]
        self._next_turn = itertools.cycle(range(TURNS))
        self._renders: dict[Claims, _Render] = {}
        self._words: Counter[str] = Counter()
        self._to_look_at: set[Stream] = set()
        self._renderers = ThreadPoolExecutor(RENDER_THREADS, thread_name_prefix="live-render")
        # Of its own: a look must not wait behind the drawing for thousands who connect again.
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="live-look")
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._subscribed = asyncio.Event()
        self.is_ending = False

    async def open(self, claims: Claims, *, known: str = "") -> Stream:
        """Add a stream, which begins with what changed since the revision that its page knows:
        with everything when it knows none.

        Listens before anything is read, or a change in between were lost.
        """
        self._keep_running("listen", self._listen)
        self._keep_running("take turns", self._take_turns)
        stream = Stream(claims, next(self._next_turn), sent=known)
        self._streams[claims.topic].add(stream)
        self._turns[stream.turn].add(stream)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._subscribed.wait(), 2)
        if known:
            self._look_at([stream])
        else:
            stream.tell()
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._turns[stream.turn].discard(stream)
        self._to_look_at.discard(stream)
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
            return await loop.run_in_executor(self._renderers, _in_thread, render_for, claims)
        finally:
            del self._renders[claims]

    def wake(self, word: Mapping[str, int | None]) -> None:
        """Wake the streams that show this post, this conversation, or all of this person's."""
        for kind, pk in word.items():
            topic = f"{kind}:{pk}"
            if topic in self._streams:
                self._words[topic] += 1
                for stream in self._streams[topic]:
                    stream.tell()

    def end(self) -> None:
        """Let every stream end at its next step, which is now."""
        self.is_ending = True
        for stream in self._all():
            stream.woken.set()

    @property
    def open_streams(self) -> int:
        """How many there are."""
        return sum(map(len, self._turns))

    def _all(self) -> Iterable[Stream]:
        return itertools.chain.from_iterable(self._turns)

    async def _listen(self) -> None:
        """Hear the word that something changed, for as long as the process lives."""
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "subscribe":
                            self._subscribed.set()
                            self._look_at(self._all())  # whatever was said while nobody listened
                        elif message["type"] == "message":
                            self.wake(json.loads(message["data"]))
            except (RedisError, OSError) as error:
                logger.warning("The live bus is away: %s", error)
            finally:
                self._subscribed.clear()
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(RESUBSCRIBE_SECONDS)

    async def _take_turns(self) -> None:
        """Give every stream its heartbeat, and look at it, once in HEARTBEAT_SECONDS."""
        for streams in itertools.cycle(self._turns):
            await asyncio.sleep(HEARTBEAT_SECONDS / TURNS)
            for stream in streams:
                stream.beat()
            self._look_at(streams)
            self._keep_running("listen", self._listen)

    def _look_at(self, streams: Iterable[Stream]) -> None:
        """Have them looked at. Where the database is slow they wait, and looks do not pile up."""
        self._to_look_at.update(streams)
        self._keep_running("look", self._look)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._to_look_at:
            number = min(LOOK_AT_ONCE, len(self._to_look_at))
            streams = [self._to_look_at.pop() for _ in range(number)]
            claims = {stream.claims for stream in streams}
            try:
                found = await loop.run_in_executor(self._looker, _in_thread, revisions_of, claims)
            except django.db.Error as error:
                logger.warning("Open pages could not be looked at, later again: %s", error)
                continue
            for stream in streams:
                stream.compare(found.get(stream.claims, ""))

    def _keep_running(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start it unless it runs; anew if it broke."""
        task = self._tasks.get(name)
        if task is not None and not task.done():
            return
        if task is not None and not task.cancelled() and (error := task.exception()):
            logger.error("What keeps open pages up to date broke: %s", name, exc_info=error)
        self._tasks[name] = asyncio.create_task(work())


def _in_thread(work: Callable[[Asked], Answer], asked: Asked) -> Answer:
    django.db.close_old_connections()
    try:
        return work(asked)
    finally:
        django.db.close_old_connections()
