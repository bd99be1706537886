"""On PostgreSQL a worker freezes, or its network does, with a transaction open.

Not on SQLite: there a frozen writer holds the only lock, and all others wait for it.
"""

from __future__ import annotations

import os
import signal

import pytest

from generation.models import GenerationJob
from pixelstream.accounts.models import User
from tests.factories import job_of
from tests.faults.harness import (
    TARGETS,
    Stack,
    before_any_worker_hears,
    begin,
    calls_of,
    pictures,
    start_many,
)
from tests.faults.vendor.provider import PAID, SAFE

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("target", TARGETS)
def test_a_worker_frozen_in_its_commit_holds_up_nobody_for_long(
    stack: Stack, alice: User, target: str
) -> None:
    with before_any_worker_hears():
        posts = [begin(target, alice, model) for model in (PAID, SAFE)]
        for post in posts:
            stack.plan_more("before_commit", job_of(post), "stop")
    zombies = [stack.wait_for_fault("before_commit", job_of(post)) for post in posts]
    others = start_many(alice, 3, f"{PAID} {SAFE}")

    assert stack.finish().findings == []
    assert [pictures(post) for post in posts] == [1, 1], "what was stored is adopted"
    assert [pictures(post) for post in others] == [2, 2, 2]
    for zombie in zombies:
        os.kill(zombie, signal.SIGCONT)
    for post in posts:
        stack.wait_for_late_end(job_of(post))
    assert stack.finish().findings == []
    assert {calls_of(job) for job in GenerationJob.objects.exclude(kind="caption")} == {1}
