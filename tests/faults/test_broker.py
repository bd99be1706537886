"""The bell is lost, the broker dies or forgets, two beats tick."""

from __future__ import annotations

import signal

import pytest

from gallery.models import Post
from generation.models import GenerationJob
from generation.providers.types import Kind
from pixelstream.accounts.models import User
from tests.factories import job_of, start
from tests.faults.harness import (
    CONCURRENCY,
    TARGETS,
    Stack,
    begin,
    calls_of,
    is_honest_failure,
    pictures,
    run_python,
    start_many,
)
from tests.faults.vendor.provider import PAID, SAFE

pytestmark = pytest.mark.faults

Status = GenerationJob.Status


def test_a_post_whose_web_process_was_killed_before_it_could_ring_is_made(
    stack: Stack, alice: User
) -> None:
    arguments = ["-m", "tests.faults.dying_web", str(alice.pk)]
    assert run_python(arguments, stack.environment) == -signal.SIGKILL
    stack.faults += 1
    post = Post.objects.get()

    assert stack.finish().findings == []
    assert pictures(post) == 1


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_asked_for_while_the_broker_is_away_is_made_when_it_is_back(
    stack: Stack, alice: User, target: str
) -> None:
    """Asking works, nothing is lost, nobody has to do anything."""
    start(alice, models=PAID)
    stack.finish()
    stack.broker.stop()
    try:
        post = begin(target, alice, PAID)
        assert {job.status for job in post.jobs.all()} == {Status.PENDING}
    finally:
        stack.broker.start()
    stack.faults += 1

    assert stack.finish().findings == []
    assert pictures(post) == 1


def test_a_broker_that_dies_and_forgets_its_whole_queue_loses_no_job(
    stack: Stack, alice: User
) -> None:
    """Killed without a word under 20 jobs, started again empty; and emptied once more."""
    posts = start_many(alice, 5, f"{PAID} {PAID} {SAFE}", prompt="wait=0.3")
    stack.wait_until(lambda: calls_of(job_of(posts[0])), "the first picture")
    stack.broker.stop()
    stack.broker.start()
    stack.wait_until(lambda: calls_of(job_of(posts[2])), "a picture of the third post")
    stack.broker.client.flushall()
    stack.faults += 2

    assert stack.finish().findings == []
    for job in GenerationJob.objects.filter(kind=Kind.IMAGE):
        # A worker that ends over the lost connection takes the calls in its hands along.
        assert job.status == Status.COMPLETED or is_honest_failure(job), job
        assert calls_of(job) == 1 or job.model == SAFE, job
    assert sum(pictures(post) for post in posts) >= 15 - 2 * CONCURRENCY


def test_two_beats_at_once_do_nothing_twice(stack: Stack, alice: User) -> None:
    """Both sweep, both ring, both empty the outbox."""
    stack.start_beat()
    stack.start_beat()
    posts = start_many(alice, 3, f"{PAID} {SAFE}", prompt="wait=1")
    stack.wait_until(lambda: calls_of(job_of(posts[0])), "a call")
    stack.stop_workers()
    stack.faults += 2
    stack.start_worker()

    verdict = stack.finish()
    assert verdict.findings == []
    paid = [job_of(post, slot=0) for post in posts]
    assert all(calls_of(job) <= 1 for job in paid)
    assert all(job_of(post, slot=1).status == Status.COMPLETED for post in posts)
