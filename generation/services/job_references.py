"""References end with the jobs that they were uploaded for.

A transient reference is deleted when the last job that uses it has ended, well or badly; what is
kept in the library stays. Rows go in one transaction, bytes by the outbox, which tries again for as
long as storage fails.

Jobs say that they ended by `end_with`; what follows is done after their commit, in a transaction of
its own. So a reference never makes a result, a refund or a deletion fail, and nobody who holds a
post, a turn or an account ever waits for one. What is lost in between (a worker dies) the sweep
finds.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from gallery.models import AuditEvent, ReferenceImage
from gallery.services import objects, quota
from generation.models import GenerationJob
from generation.services import frames
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)


# --- letting go ----------------------------------------------------------------------------


def end_with(job_ids: Collection[int]) -> None:
    """These jobs have ended: after the commit, let go of what was uploaded for nothing else. Call
    it in the transaction that ends them.
    """
    if job_ids:
        transaction.on_commit(partial(_after, sorted(job_ids)), robust=True)


def _after(job_ids: list[int]) -> None:
    ended = "job " + ", ".join(map(str, job_ids)) + " ended"
    try:
        faultpoint("references.before_let_go", job_ids[0])
        uses = GenerationJob.references.through.objects.filter(generationjob__in=job_ids)
        transient = uses.filter(referenceimage__kept=False)
        let_go(set(transient.values_list("referenceimage", flat=True)), why=ended)
    except DatabaseError:
        logger.exception("References were not deleted after %s; the sweep tries again", ended)


def let_go(reference_ids: Collection[int], *, why: str, skips_locked: bool = False) -> int:
    """Delete those of these references that are transient and that no unfinished job uses. Returns
    how many. `why` is for the log. With `skips_locked` those that somebody else holds are left.
    """
    if not reference_ids:
        return 0
    with quota.counting():
        uploads = ReferenceImage.objects.filter(pk__in=reference_ids, kept=False).order_by("pk")
        # Locked before anybody looks who uses them: who is about to send one (`studio.hold`) is
        # waited for, and who comes later finds it gone. Of two jobs that end at the same moment,
        # the later one sees that both have.
        locked = uploads.select_for_update(skip_locked=skips_locked).values_list("pk", flat=True)
        used = GenerationJob.objects.unfinished().filter(references=OuterRef("pk"))
        unused = ReferenceImage.objects.filter(~Exists(used), pk__in=list(locked))
        rows = list(unused.values_list("pk", "object_id", "object__key", "object__size"))
        if not rows:
            return 0
        receipts = {pk: {"bytes": size} for pk, _object_id, _key, size in rows}
        AuditEvent.objects.record_many(
            "reference.delete", ReferenceImage, receipts, counts=receipts
        )
        ReferenceImage.objects.filter(pk__in=receipts).delete()
        objects.release(*(object_id for _pk, object_id, _key, _size in rows))
        for pk, _object_id, key, _size in rows:
            said = partial(logger.info, "Reference %s is deleted (%s), %s follows", pk, why, key)
            transaction.on_commit(said, robust=True)
    return len(rows)


def lock(*uses: QuerySet[Any]) -> set[int]:
    """Lock the references of these uses, and return their ids. Call it before the rows of the uses
    are deleted: who lets go of a reference holds it and then deletes every use of it.
    """
    used = {pk for rows in uses for pk in rows.values_list("referenceimage", flat=True)}
    there = ReferenceImage.objects.filter(pk__in=used).order_by("pk").select_for_update()
    list(there.values_list("pk", flat=True))
    return used


def uses_by(jobs: QuerySet[GenerationJob]) -> QuerySet[Any]:
    """Which of these jobs use which reference."""
    return GenerationJob.references.through.objects.filter(generationjob__in=jobs.values("pk"))


def outlived() -> QuerySet[ReferenceImage]:
    """The transient references that were used, and that nothing unfinished uses any more.

    Not yet one that was just taken out of the library: it may be wanted for what comes next.
    """
    jobs = GenerationJob.objects.filter(references=OuterRef("pk"))
    ended = jobs.filter(finished_at__gt=OuterRef("created_at"))
    return ReferenceImage.objects.filter(Exists(ended), ~Exists(jobs.unfinished()), kept=False)


def sweep(*, limit: int) -> int:
    """Let go of what was left when a job ended: its worker died, or the database was away. Returns
    how many references.
    """
    # By their index: of the transient ones, which are few, the oldest first.
    left = outlived().order_by("created_at", "pk").values_list("pk", flat=True)[:limit]
    return let_go(list(left), why="its jobs ended a while ago", skips_locked=True)


# --- what is gone --------------------------------------------------------------------------


def noted(references: Sequence[ReferenceImage]) -> dict[str, int]:
    """What the settings of a job say of its references: how many, for when they are gone."""
    return {"references": len(references)} if references else {}


def asked_for(params: Mapping[str, Any]) -> int:
    """How many references the settings of a job, a picture or a message speak of."""
    number = params.get("references")
    named = [frames.read(params.get(place)) for place in frames.PLACES]
    uploads = {pk for kind, pk in named if kind == "reference" and pk}
    return number if type(number) is int else len(uploads)


def missing(job: GenerationJob) -> int:
    """How many of the references that a job was sent with are not there any more."""
    asked = asked_for(job.params)
    return max(0, asked - len(job.references.all())) if asked else 0


def gone_text() -> str:
    """What a person reads who wants to make something once more of whose references one is gone."""
    return _(
        "A picture that you uploaded for it is deleted: only what you keep in your library stays."
        " Upload it again."
    )
