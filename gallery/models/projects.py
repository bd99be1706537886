"""A folder of posts with a brief."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts.models import User

GOLDEN_ANGLE = 137.508


class ProjectQuerySet(models.QuerySet["Project"]):
    """Which projects."""

    def owned_by(self, user: User) -> Self:
        """The person's own."""
        return self.filter(owner=user)


class Project(models.Model):
    """A folder of posts. A post may belong to one or stand alone."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="projects",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=80)
    brief = models.TextField(_("brief"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="project_name_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page with the project's posts."""
        return reverse("gallery:project-detail", args=[self.pk])

    @property
    def hue(self) -> int:
        """Colour of the swatch, 0-359. The golden angle keeps neighbours apart."""
        return round((self.pk or 0) * GOLDEN_ANGLE) % 360
