"""People's own keys for providers."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderKeyQuerySet(models.QuerySet["ProviderKey"]):
    """Whose keys."""

    def owned_by(self, user: models.Model) -> Self:
        """The person's own."""
        return self.filter(owner=user)


class ProviderKey(models.Model):
    """A person's key for a provider. It can be used and replaced, never read again.

    The ciphertext is bound to owner, provider and address (docs/decisions.md, "Provider keys"):
    moved to another row, or pointed at another host, it cannot be decrypted.
    """

    class Status(models.TextChoices):
        """What the provider last said of it."""

        UNTESTED = "untested", _("not tested yet")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="provider_keys",
        verbose_name=_("person"),
        db_index=False,
    )
    provider = models.CharField(_("provider"), max_length=40)
    base_url = models.URLField(
        _("address"), max_length=200, help_text=_("The only address that this key is sent to.")
    )
    ciphertext = models.TextField(editable=False)
    last_four = models.CharField(_("last four characters"), max_length=4)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.UNTESTED)
    tested_at = models.DateTimeField(_("tested"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ProviderKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider key")
        verbose_name_plural = _("provider keys")
        ordering = ["provider"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "provider"], name="key_one_a_provider"),
            models.CheckConstraint(
                condition=models.Q(status__in=["untested", "accepted", "refused"]),
                name="key_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} ••••{self.last_four}"
