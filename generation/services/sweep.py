"""The sweep: what the broker lost is rung for again, what went silent is ended, references that
outlived their jobs are let go.

Harmless when run twice or at once: ringing is harmless, ending is conditional.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.services import job_references, jobs

logger = logging.getLogger(__name__)

LIMIT = 200
RING_AGAIN = timedelta(seconds=10)
"""A waiting job that was rung for is given this long before it is rung for again."""


def sweep(*, limit: int = LIMIT) -> int:
    """One pass. Returns how many jobs were rung for or ended."""
    swept = end_silent(limit=limit) + ring_again(limit=limit)
    job_references.sweep(limit=limit)
    return swept


def ring_again(*, limit: int = LIMIT) -> int:
    """Ring for free jobs that nobody took. Stops at the first ring the broker refuses."""
    unheard = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - RING_AGAIN)
    overdue = GenerationJob.objects.claimable().filter(
        unheard | Q(status=GenerationJob.Status.PROCESSING)
    )
    job_ids = list(
        overdue.order_by(F("rung_at").asc(nulls_first=True), "id").values_list("pk", flat=True)[
            :limit
        ]
    )
    GenerationJob.objects.filter(pk__in=job_ids).update(rung_at=Now())
    rung = 0
    for job_id in job_ids:
        if not jobs.ring(job_id):
            GenerationJob.objects.filter(pk__in=job_ids).update(rung_at=None)
            break
        rung += 1
    if rung:
        logger.info("Rang again for %s jobs", rung)
    return rung


def end_silent(*, limit: int = LIMIT) -> int:
    """Fail jobs whose worker went silent on their last attempt."""
    ended = 0
    # In the order of their index; by their ids, every sweep would read all jobs to find none.
    silent = GenerationJob.objects.exhausted().select_related("post", "turn__conversation")
    for job in silent.order_by("lease_until", "id")[:limit]:
        ended += jobs.fail(job, ErrorCode.GAVE_UP, f"silent after {job.attempts} attempts")
    return ended
