"""Works on one job: claim, call, store, commit. Every step may be the last before a crash."""

from __future__ import annotations

import logging

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection

from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.errors import RETRIED, ErrorKind, ProviderError
from generation.providers.types import ModelSpec
from generation.services import captions, images, jobs, keys
from generation.services.heartbeat import Heartbeat
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

Kind = GenerationJob.Kind

ASK_AGAIN_SECONDS = 10.0
"""How long to wait when a provider that has the work could not be asked for it."""


def run(job_id: int) -> None:
    """Work on the job if it is free; return at once if it is not. Safe to call twice."""
    job = jobs.claim(job_id)
    if job is None:
        return
    faultpoint("generation.after_claim", job.pk)
    spec = catalogue.find(job.model)
    if spec is None or (spec.hidden and not settings.BUILTIN_ENGINE_FAULTS):
        jobs.fail(job, ErrorCode.RETIRED, f"{job.model} is not in the catalogue")
        return
    try:
        with Heartbeat(job):
            _make(job, spec)
    except jobs.LeaseLostError:
        _drop_late(job)
        logger.info("Job %s was taken away while it was worked on", job.pk)
    except ProviderError as error:
        _end_refused(job, spec, error)
    except SoftTimeLimitExceeded:
        jobs.fail(job, ErrorCode.TIMEOUT, "Celery's soft time limit")
        images.drop_output(job)
    except DatabaseError:
        # The row cannot be changed now. The lease runs out and the sweep rings again.
        _drop_late_if_possible(job)
        logger.exception("Job %s is left to the sweep", job.pk)
    except Exception as error:  # the last net: a job never ends without a word
        logger.exception("Job %s broke", job.pk)
        _end_broken(job, spec, error)
        images.drop_output(job)
    else:
        faultpoint("generation.after_commit", job.pk)


def _make(job: GenerationJob, spec: ModelSpec) -> None:
    if images.adopt_stored(job, spec):
        return
    was_sent = job.call_started_at is not None and job.poll_state is None
    if was_sent and not spec.capabilities.safe_retry:
        # An earlier attempt sent the paid call and vanished: it is never sent again.
        raise ProviderError(ErrorKind.AMBIGUOUS, "a call was sent, its answer was lost")
    if job.kind == Kind.CAPTION:
        captions.make(job, spec)
    else:
        images.make(job, spec)


def _drop_late(job: GenerationJob) -> None:
    """Drop what is no longer wanted, on a new connection where the interruption came in the middle
    of a word to the database: PostgreSQL's takes no other one then.
    """
    try:
        images.drop_output(job)
    except DatabaseError:
        connection.close()
        images.drop_output(job)


def _drop_late_if_possible(job: GenerationJob) -> None:
    """The interruption of a late worker may come out of the database as an error: PostgreSQL's
    transaction cannot be ended in the middle of a word. A job that is still ours keeps its output.
    """
    try:
        _drop_late(job)
    except DatabaseError:
        logger.warning("What job %s stored is left to the sweep, too", job.pk, exc_info=True)


def _end_refused(job: GenerationJob, spec: ModelSpec, error: ProviderError) -> None:
    if error.kind is ErrorKind.AUTH and job.uses_own_key:
        keys.mark_refused(job.owner, spec.provider, used_since=job.started_at)
    if error.kind in RETRIED and job.poll_state is not None:
        # The provider has the work; only asking for it went wrong.
        jobs.wait_for_result(job, error.retry_after or ASK_AGAIN_SECONDS)
    elif error.kind in RETRIED and job.attempts < settings.JOB_MAX_ATTEMPTS:
        jobs.put_back(job, after=error.retry_after, reason=error.detail)
    else:
        code = ErrorCode(error.kind.value)
        jobs.fail(job, code, error.detail, reason=error.reason, billed=error.billed)


def _end_broken(job: GenerationJob, spec: ModelSpec, error: Exception) -> None:
    """Our own fault. Tried again only where a second call costs nothing."""
    detail = f"{type(error).__name__}: {error}"
    try:
        job.refresh_from_db(fields=["call_started_at", "poll_state"])
    except GenerationJob.DoesNotExist:  # deleted for good meanwhile
        return
    was_sent = job.call_started_at is not None and job.poll_state is None
    if (spec.capabilities.safe_retry or not was_sent) and job.attempts < settings.JOB_MAX_ATTEMPTS:
        jobs.put_back(job, reason=detail)
    else:
        jobs.fail(job, ErrorCode.INTERNAL, detail)
