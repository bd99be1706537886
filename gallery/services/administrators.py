"""An installation always has an administrator: the last one does not go without a successor."""

from __future__ import annotations

from django.db.models import QuerySet

from gallery.models import AuditEvent
from pixelstream.accounts.models import User


class LastAdministratorError(Exception):
    """There would be no administrator left."""


def is_last(person: User) -> bool:
    """Whether nobody else could run the installation."""
    return person.is_superuser and not _others(person).exists()


def lock() -> None:
    """One after the other: two last administrators must not go at the same moment."""
    rows = User.objects.filter(is_superuser=True).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def promote(successor: User | None, *, by: User) -> None:
    """Make the successor one. Raises LastAdministratorError when that is nobody who can be."""
    if successor is None or successor.pk == by.pk:
        raise LastAdministratorError
    named = User.objects.filter(pk=successor.pk, is_active=True, erasure=None)
    if not named.update(is_staff=True, is_superuser=True):
        raise LastAdministratorError
    AuditEvent.objects.record("person.change", actor=by, target=successor)


def _others(person: User) -> QuerySet[User]:
    """Those who stay: who has asked to be forgotten does not count."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    return others.filter(erasure=None)
