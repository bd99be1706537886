"""Whole workers die, freeze, hang, get old messages, or have their work canceled."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from gallery.models import StoredObject
from gallery.services import objects
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import studio
from pixelstream.accounts.models import User
from pixelstream.celery import app
from tests.factories import job_of, start
from tests.faults.harness import (
    CONCURRENCY,
    TARGETS,
    Stack,
    before_any_worker_hears,
    begin,
    calls_of,
    cancel,
    is_honest_failure,
    pictures,
    start_many,
)
from tests.faults.vendor.provider import PAID, SAFE

pytestmark = pytest.mark.faults

Status = GenerationJob.Status


def test_the_whole_worker_group_killed_during_calls_loses_nothing_and_pays_nothing_twice(
    stack: Stack, alice: User
) -> None:
    """The messages it held are not given out again for an hour; the sweep needs seconds."""
    posts = start_many(alice, 2, f"{PAID} {SAFE}", prompt="at first wait=60")
    for post in posts:
        for slot in (0, 1):
            stack.wait_until(lambda p=post, s=slot: calls_of(job_of(p, slot=s)), "the call")
    stack.stop_workers()
    stack.faults += 1
    stack.start_worker()

    assert stack.finish().findings == []
    for post in posts:
        assert is_honest_failure(job_of(post, slot=0))
        assert calls_of(job_of(post, slot=0)) == 1
        assert job_of(post, slot=1).status == Status.COMPLETED
        assert calls_of(job_of(post, slot=1)) == 2


def test_a_job_that_kills_its_worker_every_time_is_given_up_and_harms_no_other(
    stack: Stack, alice: User
) -> None:
    with before_any_worker_hears():
        poisoned = start(alice, models=PAID)
        stack.plan_more("after_claim", job_of(poisoned, Kind.CAPTION), "kill9!")
        others = start_many(alice, 3, f"{PAID} {SAFE}")

    assert stack.finish().findings == []
    poison = job_of(poisoned, Kind.CAPTION)
    assert poison.error_code == ErrorCode.GAVE_UP
    assert poison.attempts == 4
    assert job_of(poisoned).error_code == ErrorCode.CAPTION_FAILED
    assert [pictures(post) for post in others] == [2, 2, 2]


@pytest.mark.parametrize(
    ("target", "point"),
    [("post", "after_call"), ("post", "before_put"), ("post", "after_put"), ("turn", "after_put")],
)
def test_a_worker_that_wakes_up_after_its_lease_changes_nothing_and_leaves_nothing(
    stack: Stack, alice: User, target: str, point: str
) -> None:
    """A zombie: frozen, its job ended by another, the outbox already through; it goes on."""
    with before_any_worker_hears():
        posts = {model: begin(target, alice, model) for model in (SAFE, PAID)}
        for post in posts.values():
            stack.plan_more(point, job_of(post), "stop")
    zombies = [stack.wait_for_fault(point, job_of(post)) for post in posts.values()]
    assert stack.finish().findings == []
    ends = {model: (job_of(post).status, job_of(post).output_id) for model, post in posts.items()}

    stack.wake(zombies, [job_of(post) for post in posts.values()])

    assert stack.finish().findings == []
    for model, post in posts.items():
        job = job_of(post)
        assert (job.status, job.output_id) == ends[model]
        if model == SAFE or point == "after_put":
            assert pictures(post) == 1, "repeated, or the stored picture was adopted"
        else:
            assert is_honest_failure(job)
        assert calls_of(job) == (1 if model == PAID or point == "after_put" else 2)


def test_a_worker_that_wakes_up_while_another_has_its_job_leaves_it_alone(
    stack: Stack, alice: User
) -> None:
    """Only the lease token tells the two apart."""
    with before_any_worker_hears():
        post = start(alice, models=SAFE)
        stack.plan_more("after_call", job_of(post), "stop")
        stack.plan_more("before_put", job_of(post), "sleep:8")
    zombie = stack.wait_for_fault("after_call", job_of(post))
    stack.wait_for_fault("before_put", job_of(post))
    output = job_of(post).output_id
    os.kill(zombie, signal.SIGCONT)

    assert stack.finish().findings == []
    assert job_of(post).output_id == output
    assert job_of(post).attempts == 2
    assert pictures(post) == 1


def test_canceling_calls_that_hang_frees_their_workers(stack: Stack, alice: User) -> None:
    """Every worker process hangs for an hour; nothing else could ever run."""
    posts = start_many(alice, CONCURRENCY // 2, "builtin/fault-hang")
    posts += start_many(alice, CONCURRENCY // 2, SAFE, prompt="stubborn wait=3600")
    for post in posts:
        stack.wait_until(lambda p=post: job_of(p).call_started_at, "the call")
    for post in posts:
        studio.cancel_post(post=post, by=alice)
    stack.faults += len(posts)
    for post in posts:
        stack.wait_for_late_end(job_of(post))
    afterwards = start(alice, models=PAID)

    assert stack.finish().findings == []
    assert pictures(afterwards) == 1
    assert {job_of(post).error_code for post in posts} == {ErrorCode.CANCELED}
    assert sum(pictures(post) for post in posts) == 0


@pytest.mark.parametrize("target", TARGETS)
def test_canceling_between_the_call_and_the_commit_shows_and_leaves_nothing(
    stack: Stack, alice: User, target: str
) -> None:
    """The bytes of the canceled picture go, whichever side is faster."""
    points = ("after_call", "before_put", "after_put")
    posts = {}
    with before_any_worker_hears():
        for point in points:
            posts[point] = begin(target, alice, PAID)
            stack.plan_more(point, job_of(posts[point]), "sleep:30")
    for point, post in posts.items():
        stack.wait_for_fault(point, job_of(post))
        cancel(post, by=alice)
    for post in posts.values():
        stack.wait_for_late_end(job_of(post))

    assert stack.finish().findings == []
    for point, post in posts.items():
        assert job_of(post).error_code == ErrorCode.CANCELED, point
        assert pictures(post) == 0, point


def test_stopping_the_workers_during_calls_loses_nothing(stack: Stack, alice: User) -> None:
    """What is short enough is finished, the rest ends as after any other death."""
    short = start(alice, "wait=1", PAID)
    stack.wait_until(lambda: calls_of(job_of(short)), "the short call")
    long = start(alice, "wait=5", f"{PAID} {SAFE}")
    stack.wait_until(lambda: calls_of(job_of(long, slot=1)), "the long call")
    stack.wait_until(lambda: calls_of(job_of(long, slot=0)), "the long paid call")
    stack.workers.pop().terminate()
    stack.faults += 1
    stack.start_worker()

    assert stack.finish().findings == []
    assert pictures(short) == 1
    assert is_honest_failure(job_of(long, slot=0))
    assert job_of(long, slot=1).status == Status.COMPLETED


def test_old_and_broken_messages_do_not_stop_the_workers(stack: Stack, alice: User) -> None:
    """A task that is gone, wrong arguments, a job that is gone, a job that is done."""
    done = start(alice, models=PAID)
    stack.finish()
    app.send_task("generation.tasks.of_an_older_release", args=[1])
    for arguments in ([], ["x"], [None], [-1], [2**80], [{"a": 1}], [1, 2, 3], [job_of(done).pk]):
        app.send_task("generation.tasks.run_job", args=arguments)
    stack.faults += 9
    afterwards = start_many(alice, 5, PAID)

    assert stack.finish().findings == []
    assert [pictures(post) for post in [done, *afterwards]] == [1] * 6
    assert stack.workers[0].is_alive


@pytest.mark.parametrize("point", ["before_put", "after_put"])
def test_an_object_swept_before_its_commit_is_not_shown_without_its_bytes(
    stack: Stack, alice: User, point: str
) -> None:
    """The sweep takes the object away while a slow worker is about to write or commit it."""
    with before_any_worker_hears():
        posts = {model: start(alice, models=model) for model in (PAID, SAFE)}
        for post in posts.values():
            stack.plan_more(point, job_of(post), "sleep:4")
    for post in posts.values():
        stack.wait_for_fault(point, job_of(post))
        past = Now() - timedelta(seconds=1)
        StoredObject.objects.filter(job=job_of(post)).update(lease_until=past)

    assert stack.finish().findings == []
    assert job_of(posts[SAFE]).status == Status.COMPLETED, "made again"
    assert job_of(posts[PAID]).status == Status.FAILED
    assert calls_of(job_of(posts[PAID])) == 1


def test_a_live_object_that_was_marked_for_deletion_by_mistake_is_kept(
    stack: Stack, alice: User
) -> None:
    """B3: what is deleted is looked at again in the moment of deletion."""
    post = start(alice, models=f"{PAID} {SAFE}")
    stack.finish()
    shown = StoredObject.objects.filter(image__post=post)
    with transaction.atomic():
        assert objects.release(*shown.values_list("pk", flat=True)) == 2
    stack.faults += 1

    assert stack.finish().findings == []
    assert {obj.state for obj in shown} == {StoredObject.State.LIVE}


def test_a_worker_killed_while_it_deletes_leaves_no_bytes(stack: Stack, alice: User) -> None:
    """The next round deletes the rest; what is missing already counts as deleted."""
    post = start(alice, models=PAID)
    stack.finish()
    image = post.images.get()
    stack.plan(**{f"outbox.after_delete/{image.object_id}": "kill9"})
    obj = image.object
    GenerationJob.objects.filter(output=obj).update(output=None)
    GenerationJob.objects.filter(post=post).update(status=Status.FAILED, error_code="internal")
    image.delete()
    post.jobs.all().delete()
    StoredObject.objects.filter(pk=obj.pk).update(state=StoredObject.State.DELETING)
    mark = stack.marks / f"outbox.after_delete-{obj.pk}"
    stack.wait_until(mark.exists, "the kill")
    StoredObject.objects.filter(pk=obj.pk).update(next_attempt_at=None)  # the claim ran out
    stack.faults += 1

    assert stack.finish().findings == []
    obj.refresh_from_db()
    assert obj.state == StoredObject.State.GONE
