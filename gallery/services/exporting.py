"""Everything of a person as archives to take away: asked for on a page, made in the background.

Part after part: a part is built in a file of its own on the disk, stored, and committed together
with how far it is. Whatever stops in between costs the part that was being made.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Now

from gallery.models import (
    AccountExport,
    AuditEvent,
    ExportPart,
    GeneratedImage,
    Post,
    ReferenceImage,
)
from gallery.services import export_parts, letters, objects
from gallery.services.export_progress import PAUSE, LeaseLostError, claim, release
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)


def begin(owner: User) -> AccountExport:
    """Write down that everything is wanted. One that is ready is deleted for it; one that is being
    made is the same one.
    """
    with transaction.atomic():
        _lock(owner)
        existing = AccountExport.objects.filter(owner=owner).first()
        if existing is not None and existing.finished_at is None:
            return existing
        if existing is not None:
            _delete(existing, by=owner)
        references = ReferenceImage.objects.owned_by(owner).aggregate(n=Count("pk"), last=Max("pk"))
        pictures = GeneratedImage.objects.filter(owner=owner).count()
        last_post = Post.objects.owned_by(owner).aggregate(last=Max("pk"))["last"]
        export = AccountExport.objects.create(
            owner=owner,
            found=references["n"] + pictures,
            until_reference=references["last"] or 0,
            until_post=last_post or 0,
        )
        AuditEvent.objects.record("export.create", actor=owner, target=export)
        return export


def delete(owner: User) -> bool:
    """Delete the person's export, ready or not. Says whether there was one."""
    with transaction.atomic():
        _lock(owner)
        existing = AccountExport.objects.filter(owner=owner).first()
        if existing is None:
            return False
        _delete(existing, by=owner)
        return True


def delete_expired(*, limit: int = 1000) -> int:
    """Delete exports that were ready for a week. Returns how many."""
    deleted = 0
    rows = AccountExport.objects.expired().order_by("pk").select_related("owner")[:limit]
    for found in list(rows):
        with transaction.atomic():
            _lock(found.owner)
            export = AccountExport.objects.expired().filter(pk=found.pk).first()
            if export is not None:
                _delete(export, by=None)
                deleted += 1
    return deleted


def carry_out(export_id: int) -> None:
    """Make what is left of an export, for a few minutes at most; the next call goes on.

    One worker at a time holds it, by a lease.
    """
    export = claim(export_id)
    if export is None:
        return
    started = time.monotonic()
    try:
        while export_parts.make_next(export, started):
            if time.monotonic() - started > export_parts.AT_A_TIME:
                break
    except LeaseLostError:
        logger.info("Export %s is somebody else's, or nobody's any more", export_id)
        return
    except Exception as error:
        release(export, wait=PAUSE)
        if not isinstance(error, OSError):
            raise
        logger.warning("Export %s goes on later: %s", export_id, error)
        return
    release(export)
    tell(export_id)


def unfinished(*, limit: int = 100) -> list[int]:
    """Those that nobody is at: their worker died or ended, or the broker lost the word."""
    rows = AccountExport.objects.claimable().order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def resume(*, limit: int = 100) -> int:
    """Go on with those that nobody is at. Returns how many are ready by that."""
    ids = unfinished(limit=limit)
    for export_id in ids:
        carry_out(export_id)
    return AccountExport.objects.filter(pk__in=ids, finished_at__isnull=False).count()


def tell(export_id: int) -> bool:
    """Tell the person by e-mail, once, that it is ready. When mail fails, another try follows."""
    mine = AccountExport.objects.untold().filter(pk=export_id, owner__is_active=True)
    if not mine.update(told_at=Now()):
        return False
    export = AccountExport.objects.select_related("owner").get(pk=export_id)
    if letters.send(export.owner, "export_ready", export=export, until=expires_at(export)):
        return True
    AccountExport.objects.filter(pk=export_id).update(told_at=None)
    return False


def tell_who_was_not(*, limit: int = 1000) -> int:
    """Tell those whose mail was lost or failed. Returns how many."""
    ids = AccountExport.objects.untold().order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(tell(export_id) for export_id in list(ids))


def expires_at(export: AccountExport) -> datetime | None:
    """When a ready export is deleted; None before it is ready."""
    return export.finished_at and export.finished_at + settings.EXPORT_RETENTION


def _lock(owner: User) -> None:
    """Whoever begins or deletes an export of the person does so one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)


def _delete(export: AccountExport, *, by: User | None) -> None:
    """Its worker, if there is one, finds no row to commit to and takes its part back."""
    parts = ExportPart.objects.filter(export=export)
    object_ids = list(parts.values_list("object_id", flat=True))
    size = parts.aggregate(total=Sum("object__size"))["total"] or 0
    AuditEvent.objects.record(
        "export.delete", actor=by, target=export, parts=len(object_ids), bytes=size
    )
    parts.delete()
    export.delete()
    objects.release(*object_ids)
