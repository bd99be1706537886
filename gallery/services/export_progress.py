"""How far an export got, and who is at it: one worker at a time, by a lease that it renews."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

from django.db.models import QuerySet
from django.db.models.functions import Now

from gallery.models import AccountExport, StoredObject

LEASE = timedelta(seconds=60)
RENEWED_EVERY = 10.0
"""Seconds."""

PAUSE = timedelta(seconds=60)
"""After a failure, before the next try."""


class LeaseLostError(Exception):
    """Another worker has the export, or it was deleted."""


def claim(export_id: int) -> AccountExport | None:
    """The export, held from now on; None if somebody else is at it or there is nothing to do."""
    token = uuid4()
    rows = AccountExport.objects.claimable().filter(pk=export_id, owner__is_active=True)
    if not rows.update(lease_token=token, lease_until=Now() + LEASE):
        return None
    claimed = AccountExport.objects.filter(lease_token=token).select_related("owner")
    return claimed.first()


def held(export: AccountExport) -> QuerySet[AccountExport]:
    """Its row while this worker holds it."""
    return AccountExport.objects.filter(pk=export.pk, lease_token=export.lease_token)


def release(export: AccountExport, *, wait: timedelta | None = None) -> None:
    """Leave it to the next worker, after a pause if there is one."""
    held(export).update(lease_token=None, lease_until=Now() + wait if wait else None)


class Pulse:
    """Renews the lease, and says how far it is, every few seconds in which something happens."""

    def __init__(self, export: AccountExport, done_before: int) -> None:
        self.export = export
        self.done = done_before
        self.object_id: int | None = None
        self._next = time.monotonic() + RENEWED_EVERY

    def beat(self) -> None:
        """Raises LeaseLostError."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + RENEWED_EVERY
        if not held(self.export).update(lease_until=Now() + LEASE, done=self.done):
            raise LeaseLostError
        if self.object_id is not None:
            writing = StoredObject.objects.filter(
                pk=self.object_id, state=StoredObject.State.WRITING
            )
            writing.update(lease_until=Now() + StoredObject.writing_lease())
