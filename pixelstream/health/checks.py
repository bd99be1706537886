"""What is judged well and what is not: facts in, findings out. No word is said here: `words`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from pixelstream.health.asking import NoAnswerError
from pixelstream.health.facts import Notes, Room, Rows

OUTBOX_OLD = 300.0
"""Seconds that an object may wait for its deletion or move. Storage is tried again after 10, then
60 seconds: one bad minute is no news.
"""

QUEUE_OLD = 120.0
"""Seconds that a job may be due before a worker takes it."""

ROOM_LOW = 2 * 1024**3
"""Bytes that are to be free on the disk of this machine."""


class State(StrEnum):
    """How something is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True)
class Finding:
    """How one thing is, and why."""

    name: str
    state: State = State.OK
    cause: str = ""
    """Of what is not well: a key of `words.CAUSES`."""
    said: Mapping[str, str | int] = field(default_factory=dict)
    """What the sentences about it need."""
    since: float | None = None
    """For how many seconds, where the facts tell."""


@dataclass(frozen=True)
class Facts:
    """What each service said, or why it said nothing."""

    rows: Rows | NoAnswerError
    notes: Notes | NoAnswerError
    room: Room | NoAnswerError


NECESSARY = frozenset({"database", "migrations"})
"""Without these no page can be made, on this host. Everything else is shared by all hosts: to take
each of them out of the balancer for it would turn a part that fails into a site that is gone.
"""


def findings(facts: Facts) -> list[Finding]:
    """One for each check, always the same ones in the same order."""
    return [
        *_of_the_database(facts.rows),
        *_of_the_broker(facts.notes),
        _storage(facts.room),
        *_of_the_work(facts.rows),
    ]


def overall(found: list[Finding]) -> State:
    """Of the whole: failing only where this host cannot serve pages."""
    if any(one.state is State.FAILING and one.name in NECESSARY for one in found):
        return State.FAILING
    return State.OK if all(one.state is State.OK for one in found) else State.DEGRADED


def _of_the_database(rows: Rows | NoAnswerError) -> Iterator[Finding]:
    if isinstance(rows, NoAnswerError):
        yield Finding("database", State.FAILING, "database-away", {"why": str(rows)})
        yield _unknown("migrations", "database")
        return
    yield Finding("database")
    if rows.unapplied:
        said: dict[str, str | int] = {
            "number": len(rows.unapplied),
            "first": rows.unapplied[0],
        }
        yield Finding("migrations", State.FAILING, "migrations-missing", said)
    else:
        yield Finding("migrations")


def _of_the_broker(notes: Notes | NoAnswerError) -> Iterator[Finding]:
    if isinstance(notes, NoAnswerError):
        yield Finding("broker", State.FAILING, "broker-away", {"why": str(notes)})
        yield _unknown("beat", "broker")
        return
    yield Finding("broker")
    ticking = notes.ticking
    if not ticking.is_old:
        yield Finding("beat")
    elif ticking.is_rung:
        yield Finding("beat", State.FAILING, "beat-unheard", since=ticking.since_swept)
    else:
        yield Finding("beat", State.FAILING, "beat-silent", since=ticking.since_rung)


def _storage(room: Room | NoAnswerError) -> Finding:
    if isinstance(room, NoAnswerError):
        place = "storage-away" if settings.STORAGE_PLACE == "s3" else "disk-away"
        return Finding("storage", State.FAILING, place, {"why": str(room)})
    if room.free < ROOM_LOW:
        return Finding("storage", State.DEGRADED, "disk-full", {"free": room.free})
    return Finding("storage")


def _of_the_work(rows: Rows | NoAnswerError) -> Iterator[Finding]:
    if isinstance(rows, NoAnswerError) or rows.unapplied:
        yield _unknown("outbox", "database")
        yield _unknown("queue", "database")
        return
    if rows.refused:
        said: Mapping[str, str | int] = {"number": rows.refused}
        yield Finding("outbox", State.DEGRADED, "outbox-refused", said, rows.outbox_since)
    elif rows.outbox_since > OUTBOX_OLD:
        said = {"number": rows.outbox}
        yield Finding("outbox", State.DEGRADED, "outbox-old", said, rows.outbox_since)
    else:
        yield Finding("outbox")
    if rows.silent:
        yield Finding("queue", State.DEGRADED, "queue-silent", {"number": rows.silent})
    elif rows.waiting_since > QUEUE_OLD:
        said = {"number": rows.waiting}
        yield Finding("queue", State.DEGRADED, "queue-old", said, rows.waiting_since)
    else:
        yield Finding("queue")


def _unknown(name: str, because_of: str) -> Finding:
    return Finding(name, State.DEGRADED, f"unknown-without-{because_of}")
