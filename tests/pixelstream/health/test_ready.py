"""Whether a host is ready, through each fault: what is said, and that nothing hangs."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import dj_database_url
import pytest
import redis
from django.conf import settings as configured
from django.core.files.storage import storages
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import StoredObject
from generation.models import GenerationJob
from pixelstream import pooling
from pixelstream.accounts.models import User
from pixelstream.health import asking, beat, board, facts, report
from pixelstream.object_storage import options
from tests.factories import create_object, start

pytestmark = pytest.mark.django_db(transaction=True)

WELL = {
    "database": "ok",
    "migrations": "ok",
    "broker": "ok",
    "beat": "ok",
    "storage": "ok",
    "outbox": "ok",
    "queue": "ok",
}


def ask(client: Client) -> tuple[int, str, dict[str, str]]:
    """Status of the answer, state of the whole, and of each check that is not well."""
    report.forget()
    answer = client.get("/readyz")
    told = json.loads(answer.content)
    assert set(told) == {"status", "checks"}
    assert list(told["checks"]) == list(WELL)
    unwell = {name: state for name, state in told["checks"].items() if state != "ok"}
    return answer.status_code, told["status"], unwell


def cause_of(name: str) -> str:
    """Why a check is not well."""
    return next(one.cause for one in report.current().findings if one.name == name)


@pytest.fixture(autouse=True)
def _ticking(broker: redis.Redis) -> None:
    """Beat rang and a worker swept a moment ago."""
    beat.rung()
    beat.swept()


def test_all_is_well(anonymous: Client) -> None:
    assert ask(anonymous) == (200, "ok", {})
    assert anonymous.get("/healthz").content == b"ok"


def test_it_is_asked_by_the_address_of_a_machine_and_without_https(
    anonymous: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = "t" * 20
    for path in ("/healthz", "/readyz"):
        assert anonymous.get(path, HTTP_HOST="10.0.0.7:8000").status_code == 200
    assert anonymous.get("/metrics", HTTP_HOST="10.0.0.7:8000").status_code == 401


@pytest.mark.usefixtures("stopped_broker")
def test_without_a_broker_pages_go_on(anonymous: Client) -> None:
    assert ask(anonymous) == (200, "degraded", {"broker": "failing", "beat": "degraded"})
    assert cause_of("beat") == "unknown-without-broker"


def test_a_database_that_refuses_is_not_ready_and_strangers_do_not_learn_why(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("password authentication failed for user ann")

    monkeypatch.setattr(BaseDatabaseWrapper, "connect", refuse)
    unwell = {"database": "failing"}
    unwell |= dict.fromkeys(("migrations", "outbox", "queue"), "degraded")
    assert ask(anonymous) == (503, "failing", unwell)
    answer = anonymous.get("/readyz")
    assert b"ann" not in answer.content
    assert answer["Retry-After"] == "5"


def test_a_database_that_hangs_is_told_in_time_and_asked_by_one_thread_only(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    connect = BaseDatabaseWrapper.connect

    def hang(self: BaseDatabaseWrapper) -> None:
        assert hangs.wait(60)
        connect(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "connect", hang)
    monkeypatch.setattr(asking, "PATIENCE", 0.1)
    try:
        for _ in range(3):
            assert ask(anonymous)[0] == 503
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("health-database") == 1
    finally:
        hangs.set()
        for thread in threading.enumerate():
            if thread.name == "health-database":
                thread.join(60)
    monkeypatch.setattr(asking, "PATIENCE", 60)
    assert ask(anonymous) == (200, "ok", {})


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port where packets are dropped: who is next in a queue that is full hears nothing."""
    with contextlib.ExitStack() as open_ones:
        server = open_ones.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port: int = server.getsockname()[1]
        for _ in range(3):
            one = open_ones.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port


