"""Two releases at work at once on one database, as in the middle of an upgrade: nothing is lost.

The release before is run as it was, from git. First both processes of it, also while the database
is migrated and after that; then its web with the new worker, the new web with its worker, and last
the new ones alone. At each change people are in the middle of asking for pictures.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.faults.harness import DEADLINE, PROJECT_DIR, THOROUGH, answers
from tests.hosts import releases
from tests.hosts.crowd import MODELS, Crowd
from tests.hosts.host import Host

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.skipif(connection.vendor == "postgresql", reason="starts a server of its own"),
    pytest.mark.skipif(not THOROUGH, reason="takes minutes: make prove runs it"),
]

PEOPLE = 3
POSTS = 6
"""That are asked for at each change of processes, and again after it."""
QUIET = ("web", "beat")
KINDS_OF_PAGES = 15
"""That there are at least: a page of each is opened."""


@dataclass
class Upgrade:
    """Two hosts of one installation: one has the release before, the other the new one."""

    old: Host
    new: Host
    crowd: Crowd
    changed: list[str]
    """Packages that the release before was made for in another version than it runs with."""

    def start(self, host: Host, *names: str) -> None:
        for name in names:
            host.start(name)
            if name == "web":
                self.wait_until(lambda: answers(host.port), "an answer of the web server")

    def stop(self, host: Host, *names: str) -> None:
        """As a platform does: it asks, and waits."""
        for name in names:
            process = host.running[name].process
            process.send_signal(signal.SIGTERM)
            process.wait(DEADLINE)
            host.kill(name)

    def change(self, urls: list[str], what: str, how: Callable[[], None]) -> None:
        """Do it while people ask at these addresses. Nobody is failed, and everything is made."""
        asking = self.crowd.ask(urls, POSTS, f"{what}, meanwhile")
        how()
        for answer in [*asking, *self.crowd.ask(urls[-1:], POSTS, what)]:
            answer.result(DEADLINE)
        self.crowd.wait_for_posts(urls[-1])
        self.crowd.do_everyday_things(urls[-1], what)
        kinds = self.crowd.look_around(urls[-1])
        assert len(kinds) >= KINDS_OF_PAGES, f"{what}: {kinds}"

    def wait_until(self, happened: Callable[[], Any], what: str) -> None:
        until = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < until, f"never: {what}\n{self.said()}"
            time.sleep(0.1)

    def verdict(self) -> dict[str, Any]:
        """What came of it, once there is nothing to tidy up any more, or after long enough."""
        until = time.monotonic() + DEADLINE
        while True:
            done = subprocess.run(
                [sys.executable, "-m", "tests.hosts.judge"],
                cwd=PROJECT_DIR,
                env={**os.environ, **self.new.environment},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-5000:]
            verdict: dict[str, Any] = json.loads(done.stdout)
            if not verdict["untidy"] or time.monotonic() > until:
                return verdict
            time.sleep(1)

    def failures(self) -> list[str]:
        """The errors that web servers and beats wrote. A worker that is stopped says some."""
        logs = [host.folder / f"{name}.log" for host in (self.old, self.new) for name in QUIET]
        lines = [line for log in logs for line in log.read_text("utf-8", "replace").splitlines()]
        return [line for line in lines if "Traceback" in line or "ERROR" in line]

    def said(self) -> str:
        note = f"packages in other versions: {', '.join(self.changed) or 'none'}"
        return "\n".join([note, self.old.said(), self.new.said()])


@pytest.fixture
def upgrade(tmp_path: Path, shared: dict[str, str]) -> Iterator[Upgrade]:
    """The release before, installed and not started; the new one, not begun."""
    try:
        commit = releases.commit_before(PROJECT_DIR)
        before = releases.unpack(PROJECT_DIR, commit, tmp_path / "release-before")
    except releases.NoReleaseBeforeError as reason:
        pytest.skip(f"the release before is not to be had: {reason}")
    gone, changed = releases.other_packages(PROJECT_DIR, before)
    if gone:
        pytest.skip(f"the release before needs what is not installed any more: {', '.join(gone)}")
    told = {**shared, "WORKER_CONCURRENCY": "2"}
    old = Host(tmp_path / "old", told, project=before)
    new = Host(tmp_path / "new", told)
    with Crowd(PEOPLE) as crowd:
        try:
            yield Upgrade(old, new, crowd, changed)
        finally:
            old.stop()
            new.stop()


def test_people_notice_nothing_of_an_upgrade(upgrade: Upgrade) -> None:
    old, new, crowd = upgrade.old, upgrade.new, upgrade.crowd

    def migrate() -> None:
        assert new.run("release") == 0, new.said()

    def to_the_new_worker() -> None:
        upgrade.stop(old, "worker")
        upgrade.start(new, "worker")

    def back_to_the_old_worker() -> None:
        upgrade.stop(new, "worker")
        upgrade.start(old, "worker")

    def to_the_new_worker_and_beat() -> None:
        upgrade.stop(old, "worker", "beat")
        upgrade.start(new, "worker", "beat")

    try:
        assert old.run("release") == 0
        upgrade.start(old, "web", "worker", "beat")
        crowd.sign_up(old.url)

        upgrade.change([old.url], "the database is migrated", migrate)
        upgrade.change([old.url], "old web, new worker", to_the_new_worker)
        upgrade.start(new, "web")
        upgrade.change([old.url, new.url], "new web, old worker", back_to_the_old_worker)
        upgrade.stop(old, "web")
        upgrade.change([new.url], "the new release", to_the_new_worker_and_beat)
        verdict = upgrade.verdict()
    except Exception as error:
        error.add_note(upgrade.said())
        raise

    assert verdict["broken"] == []
    assert verdict["untidy"] == []
    asked = crowd.asked.items()
    assert verdict["made"] == {what: [_whole(n) for n in each] for what, each in asked}
    assert upgrade.failures() == [], upgrade.said()


def _whole(pictures: int) -> list[Any]:
    """What one post or turn comes to whose every job was done once."""
    if pictures == len(MODELS):
        return ["generated", pictures, ["caption completed", *["image completed"] * pictures]]
    return ["completed", pictures, ["edit completed"] * pictures]
