"""An upload that steers a picture. Private to its owner."""

from __future__ import annotations

import re
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.models.objects import StoredObject
from pixelstream.accounts.models import User

EXTENSION = re.compile(r"\.(jpe?g|png|webp|gif)\Z", re.IGNORECASE)


class ReferenceImageQuerySet(models.QuerySet["ReferenceImage"]):
    """Which references."""

    def owned_by(self, user: User) -> Self:
        """The person's own: nobody else ever sees a reference."""
        return self.filter(owner=user)

    def library(self) -> Self:
        """The kept ones, newest first."""
        return self.filter(kept=True).order_by("-id")


class ReferenceImage(models.Model):
    """A reference: *kept* (the person's library) or *transient* (uploaded for one job)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reference_images",
        verbose_name=_("owner"),
    )
    object = models.OneToOneField(
        StoredObject,
        on_delete=models.PROTECT,
        related_name="reference_image",
        verbose_name=_("stored object"),
    )
    filename = models.CharField(_("file name"), max_length=200)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    dominant_colour = models.CharField(_("main colour"), max_length=7)
    kept = models.BooleanField(_("kept in the library"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ReferenceImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference image")
        verbose_name_plural = _("reference images")
        indexes = [
            models.Index(models.F("owner"), models.F("id").desc(), name="reference_owner_newest"),
            models.Index(
                fields=["created_at", "id"],
                name="reference_transient",
                condition=models.Q(kept=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def url(self) -> str:
        """The address of the picture; answers only to its owner."""
        return reverse("gallery:reference-image", args=[self.pk])

    @property
    def extension(self) -> str:
        """The ending of the file's name, with its dot; empty when it has none of a picture."""
        found = EXTENSION.search(self.filename)
        return found[0] if found else ""

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.filename.removesuffix(self.extension)
