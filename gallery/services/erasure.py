"""Forgetting a person: asked for on a page, taken back for a week, then done in the background.

`erasing` has the steps, `remains` says what is left at the end, and `administrators` who may not
go without a successor.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import AccountErasure, AuditEvent, Usage
from gallery.services import administrators, letters
from gallery.services.erasing import LEASE, PAUSE, Erasing, LaterError
from gallery.services.remains import remains_of
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

LATE = timedelta(days=1)
"""For so long after the end it is looked whether a request that was under way wrote something."""


# --- asking and taking back ------------------------------------------------------------------


def ask(person: User, *, successor: User | None = None, at_once: bool = False) -> AccountErasure:
    """Write down that the person wants to be forgotten. Asked for twice it is the same wish.

    The last administrator names a successor, who is one from now on. Raises
    LastAdministratorError. `at_once` leaves no time to think it over.
    """
    with transaction.atomic():
        administrators.lock()
        locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if administrators.is_last(locked):
            administrators.promote(successor, by=locked)
        # The row from which pages know it without a query of their own (context_processors).
        Usage.objects.bulk_create([Usage(owner=locked)], ignore_conflicts=True)
        due_at = timezone.now() + (timedelta(0) if at_once else settings.ERASURE_GRACE)
        erasure, created = AccountErasure.objects.get_or_create(
            person=locked, defaults={"due_at": due_at}
        )
        if created:
            AuditEvent.objects.record("person.leave", actor=locked, target=locked)
        elif at_once and erasure.is_pending:
            AccountErasure.objects.filter(pk=erasure.pk).update(due_at=due_at)
        return erasure


def keep(person: User) -> bool:
    """Take the wish back while that is possible. Says whether there was one to take back."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        pending = AccountErasure.objects.filter(person=person, started_at=None, finished_at=None)
        if not pending.delete()[0]:
            return False
        AuditEvent.objects.record("person.stay", actor=person, target=person)
        return True


def confirm(erasure_id: int) -> bool:
    """Tell the person by e-mail, once, that their account will be deleted, and when."""
    mine = AccountErasure.objects.unfinished().filter(
        pk=erasure_id, confirmed_at=None, started_at=None
    )
    if not mine.update(confirmed_at=Now()):
        return False
    erasure = AccountErasure.objects.select_related("person").get(pk=erasure_id)
    if letters.send(erasure.person, "erasure_asked", erasure=erasure):
        return True
    AccountErasure.objects.filter(pk=erasure_id).update(confirmed_at=None)
    return False


def confirm_who_was_not(*, limit: int = 1000) -> int:
    """Tell those whose mail was lost or failed. Returns how many."""
    rows = AccountErasure.objects.unfinished().filter(confirmed_at=None, started_at=None)
    return sum(confirm(pk) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def tell_kept(person_id: int) -> bool:
    """Tell the person by e-mail that their account stays."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    return person is not None and letters.send(person, "erasure_canceled")


# --- doing it --------------------------------------------------------------------------------


def unfinished(*, limit: int = 100) -> list[int]:
    """Those that have begun and that nobody is at."""
    rows = AccountErasure.objects.claimable().filter(started_at__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def run_due(*, limit: int = 100) -> int:
    """Begin what is due, go on with what has begun, and look after what has ended. Returns how many
    people were erased.
    """
    _reopen_late()
    rows = AccountErasure.objects.claimable().order_by("due_at", "pk")
    return sum(carry_out(pk) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def carry_out(erasure_id: int) -> bool:
    """Do what is left, for a few minutes at most. Says whether that was the end.

    One worker at a time holds it, by a lease that every step renews.
    """
    token = uuid4()
    claimable = AccountErasure.objects.claimable().filter(pk=erasure_id)
    if not claimable.update(lease_token=token, lease_until=Now() + LEASE):
        return False
    erasure = AccountErasure.objects.select_related("person").get(pk=erasure_id)
    try:
        Erasing(erasure).run()
    except administrators.LastAdministratorError:
        logger.error("Person %s is the last administrator and is not erased", erasure.person_id)
        _pause(erasure, timedelta(hours=1))
        return False
    except LaterError as reason:
        logger.info("Erasing person %s goes on later: %s", erasure.person_id, reason)
        _pause(erasure, reason.wait)
        return False
    except Exception:
        _pause(erasure, PAUSE)
        raise
    return True


def _pause(erasure: AccountErasure, wait: timedelta | None) -> None:
    held = AccountErasure.objects.unfinished().filter(
        pk=erasure.pk, lease_token=erasure.lease_token
    )
    held.update(lease_token=None, lease_until=Now() + wait if wait else None)


def _reopen_late() -> None:
    """A request that was under way when its person was erased may have written after the end."""
    recent = AccountErasure.objects.filter(finished_at__gt=Now() - LATE).select_related("person")
    for erasure in recent:
        if left := remains_of(erasure.person):
            logger.warning("Written after the end, by person %s: %s", erasure.person_id, left)
            AccountErasure.objects.filter(pk=erasure.pk).update(finished_at=None)
