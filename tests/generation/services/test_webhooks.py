"""Messages of providers: whatever comes, and in whatever order, the job ends as without them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import Post
from gallery.services import deletion, quota, trash
from generation.models import GenerationJob, WebhookEvent
from generation.providers import webhooks as schemes
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Kind, Pending
from generation.providers.webhooks import Message, RefusedError, UnreadableError, builtin, standard
from generation.services import jobs, runner, studio, sweep, webhooks
from generation.services.webhooks import Outcome
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError
from tests.conftest import JOB_RINGS, BrokerServer
from tests.factories import job_of, start
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

Status = GenerationJob.Status
STATUSES = ("started", "progress", "completed", "failed")
HOUR = 3600


@pytest.fixture(autouse=True)
def _nothing_broken() -> Iterator[None]:
    """Whatever a test did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


@pytest.fixture(autouse=True)
def _scripted_calls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted vendor signs as the engine does, with a secret that the operator set."""
    callers = {**schemes.CALLERS, "scripted": schemes.Caller(builtin.read)}
    monkeypatch.setattr(schemes, "CALLERS", callers)
    monkeypatch.setitem(settings.WEBHOOK_SECRETS, "scripted", ["the secret"])


def message(
    status: str = "completed",
    *,
    remote_id: str = "task-7",
    secret: bytes = b"the secret",
    at: float | None = None,
) -> Message:
    """What the scripted vendor sends."""
    now = time.time()
    headers, body = builtin.write(secret, remote_id, status, at=now if at is None else at)
    return Message(headers, body, now)


def tell(job: GenerationJob, status: str = "completed", **fields: Any) -> Outcome:
    """The vendor calls the job's address."""
    token = webhooks.make_token(job.pk, "scripted")
    return webhooks.receive("scripted", token, message(status, **fields))


def begun(alice: User) -> GenerationJob:
    """A job whose call was not sent yet."""
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    return job_of(post, Kind.IMAGE)


def accepted(alice: User, scripted: ScriptedProvider) -> GenerationJob:
    """A job that the vendor took, and that is asked for in an hour."""
    scripted.answers["test/a"] = Pending("task-7", poll_after=HOUR)
    job = begun(alice)
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.remote_id) == (Status.PENDING, "task-7")
    return job


def is_due(job: GenerationJob) -> bool:
    return GenerationJob.objects.claimable().filter(pk=job.pk).exists()


def work(job: GenerationJob) -> None:
    """What a worker does as often as it is rung: nothing, where the job is not due."""
    runner.run(job.pk)
    job.refresh_from_db()


def rows() -> list[Any]:
    """Every job and every event."""
    return [
        *GenerationJob.objects.order_by("pk").values_list(),
        *WebhookEvent.objects.order_by("pk").values_list(),
    ]


# --- what a message does


def test_a_message_makes_the_job_due_and_rings_for_it(
    alice: User, scripted: ScriptedProvider, broker: redis.Redis
) -> None:
    job = accepted(alice, scripted)
    broker.delete(JOB_RINGS)
    assert tell(job) is Outcome.NEW
    assert is_due(job)
    assert broker.llen(JOB_RINGS) == 1
    work(job)
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1
    assert len(scripted.polls) == 1


