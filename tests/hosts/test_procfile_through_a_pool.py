"""The Procfile's own web, worker and beat, with pgbouncer between them and PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from gallery.models import GeneratedImage
from generation.models import GenerationJob
from tests.faults.harness import DEADLINE, PROJECT_DIR, THOROUGH, answers
from tests.hosts.browsing import Browser
from tests.hosts.host import Host
from tests.hosts.lines import BUILT
from tests.hosts.pool import SIZE, running_pool
from tools.postgres import find_pool

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(connection.vendor == "postgresql", reason="starts a server of its own"),
    pytest.mark.skipif(not find_pool(), reason="pgbouncer is not installed"),
]

POSTS = 40 if THOROUGH else 8
PEOPLE = 4
COMPLAINTS = ("psycopg.errors", "django.db.utils", "prepared statement", "Traceback")
"""What a log says when somebody relied on having the same connection again."""


@dataclass
class Installation:
    """A host whose programs know the pool only, and the way around it for the test."""

    host: Host
    direct: str

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows, from PostgreSQL itself."""
        with psycopg.connect(self.direct) as here:
            return here.execute(query).fetchall()

    def wait_until(self, happened: Callable[[], Any], what: str) -> None:
        until = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < until, f"never: {what}\n{self.host.said()}"
            time.sleep(0.2)

    def logs(self) -> str:
        return "\n".join(
            log.read_text("utf-8", "replace") for log in self.host.folder.glob("*.log")
        )


@pytest.fixture
def installation(tmp_path: Path, shared: dict[str, str]) -> Iterator[Installation]:
    """Migrated past the pool, as the documents say, then started before it."""
    direct = shared["DATABASE_URL"]
    told = {**shared, "WORKER_CONCURRENCY": "4", "WEB_CONCURRENCY": "2"}
    released = Host(tmp_path / "release", told)
    assert released.run("release") == 0, released.said()
    with running_pool(direct) as pooled:
        told = {**told, "DATABASE_URL": pooled, "DATABASE_POOLED": "true"}
        host = Host(tmp_path / "host", told)
        running = Installation(host, direct)
        try:
            for name in ("web", "worker", "beat"):
                host.start(name)
            running.wait_until(lambda: answers(host.port), "the web server")
            yield running
        finally:
            host.stop()


def test_people_have_many_pictures_made_over_few_connections(installation: Installation) -> None:
    url = installation.host.url
    people = [Browser() for _ in range(PEOPLE)]
    for number, person in enumerate(people):
        email = f"person-{number}@example.com"
        person.send(f"{url}/accounts/signup/", email=email, password1="farol-na-praia-7")
    first = people[0].generate(url, "a lighthouse at dusk", "builtin/sketch")
    assert "event: done" in list(people[0].stream(url, first)), installation.host.said()

    def send(number: int) -> int:
        return people[number % PEOPLE].generate(url, f"a lighthouse {number}", "builtin/sketch")

    with ThreadPoolExecutor(PEOPLE) as threads:
        assert len({first, *threads.map(send, range(1, POSTS))}) == POSTS
    assert 1 < _most_connections_until_all_ended(installation) <= SIZE, "more go past the pool"

    jobs = f"SELECT kind, status, count(*) FROM {GenerationJob._meta.db_table} GROUP BY 1, 2"
    assert sorted(installation.ask(jobs)) == [
        ("caption", "completed", POSTS),
        ("image", "completed", POSTS),
    ]
    images = f"SELECT count(DISTINCT post_id), count(*) FROM {GeneratedImage._meta.db_table}"
    assert installation.ask(images) == [(POSTS, POSTS)]
    people[0].get(f"{url}/readyz")
    _doctor(installation)
    said = installation.logs()
    assert [words for words in COMPLAINTS if words in said] == [], said[-20_000:]


def _most_connections_until_all_ended(installation: Installation) -> int:
    """Patient for as long as jobs end: the machine may be busy."""
    unfinished = ", ".join(f"'{status}'" for status in GenerationJob.UNFINISHED)
    left = f"SELECT count(*) FROM {GenerationJob._meta.db_table} WHERE status IN ({unfinished})"
    connections = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    seen = [_number(installation, connections)]
    while before := _number(installation, left):

        def fewer(before: int = before) -> bool:
            seen.append(_number(installation, connections))
            return _number(installation, left) < before

        installation.wait_until(fewer, "the end of a job")
    return max(seen)


def _number(installation: Installation, query: str) -> int:
    return int(installation.ask(query)[0][0])


def _doctor(installation: Installation) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", "python manage.py doctor"],
        cwd=PROJECT_DIR,
        env={**os.environ, "PATH": BUILT, **installation.host.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
