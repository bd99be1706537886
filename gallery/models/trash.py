"""A person's wish to empty their trash, and how far it is."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class TrashEmptyingQuerySet(models.QuerySet["TrashEmptying"]):
    """Which ones."""

    def unfinished(self) -> Self:
        """Still to be carried out."""
        return self.filter(finished_at__isnull=True)

    def claimable(self) -> Self:
        """Unfinished, and nobody is at it (database clock)."""
        return self.unfinished().filter(
            models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=Now())
        )


class TrashEmptying(models.Model):
    """Everything that was in the trash at that moment is deleted for good, in the background.

    Resumable: what is left follows from the posts and conversations. The counts are what was really
    deleted.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="trash_emptyings",
        verbose_name=_("owner"),
    )
    requested_at = models.DateTimeField(
        _("asked for"), db_default=Now(), help_text=_("What came later stays.")
    )
    found = models.PositiveIntegerField(_("posts at the beginning"))
    deleted_posts = models.PositiveIntegerField(_("posts deleted"), default=0)
    deleted_images = models.PositiveIntegerField(_("images deleted"), default=0)
    freed_bytes = models.PositiveBigIntegerField(_("bytes freed"), default=0)
    found_conversations = models.PositiveIntegerField(
        _("conversations at the beginning"), default=0
    )
    deleted_conversations = models.PositiveIntegerField(_("conversations deleted"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = TrashEmptyingQuerySet.as_manager()

    class Meta:
        verbose_name = _("emptying of a trash")
        verbose_name_plural = _("emptyings of trashes")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                name="trash_emptied_once_at_a_time",
                condition=models.Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.requested_at:%Y-%m-%d %H:%M}"

    @property
    def total(self) -> int:
        """Posts that it is about: posts whose time is over go along and are not counted before."""
        return max(self.found, self.deleted_posts)

    @property
    def total_conversations(self) -> int:
        """Conversations that it is about, counted in the same way."""
        return max(self.found_conversations, self.deleted_conversations)

    @property
    def percent(self) -> int:
        """How much of it is done. What was restored meanwhile is never deleted."""
        total = self.total + self.total_conversations
        done = self.deleted_posts + self.deleted_conversations
        return round(100 * done / total) if total else 100
