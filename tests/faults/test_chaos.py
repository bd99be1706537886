"""Random faults for a while, then a quiet time, then everything must be in order."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from generation.models import GenerationJob
from generation.models.jobs import ErrorCode, GenerationJobQuerySet
from generation.providers.types import Kind
from generation.services import studio, targets
from pixelstream.accounts.models import User
from tests.faults.harness import POINTS, TARGETS, Stack, begin, cancel, retry
from tests.faults.vendor.provider import PAID, SAFE

SECONDS = float(os.environ.get("FAULTS_CHAOS_SECONDS", "60"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
MAX_UNFINISHED = 12
FREEZE_SECONDS = 7

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(SECONDS + 400),
    pytest.mark.usefixtures("credits_on"),
]

Status = GenerationJob.Status

HONEST = {
    ErrorCode.AMBIGUOUS,
    ErrorCode.CANCELED,
    ErrorCode.CAPTION_FAILED,
    ErrorCode.GAVE_UP,
}


class Chaos:
    """Does one random bad thing after the other."""

    def __init__(self, stack: Stack, owner: User) -> None:
        self.stack = stack
        self.owner = owner
        self.random = random.Random(SEED)
        self.frozen: list[tuple[float, int]] = []
        self.faults: list[Callable[[], None]] = [
            self.kill_child,
            self.kill_child,
            self.kill_somewhere,
            self.kill_somewhere,
            self.kill_group,
            self.freeze_child,
            self.restart_broker,
            self.empty_broker,
            self.restart_beat,
            self.second_beat,
            self.cancel,
            self.retry,
        ]

    def step(self) -> None:
        """Keep work coming, then let something happen."""
        while GenerationJob.objects.unfinished().count() < MAX_UNFINISHED:
            models = " ".join(self.random.choices([PAID, SAFE], k=2))
            wait = f"wait={self.random.choice([0, 0.2, 1, 2])}"
            begin(self.random.choice(TARGETS), self.owner, models, wait)
        self.thaw()
        self.random.choice(self.faults)()
        self.stack.faults += 1

    def thaw(self, *, all_of_them: bool = False) -> None:
        for since, pid in list(self.frozen):
            if all_of_them or time.monotonic() - since > FREEZE_SECONDS:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
                self.frozen.remove((since, pid))

    def kill_child(self) -> None:
        self._signal_child(signal.SIGKILL)

    def kill_somewhere(self) -> None:
        """Every job that comes there next, once each, until another plan is made."""
        self.stack.plan(**{f"generation.{self.random.choice(POINTS)}": "kill9"})

    def kill_group(self) -> None:
        self.stack.stop_workers()
        self.stack.start_worker()

    def freeze_child(self) -> None:
        self._signal_child(signal.SIGSTOP)

    def restart_broker(self) -> None:
        self.stack.broker.stop()
        time.sleep(self.random.random())
        self.stack.broker.start()

    def empty_broker(self) -> None:
        self.stack.broker.client.flushall()

    def restart_beat(self) -> None:
        self.stack.stop_beats()
        self.stack.start_beat()

    def second_beat(self) -> None:
        if len(self.stack.beats) < 3:
            self.stack.start_beat()

    def cancel(self) -> None:
        job = self._one_of(GenerationJob.objects.unfinished())
        if job is not None:
            cancel(targets.of(job), by=self.owner)

    def retry(self) -> None:
        job = self._one_of(GenerationJob.objects.filter(status=Status.FAILED))
        if job is not None:
            with contextlib.suppress(studio.NothingToRetryError):
                retry(targets.of(job), job.slot)

    def _one_of(self, jobs: GenerationJobQuerySet) -> GenerationJob | None:
        """The first picture of a post, or of a turn."""
        kind = self.random.choice([Kind.IMAGE, Kind.EDIT])
        return jobs.filter(kind=kind).first()

    def _signal_child(self, number: signal.Signals) -> None:
        children = self.stack.workers[0].children
        if children:
            child = self.random.choice(children)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, number)
            if number == signal.SIGSTOP:
                self.frozen.append((time.monotonic(), child))


def test_after_random_faults_everything_is_in_order(stack: Stack, alice: User) -> None:
    chaos = Chaos(stack, alice)
    until = time.monotonic() + SECONDS
    try:
        while time.monotonic() < until:
            chaos.step()
            time.sleep(chaos.random.uniform(0.3, 2.5))
    finally:
        chaos.thaw(all_of_them=True)
        stack.plan()
    stack.ensure_running()

    verdict = stack.finish()
    assert verdict.findings == []
    codes = GenerationJob.objects.filter(status=Status.FAILED).values_list("error_code", flat=True)
    assert set(codes) <= HONEST
