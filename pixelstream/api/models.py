"""Personal tokens, and the answers that are given again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a token may be used for."""

    READ = "read", _("Read: posts, pictures, references, conversations, jobs")
    WRITE = "write", _("Change: captions, visibility, uploads, the trash")
    GENERATE = "generate", _("Make pictures, clips and edits; this may cost")
    DELETE = "delete", _("Delete for good")


class ApiToken(models.Model):
    """A personal token. Only its digest is kept: it is shown once, when it is made."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="api_tokens",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True)
    scopes = models.JSONField(_("may"), default=list)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def scope_labels(self) -> list[str]:
        """What it may be used for, in words."""
        return [str(scope.label) for scope in Scope if scope in self.scopes]


class IdempotentRequest(models.Model):
    """A POST that came with an `Idempotency-Key`, and what was answered.

    `status` is null while it is worked on. After `lease_until` a request without an answer was cut
    off, and may be sent again: who works on it then has another `lease_token`.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("owner"),
    )
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("SHA-256 of method, address and body"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = models.TextField(_("answer"), blank=True)
    lease_token = models.UUIDField(_("lease"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    created_at = models.DateTimeField(_("came"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("repeatable request")
        verbose_name_plural = _("repeatable requests")
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="idempotent_request_once"),
            models.CheckConstraint(
                condition=models.Q(status__isnull=False) | models.Q(lease_until__isnull=False),
                name="idempotent_request_answered_or_leased",
            ),
        ]

    def __str__(self) -> str:
        return self.key
