"""A person's wish to have everything that is theirs as files, and what was made of it."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.models.objects import StoredObject


class AccountExportQuerySet(models.QuerySet["AccountExport"]):
    """Which ones."""

    def unfinished(self) -> Self:
        """Still to be made."""
        return self.filter(finished_at__isnull=True)

    def claimable(self) -> Self:
        """Unfinished, and nobody is at it (database clock)."""
        return self.unfinished().filter(
            models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=Now())
        )

    def paused(self) -> Self:
        """Unfinished: the last try failed, and the next one waits a moment."""
        return self.unfinished().filter(lease_token__isnull=True, lease_until__gt=Now())

    def expired(self) -> Self:
        """Longer ready than they are kept."""
        return self.filter(finished_at__lte=Now() - settings.EXPORT_RETENTION)

    def untold(self) -> Self:
        """Ready, and the person has not been told."""
        return self.filter(finished_at__isnull=False, told_at__isnull=True)


class AccountExport(models.Model):
    """Everything of a person as archives, made in the background, one part after the other.

    Resumable: what is left follows from the last reference and post whose part is stored. The
    counts include what is in the part that is being made.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="account_export",
        verbose_name=_("owner"),
        help_text=_("One at a time: a new one takes the place of the old one."),
    )
    requested_at = models.DateTimeField(_("asked for"), db_default=Now())
    found = models.PositiveIntegerField(_("files at the beginning"))
    done = models.PositiveIntegerField(_("files done"), default=0)
    until_reference = models.BigIntegerField(
        _("up to this reference"), help_text=_("What came later is not in it.")
    )
    until_post = models.BigIntegerField(_("up to this post"))
    last_reference = models.BigIntegerField(_("last stored reference"), default=0)
    last_post = models.BigIntegerField(_("last stored post"), default=0)
    lease_token = models.UUIDField(_("lease token"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    told_at = models.DateTimeField(_("person told"), null=True)

    objects = AccountExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of an account")
        verbose_name_plural = _("exports of accounts")

    def __str__(self) -> str:
        return f"{self.owner_id} {self.requested_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(99, 100 * self.done // self.found) if self.found else 0


class ExportPart(models.Model):
    """One archive of an export.

    Its object has no owner: what is made for a person to take away counts to nobody's storage.
    """

    export = models.ForeignKey(
        AccountExport, on_delete=models.PROTECT, related_name="parts", verbose_name=_("export")
    )
    object = models.OneToOneField(
        StoredObject,
        on_delete=models.PROTECT,
        related_name="export_part",
        verbose_name=_("stored object"),
    )
    number = models.PositiveIntegerField(_("number"), help_text=_("From 1."))
    files = models.PositiveIntegerField(_("files"), help_text=_("Pictures and references in it."))

    class Meta:
        verbose_name = _("part of an export")
        verbose_name_plural = _("parts of exports")
        ordering = ["export", "number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_number"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}.{self.number}"

    def get_absolute_url(self) -> str:
        """Where its owner loads it."""
        return reverse("gallery:account-export-part", args=[self.pk])

    @property
    def filename(self) -> str:
        """What the loaded file is called."""
        return f"pixelstream-export-{self.export.requested_at:%Y-%m-%d}-{self.number}.zip"


class Installation(models.Model):
    """Which installation this is: one row. Exports name it, so that ids of two are told apart."""

    identifier = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")

    def __str__(self) -> str:
        return str(self.identifier)


class Imported(models.Model):
    """What a post, reference or conversation was called where it came from: an import that is
    repeated skips it.

    `local_id` is no foreign key: what was deleted here since then is imported anew.
    """

    class Kind(models.TextChoices):
        """What it is."""

        POST = "post", _("post")
        REFERENCE = "reference", _("reference")
        CONVERSATION = "conversation", _("conversation")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("owner"),
    )
    source = models.UUIDField(_("installation that it comes from"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    source_id = models.BigIntegerField(_("id there"))
    source_parent_id = models.BigIntegerField(_("id of its parent there"), null=True)
    local_id = models.BigIntegerField(_("id here"))

    class Meta:
        verbose_name = _("imported thing")
        verbose_name_plural = _("imported things")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "source", "kind", "source_id"], name="imported_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} of {self.source}"
