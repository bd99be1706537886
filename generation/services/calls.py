"""One call to one model: recorded before it is sent, sent once, and asked for until it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from generation import storable
from generation.models import GenerationJob
from generation.providers import registry
from generation.providers.base import Provider
from generation.providers.errors import RETRIED, ErrorKind, ProviderError
from generation.providers.http.redaction import redact
from generation.providers.types import Connection, Done, GenerationRequest, ModelSpec, Pending
from generation.services import connections, jobs, webhooks
from pixelstream.faultpoints import faultpoint

POLL_DEADLINE = timedelta(minutes=30)
"""How long an accepted call is asked for before it is given up."""
CLIP_DEADLINE = timedelta(hours=1)
"""The same for clips. They take up to ten minutes, and as often stand in a line before that; asking
costs nothing, and one that is given up may have been dear. After an hour nobody waits for it.
"""


@dataclass(frozen=True)
class Answered:
    """What came back, and how long it took."""

    done: Done
    duration_ms: int

    def changes(self) -> dict[str, Any]:
        """What is written down of it on the job."""
        cost = self.done.cost
        return {
            "duration_ms": self.duration_ms,
            "cost": cost.amount,
            "cost_basis": cost.basis,
            "usage": storable.json(dict(cost.usage)),
            "served_by": storable.text(self.done.served_by, 120),
        }


def ask(
    job: GenerationJob, spec: ModelSpec, request: Callable[[], GenerationRequest]
) -> Answered | None:
    """The model's answer; None when it is not there yet (the job was put aside until then).

    A call is sent once. A vendor that takes the work and answers later is recorded as such at
    once, and from then on only asked for the result. Raises ProviderError.
    """
    connection = connections.for_job(job, spec)
    try:
        return _ask(job, registry.get(spec.provider), connection, request)
    except ProviderError as error:
        # Vendors repeat what they were sent in what they say of it, in any field.
        error.detail = storable.text(redact(error.detail, connection.key))
        error.reason = storable.text(redact(error.reason, connection.key))
        raise


def _ask(
    job: GenerationJob,
    provider: Provider,
    connection: Connection,
    request: Callable[[], GenerationRequest],
) -> Answered | None:
    started = time.monotonic()
    waited = _since_call(job) if job.poll_state is not None else timedelta(0)
    answer: Done | Pending
    if job.poll_state is None:
        wanted = request()
        jobs.record_intent(job)
        faultpoint("generation.before_call", job.pk)
        answer = provider.submit(wanted, connection)
        faultpoint("generation.after_call", job.pk)
        if isinstance(answer, Pending):
            jobs.accept(job, answer)
            faultpoint("generation.after_accept", job.pk)
    else:
        answer = Pending(job.remote_id, 0, job.poll_state)
        webhooks.mark_handled(job)
    if isinstance(answer, Pending) and answer.poll_after <= 0:
        try:
            answer = provider.poll(answer, connection)
        except ProviderError as error:
            if error.kind in RETRIED and waited > _deadline(job):
                raise _too_late(job) from error
            raise
    if isinstance(answer, Pending):
        if waited > _deadline(job):
            raise _too_late(job)
        jobs.wait_for_result(job, answer.poll_after, state=answer.state)
        webhooks.catch_up(job)
        return None
    duration = waited + timedelta(seconds=time.monotonic() - started)
    return Answered(answer, round(duration.total_seconds() * 1000))


def is_overdue(job: GenerationJob) -> bool:
    """Whether an accepted call was sent so long ago that it is not asked for any more."""
    return _since_call(job) > _deadline(job)


def _deadline(job: GenerationJob) -> timedelta:
    return CLIP_DEADLINE if job.kind == GenerationJob.Kind.VIDEO else POLL_DEADLINE


def _too_late(job: GenerationJob) -> ProviderError:
    return ProviderError(ErrorKind.AMBIGUOUS, f"not finished after {_deadline(job)}")


def _since_call(job: GenerationJob) -> timedelta:
    """How long ago the call was sent."""
    sent = job.call_started_at or timezone.now()
    return max(timedelta(0), timezone.now() - sent)
