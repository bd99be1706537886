"""What is so, read from the database, the broker and the storage. Judged in `checks`.

Nothing here writes, and everything is read along an index and no further than MOST rows.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Now

from gallery.models import StoredObject
from gallery.services import claims
from generation.models import GenerationJob
from pixelstream.health import beat, board
from pixelstream.storages import area_named

MOST = 1000
"""Of more it is only known that they are more."""

STATEMENT_SECONDS = 2

WORKER_SEEN = 60.0

QUEUES = ("celery", "celery\x06\x169")  # of the clock and of people; of jobs (CELERY_TASK_ROUTES)
"""Celery's list of rings that no worker has taken."""

PROBE = "health/probe"
"""A key that no object has: whether the storage knows that is what is asked."""

Status = GenerationJob.Status


@dataclass(frozen=True)
class Rows:
    """What the database says. Ages are seconds."""

    version: str = ""
    unapplied: tuple[str, ...] = ()
    waiting: int = 0
    """Jobs that are due and that no worker has taken."""
    waiting_since: float = 0.0
    """How long the oldest of them is due."""
    working: int = 0
    silent: int = 0
    """Jobs whose worker has not been heard of for three leases."""
    outbox: int = 0
    outbox_since: float = 0.0
    """How long the oldest object waits at least for its move or deletion."""
    refused: int = 0
    """Objects that storage refused again and again."""


@dataclass(frozen=True)
class Worker:
    """A worker that was seen lately."""

    name: str
    since_seen: float
    active: int
    """Jobs at work, when it was seen."""

    @property
    def is_there(self) -> bool:
        """Whether it was seen within a minute; it says so every ten seconds."""
        return self.since_seen < WORKER_SEEN


@dataclass(frozen=True)
class Doctor:
    """What `manage.py doctor` said last."""

    since: float
    number: int
    first: Sequence[str]


@dataclass(frozen=True)
class Notes:
    """What the broker says."""

    version: str = ""
    ticking: beat.Ticking = field(default_factory=lambda: beat.Ticking(None, None))
    workers: tuple[Worker, ...] = ()
    doctor: Doctor | None = None
    rings: int = 0
    """Messages that no worker has taken."""


@dataclass(frozen=True)
class Room:
    """What the storage and the disk of this machine say; bytes."""

    free: int = 0
    total: int = 0


# --- the database --------------------------------------------------------------------------


@cache
def migrations() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Every migration of the code, with those that it replaces. Reads files; kept for good."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    return {key: list(graph.nodes[key].replaces) for key in sorted(graph.nodes)}


def read_rows() -> Rows:
    """Ask the database, on a connection of this thread that is closed again."""
    try:
        with _not_for_long():
            unapplied = tuple(_unapplied())
            # Without their tables there is nothing to read.
            return Rows(_version(), unapplied) if unapplied else _counted()
    finally:
        connection.close()


@contextmanager
def _not_for_long() -> Iterator[None]:
    """Let PostgreSQL give up what takes too long. SQLite has no such thing, and would wait for
    whoever writes if this were a transaction.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Until the end of the transaction: a pool may give the connection to others.
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        yield


def _unapplied() -> Iterator[str]:
    applied = set(MigrationRecorder(connection).applied_migrations())
    for (app, name), replaces in migrations().items():
        is_replaced = bool(replaces) and applied.issuperset(replaces)
        if (app, name) not in applied and not is_replaced:
            yield f"{app}.{name}"


def _counted() -> Rows:
    pending = GenerationJob.objects.filter(status=Status.PENDING, run_after__lte=Now())
    working = GenerationJob.objects.filter(status=Status.PROCESSING)
    long_ago = Now() - 3 * settings.JOB_LEASE
    outbox = list(_outbox())
    return Rows(
        version=_version(),
        waiting=pending[:MOST].count(),
        waiting_since=_age(pending.order_by("run_after"), "run_after"),
        working=working[:MOST].count(),
        silent=working.filter(lease_until__lt=long_ago)[:MOST].count(),
        outbox=len(outbox),
        outbox_since=max((since for _pk, since, _tries in outbox), default=0.0),
        refused=sum(tries >= claims.DEAD_LETTER_ATTEMPTS for _pk, _since, tries in outbox),
    )


def _age(rows: QuerySet[Any], name: str) -> float:
    """Seconds since the first row's time, on the database's clock; 0 without a row."""
    first = rows.annotate(now=Now(output_field=DateTimeField())).values_list(name, "now").first()
    return 0.0 if first is None else max(0.0, (first[1] - first[0]).total_seconds())


class _Watch:
    """When this process first saw each object of the outbox: their rows do not say since when."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}

    def since(self, pks: Sequence[int]) -> dict[int, float]:
        """How long each of them is known to wait; all others are forgotten."""
        now = time.monotonic()
        self._seen = {pk: self._seen.get(pk, now) for pk in pks}
        return {pk: now - first for pk, first in self._seen.items()}


