"""What the person asked and what came back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models.posts import Post
from gallery.models.references import ReferenceImage


class ChatMessage(models.Model):
    """One message of a post's history. Deleted with its post."""

    class Role(models.TextChoices):
        """Who speaks."""

        USER = "user", _("person")
        ASSISTANT = "assistant", _("assistant")

    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, related_name="messages", verbose_name=_("post")
    )
    role = models.CharField(_("speaker"), max_length=9, choices=Role)
    text = models.TextField(_("text"), blank=True)
    snapshot = models.JSONField(
        _("settings"), default=dict, help_text=_("The settings at that moment.")
    )
    attachments = models.ManyToManyField(
        ReferenceImage, blank=True, related_name="+", verbose_name=_("attachments")
    )
    credits_used = models.PositiveIntegerField(_("credits used"), default=0)
    error = models.CharField(
        _("error"), max_length=40, blank=True, help_text=_("Error code, if it failed.")
    )
    duration_ms = models.PositiveIntegerField(_("milliseconds"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["user", "assistant"]), name="message_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:40]}"
