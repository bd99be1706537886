"""Several processes of a web server, of which any is asked for the numbers of all."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from pixelstream.health import pages, processes
from pixelstream.supervisor import Program
from tests.faults.harness import DEADLINE, Running, answers
from tests.ports import free_port

pytestmark = pytest.mark.timeout(300)

TOKEN = "a-token-of-the-tests-which-is-long"
STARTED = "pixelstream_process_started_seconds"
REQUESTS = "pixelstream_http_requests_total"
STREAMS = "pixelstream_live_streams"
Numbers = list[tuple[str, dict[str, str], float]]


class Server:
    """Two processes behind one port, started as the Procfile does it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        command = [sys.executable, "-m", "uvicorn", "pixelstream.asgi:application"]
        command += ["--port", str(self.port), "--no-access-log"]
        environment = {
            "WEB_CONCURRENCY": "2",
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}",
            "REDIS_URL": settings.REDIS_URL,
            "METRICS_TOKEN": TOKEN,
            "DJANGO_SETTINGS_MODULE": "pixelstream.settings",
            "SECRET_KEY": "only-for-tests-" * 4,
        }
        self.running = Running(Program("web", command), folder / "web.log", environment)

    def scrape(self) -> Numbers:
        """What Prometheus reads, from whichever process answers."""
        answer = requests.get(
            f"http://127.0.0.1:{self.port}/metrics",
            headers={"Authorization": f"Bearer {TOKEN}", "Connection": "close"},
            timeout=DEADLINE,
        )
        answer.raise_for_status()
        return [
            (sample.name, dict(sample.labels), sample.value)
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        ]

    def members(self) -> set[int]:
        """The processes that say when they were started."""
        return {int(labels["pid"]) for name, labels, _ in self.scrape() if name == STARTED}

    def wait_until(self, happened: Callable[[], bool]) -> None:
        until = time.monotonic() + DEADLINE
        while not happened():
            assert self.running.is_alive, self.running.log.read_text()
            assert time.monotonic() < until, self.running.log.read_text()
            time.sleep(0.1)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server of which both processes answer."""
    server = Server(folder)
    try:
        server.wait_until(lambda: answers(server.port))
        server.wait_until(lambda: len(server.members()) == 2)
        yield server
    finally:
        server.running.kill_group()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One, and what is left of another."""
    left = tmp_path / processes.FOLDER / "of-a-server-that-ended"
    left.mkdir(parents=True)
    (left / processes.LOCK).touch()
    (tmp_path / "static").mkdir()
    with running(tmp_path) as server:
        yield server


def total(numbers: Numbers) -> float:
    """Files that were asked for and not there."""
    return sum(
        value
        for name, labels, value in numbers
        if name == REQUESTS and labels["route"] == pages.FILES
    )


def test_each_answers_for_all_and_the_dead_are_counted_on(server: Server) -> None:
    asked = 20
    for _ in range(asked):
        requests.get(
            f"http://127.0.0.1:{server.port}/static/none",
            headers={"Connection": "close"},
            timeout=DEADLINE,
        )
    seen = [total(server.scrape()) for _ in range(8)]
    assert seen == [asked] * 8, "whichever answers"
    assert [value for name, _labels, value in server.scrape() if name == STREAMS] == [0]

    dead = min(server.members())
    os.kill(dead, signal.SIGKILL)
    server.wait_until(lambda: len(server.members() - {dead}) == 2)
    assert dead not in server.members()
    assert total(server.scrape()) == asked


def test_what_a_server_left_behind_is_deleted_and_what_another_uses_is_not(server: Server) -> None:
    (own,) = (server.folder / processes.FOLDER).glob("*/")
    with running(server.folder) as second:
        assert own.is_dir()
        assert len(list((server.folder / processes.FOLDER).glob("*/"))) == 2
        assert server.members().isdisjoint(second.members())


def test_a_process_alone_keeps_its_numbers_in_its_memory() -> None:
    assert processes.folder is None
    assert processes.VARIABLE not in os.environ
