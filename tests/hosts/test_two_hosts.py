"""Two hosts, of which parts are killed while people have pictures made: nothing is lost.

One host alone can have SQLite, so this belongs to the half of the suite on PostgreSQL.
`make prove`, which is on SQLite, has it run once more on a PostgreSQL server.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection
from django.test import Client

from gallery.models import GeneratedImage, Post
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from pixelstream.accounts.models import User
from pixelstream.supervisor import _die_with_parent
from tests.faults.harness import PROJECT_DIR, THOROUGH, paid_calls
from tests.faults.vendor.provider import PAID, SAFE
from tests.hosts.browsing import Browser
from tests.hosts.cluster import Cluster
from tests.hosts.host import BrokerOnPort
from tests.storage.servers import Place
from tools.postgres import NoPostgresError, running_server

SECONDS = 900 if THOROUGH else 600
"""For each test. Whoever runs several in a process of its own waits for longer than all of them:
they shall tell what went wrong, and tidy up.
"""

pytestmark = [pytest.mark.faults, pytest.mark.timeout(SECONDS)]

POSTS = 200 if THOROUGH else 40
PEOPLE = 4
NO_CACHE = ("-p", "no:cacheprovider")
ATTEMPTS = 200
HONEST = {ErrorCode.AMBIGUOUS, ErrorCode.GAVE_UP, ErrorCode.CAPTION_FAILED}
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="test_two_hosts_on_postgresql runs it"
)


@pytest.mark.timeout(2 * SECONDS + 300)
@pytest.mark.skipif(
    connection.vendor == "postgresql" or not THOROUGH, reason="the suite runs on PostgreSQL itself"
)
def test_two_hosts_on_postgresql() -> None:
    try:
        with running_server() as url:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", __file__, "-q", "-n", "0", *NO_CACHE],
                cwd=PROJECT_DIR,
                env={**os.environ, "DATABASE_URL": url},
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=_die_with_parent(),
            )
    except NoPostgresError as reason:
        pytest.skip(str(reason))
    assert done.returncode == 0, done.stdout[-20_000:]


@pytest.fixture
def cluster(
    transactional_db: None,
    tmp_path: Path,
    shared_broker: BrokerOnPort,
    place: Place,
    counting_vendor: None,
    settings: Any,
) -> Iterator[Cluster]:
    """Both hosts answer, and this process sees what they see."""
    place.use(settings)
    cluster = Cluster(tmp_path, shared_broker, place)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def browser(alice: User) -> Browser:
    """Alice's, signed in on no host in particular."""
    return Browser(signed_in(alice))


def signed_in(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


@on_postgresql
def test_a_stream_of_one_host_shows_what_another_makes(cluster: Cluster, browser: Browser) -> None:
    """The form goes to one, the page is open on the other, and only the first has a worker."""
    east, west = cluster.hosts
    west.kill("worker")
    post = browser.generate(east.url, "wait=2", PAID)
    said = list(browser.stream(west.url, post))
    assert "event: done" in said
    assert sum(line.startswith("id: ") for line in said) > 1, "it began before the picture was made"
    assert Post.objects.get(pk=post).images.count() == 1


@on_postgresql
def test_nothing_is_lost_when_a_part_of_each_kind_is_killed(
    cluster: Cluster, alice: User, bob: User
) -> None:
    """Forms that were not answered are sent again, to whoever answers, as by a balancer."""
    east, west = cluster.hosts
    sent = _Sent()
    # One at a time and a moment apart: the second death comes while the first is mended.
    deaths = {
        POSTS * 2 // 10: lambda: west.kill("worker"),
        POSTS * 3 // 10: lambda: east.kill("web"),
        POSTS * 4 // 10: lambda: west.kill("beat"),
        POSTS * 5 // 10: cluster.broker.stop,
        POSTS * 6 // 10: cluster.broker.start,
        POSTS * 7 // 10: lambda: east.kill("worker"),
    }
    people = [Browser(signed_in(person)) for person in (alice, bob) for _ in range(PEOPLE // 2)]
    urls = [east.url, west.url]
    with ThreadPoolExecutor(PEOPLE) as threads:
        work = [
            threads.submit(_send, sent, people[number % PEOPLE], urls, number)
            for number in range(POSTS)
        ]
        for after, kill in sorted(deaths.items()):
            cluster.wait_until(lambda n=after: sent.answered >= n, f"{after} answers")
            kill()
            cluster.faults += 1
        for future in work:
            cluster.wait_until(future.done, "an answer")
    verdict = cluster.finish()

    assert verdict.findings == []
    assert verdict.faults == len(deaths)
    posts = {future.result() for future in work}
    assert len(posts) == POSTS, "every form is one post, however often it was sent"
    assert Post.objects.count() == POSTS
    failed = GenerationJob.objects.filter(status=GenerationJob.Status.FAILED)
    assert set(failed.values_list("error_code", flat=True)) <= HONEST
    made = GeneratedImage.objects.count()
    assert made == POSTS - failed.filter(kind="image").count()
    assert made >= POSTS * 3 // 4
    assert sum(1 for _ in paid_calls()) >= POSTS // 2 - failed.count()


class _Sent:
    """How many forms were answered."""

    def __init__(self) -> None:
        self.answered = 0
        self._lock = threading.Lock()

    def count(self) -> None:
        with self._lock:
            self.answered += 1


def _send(sent: _Sent, browser: Browser, urls: list[str], number: int) -> int:
    """Send one form until it is answered, to the hosts in turns. Returns the post."""
    key, model = str(uuid.uuid4()), PAID if number % 2 else SAFE
    for attempt in range(ATTEMPTS):
        url = urls[(number + attempt) % len(urls)]
        try:
            post = browser.generate(url, f"wait=0.{number % 5} {number}", model, form_key=key)
        except requests.RequestException:
            threading.Event().wait(0.2)
        else:
            sent.count()
            return post
    raise AssertionError(f"form {number} was never answered")
