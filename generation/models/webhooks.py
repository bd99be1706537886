"""What providers told us about accepted jobs. A hint each: the truth is asked for by the job."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from generation.models.jobs import GenerationJob


class WebhookEvent(models.Model):
    """A message of a provider, kept as it came so that the same one has no effect twice.

    It goes with its job, and after WEBHOOK_RETENTION.
    """

    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("event id"), max_length=255)
    # The number of a job, which the database does not ask for: whoever deletes a job never waits
    # for a message that comes at that moment.
    job = models.ForeignKey(
        GenerationJob,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("job"),
    )
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    status = models.CharField(
        _("status"), max_length=20, blank=True, help_text=_("As the provider says; never believed.")
    )
    body = models.BinaryField(
        _("message"), help_text=_("As it came; empty where it was longer than is kept.")
    )
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    handled_at = models.DateTimeField(
        _("asked"), null=True, help_text=_("When the provider was asked for the truth.")
    )

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["job"], name="webhook_job"),
            models.Index(fields=["received_at"], name="webhook_received"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
