"""Trying again what failed, by administrators: after an outage, say, for everybody at once."""

from __future__ import annotations

from django.db import transaction

from gallery.models import AuditEvent
from gallery.services.quota import QuotaExceededError
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import editing, studio
from generation.services.credits import NotEnoughCreditsError
from generation.services.studio import NothingToRetryError, ReferenceGoneError
from pixelstream.accounts.models import User


def try_again(job: GenerationJob, *, by: User) -> bool:
    """Try a failed job again as its owner could. Says whether it is.

    Left alone is what a person canceled, what would be made on a key of their own (nobody else
    spends it), what they have too few credits for, what was made with an upload that is deleted,
    and whatever belongs to somebody who cannot come in.
    """
    if job.status != GenerationJob.Status.FAILED or job.error_code == ErrorCode.CANCELED:
        return False
    if not job.owner.is_active:
        return False
    try:
        with transaction.atomic():
            _retry(job)
            target = job.edit_turn if job.post is None else job.post
            if target.jobs.unfinished().filter(uses_own_key=True).exists():
                raise NothingToRetryError
            AuditEvent.objects.record("generation.retry", actor=by, target=target)
    except (
        NothingToRetryError,
        ReferenceGoneError,
        NotEnoughCreditsError,
        QuotaExceededError,
    ):
        return False
    return True


def _retry(job: GenerationJob) -> None:
    if job.post is None:
        editing.retry_output(turn=job.edit_turn, slot=job.slot)
        return
    slot = job.slot
    if job.kind == Kind.CAPTION:  # the whole post waits for it, so it starts over with a picture
        pictures = job.post.jobs.shown_in_slots().order_by("slot")
        slot = pictures.values_list("slot", flat=True).first() or 0
    studio.retry_slot(post=job.post, slot=slot)
