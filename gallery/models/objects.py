"""One object in storage. These rows are the storage outbox, the audit's truth and the receipt."""

from __future__ import annotations

import secrets
import string
import time
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import connections, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.imaging.renditions import rendition_key

BASE36 = string.digits + string.ascii_lowercase
RANDOM_LENGTH = 26


def new_key(kind: str, owner_id: int, extension: str) -> str:
    """A key never used before: `{kind}/{owner}/{milliseconds}-{random}-{secret}.{extension}`.

    The random part (26 base-36 characters, 134 bits) is what keeps a public address unguessable,
    the secret (as long) keeps the original's from those who see its renditions
    (docs/decisions.md, "Others see renditions").
    """
    random, secret = (
        "".join(secrets.choice(BASE36) for _ in range(RANDOM_LENGTH)) for _ in range(2)
    )
    return f"{kind}/{owner_id}/{time.time_ns() // 1_000_000}-{random}-{secret}.{extension}"


class StoredObjectQuerySet(models.QuerySet["StoredObject"]):
    """Which objects."""

    def abandoned(self) -> Self:
        """Written for a job or upload that never committed, past their lease (database clock)."""
        return self.filter(state=StoredObject.State.WRITING, lease_until__lt=Now())

    def due(self) -> Self:
        """Not waiting after a failed try, and nobody is at it."""
        return self.filter(
            models.Q(next_attempt_at__isnull=True) | models.Q(next_attempt_at__lte=Now())
        )

    def waiting_after_failure(self, *, at_least: int = 1) -> Self:
        """Storage failed for it so often, and it is tried again."""
        asked = models.Q(state=StoredObject.State.DELETING) | ~models.Q(moving_to="")
        return self.filter(asked, attempts__gte=at_least, claim__isnull=True)

    def to_be_deleted(self) -> Self:
        """What is still in storage and must not be."""
        return self.filter(state=StoredObject.State.DELETING)

    def beginning_with(self, prefix: str) -> Self:
        """Whose key begins so, by the index of the keys."""
        rows = self.filter(key__startswith=prefix)
        if connections[self.db].vendor == "sqlite":
            # Its LIKE takes no index; its texts are in the order of their bytes.
            end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
            rows = rows.filter(key__gte=prefix, key__lt=end)
        return rows

    def to_be_moved(self) -> Self:
        """Live, and to lie somewhere else."""
        return self.filter(state=StoredObject.State.LIVE).exclude(moving_to="")


class StoredObject(models.Model):
    """Every key lives here and nowhere else.

    `writing` is set before the bytes are put, `live` in the transaction that makes the picture
    visible, `deleting` by whatever takes it away, `gone` when the storage confirmed it. The row
    outlives what it belonged to. Renditions have no rows: their keys derive from this one.

    A live object with `moving_to` is to lie in that area under another key, also in the public one
    where it lies already. Its bytes are copied to a new row with a new key, which takes its place;
    keys are never used twice.
    """

    class Area(models.TextChoices):
        """Who may read the bytes."""

        PUBLIC = "public", _("public, under an unguessable address")
        PRIVATE = "private", _("private to its owner")

    class State(models.TextChoices):
        """Where the object is in its life."""

        WRITING = "writing", _("being written")
        LIVE = "live", _("live")
        DELETING = "deleting", _("to be deleted")
        GONE = "gone", _("gone")

    key = models.CharField(_("key"), max_length=200, unique=True)
    area = models.CharField(_("area"), max_length=7, choices=Area)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WRITING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="stored_objects",
        verbose_name=_("owner"),
    )
    content_type = models.CharField(_("media type"), max_length=40)
    size = models.PositiveBigIntegerField(_("bytes"), help_text=_("Bytes of the original."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rendition_widths = models.JSONField(_("renditions"), default=list)
    moving_to = models.CharField(_("moving to"), max_length=7, choices=Area, blank=True)
    is_revoked = models.BooleanField(
        _("address revoked"),
        default=False,
        help_text=_("Others are not to see it again under this key."),
    )
    claim = models.UUIDField(
        _("claim"), null=True, help_text=_("Of the worker that carries out what is asked for.")
    )
    lease_until = models.DateTimeField(_("lease until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"), null=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    gone_at = models.DateTimeField(_("confirmed gone"), null=True)

    objects = StoredObjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored object")
        verbose_name_plural = _("stored objects")
        indexes = [
            models.Index(
                fields=["lease_until"], name="object_writing", condition=models.Q(state="writing")
            ),
            models.Index(
                fields=["next_attempt_at", "id"],
                name="object_deleting",
                condition=models.Q(state="deleting"),
            ),
            models.Index(
                fields=["next_attempt_at", "id"],
                name="object_moving",
                condition=models.Q(state="live") & ~models.Q(moving_to=""),
            ),
            models.Index(
                fields=["claim"], name="object_claim", condition=models.Q(claim__isnull=False)
            ),
            models.Index(fields=["gone_at"], name="object_gone", condition=models.Q(state="gone")),
            models.Index(fields=["owner", "state"], name="object_owner_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["writing", "live", "deleting", "gone"]),
                name="object_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(area__in=["public", "private"]), name="object_area_known"
            ),
            models.CheckConstraint(
                # A private object has no address that could be taken away.
                condition=models.Q(moving_to__in=["", "public", "private"])
                & ~models.Q(area="private", moving_to="private"),
                name="object_moves_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(state="gone", gone_at__isnull=False)
                | (~models.Q(state="gone") & models.Q(gone_at__isnull=True)),
                name="object_gone_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def all_keys(self) -> list[str]:
        """The key of the original and those of its renditions."""
        return [self.key, *(rendition_key(self.key, width) for width in self.rendition_widths)]

    @staticmethod
    def writing_lease() -> timedelta:
        """How long a `writing` row may wait for its commit before it is swept."""
        lease: timedelta = settings.OBJECT_WRITING_LEASE
        return lease
