"""Who uses how much of the storage.

The count changes in the transaction that changes the state of an object, and in no other place
(`gallery.services.objects`). Its row is locked as the last thing before the commit: whoever waits
for it holds nothing that its holder still wants, so nobody waits for ever.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import BigIntegerField, BooleanField, Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation

from gallery import tasks
from gallery.models import Usage
from gallery.models.usage import CALM_PERCENT, WARN_PERCENT, Level
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

_open: ContextVar[Counter[int] | None] = ContextVar("quota_open", default=None)


class QuotaExceededError(Exception):
    """There is no room. Nothing was kept or begun."""

    def __init__(self, usage: Usage, needed: int) -> None:
        super().__init__(f"{usage.bytes_used} of {usage.limit} bytes used, {needed} needed")
        self.usage = usage
        self.needed = needed
        """Bytes; 0 where something was to be made whose size nobody knows yet."""


@contextmanager
def counting(*, within_limit: bool = False) -> Iterator[None]:
    """A transaction that counts as its last step, each person once.

    For transactions that go on after an object became live or was let go, or that do so more than
    once. Within another one it is a savepoint of that one.

    `within_limit` refuses what goes beyond the limit, by raising QuotaExceededError at the end. The
    UPDATE itself has the condition: however many uploads end at the same moment, what they keep
    together is within the limit.
    """
    outer = _open.get()
    if outer is not None:
        if within_limit:
            raise RuntimeError("what may be refused has a transaction of its own")
        before = dict(outer)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            outer.clear()
            outer.update(before)
            raise
        return
    with transaction.atomic():
        tally: Counter[int] = Counter()
        token = _open.set(tally)
        try:
            yield
        finally:
            _open.reset(token)
        _add_all(tally, within_limit=within_limit)


def count(changes: Counter[int]) -> None:
    """Add these bytes (negative ones too) to what these people use: at the end of the transaction
    that `counting` opened, else now.
    """
    tally = _open.get()
    if tally is None:
        with transaction.atomic():
            _add_all(changes)
    else:
        tally.update(changes)


def require_room(owner: User) -> None:
    """Refuse to begin something while the storage is full. Raises QuotaExceededError."""
    usage = Usage.objects.of(owner)
    if usage.is_full:
        raise QuotaExceededError(usage, 0)


def hide_notice(owner: User) -> None:
    """The person has read that the storage is nearly full: do not show it until that changes."""
    Usage.objects.filter(pk=owner.pk).update(is_notice_hidden=True)


def set_auto_cleaned(owner: User, *, wanted: bool) -> None:
    """Let room be made by itself, or not (`gallery.services.room`)."""
    _ensure_row(owner.pk)
    Usage.objects.filter(pk=owner.pk).update(is_auto_cleaned=wanted)


def set_limit(owner: User, limit: int | None) -> None:
    """Another limit for this person, in bytes; 0 for none, None for the one of everybody."""
    _ensure_row(owner.pk)
    Usage.objects.filter(pk=owner.pk).update(limit_bytes=limit)


def warn(owner_id: int) -> bool:
    """Tell a person by e-mail that the storage is nearly full, once. Says whether it was sent.

    Who is warned again was below 75 % meanwhile. When mail fails, another try follows.
    """
    mine = Usage.objects.filter(pk=owner_id)
    if not mine.to_be_warned().update(warned_at=Now()):
        return False
    usage = mine.select_related("owner").get()
    with translation.override(usage.owner.language or settings.LANGUAGE_CODE):
        context = {"usage": usage, "SITE_URL": settings.SITE_URL}
        subject = render_to_string("gallery/mail/nearly_full_subject.txt", context).strip()
        message = render_to_string("gallery/mail/nearly_full_message.txt", context)
    try:
        send_mail(subject, message, None, [usage.owner.email])
    except OSError as error:
        logger.warning("Person %s could not be warned of a full storage: %s", owner_id, error)
        mine.update(warned_at=None)
        return False
    return True


def warn_who_was_not(*, limit: int = 1000) -> int:
    """Warn those whose warning was lost or failed. Returns how many."""
    ids = Usage.objects.to_be_warned().order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(warn(owner_id) for owner_id in ids)


def _add_all(changes: Counter[int], *, within_limit: bool = False) -> None:
    for owner_id in sorted(changes):  # everybody locks the rows in this order
        if changes[owner_id]:
            _add(owner_id, changes[owner_id], within_limit=within_limit)


def _add(owner_id: int, size: int, *, within_limit: bool) -> None:
    """One UPDATE; where it finds nothing, another one after the row was made sure of: that of a
    person's first object may have been made in between.
    """
    changed = _update(owner_id, size, within_limit=within_limit)
    if not changed:
        _ensure_row(owner_id)
        changed = _update(owner_id, size, within_limit=within_limit)
    if not changed:
        raise QuotaExceededError(Usage.objects.get(pk=owner_id), size)
    if size > 0:
        _ring_if_due(owner_id)


def _update(owner_id: int, size: int, *, within_limit: bool) -> bool:
    rows = Usage.objects.filter(pk=owner_id).with_limit()
    after = F("bytes_used") + Value(size, output_field=BigIntegerField())
    rows = rows.alias(after=after, hundredfold=after * _big(100))
    if within_limit:
        rows = rows.filter(Q(allowed=0) | Q(after__lte=F("allowed")))
    is_calm = Q(allowed=0) | Q(hundredfold__lt=F("allowed") * _big(CALM_PERCENT))
    is_nearly_full = Q(
        allowed__gt=0, hundredfold__gte=F("allowed") * _big(WARN_PERCENT), after__lt=F("allowed")
    )
    return bool(
        rows.update(
            bytes_used=after,
            warned_at=Case(
                When(is_calm, then=Value(None)),
                default=F("warned_at"),
                output_field=DateTimeField(),
            ),
            is_notice_hidden=Case(
                When(is_nearly_full, then=F("is_notice_hidden")),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
    )


def _big(number: int) -> Value:
    return Value(number, output_field=BigIntegerField())


def _ensure_row(owner_id: int) -> None:
    """The first object of a person, perhaps twice at the same moment."""
    Usage.objects.bulk_create([Usage(owner_id=owner_id)], ignore_conflicts=True)


def _ring_if_due(owner_id: int) -> None:
    usage = Usage.objects.get(pk=owner_id)
    if usage.level is not Level.FINE and usage.warned_at is None:
        tasks.ring_to_warn(owner_id)