_watch = _Watch()


def _outbox() -> Iterator[tuple[int, float, int]]:
    """Objects that wait, up to MOST: id, for how long at least, and how often it was tried."""
    rows: list[Any] = []
    for waiting in (StoredObject.objects.to_be_deleted(), StoredObject.objects.to_be_moved()):
        fields = ("pk", "attempts", "next_attempt_at", "claim", "now")
        named = waiting.annotate(now=Now(output_field=DateTimeField())).values_list(*fields)
        # In the order of the index, which is that in which they are taken.
        rows += list(named.order_by(F("next_attempt_at").asc(), "pk")[: MOST - len(rows)])
    seen = _watch.since([row[0] for row in rows])
    for pk, tries, due, claim, now in rows:
        waited = timedelta(seconds=sum(_pause(n) for n in range(1, tries)))
        if due is not None and claim is None and due < now:
            waited += now - due
        yield pk, max(waited.total_seconds(), seen[pk]), tries


def _pause(tries: int) -> int:
    return claims.BACK_OFF[min(tries, len(claims.BACK_OFF)) - 1]


def _version() -> str:
    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


# --- the broker ----------------------------------------------------------------------------


def read_notes() -> Notes:
    """Ask the broker, in one round trip. Raises RedisError."""
    pipe = board.client().pipeline(transaction=False)
    pipe.time()
    pipe.info("server")
    pipe.hgetall(board.FIELDS)
    pipe.hgetall(board.WORKERS)
    pipe.get(board.DOCTOR)
    for queue in QUEUES:
        pipe.llen(queue)
    clock, info, fields, workers, doctor, *rings = pipe.execute()
    now = board.clock_of(clock)
    texts = {name.decode(): value.decode() for name, value in fields.items()}
    return Notes(
        version=_broker_version(info),
        ticking=beat.read(texts, now),
        workers=tuple(sorted(_workers(workers, now), key=lambda worker: worker.name)),
        doctor=_doctor(doctor, now),
        rings=sum(rings),
    )


def _broker_version(info: dict[str, Any]) -> str:
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info.get('redis_version', '')}"


def _workers(found: dict[bytes, bytes], now: float) -> Iterator[Worker]:
    for name, text in found.items():
        said = json.loads(text)
        since = max(0.0, now - said["seen"])
        if since < board.FORGOTTEN_AFTER:
            yield Worker(name.decode(), since, said["active"])


def _doctor(text: bytes | None, now: float) -> Doctor | None:
    if text is None:
        return None
    said = json.loads(text)
    return Doctor(max(0.0, now - said["at"]), said["number"], said["first"])


# --- the storage ---------------------------------------------------------------------------


def read_room() -> Room:
    """Ask both areas for something that is not there, and the disk for its room. Raises OSError,
    or ImproperlyConfigured.
    """
    for area in StoredObject.Area.values:
        area_named(area).exists(PROBE)
    folder = Path(settings.DATA_DIR)
    used = shutil.disk_usage(folder)
    return Room(free=used.free, total=used.total)
