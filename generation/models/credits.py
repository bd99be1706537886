"""Credits: what a person may still have made, and the ledger that says how it came to be.

Entries are written once. The balance is their sum, kept beside them so that it can be refused to
fall below nothing. docs/decisions.md, "Credits".
"""

from __future__ import annotations

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from generation.models.jobs import GenerationJob

REASON_MAX_LENGTH = 200


class CreditAccount(models.Model):
    """A person's credits. Opened when they first have something made, or are given some."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="credit_account",
        verbose_name=_("person"),
    )
    balance = models.BigIntegerField(_("balance"), default=0)

    class Meta:
        verbose_name = _("credit account")
        verbose_name_plural = _("credit accounts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(balance__gte=0), name="credit_balance_not_negative"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class CreditEntryQuerySet(models.QuerySet["CreditEntry"]):
    """Entries are written once."""

    def owned_by(self, person: models.Model) -> Self:
        """The person's own."""
        return self.filter(account__person=person)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: the ledger is append-only."""
        raise TypeError("Credit entries are append-only.")

    def delete(self) -> NoReturn:
        """Refused: the ledger is append-only."""
        raise TypeError("Credit entries are append-only.")


class CreditEntry(models.Model):
    """One line of the ledger.

    A job's price is held when the job is made. One entry ends the hold: a capture when the job gave
    its result, a refund when it did not. A capture is 0 credits, the hold took them already.
    """

    class Kind(models.TextChoices):
        """What happened."""

        GRANT = "grant", _("given")
        HOLD = "hold", _("held")
        CAPTURE = "capture", _("spent")
        REFUND = "refund", _("given back")

    ENDS = (Kind.CAPTURE, Kind.REFUND)

    account = models.ForeignKey(
        CreditAccount,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        verbose_name=_("credit account"),
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    amount = models.IntegerField(_("credits"), help_text=_("Negative where they were taken."))
    # Its number stays when the job is deleted with its post (numbers are never given twice), so
    # that nothing in the ledger ever changes; the database does not ask for the job.
    job = models.ForeignKey(
        GenerationJob,
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="credit_entries",
        verbose_name=_("job"),
    )
    model = models.CharField(_("model"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_MAX_LENGTH, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CreditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit entry")
        verbose_name_plural = _("credit entries")
        indexes = [models.Index(fields=["account", "-id"], name="credit_account_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["job"], name="credit_one_hold_a_job", condition=models.Q(kind="hold")
            ),
            models.UniqueConstraint(
                fields=["job"],
                name="credit_one_end_a_job",
                condition=models.Q(kind__in=["capture", "refund"]),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="grant", job__isnull=True)
                | models.Q(kind__in=["hold", "capture", "refund"], job__isnull=False),
                name="credit_only_a_grant_has_no_job",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["grant", "refund"], amount__gt=0)
                | models.Q(kind="hold", amount__lt=0)
                | models.Q(kind="capture", amount=0),
                name="credit_sign_follows_from_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(by__isnull=True) | models.Q(kind="grant"),
                name="credit_only_a_grant_is_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:+d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry; refuse to change an old one."""
        if not self._state.adding:
            raise TypeError("Credit entries are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: the ledger is append-only."""
        raise TypeError("Credit entries are append-only.")
