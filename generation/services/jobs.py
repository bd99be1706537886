"""The job machine: claims, leases, and the ways a job ends.

A worker holds a job by the lease token that it wrote. Every later step is one conditional UPDATE
with that token; when it matches no row, somebody else holds the job (or it was canceled) and the
worker stops. Times are the database's. docs/architecture.md, "The job machine".
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest, Now
from kombu.exceptions import OperationalError

from gallery.models import Post
from gallery.services import objects
from generation import storable, tasks
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.errors import Billed
from generation.providers.types import Pending
from generation.services import credits as credit_service
from generation.services import job_references, posts, targets
from generation.services.targets import Target
from pixelstream.health import tally
from pixelstream.health.tally import Ended
from pixelstream.prepared import PreparedUpdate

logger = logging.getLogger(__name__)

Status = GenerationJob.Status

RETRY_BASE = 2.0
RETRY_CAP = 600.0
"""Seconds before the second attempt, and the longest wait a provider may ask for."""


POLL_FLOOR = 1.0
"""Seconds that an accepted job waits at least before it is asked for again."""

UNLESS_SENT = Case(
    When(call_started_at__isnull=False, then=Value(Billed.UNKNOWN.value)),
    default=Value(Billed.NO.value),
)
"""Whether a failure may have been charged, as far as the row itself can tell."""


_ask_now = PreparedUpdate(
    lambda pk: GenerationJob.objects.filter(
        pk=pk, status=Status.PENDING, poll_state__isnull=False, run_after__gt=Now()
    ),
    {"run_after": Now(), "rung_at": Now()},
    987_654_321,
)


class LeaseLostError(BaseException):
    """The job is no longer this worker's: another one claimed it, or it was canceled.

    No Exception: it interrupts whatever runs, and a vendor's library or the picture decoder that
    catches everything would take it for a fault of its own and go on.
    """


def claim(job_id: int) -> GenerationJob | None:
    """Take a job, if it is free: waiting and due, or held under a lease that ran out."""
    token = uuid4()
    claimed = (
        GenerationJob.objects.claimable()
        .filter(pk=job_id)
        .update(
            status=Status.PROCESSING,
            lease_token=token,
            lease_until=Now() + settings.JOB_LEASE,
            attempts=F("attempts") + 1,
            started_at=Coalesce("started_at", Now()),
        )
    )
    if not claimed:
        return None
    job = (
        GenerationJob.objects.select_related("post", "turn__conversation", "output")
        .filter(pk=job_id, lease_token=token)
        .first()
    )
    if job is not None:
        targets.touch(targets.of(job))  # "in line" becomes "developing"
    return job


def held(job: GenerationJob) -> QuerySet[GenerationJob]:
    """The job's row as long as this worker holds it; empty afterwards."""
    return GenerationJob.objects.filter(
        pk=job.pk, status=Status.PROCESSING, lease_token=job.lease_token
    )


def renew(job: GenerationJob) -> bool:
    """Prolong the lease. False when the job is no longer held."""
    return bool(held(job).update(lease_until=Now() + settings.JOB_LEASE))


def was_taken_away(job: GenerationJob) -> bool:
    """Whether somebody else ended or took over a job that is no longer held. False when this very
    attempt ended it: with its result, or put aside until the result can be asked for.
    """
    row = GenerationJob.objects.filter(pk=job.pk).values_list("status", "attempts").first()
    if row is None:
        return True
    status, attempts = row
    return status in {Status.FAILED, Status.PROCESSING} or attempts > job.attempts


def update_held(job: GenerationJob, **changes: Any) -> None:
    """Change the row under the lease. Raises LeaseLostError."""
    if not held(job).update(**changes):
        raise LeaseLostError(job.pk)


def record_intent(job: GenerationJob) -> None:
    """Write down that the call is about to be sent. Without this row it never was."""
    update_held(job, call_started_at=Now(), call_finished_at=None)


def accept(job: GenerationJob, pending: Pending) -> None:
    """Write down that the provider took the work: it is never sent again, only asked for."""
    remote_id, state = storable.text(pending.remote_id, 200), storable.json(dict(pending.state))
    update_held(job, remote_id=remote_id, poll_state=state)
    job.remote_id, job.poll_state = remote_id, state


def wait_for_result(
    job: GenerationJob, seconds: float, *, state: Mapping[str, str] | None = None
) -> None:
    """Put an accepted job aside until it is asked for again. That is no failed attempt."""
    changes: dict[str, Any] = {} if state is None else {"poll_state": storable.json(dict(state))}
    held(job).update(
        **_waiting(max(seconds, POLL_FLOOR)),
        attempts=Greatest(F("attempts") - 1, 0),
        **changes,
    )


def poll_now(job_id: int) -> bool:
    """Let an accepted job be asked for at once instead of when its time comes, and ring for it.

    False, and nothing changes, for every other job: one that is at work, ended, due, not accepted
    yet, or gone.
    """
    moved = _ask_now.run(job_id)
    if moved:
        ring_on_commit([job_id])
    return bool(moved)


def lock_target(job: GenerationJob) -> Target:
    """What the job works for, locked. Raises LeaseLostError when it was deleted for good."""
    target = targets.lock(job)
    if target is None:
        raise LeaseLostError(job.pk)
    return target