def test_what_happened_is_asked_of_the_provider_and_not_believed(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    scripted.results = [Pending("task-7", poll_after=HOUR), ScriptedProvider.picture()]
    tell(job, "failed")
    work(job)
    assert (job.status, is_due(job)) == (Status.PENDING, False), "the provider still works on it"
    tell(job, "completed")
    work(job)
    assert job.status == Status.COMPLETED, "whatever was said before"


def test_an_event_is_kept_as_it_came(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    tell(job)
    event = WebhookEvent.objects.get()
    assert (event.provider, event.event_id) == ("scripted", "task-7-completed")
    assert (event.job, event.kind, event.status) == (job, "video.completed", "completed")
    assert b'"id": "task-7"' in bytes(event.body)
    assert event.handled_at is None
    work(job)
    event.refresh_from_db()
    assert event.handled_at is not None


def test_of_a_long_message_only_what_happened_is_kept(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    sent = message()
    body = sent.body + b" " * webhooks.KEPT_BYTES
    headers = standard.headers(b"the secret", "long", body, at=sent.received)
    webhooks.receive(
        "scripted", webhooks.make_token(job.pk, "scripted"), Message(headers, body, sent.received)
    )
    event = WebhookEvent.objects.get()
    assert (bytes(event.body), event.status) == (b"", "completed")
    assert is_due(job)


@pytest.mark.parametrize("order", list(permutations(STATUSES)), ids="-".join)
def test_every_order_with_everything_twice_ends_the_same(
    order: tuple[str, ...], alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    # The vendor is done once it says so; what it says before or after is of another moment.
    scripted.results = Pending("task-7", poll_after=HOUR)
    for status in order:
        if status == "completed":
            scripted.results = None
        for _time in range(2):
            tell(job, status)
            work(job)
    for status in reversed(order):
        assert tell(job, status) is Outcome.KNOWN
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1
    assert job.own_post.images.count() == 1
    events = WebhookEvent.objects.order_by("event_id").values_list("event_id", flat=True)
    assert list(events) == sorted(f"task-7-{status}" for status in STATUSES)


def test_all_at_once_before_any_worker_looks_ends_the_same(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    for order in permutations(STATUSES):
        for status in order:
            tell(job, status)
    work(job)
    assert (job.status, len(scripted.polls)) == (Status.COMPLETED, 1)
    assert WebhookEvent.objects.count() == 4


# --- moments


def test_a_message_that_comes_before_the_vendor_answered_is_not_lost(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = Pending("task-7", poll_after=HOUR)
    job = begun(alice)
    scripted.before_answer = lambda: tell(job)
    work(job)
    assert (job.status, is_due(job)) == (Status.PENDING, True), "it waits no hour"
    work(job)
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1


def test_a_message_that_comes_while_the_vendor_is_asked_is_not_lost(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(alice, scripted)
    tell(job, "progress")
    answers = iter([Pending("task-7", poll_after=HOUR), ScriptedProvider.picture()])

    def poll(*args: Any) -> Any:
        if WebhookEvent.objects.count() == 1:
            tell(job, "completed")
        return next(answers)

    monkeypatch.setattr(scripted, "poll", poll)
    work(job)
    assert (job.status, is_due(job)) == (Status.PENDING, True)
    work(job)
    assert job.status == Status.COMPLETED


def test_a_message_before_the_job_was_sent_changes_nothing_of_it(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a")
    job = job_of(post, Kind.IMAGE)
    before = GenerationJob.objects.filter(pk=job.pk).values().get()
    assert tell(job) is Outcome.NEW
    assert GenerationJob.objects.filter(pk=job.pk).values().get() == before
    assert scripted.picture_calls == []


def test_lost_messages_cost_only_time(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = Pending("task-7", poll_after=5)
    job = begun(alice)
    work(job)
    GenerationJob.objects.filter(pk=job.pk).update(run_after=Now())
    assert sweep.sweep() == 1
    work(job)
    assert job.status == Status.COMPLETED
    assert not WebhookEvent.objects.exists()


def test_a_question_that_fails_is_asked_again_without_another_message(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    scripted.results = [ProviderError(ErrorKind.TRANSIENT), ScriptedProvider.picture()]
    tell(job)
    work(job)
    job.refresh_from_db()
    assert job.status == Status.PENDING
    assert job.run_after is not None
    assert job.run_after < timezone.now() + timedelta(seconds=15), "not in an hour"


def test_a_process_that_dies_between_its_two_steps_is_told_again(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(alice, scripted)
    monkeypatch.setattr(settings, "FAULTPOINTS", f"generation.after_webhook/{job.pk}=raise")
    with pytest.raises(InjectedFaultError):
        tell(job)
    assert not is_due(job)
    assert tell(job) is Outcome.KNOWN
    assert is_due(job)
    work(job)
    assert job.status == Status.COMPLETED


def test_the_same_message_many_times_at_once_is_stored_once(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    sent, token = message(), webhooks.make_token(job.pk, "scripted")

    def deliver(_time: int) -> Outcome:
        try:
            return webhooks.receive("scripted", token, sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(deliver, range(24)))
    assert outcomes.count(Outcome.NEW) == 1
    assert outcomes.count(Outcome.KNOWN) == 23
    assert WebhookEvent.objects.count() == 1
    assert is_due(job)


def test_a_broker_that_is_away_leaves_the_job_to_the_sweep(
    alice: User, scripted: ScriptedProvider, broker_server: BrokerServer
) -> None:
    job = accepted(alice, scripted)
    broker_server.stop()
    try:
        assert tell(job) is Outcome.NEW
    finally:
        broker_server.start()
    assert sweep.sweep() == 1
    work(job)
    assert job.status == Status.COMPLETED


def test_a_late_message_after_the_end_changes_nothing(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    tell(job)
    work(job)
    before = GenerationJob.objects.filter(pk=job.pk).values().get()
    assert tell(job, "failed") is Outcome.NEW
    assert tell(job, "completed") is Outcome.KNOWN
    assert GenerationJob.objects.filter(pk=job.pk).values().get() == before


def test_after_a_cancel_it_stays_canceled(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    studio.cancel_post(post=job.own_post, by=alice)
    before = GenerationJob.objects.filter(pk=job.pk).values().get()
    assert tell(job) is Outcome.NEW
    work(job)
    assert GenerationJob.objects.filter(pk=job.pk).values().get() == before
    assert scripted.polls == []


def test_after_the_trash_and_after_deletion_nothing_comes_back(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    tell(job, "progress")
    post_id = job.own_post.pk
    trash.trash(owner=alice, ids=[post_id])
    assert tell(job, "completed") is Outcome.NEW
    work(job)
    assert (job.status, job.error_code) == (Status.FAILED, "canceled")
    with quota.counting():
        deletion.delete_some(Post.objects.filter(pk=post_id), by=alice, limit=1)
    assert not WebhookEvent.objects.exists(), "a message may repeat the prompt: it goes as well"
    assert tell(job, "failed") is Outcome.WITHOUT_JOB
    assert rows() == []
    assert scripted.polls == []


# --- what proves nothing changes nothing


def refused(job: GenerationJob, sent: Message, *, token: str | None = None) -> None:
    before = rows()
    with pytest.raises((RefusedError, UnreadableError)):
        webhooks.receive("scripted", token or webhooks.make_token(job.pk, "scripted"), sent)
    assert rows() == before
    assert not is_due(job)


def test_what_is_not_genuine_changes_nothing(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    good = message()
    signature = good.headers["webhook-signature"]
    now = time.time()
    for sent in (
        message(secret=b"another secret"),
        message(secret=b""),
        message(at=now - 301),
        message(at=now + 302),
        Message({}, good.body, now),
        Message({**good.headers, "webhook-signature": signature[:-1]}, good.body, now),
        Message({**good.headers, "webhook-id": "another"}, good.body, now),
        Message(good.headers, good.body.replace(b"completed", b"failed"), now),
        Message(good.headers, b"", now),
        Message(good.headers, b"\xff" + good.body, now),
        message(remote_id="task-of-another-job"),
    ):
        refused(job, sent)


def test_only_the_token_of_the_job_and_the_provider_opens_it(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    token = webhooks.make_token(job.pk, "scripted")
    for wrong in (
        "x",
        token[:-1],
        token[::-1],
        token + "A",
        f"{job.pk}",
        "\x00",
        "é",
        ":",
        webhooks.make_token(job.pk, "kie"),
    ):
        refused(job, message(), token=wrong)


def test_the_token_of_another_job_does_not_move_this_one(
    alice: User, bob: User, scripted: ScriptedProvider
) -> None:
    mine = accepted(alice, scripted)
    scripted.answers["test/a"] = Pending("task-8", poll_after=HOUR)
    post = start(bob, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    theirs = job_of(post, Kind.IMAGE)
    work(theirs)
    refused(mine, message(remote_id="task-8"))
    refused(theirs, message(remote_id="task-7"))
    assert tell(theirs, remote_id="task-8") is Outcome.NEW
    assert (is_due(mine), is_due(theirs)) == (False, True)


def test_a_replay_has_no_effect(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    scripted.results = Pending("task-7", poll_after=HOUR)
    sent, token = message(), webhooks.make_token(job.pk, "scripted")
    assert webhooks.receive("scripted", token, sent) is Outcome.NEW
    work(job)
    before = rows()
    assert webhooks.receive("scripted", token, sent) is Outcome.KNOWN
    assert (rows(), is_due(job)) == (before, False)


def test_while_a_secret_is_replaced_both_count(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    settings.WEBHOOK_SECRETS["scripted"] = ["a new secret", "the secret"]
    assert tell(job, "progress") is Outcome.NEW
    assert tell(job, "completed", secret=b"a new secret") is Outcome.NEW
    settings.WEBHOOK_SECRETS["scripted"] = ["a new secret"]
    with pytest.raises(RefusedError):
        tell(job, "failed")


def test_where_no_secret_is_known_the_token_is_the_proof(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = {**schemes.CALLERS, "scripted": schemes.CALLERS["openrouter"]}
    monkeypatch.setattr(schemes, "CALLERS", callers)
    job = accepted(alice, scripted)
    unsigned = Message({}, b'{"data":{"id":"task-7","status":"completed"}}', time.time())
    refused(job, unsigned)
    GenerationJob.objects.filter(pk=job.pk).update(uses_own_key=True)
    refused(job, unsigned, token="guessed")
    token = webhooks.make_token(job.pk, "scripted")
    assert webhooks.receive("scripted", token, unsigned) is Outcome.NEW
    assert is_due(job)


def test_the_engine_has_to_sign_whoever_pays(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    GenerationJob.objects.filter(pk=job.pk).update(uses_own_key=True)
    token = webhooks.make_token(job.pk, "builtin")
    unsigned = Message({}, message().body, time.time())
    with pytest.raises(RefusedError):
        webhooks.receive("builtin", token, unsigned)
    signed = message(secret=webhooks.builtin_secrets()[0])
    assert webhooks.receive("builtin", token, signed) is Outcome.NEW


def test_a_replaced_secret_key_still_opens_what_was_given_before(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(alice, scripted)
    token, secret = webhooks.make_token(job.pk, "builtin"), webhooks.builtin_secrets()[0]
    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "a new one that is long enough for anybody")
    assert webhooks.builtin_secrets()[0] != secret
    assert webhooks.receive("builtin", token, message(secret=secret)) is Outcome.NEW


# --- poll_now alone


def test_only_an_accepted_job_that_waits_is_moved(alice: User, scripted: ScriptedProvider) -> None:
    job = accepted(alice, scripted)
    row = GenerationJob.objects.filter(pk=job.pk)
    assert not jobs.poll_now(job.pk + 1000)
    row.update(poll_state=None)
    assert not jobs.poll_now(job.pk), "not accepted"
    row.update(poll_state={}, run_after=Now() - timedelta(seconds=1))
    before = row.values().get()
    assert not jobs.poll_now(job.pk), "due already"
    assert row.values().get() == before
    row.update(run_after=Now() + timedelta(seconds=60))
    assert jobs.poll_now(job.pk)
    assert not jobs.poll_now(job.pk)
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    assert not jobs.poll_now(job.pk), "at work"


# --- addresses, and what is kept


def test_only_who_can_reach_us_is_given_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert webhooks.callback_address(7, "openrouter") == ""
    assert webhooks.callback_address(7, "gemini") == ""
    start_of_it = f"{settings.SITE_URL}/api/video-callback/"
    assert webhooks.callback_address(7, "builtin").startswith(f"{start_of_it}builtin/?t=")
    monkeypatch.setattr(settings, "HTTPS", True)
    assert webhooks.callback_address(7, "openrouter").startswith(f"{start_of_it}openrouter/?t=")


def test_messages_are_kept_for_30_days_and_no_longer_than_their_job(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    for status in STATUSES:
        tell(job, status)
    first, second, third, _fourth = WebhookEvent.objects.order_by("pk")
    old = WebhookEvent.objects.filter(pk__in=[first.pk, second.pk])
    old.update(received_at=Now() - timedelta(days=30, seconds=1))
    WebhookEvent.objects.filter(pk=third.pk).update(
        received_at=Now() - timedelta(days=30) + timedelta(minutes=1)
    )
    assert webhooks.purge(limit=1) == 1
    assert webhooks.purge() == 1
    assert webhooks.purge() == 0
    assert WebhookEvent.objects.count() == 2
    WebhookEvent.objects.filter(pk=third.pk).update(job_id=job.pk + 1000)
    assert webhooks.purge() == 1
