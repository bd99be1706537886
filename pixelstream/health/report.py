"""The state of everything, asked at once and kept for a moment: asking costs nothing in a flood."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from pixelstream.health import asking, checks, facts
from pixelstream.health.asking import Question
from pixelstream.health.checks import Facts, Finding, State

KEPT_SECONDS = 2.0
"""How long an answer is good for."""

STALE_SECONDS = 10.0
"""Until then whoever asks while somebody else finds out anew gets the last answer."""


@dataclass(frozen=True)
class Report:
    """What was found, and when."""

    at: datetime
    facts: Facts
    findings: list[Finding]
    since: Mapping[str, datetime]
    """Since when each check is in its state, as far as this process knows."""

    @property
    def state(self) -> State:
        """Of the whole."""
        return checks.overall(self.findings)


class Reporter:
    """Finds out, at most once in KEPT_SECONDS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Report] | None = None
        self._rows = Question("database", facts.read_rows)
        self._notes = Question("broker", facts.read_notes)
        self._room = Question("storage", facts.read_room)

    def current(self) -> Report:
        """The state of everything, at most KEPT_SECONDS old; while it is being found out, what was
        so a few seconds ago. Takes no longer than `asking.PATIENCE` and a little.
        """
        kept = self._kept_for(KEPT_SECONDS)
        if kept is not None:
            return kept
        recent = self._kept_for(STALE_SECONDS)
        if not self._lock.acquire(blocking=recent is None) and recent is not None:
            return recent
        try:
            kept = self._kept_for(KEPT_SECONDS)  # whoever had the lock before
            if kept is None:
                kept = self._find_out()
                self._kept = (self._clock(), kept)
            return kept
        finally:
            self._lock.release()

    def forget(self) -> None:
        """The next one who asks is told what is so then."""
        self._kept = None

    def _kept_for(self, seconds: float) -> Report | None:
        kept = self._kept
        return kept[1] if kept is not None and self._clock() - kept[0] < seconds else None

    def _find_out(self) -> Report:
        facts.migrations()  # reads files at the first time: not within anybody's two seconds
        asked = self._rows.begin(), self._notes.begin(), self._room.begin()  # all at once
        until = time.monotonic() + asking.PATIENCE
        rows = asking.answer(asked[0], name="the database", until=until)
        notes = asking.answer(asked[1], name="the broker", until=until)
        room = asking.answer(asked[2], name="the storage", until=until)
        found = Facts(rows, notes, room)
        judged = checks.findings(found)
        return Report(timezone.now(), found, judged, self._since(judged))

    def _since(self, judged: list[Finding]) -> dict[str, datetime]:
        now = timezone.now()
        before = self._kept[1] if self._kept is not None else None
        states = {one.name: one.state for one in before.findings} if before else {}
        since = {}
        for one in judged:
            if one.since is not None:
                since[one.name] = now - timedelta(seconds=one.since)
            elif before is not None and states.get(one.name) is one.state:
                since[one.name] = before.since[one.name]
            else:
                since[one.name] = now
        return since


_reporter = Reporter()


def current() -> Report:
    """The state of everything, as this process sees it."""
    return _reporter.current()


def forget() -> None:
    """Ask anew, whatever was found a moment ago."""
    _reporter.forget()
