"""Calls that finish later, calls on a person's own key, and what a call cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db.models.functions import Now

from gallery.models import Post
from generation.models import GenerationJob, ProviderKey
from generation.models.jobs import Billing, ErrorCode
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Artifact, Cost, Done, Kind, Pending
from generation.services import calls, jobs, keys, runner, studio, sweep
from pixelstream.accounts.models import User
from tests.factories import job_of, picture_bytes, start, work_off
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

Status = GenerationJob.Status
ACCEPTED = Pending("task-7", poll_after=5, state={"asked": "1"})


@pytest.fixture(autouse=True)
def _nothing_broken() -> object:
    """Whatever a test did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


def picture_job(post: Post) -> GenerationJob:
    """The picture's job, made due: waiting is not what these tests are about."""
    job = job_of(post, Kind.IMAGE)
    GenerationJob.objects.filter(pk=job.pk, status=Status.PENDING).update(run_after=Now())
    job.refresh_from_db()
    return job


def accepted(alice: User, scripted: ScriptedProvider) -> GenerationJob:
    """A job that the vendor took and will answer later."""
    scripted.answers["test/a"] = ACCEPTED
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    runner.run(job_of(post, Kind.IMAGE).pk)
    return picture_job(post)


# --- answers that come later


def test_an_accepted_call_is_put_aside_and_keeps_no_worker(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    assert (job.status, job.remote_id, job.poll_state) == (Status.PENDING, "task-7", {"asked": "1"})
    assert job.lease_token is None
    assert job.call_started_at is not None
    assert job.attempts == 0, "waiting is no failed attempt"


def test_an_accepted_call_is_asked_for_and_never_sent_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    scripted.results = [
        Pending("task-7", 5, {"asked": "2"}),
        ProviderError(ErrorKind.TRANSIENT, "away"),
        scripted.picture(),
    ]
    for _round in range(3):
        runner.run(picture_job(job.post).pk)
    job.refresh_from_db()
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1
    assert [poll.state for poll in scripted.polls] == [
        {"asked": "1"},
        {"asked": "2"},
        {"asked": "2"},
    ]
    assert job.duration_ms is not None


def test_while_the_vendor_works_the_picture_counts_as_developing(
    alice: User, scripted: ScriptedProvider
) -> None:
    from generation.results import SlotState, results_of

    job = accepted(alice, scripted)
    [slot] = results_of(job.post).slots
    assert slot.state is SlotState.DEVELOPING


def test_a_result_that_is_ready_at_once_is_fetched_in_the_same_go(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = Pending("", poll_after=0, state={"url": "https://x"})
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post, Kind.IMAGE).status == Status.COMPLETED
    assert len(scripted.polls) == 1


def test_a_worker_that_dies_after_the_vendor_accepted_does_not_pay_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    scripted.results = scripted.picture()
    sweep.sweep()
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1


@pytest.mark.parametrize("answer", [ProviderError(ErrorKind.TRANSIENT, "away"), ACCEPTED])
def test_an_accepted_call_is_not_asked_for_forever(
    alice: User, scripted: ScriptedProvider, answer: Pending | ProviderError
) -> None:
    job = accepted(alice, scripted)
    long_ago = Now() - calls.POLL_DEADLINE - timedelta(seconds=5)
    scripted.results = answer
    GenerationJob.objects.filter(pk=job.pk).update(call_started_at=long_ago)
    runner.run(picture_job(job.post).pk)
    job.refresh_from_db()
    assert (job.error_code, job.billed) == (ErrorCode.AMBIGUOUS, Billing.UNKNOWN)


def test_a_canceled_job_that_the_vendor_works_on_is_not_asked_for(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    studio.cancel_post(post=job.post, by=alice)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.error_code == ErrorCode.CANCELED
    assert job.billed == Billing.UNKNOWN, "the vendor may have charged for it"
    assert scripted.polls == []


def test_a_fault_of_ours_while_asking_does_not_send_the_call_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    job = accepted(alice, scripted)
    scripted.results = [RuntimeError("ours"), scripted.picture()]
    runner.run(picture_job(job.post).pk)
    runner.run(picture_job(job.post).pk)
    job.refresh_from_db()
    assert job.status == Status.COMPLETED
    assert len(scripted.picture_calls) == 1


# --- what it cost


def test_cost_usage_and_what_was_ignored_are_kept_with_the_picture(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = Done(
        artifacts=(Artifact(picture_bytes(), "image/jpeg"),),
        cost=Cost(Decimal("0.039"), "estimated", {"output_tokens": 1290}),
        ignored=("seed",),
        served_by="upstream",
    )
    post = start(alice, models="test/a")
    work_off(post)
    job, image = job_of(post, Kind.IMAGE), post.images.get()
    assert (job.cost, job.cost_basis) == (Decimal("0.039"), "estimated")
    assert (job.usage, job.served_by) == ({"output_tokens": 1290}, "upstream")
    assert (image.cost, image.cost_basis) == (Decimal("0.039"), "estimated")
    assert image.seed is None, "a seed that was not honoured does not reproduce the picture"
    assert image.params["ignored"] == ["seed"]


@pytest.mark.parametrize(
    ("error", "billed"),
    [
        (ProviderError(ErrorKind.AUTH, "no"), Billing.NO),
        (ProviderError(ErrorKind.MODERATION, "no", billed=Billed.YES), Billing.YES),
        (ProviderError(ErrorKind.AMBIGUOUS, "lost"), Billing.UNKNOWN),
        (ProviderError(ErrorKind.NO_OUTPUT, "empty"), Billing.UNKNOWN),
    ],
)
def test_a_failure_says_what_is_known_about_the_money(
    alice: User, scripted: ScriptedProvider, error: ProviderError, billed: Billing
) -> None:
    scripted.answers["test/a"] = error
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post, Kind.IMAGE)
    assert job.status == Status.FAILED
    assert job.billed == billed
    assert len(scripted.picture_calls) == 1, "none of these is tried again by itself"


def test_an_answer_that_was_paid_and_is_no_picture_is_charged(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = Done(
        artifacts=(Artifact(b"<html>", "image/png"),), cost=Cost(Decimal("0.04"), "reported")
    )
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post, Kind.IMAGE)
    assert (job.error_code, job.billed) == (ErrorCode.NO_OUTPUT, Billing.YES)


def test_the_vendors_reason_is_kept_for_people(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.MODERATION, "long", reason="violence")
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post, Kind.IMAGE).error_reason == "violence"


def test_characters_that_no_database_takes_are_left_out(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = Done(text="Sea\x00 and \ud800sky")
    scripted.answers["test/a"] = Done(
        artifacts=(Artifact(picture_bytes(), "image/jpeg"),),
        cost=Cost(usage={"to\x00kens": ["\udfff7"]}),
        served_by="up\x00stream",
        remote_id="\ud800id",
    )
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post, Kind.IMAGE)
    assert post.caption == "Sea and sky"
    assert (job.usage, job.served_by, job.remote_id) == ({"tokens": ["7"]}, "upstream", "id")


def test_a_refusal_in_characters_that_no_database_takes_is_still_told(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(
        ErrorKind.MODERATION, "no\x00\ud800", reason="vio\x00lence"
    )
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post, Kind.IMAGE)
    assert (job.error_detail, job.error_reason) == ("no", "violence")


# --- whose key


@pytest.fixture
def own_key(
    alice: User, monkeypatch: pytest.MonkeyPatch, scripted: ScriptedProvider
) -> ProviderKey:
    """Alice's own key for the scripted vendor."""
    from generation.providers import registry

    info = registry.ProviderInfo("scripted", "Scripted", "", "https://vendor.example")
    monkeypatch.setitem(registry.PROVIDERS, "scripted", info)
    keys.store(alice, "scripted", "sk-alice-own-key")
    return ProviderKey.objects.get(owner=alice)


def test_a_persons_own_key_is_used_where_there_is_one(
    alice: User, scripted: ScriptedProvider, own_key: ProviderKey
) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post, Kind.IMAGE).uses_own_key
    assert {connection.key for connection in scripted.connections} == {"sk-alice-own-key"}
    assert all(connection.is_own for connection in scripted.connections)


def test_the_operators_key_never_steps_in_for_a_persons_own(
    alice: User,
    scripted: ScriptedProvider,
    own_key: ProviderKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(settings.PROVIDER_KEYS, "scripted", "sk-operator")
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    keys.delete(alice, "scripted")
    runner.run(job_of(post, Kind.IMAGE).pk)
    job = job_of(post, Kind.IMAGE)
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.AUTH)
    assert scripted.picture_calls == []


def test_a_key_that_the_vendor_refuses_is_marked(
    alice: User, scripted: ScriptedProvider, own_key: ProviderKey
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.AUTH, "401")
    post = start(alice, models="test/a")
    work_off(post)
    own_key.refresh_from_db()
    assert own_key.status == ProviderKey.Status.REFUSED


def test_without_any_key_the_operator_reads_which_variable_is_missing(alice: User) -> None:
    post = start(alice, models="black-forest-labs/flux.2-flex")
    work_off(post)
    job = job_of(post, Kind.IMAGE)
    assert job.error_code == ErrorCode.AUTH
    assert job.error_detail == "Missing required environment variable: OPENROUTER_API_KEY"
    assert job.billed == Billing.NO
