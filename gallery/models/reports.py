"""What visitors say is wrong with a public post."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models.posts import Post

DETAILS_MAX_LENGTH = 1000


class ReportQuerySet(models.QuerySet["Report"]):
    """Which ones."""

    def open(self) -> Self:
        """Nobody has decided about them yet."""
        return self.filter(outcome="")


class Report(models.Model):
    """A person asks the administrators to look at somebody's post."""

    class Reason(models.TextChoices):
        """What it is about."""

        SEXUAL = "sexual", _("Nudity or sexual content")
        VIOLENCE = "violence", _("Violence or gore")
        HATE = "hate", _("Hate or harassment")
        PRIVACY = "privacy", _("A real person without consent")
        COPYRIGHT = "copyright", _("Copied from somebody")
        SPAM = "spam", _("Spam or misleading")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        """What was decided."""

        OPEN = "", _("open")
        KEPT = "kept", _("kept")
        DISABLED = "disabled", _("disabled")
        WITHDRAWN = "withdrawn", _("no longer shared")

    # Deleted with the post, by the service that deletes it: docs/decisions.md, "No cascades".
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="reports", verbose_name=_("post")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("who"),
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    details = models.TextField(_("details"), max_length=DETAILS_MAX_LENGTH, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN
    )
    resolved_at = models.DateTimeField(_("decided"), null=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [
            models.Index(fields=["id"], name="report_open", condition=models.Q(outcome="")),
        ]
        constraints = [
            # Who says it twice says it once; after a decision it can be said again.
            models.UniqueConstraint(
                fields=["post", "reporter"],
                name="report_open_once",
                condition=models.Q(outcome=""),
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", resolved_at__isnull=True)
                | (~models.Q(outcome="") & models.Q(resolved_at__isnull=False)),
                name="report_decided_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    reason__in=[
                        "sexual",
                        "violence",
                        "hate",
                        "privacy",
                        "copyright",
                        "spam",
                        "other",
                    ],
                ),
                name="report_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.post_id}"
