"""How much of the storage a person uses, and how much they may."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts.models import User

WARN_PERCENT = 80
CALM_PERCENT = 75
"""Below it a person who was warned is warned anew the next time."""


class Level(StrEnum):
    """How full somebody's storage is."""

    FINE = "fine"
    NEARLY_FULL = "nearly_full"
    FULL = "full"


class UsageQuerySet(models.QuerySet["Usage"]):
    """Whose."""

    def with_limit(self) -> Self:
        """With the limit that counts, as `allowed` (bytes; 0 is none)."""
        default = Value(settings.QUOTA_BYTES, output_field=BigIntegerField())
        return self.annotate(allowed=Coalesce("limit_bytes", default))

    def nearly_full(self) -> Self:
        """At or above the mark at which a person is warned."""
        enough = F("allowed") * Value(WARN_PERCENT, output_field=BigIntegerField())
        return (
            self.with_limit()
            .filter(allowed__gt=0)
            .alias(hundredfold=F("bytes_used") * Value(100, output_field=BigIntegerField()))
            .filter(hundredfold__gte=enough)
        )

    def to_be_warned(self) -> Self:
        """Nearly full, and nobody has told them."""
        return self.nearly_full().filter(warned_at__isnull=True, owner__is_active=True)

    def of(self, person: User) -> Usage:
        """The person's row; one that is not stored while nothing was ever kept for them."""
        return self.filter(owner=person).first() or Usage(owner=person)


class Usage(models.Model):
    """Bytes of the originals that are kept for a person: pictures, the trash's too, and references.

    Written by `gallery.services.quota` only, in the transaction that changes an object's state.
    Whoever never kept anything has no row.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="usage",
        verbose_name=_("owner"),
    )
    # Signed: a count that is wrong must never be what keeps something from being deleted.
    bytes_used = models.BigIntegerField(_("bytes used"), default=0)
    limit_bytes = models.PositiveBigIntegerField(
        _("limit in bytes"),
        null=True,
        blank=True,
        help_text=_("Empty: as everybody. 0: no limit."),
    )
    warned_at = models.DateTimeField(_("warned by e-mail"), null=True, blank=True)
    is_notice_hidden = models.BooleanField(
        _("notice hidden"),
        default=False,
        help_text=_("The person has seen that it is nearly full. Shown again when that changes."),
    )
    is_auto_cleaned = models.BooleanField(
        _("makes room by itself"),
        default=False,
        help_text=_("Deletes what is oldest in the trash when there is no room."),
    )

    objects = UsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("storage of a person")
        verbose_name_plural = _("storage of people")

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.bytes_used}"

    @property
    def used(self) -> int:
        """Bytes, for people to read."""
        return max(0, self.bytes_used)

    @property
    def limit(self) -> int:
        """Bytes that the person may use; 0 for as many as they like."""
        default: int = settings.QUOTA_BYTES
        return default if self.limit_bytes is None else self.limit_bytes

    @property
    def percent(self) -> int:
        """How full it is, from 0 to 100."""
        return min(100, self.used * 100 // self.limit) if self.limit else 0

    @property
    def level(self) -> Level:
        """How full it is, in words."""
        if not self.limit or self.used * 100 < self.limit * WARN_PERCENT:
            return Level.FINE
        return Level.NEARLY_FULL if self.used < self.limit else Level.FULL

    @property
    def is_full(self) -> bool:
        """Whether nothing more may be kept."""
        return self.level is Level.FULL

    @property
    def notice(self) -> str:
        """What a page has to say about it: a level, or nothing."""
        if self.level is Level.FINE or (self.level is Level.NEARLY_FULL and self.is_notice_hidden):
            return ""
        return self.level.value
