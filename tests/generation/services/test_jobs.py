"""The job machine, step by step, on a real database and a real broker."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from gallery.models import AuditEvent, ChatMessage, EditTurn, Post, StoredObject
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact, Done, Kind
from generation.services import jobs, runner, studio, sweep
from pixelstream.accounts.models import User
from tests.conftest import JOB_RINGS, BrokerServer
from tests.factories import (
    a_wish,
    create_image,
    create_post,
    job_of,
    picture_bytes,
    start,
    start_editing,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

Status = GenerationJob.Status


@pytest.fixture(autouse=True)
def _nothing_broken() -> object:
    """Whatever a test did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


def test_starting_returns_a_post_with_a_caption_job_and_waiting_picture_jobs(alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster")

    assert post.status == Post.Status.GENERATING_CAPTION
    assert post.caption == ""
    caption = job_of(post, Kind.CAPTION)
    assert caption.status == Status.PENDING
    assert caption.run_after is not None
    pictures = list(post.jobs.filter(kind=Kind.IMAGE))
    assert [job.model for job in pictures] == ["builtin/sketch", "builtin/poster"]
    assert all(job.run_after is None for job in pictures), "they wait for the caption"


def test_the_caption_is_there_before_any_picture_starts(alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster")

    runner.run(job_of(post, Kind.CAPTION).pk)

    post.refresh_from_db()
    assert post.status == Post.Status.GENERATING_IMAGES
    assert "#" in post.caption
    assert not post.images.exists()
    assert post.jobs.claimable().count() == 2, "now both pictures may start"


def test_every_model_gives_one_picture_and_the_post_is_ready(alice: User) -> None:
    post = start(alice, models="builtin/sketch builtin/poster")
    work_off(post)

    assert post.status == Post.Status.GENERATED
    assert [image.model for image in post.images.all()] == ["builtin/sketch", "builtin/poster"]
    roles = list(post.messages.values_list("role", flat=True))
    assert roles == [ChatMessage.Role.USER, ChatMessage.Role.ASSISTANT]
    assert post.messages.last().text == post.caption


def test_a_picture_job_does_not_run_before_the_caption(alice: User) -> None:
    post = start(alice)
    runner.run(job_of(post).pk)
    assert job_of(post).status == Status.PENDING
    assert job_of(post).attempts == 0


def test_one_model_fails_and_the_others_go_on(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/b"] = ProviderError(ErrorKind.MODERATION, "not allowed")
    post = start(alice, models="test/a test/b test/c")
    work_off(post)

    assert post.status == Post.Status.GENERATED
    assert [image.position for image in post.images.all()] == [0, 2]
    assert job_of(post, slot=1).error_code == ErrorCode.MODERATION


def test_when_every_model_fails_the_caption_stays_and_the_post_has_failed(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a")
    work_off(post)

    assert post.status == Post.Status.FAILED
    assert post.caption
    assert post.messages.last().error == "invalid"


def test_a_size_that_nobody_offers_fails_with_the_reason_and_is_asked_of_nobody(
    alice: User, scripted: ScriptedProvider
) -> None:
    """As of a post that was imported from elsewhere."""
    post = start(alice, models="test/a", resolution="8K")
    source = create_image(create_post(alice, images=0), resolution="8K")
    turn = start_editing(source)
    for target in (post, turn):
        work_off(target)
        job = job_of(target)
        assert (job.error_code, job.attempts) == (ErrorCode.INVALID, 1)
        assert job.error_reason == "This size is not offered."
    assert scripted.picture_calls == []
    assert (post.status, turn.status) == (Post.Status.FAILED, EditTurn.Status.ERROR)


def test_when_the_caption_fails_no_picture_is_started(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = ProviderError(ErrorKind.QUOTA, "empty")
    post = start(alice, models="test/a test/b")
    work_off(post)

    assert post.status == Post.Status.FAILED
    assert scripted.picture_calls == []
    codes = set(post.jobs.filter(kind=Kind.IMAGE).values_list("error_code", flat=True))
    assert codes == {ErrorCode.CAPTION_FAILED}


def test_a_second_ring_does_nothing(alice: User, scripted: ScriptedProvider) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    runner.run(job_of(post).pk)
    runner.run(job_of(post, Kind.CAPTION).pk)
    assert len(scripted.picture_calls) == 1
    assert post.images.count() == 1


def test_a_claimed_job_cannot_be_claimed_again_while_its_lease_holds(alice: User) -> None:
    job = job_of(start(alice), Kind.CAPTION)
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_open_pages_see_that_a_job_was_taken(alice: User) -> None:
    post = start(alice)
    before = post.revision
    jobs.claim(job_of(post, Kind.CAPTION).pk)
    post.refresh_from_db()
    assert post.revision > before


def test_a_lease_that_ran_out_frees_the_job_for_another_worker(alice: User) -> None:
    job = job_of(start(alice), Kind.CAPTION)
    first = jobs.claim(job.pk)
    expire(job)
    second = jobs.claim(job.pk)

    assert second is not None
    assert second.attempts == 2
    assert not jobs.renew(first), "the first worker notices that it lost the job"
    with pytest.raises(jobs.LeaseLostError):
        jobs.complete(first)
    jobs.fail(second, ErrorCode.INTERNAL)


def test_a_zombie_that_wakes_up_late_stores_nothing_visible(
    alice: User, scripted: ScriptedProvider
) -> None:
    """The worker froze after its call; meanwhile another one finished the job."""
    post = start(alice, models="test/safe")
    runner.run(job_of(post, Kind.CAPTION).pk)
    scripted.before_answer = lambda: finish_elsewhere(job_of(post), scripted)
    runner.run(job_of(post).pk)

    assert post.images.count() == 1
    live = StoredObject.objects.filter(state=StoredObject.State.LIVE)
    assert live.count() == 1


def finish_elsewhere(job: GenerationJob, scripted: ScriptedProvider) -> None:
    scripted.before_answer = None
    expire(job)
    runner.run(job.pk)


def test_a_rate_limit_is_waited_out_and_the_job_tried_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = [
        ProviderError(ErrorKind.RATE, "slow down", retry_after=0.0),
        scripted.picture(),
    ]
    post = start(alice, models="test/a")
    work_off(post)
    assert post.images.count() == 1
    assert job_of(post).attempts == 2


def test_a_rate_limit_says_how_long_to_wait(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.RATE, "slow down", retry_after=30.0)
    post = start(alice, models="test/a")
    work_off(post)

    job = job_of(post)
    assert job.status == Status.PENDING
    soon = GenerationJob.objects.filter(pk=job.pk, run_after__lt=Now() + timedelta(seconds=29))
    assert not soon.exists()


def test_attempts_are_bounded(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.TRANSIENT, "away", retry_after=0.0)
    post = start(alice, models="test/a")
    work_off(post, rounds=20)
    assert job_of(post).status == Status.FAILED
    assert job_of(post).error_code == ErrorCode.TRANSIENT
    assert len(scripted.picture_calls) == 4


def test_a_job_whose_worker_dies_every_time_is_given_up(alice: User) -> None:
    post = start(alice)
    job = job_of(post, Kind.CAPTION)
    for _ in range(4):
        assert jobs.claim(job.pk) is not None
        expire(job)
    assert jobs.claim(job.pk) is None
    sweep.sweep()

    post.refresh_from_db()
    assert job_of(post, Kind.CAPTION).error_code == ErrorCode.GAVE_UP
    assert post.status == Post.Status.FAILED


def test_a_paid_call_whose_answer_was_lost_is_never_sent_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    """The intent was recorded, then the worker died in the call."""
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    claimed = jobs.claim(job_of(post).pk)
    jobs.record_intent(claimed)
    expire(claimed)

    runner.run(claimed.pk)

    assert scripted.picture_calls == []
    assert job_of(post).error_code == ErrorCode.AMBIGUOUS


def test_a_free_call_whose_answer_was_lost_is_made_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/safe")
    runner.run(job_of(post, Kind.CAPTION).pk)
    claimed = jobs.claim(job_of(post).pk)
    jobs.record_intent(claimed)
    expire(claimed)

    runner.run(claimed.pk)

    assert post.images.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        Done(),
        Done(text="only words"),
        Done(artifacts=(Artifact(b"<html>busy</html>", "image/png"),)),
        Done(artifacts=(Artifact(b"", "image/png"),)),
        Done(artifacts=(Artifact(picture_bytes()[:200], "image/jpeg"),)),
    ],
    ids=["nothing", "text", "html", "empty", "truncated"],
)
def test_an_answer_that_is_no_picture_is_an_error(
    alice: User, scripted: ScriptedProvider, answer: Done
) -> None:
    scripted.answers["test/a"] = answer
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post).error_code == ErrorCode.NO_OUTPUT
    assert not post.images.exists()


def test_canceling_ends_what_is_unfinished_and_keeps_what_is_ready(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a test/b")
    runner.run(job_of(post, Kind.CAPTION).pk)
    runner.run(job_of(post, slot=0).pk)

    assert studio.cancel_post(post=post, by=alice) == 1

    post.refresh_from_db()
    assert post.status == Post.Status.GENERATED
    assert job_of(post, slot=1).error_code == ErrorCode.CANCELED
    assert AuditEvent.objects.get(action="generation.cancel").actor == alice


def test_a_result_that_comes_after_the_cancel_is_dropped_with_its_bytes(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    scripted.before_answer = lambda: studio.cancel_post(post=post, by=alice)
    runner.run(job_of(post).pk)

    assert not post.images.exists()
    assert job_of(post).error_code == ErrorCode.CANCELED
    assert not StoredObject.objects.filter(state=StoredObject.State.LIVE).exists()


def test_canceling_twice_is_harmless(alice: User) -> None:
    post = start(alice)
    assert studio.cancel_post(post=post, by=alice) == 2
    assert studio.cancel_post(post=post, by=alice) == 0


def test_a_failed_picture_can_be_tried_again(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = [ProviderError(ErrorKind.INVALID, "no"), scripted.picture()]
    post = start(alice, models="test/a test/b")
    work_off(post)

    studio.retry_slot(post=post, slot=0)
    post.refresh_from_db()
    assert post.status == Post.Status.GENERATING_IMAGES
    work_off(post)

    assert post.status == Post.Status.GENERATED
    assert post.images.count() == 2


def test_two_clicks_on_try_again_make_one_new_job(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a")
    work_off(post)

    studio.retry_slot(post=post, slot=0)
    with pytest.raises(studio.NothingToRetryError):
        studio.retry_slot(post=post, slot=0)
    assert post.jobs.filter(kind=Kind.IMAGE).count() == 2
    studio.cancel_post(post=post, by=alice)


def test_trying_again_after_the_caption_failed_starts_over(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = [ProviderError(ErrorKind.TRANSIENT, "x")] * 4
    post = start(alice, models="test/a test/b")
    for _ in range(6):
        GenerationJob.objects.filter(status=Status.PENDING, run_after__isnull=False).update(
            run_after=Now()
        )
        work_off(post)
    assert post.status == Post.Status.FAILED

    scripted.caption = None
    studio.retry_slot(post=post, slot=0)
    work_off(post)

    assert post.status == Post.Status.GENERATED
    assert post.images.count() == 2


def test_the_same_form_sent_twice_makes_one_post(alice: User) -> None:
    key = uuid4()
    first = studio.start_post(owner=alice, wish=a_wish(), form_key=key)
    second = studio.start_post(owner=alice, wish=a_wish(), form_key=key)
    assert first == second
    assert Post.objects.count() == 1


def test_the_same_form_key_of_two_people_makes_two_posts(alice: User, bob: User) -> None:
    key = uuid4()
    first = studio.start_post(owner=alice, wish=a_wish(), form_key=key)
    second = studio.start_post(owner=bob, wish=a_wish(), form_key=key)
    assert first != second


def test_a_slot_cannot_have_two_jobs_that_did_not_fail(alice: User) -> None:
    post = start(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        post.jobs.create(kind=Kind.IMAGE, slot=0, model="builtin/sketch")


def test_starting_rings_the_bell_after_the_commit(alice: User, broker: redis.Redis) -> None:
    with transaction.atomic():
        start(alice)
        assert broker.llen(JOB_RINGS) == 0
    assert broker.llen(JOB_RINGS) == 1


def test_a_broker_that_is_away_costs_nothing_but_time(
    alice: User, broker_server: BrokerServer
) -> None:
    """Starting succeeds, and the sweep rings once the broker is back."""
    broker_server.stop()
    try:
        post = start(alice)
        assert job_of(post, Kind.CAPTION).rung_at is None
        assert sweep.ring_again() == 0
    finally:
        broker_server.start()

    assert sweep.ring_again() == 1
    assert broker_server.client.llen(JOB_RINGS) == 1


def test_the_sweep_rings_for_what_the_broker_lost_but_not_for_what_was_just_rung(
    alice: User, broker: redis.Redis
) -> None:
    post = start(alice)
    broker.flushall()
    assert sweep.ring_again() == 0, "it was rung for a moment ago"
    GenerationJob.objects.update(rung_at=Now() - timedelta(seconds=11))
    assert sweep.ring_again() == 1
    assert sweep.ring_again() == 0
    assert job_of(post, Kind.CAPTION).status == Status.PENDING


def expire(job: GenerationJob) -> None:
    """Let the lease run out."""
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
