"""A person's wish to be forgotten, and how far it is."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AccountErasureQuerySet(models.QuerySet["AccountErasure"]):
    """Which ones."""

    def unfinished(self) -> Self:
        """Asked for, and not at its end."""
        return self.filter(finished_at__isnull=True)

    def due(self) -> Self:
        """Unfinished, and the time to think it over has passed (database clock)."""
        return self.unfinished().filter(due_at__lte=Now())

    def claimable(self) -> Self:
        """Due, and nobody is at it."""
        return self.due().filter(
            models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=Now())
        )


class AccountErasure(models.Model):
    """Everything of a person is deleted once the time is over, in the background.

    Resumable: what is left follows from the rows that are there. The counts change in the
    transactions that delete, so they are what is really gone. Keeping the account deletes the row;
    after the end it stays, about nobody any more.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="erasure",
        verbose_name=_("person"),
    )
    requested_at = models.DateTimeField(_("asked for"), db_default=Now())
    due_at = models.DateTimeField(_("due"), help_text=_("Until then the person can think better."))
    confirmed_at = models.DateTimeField(_("request confirmed by e-mail"), null=True)
    started_at = models.DateTimeField(_("begun"), null=True)
    emptied_at = models.DateTimeField(
        _("everything deleted"),
        null=True,
        help_text=_("Only the address is left, for the receipt."),
    )
    receipt_sent_at = models.DateTimeField(_("receipt sent"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    posts = models.PositiveIntegerField(_("posts deleted"), default=0)
    images = models.PositiveIntegerField(_("images deleted"), default=0)
    references = models.PositiveIntegerField(_("references deleted"), default=0)
    freed_bytes = models.PositiveBigIntegerField(_("bytes freed"), default=0)
    lease_token = models.UUIDField(_("lease token"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)

    objects = AccountErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure of an account")
        verbose_name_plural = _("erasures of accounts")

    def __str__(self) -> str:
        return f"{self.person_id} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_pending(self) -> bool:
        """Whether the account can still be kept."""
        return self.started_at is None and self.finished_at is None
