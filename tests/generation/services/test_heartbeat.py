"""The lease while a job is worked on."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import jobs, runner, studio
from generation.services.heartbeat import Heartbeat
from pixelstream.accounts.models import User
from tests.factories import job_of, start
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "JOB_LEASE_RENEWAL", timedelta(seconds=0.05))


def test_the_lease_is_renewed_while_the_work_goes_on(alice: User) -> None:
    job = jobs.claim(job_of(start(alice), Kind.CAPTION).pk)
    before = GenerationJob.objects.get(pk=job.pk).lease_until
    with Heartbeat(job):
        time.sleep(0.4)
    assert GenerationJob.objects.get(pk=job.pk).lease_until > before


def test_a_cancel_interrupts_a_provider_that_hangs(alice: User, scripted: ScriptedProvider) -> None:
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)

    def cancel_soon() -> None:
        time.sleep(0.2)
        studio.cancel_post(post=post, by=alice)
        connection.close()

    def hang() -> None:
        threading.Thread(target=cancel_soon).start()
        time.sleep(60)
        raise AssertionError("nobody interrupted the call")

    scripted.before_answer = hang
    runner.run(job_of(post).pk)

    assert job_of(post).error_code == ErrorCode.CANCELED
    assert not post.images.exists()


def test_what_follows_the_commit_of_a_result_is_not_interrupted(alice: User) -> None:
    job = jobs.claim(job_of(start(alice), Kind.CAPTION).pk)
    with Heartbeat(job):
        jobs.complete(job)
        time.sleep(0.3)  # open pages are told meanwhile
    assert GenerationJob.objects.get(pk=job.pk).status == "completed"


def test_what_follows_the_wait_for_a_result_is_not_interrupted(alice: User) -> None:
    job = jobs.claim(job_of(start(alice), Kind.CAPTION).pk)
    with Heartbeat(job):
        jobs.wait_for_result(job, 60)
        time.sleep(0.3)
    assert GenerationJob.objects.get(pk=job.pk).status == "pending"


def test_a_later_attempt_that_was_faster_interrupts_this_one(alice: User) -> None:
    job = jobs.claim(job_of(start(alice), Kind.CAPTION).pk)

    def be_overtaken() -> None:
        # At one blow: the heartbeat would renew a lease that has only just run out.
        GenerationJob.objects.filter(pk=job.pk).update(
            status=GenerationJob.Status.COMPLETED,
            attempts=job.attempts + 1,
            lease_token=None,
            lease_until=None,
            finished_at=Now(),
        )
        time.sleep(60)

    with pytest.raises(jobs.LeaseLostError), Heartbeat(job):
        be_overtaken()


def test_nothing_is_interrupted_after_the_work_is_done(alice: User) -> None:
    job = jobs.claim(job_of(start(alice), Kind.CAPTION).pk)
    with Heartbeat(job):
        pass
    freed = {"status": "pending", "run_after": None, "lease_token": None, "lease_until": None}
    GenerationJob.objects.filter(pk=job.pk).update(**freed)
    time.sleep(0.2)