def lock_post(job: GenerationJob) -> Post:
    """The post of a job that is no edit, locked. Raises LeaseLostError as `lock_target` does."""
    try:
        return posts.lock(job.own_post.pk)
    except Post.DoesNotExist as error:
        raise LeaseLostError(job.pk) from error


def complete(job: GenerationJob, **changes: Any) -> None:
    """End well. Call it in the transaction that stores the result. Raises LeaseLostError."""
    update_held(
        job,
        status=Status.COMPLETED,
        lease_token=None,
        lease_until=None,
        finished_at=Now(),
        **changes,
    )
    credit_service.settle(job)
    job_references.end_with([job.pk])
    ended = Ended(
        job.kind,
        job.model,
        tally.COMPLETED,
        credits=job.price_credits,
        cost=changes.get("cost", job.cost),
        on_own_key=job.uses_own_key,
        duration_ms=changes.get("duration_ms", job.duration_ms),
    )
    tally.count_on_commit([ended])


def fail(
    job: GenerationJob,
    code: ErrorCode,
    detail: str = "",
    *,
    reason: str = "",
    billed: Billed | None = None,
) -> bool:
    """End badly, for good. False when the job was no longer held (then nothing changed).

    `reason` is the provider's, for people; `billed` what is known about the money, by default
    that nothing was charged unless a call was sent.
    """
    changes = _failure(code, detail)
    changes["error_reason"] = reason[:200]
    if billed is not None:
        changes["billed"] = billed
    with transaction.atomic():
        target = targets.lock(job)
        if target is None or not held(job).update(**changes):
            return False
        if job.output_id:
            objects.discard(job.output_id)
        if job.kind == GenerationJob.Kind.CAPTION:
            _fail_rows(_waiting_for_caption(target), ErrorCode.CAPTION_FAILED)
        job_references.end_with([job.pk])
        targets.refresh(target)
        if job.price_credits:
            credit_service.refund([job.pk])
        tally.count_on_commit([Ended(job.kind, job.model, code)])
    logger.warning("Job %s failed (%s): %s", job.pk, code, detail)
    return True


def put_back(job: GenerationJob, *, after: float | None = None, reason: str = "") -> None:
    """Let it be tried again: after `after` seconds where named, else with a growing wait."""
    wait = RETRY_BASE**job.attempts if after is None else min(after, RETRY_CAP)
    wait *= 1 + 0.25 * random.random()  # noqa: S311 (spreads retries, no secret)
    with transaction.atomic():
        target = targets.lock(job)
        put = target is not None and held(job).update(**_waiting(wait), **_unsent(job))
        if target is not None and put:
            targets.touch(target)
    if put:
        logger.info("Job %s is tried again in %.1f s: %s", job.pk, wait, reason)


def cancel_unfinished(target: Target) -> int:
    """Fail what is waiting or running. Call it with the target locked. Returns how many.

    A worker in the middle of a call finds its lease gone and drops the result.
    """
    return _fail_rows(target.jobs.unfinished(), ErrorCode.CANCELED)


def release_images(post: Post) -> None:
    """The caption is there: the picture jobs of the post may start, at once and in parallel."""
    waiting = _waiting_for_caption(post)
    job_ids = list(waiting.values_list("pk", flat=True))
    waiting.update(run_after=Now(), rung_at=Now())
    ring_on_commit(job_ids)


def ring_on_commit(job_ids: Iterable[int]) -> None:
    """Tell the workers after the commit. A broker that is away is no error: the sweep rings."""
    for job_id in job_ids:
        transaction.on_commit(partial(ring, job_id), robust=True)


def ring(job_id: int) -> bool:
    """Ring for one job now. False when the broker could not be reached."""
    try:
        tasks.run_job.delay(job_id)
    except OperationalError as error:
        logger.warning("The broker is away, the sweep will ring for job %s: %s", job_id, error)
        GenerationJob.objects.filter(pk=job_id).update(rung_at=None)
        return False
    return True


def _waiting_for_caption(target: Target) -> QuerySet[GenerationJob]:
    return target.jobs.filter(status=Status.PENDING, run_after__isnull=True)


def _waiting(seconds: float) -> dict[str, Any]:
    return {
        "status": Status.PENDING,
        "lease_token": None,
        "lease_until": None,
        "run_after": Now() + timedelta(seconds=seconds),
        "rung_at": None,
    }


def _unsent(job: GenerationJob) -> dict[str, Any]:
    """Takes the intent back: nothing was started. What a provider accepted stays accepted."""
    return {} if job.poll_state is not None else {"call_started_at": None}


def _failure(code: ErrorCode, detail: str = "") -> dict[str, Any]:
    return {
        "status": Status.FAILED,
        "error_code": code,
        "error_detail": detail[:2000],
        "lease_token": None,
        "lease_until": None,
        "finished_at": Now(),
        "billed": UNLESS_SENT,
    }


def _fail_rows(rows: QuerySet[GenerationJob], code: ErrorCode) -> int:
    fields = ("pk", "output_id", "price_credits", "kind", "model")
    going = list(rows.order_by("pk").values_list(*fields, named=True))
    failed = rows.update(**_failure(code))
    objects.discard(*(job.output_id for job in going if job.output_id))
    job_references.end_with([job.pk for job in going])
    credit_service.refund([job.pk for job in going if job.price_credits])
    tally.count_on_commit(Ended(job.kind, job.model, code) for job in going)
    return failed
