"""Who did what to what. Append-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts.models import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events are written once."""

    def record(
        self,
        action: str,
        *,
        actor: User | None = None,
        target: models.Model | None = None,
        **counts: int,
    ) -> AuditEvent:
        """Write down an action, for example `generation.cancel`, in the caller's transaction."""
        return self.create(
            action=action,
            actor=actor,
            target_type=target._meta.label_lower if target else "",
            target_id=target.pk if target else None,
            counts=counts,
        )

    def record_many(
        self,
        action: str,
        kind: type[models.Model],
        ids: Iterable[int],
        *,
        actor: User | None = None,
        counts: Mapping[int, dict[str, int]] | None = None,
    ) -> None:
        """Write down the same action on many rows, one event each, in the caller's transaction.

        `counts` are those of each, by its id.
        """
        self.bulk_create(
            [
                AuditEvent(
                    action=action,
                    actor=actor,
                    target_type=kind._meta.label_lower,
                    target_id=pk,
                    counts=(counts or {}).get(pk, {}),
                )
                for pk in ids
            ]
        )

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: the log is append-only."""
        raise TypeError("Audit events are append-only.")

    def delete(self) -> NoReturn:
        """Refused: the log is append-only."""
        raise TypeError("Audit events are append-only.")


class AuditEvent(models.Model):
    """One line of the audit log."""

    action = models.CharField(_("action"), max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    target_type = models.CharField(_("kind of target"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("target"), null=True)
    counts = models.JSONField(_("counts"), default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event; refuse to change an old one."""
        if not self._state.adding:
            raise TypeError("Audit events are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: the log is append-only."""
        raise TypeError("Audit events are append-only.")