def test_a_database_whose_packets_are_dropped_holds_nobody_for_long(
    anonymous: Client, silent_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to itself, psycopg waits for 130 seconds."""
    address = f"postgres://ann:secret@127.0.0.1:{silent_server}/pixelstream"
    given: dict[str, Any] = {**connection.settings_dict, **dj_database_url.parse(address)}
    given["OPTIONS"] = {}
    pooling.prepare_settings(given, is_pooled=False)
    begun, connect = time.monotonic(), BaseDatabaseWrapper.connect
    monkeypatch.setattr(
        BaseDatabaseWrapper, "connect", lambda self: connect(DatabaseWrapper(given))
    )
    assert ask(anonymous)[:2] == (503, "failing")
    for thread in threading.enumerate():
        if thread.name == "health-database":
            thread.join()
    assert time.monotonic() - begun < 60


def test_a_missing_migration_is_not_ready(anonymous: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("gallery", "0001_initial")
    try:
        unwell = {"migrations": "failing", "outbox": "degraded", "queue": "degraded"}
        assert ask(anonymous) == (503, "failing", unwell)
        found = next(one for one in report.current().findings if one.name == "migrations")
        assert found.said == {"number": 1, "first": "gallery.0001_initial"}
    finally:
        recorder.record_applied("gallery", "0001_initial")
    assert ask(anonymous)[0] == 200


def test_a_newer_database_is_ready_for_the_older_program(anonymous: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("gallery", "9999_of_the_next_version")
    try:
        assert ask(anonymous) == (200, "ok", {})
    finally:
        recorder.record_unapplied("gallery", "9999_of_the_next_version")


def test_a_squashed_migration_counts_where_those_that_it_replaces_were_applied(
    monkeypatch: pytest.MonkeyPatch, anonymous: Client
) -> None:
    known = facts.migrations()
    squashed = {("gallery", "0001_squashed"): [("gallery", "0001_initial")]}
    monkeypatch.setattr(facts, "migrations", lambda: {**known, **squashed})
    assert ask(anonymous)[0] == 200
    squashed[("gallery", "0001_squashed")].append(("gallery", "0001_never"))
    assert ask(anonymous)[0] == 503


def buckets_at(port: int) -> dict[str, Any]:
    """Both areas at this port of this machine."""
    return options.in_buckets(
        endpoint=f"http://127.0.0.1:{port}",
        region="auto",
        access_key="a",
        secret_key="b",
        bucket="pictures",
        private_bucket="",
        public_url="http://127.0.0.1/",
        connections=2,
    )


@pytest.fixture
def deaf_server() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server.getsockname()[1]


def test_a_storage_that_is_away_does_not_stop_pages(anonymous: Client, settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        settings.STORAGES = {**settings.STORAGES, **buckets_at(taken.getsockname()[1])}
        settings.STORAGE_PLACE = "s3"
        assert ask(anonymous) == (200, "degraded", {"storage": "failing"})
    assert cause_of("storage") == "storage-away"


def test_a_storage_that_hangs_does_not_hang_the_answer(
    anonymous: Client, settings: Any, deaf_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGES = {**settings.STORAGES, **buckets_at(deaf_server)}
    for area in StoredObject.Area.values:
        storages[area].connection  # noqa: B018 (loading boto3 is no part of the wait)
    assert ask(anonymous) == (200, "degraded", {"storage": "failing"})
    found = report.current().facts.room
    assert isinstance(found, asking.NoAnswerError)
    assert ask(anonymous)[1] == "degraded"
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("health-storage") <= 1


def test_a_full_disk_is_told(anonymous: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    room = SimpleNamespace(free=10**8, total=10**12)
    monkeypatch.setattr(facts.shutil, "disk_usage", lambda folder: room)
    assert ask(anonymous) == (200, "degraded", {"storage": "degraded"})
    assert cause_of("storage") == "disk-full"


def wind_back(broker: redis.Redis, *names: str, seconds: float) -> None:
    """Let what was noted under these names have been so long ago."""
    for name in names:
        broker.hset(board.FIELDS, name, board.now() - seconds)


def test_a_beat_that_fell_silent_is_told(anonymous: Client, broker: redis.Redis) -> None:
    wind_back(broker, "rung", "swept", seconds=59)
    assert ask(anonymous)[1] == "ok"
    wind_back(broker, "rung", "swept", seconds=61)
    assert ask(anonymous) == (200, "degraded", {"beat": "failing"})
    assert cause_of("beat") == "beat-silent"
    since = report.current().since["beat"]
    assert timedelta(seconds=60) < timezone.now() - since < timedelta(seconds=120)


def test_a_beat_that_no_worker_hears_is_another_fault(
    anonymous: Client, broker: redis.Redis
) -> None:
    wind_back(broker, "swept", seconds=61)
    assert ask(anonymous)[2] == {"beat": "failing"}
    assert cause_of("beat") == "beat-unheard"


def test_a_beat_that_never_was_is_told(anonymous: Client, broker: redis.Redis) -> None:
    broker.delete(board.FIELDS)
    assert ask(anonymous)[2] == {"beat": "failing"}


def test_who_sweeps_by_cron_once_a_minute_needs_no_beat(
    anonymous: Client, broker: redis.Redis
) -> None:
    broker.delete(board.FIELDS)
    beat.swept(by_cron=True)
    wind_back(broker, "swept", seconds=100)
    assert ask(anonymous) == (200, "ok", {})
    wind_back(broker, "swept", seconds=151)
    assert ask(anonymous)[2] == {"beat": "failing"}


def objects_to_delete(alice: User, number: int, **fields: Any) -> list[int]:
    """Objects in the outbox."""
    pks = [create_object(alice).pk for _ in range(number)]
    StoredObject.objects.filter(pk__in=pks).update(state="deleting", **fields)
    return pks


def test_an_outbox_that_nobody_empties_is_told(anonymous: Client, alice: User) -> None:
    objects_to_delete(alice, 2)
    assert ask(anonymous)[1] == "ok"
    due = Now() - timedelta(minutes=6)
    StoredObject.objects.update(attempts=1, next_attempt_at=due)
    assert ask(anonymous) == (200, "degraded", {"outbox": "degraded"})
    assert cause_of("outbox") == "outbox-old"


def test_an_outbox_that_was_never_tried_is_timed_from_when_it_was_first_seen(
    anonymous: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pks = objects_to_delete(alice, 2)
    assert ask(anonymous)[1] == "ok"
    later = facts.time.monotonic() + 301
    monkeypatch.setattr(facts, "time", SimpleNamespace(monotonic=lambda: later))
    objects_to_delete(alice, 1)
    assert ask(anonymous)[2] == {"outbox": "degraded"}
    # What came later has waited for nothing yet.
    StoredObject.objects.filter(pk__in=pks).update(state="gone", gone_at=Now())
    assert ask(anonymous)[1] == "ok"


def test_what_storage_refused_for_long_is_told_by_the_number_of_tries(
    anonymous: Client, alice: User
) -> None:
    later = Now() + timedelta(hours=1)
    objects_to_delete(alice, 1, attempts=4, next_attempt_at=later)  # 10 + 60 + 300 s at least
    assert ask(anonymous)[2] == {"outbox": "degraded"}
    StoredObject.objects.update(attempts=12)
    assert ask(anonymous)[2] == {"outbox": "degraded"}
    assert cause_of("outbox") == "outbox-refused"


def test_jobs_that_nobody_takes_are_told(anonymous: Client, alice: User) -> None:
    jobs = start(alice).jobs
    assert ask(anonymous)[1] == "ok"
    jobs.filter(kind="caption").update(run_after=Now() - timedelta(seconds=121))
    assert ask(anonymous) == (200, "degraded", {"queue": "degraded"})
    assert cause_of("queue") == "queue-old"


def test_workers_that_went_silent_are_told(anonymous: Client, alice: User) -> None:
    start(alice).jobs.filter(kind="caption").update(
        status=GenerationJob.Status.PROCESSING,
        lease_token="00000000-0000-4000-8000-000000000000",
        lease_until=Now() - 4 * configured.JOB_LEASE,
    )
    assert ask(anonymous)[2] == {"queue": "degraded"}
    assert cause_of("queue") == "queue-silent"


def test_it_takes_as_many_queries_whatever_there_is(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    with CaptureQueriesContext(connection) as few:
        facts.read_rows()
    for _ in range(3):
        start(alice)
    objects_to_delete(alice, 3, attempts=2)
    with CaptureQueriesContext(connection) as many:
        rows = facts.read_rows()
    assert (rows.waiting, rows.outbox) == (3, 3)
    assert len(many) == len(few) <= 12


def test_more_than_most_is_not_counted(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST", 2)
    for _ in range(3):
        start(alice)
    objects_to_delete(alice, 3)
    found = facts.read_rows()
    assert (found.waiting, found.outbox) == (2, 2)


def test_a_flood_is_answered_from_one_look(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    reading, go_on = threading.Event(), threading.Event()
    find_out = report.Reporter._find_out

    def slow(self: report.Reporter) -> report.Report:
        looks.append(1)
        reading.set()
        assert go_on.wait(60)
        return find_out(self)

    monkeypatch.setattr(report.Reporter, "_find_out", slow)
    found: list[report.Report] = []
    threads = [threading.Thread(target=lambda: found.append(report.current())) for _ in range(20)]
    for thread in threads:
        thread.start()
    assert reading.wait(60)
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(looks) == 1
    assert len({id(one) for one in found}) == 1
    assert len(found) == 20


def test_an_answer_is_kept_for_a_moment_only() -> None:
    clock = [0.0]
    reporter = report.Reporter(clock=lambda: clock[0])
    first = reporter.current()
    clock[0] = report.KEPT_SECONDS - 0.1
    assert reporter.current() is first
    clock[0] = report.KEPT_SECONDS + 0.1
    second = reporter.current()
    assert second is not first
    assert second.since == first.since


def test_no_connection_is_left_open(anonymous: Client) -> None:
    closed: list[bool] = []
    read_rows = facts.read_rows

    def reading() -> facts.Rows:
        rows = read_rows()
        closed.append(connections["default"].connection is None)
        return rows

    question = asking.Question("rows", reading)
    assert question.begin().result(60).unapplied == ()
    assert closed == [True]
