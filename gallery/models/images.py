"""One picture of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gallery.imaging.renditions import rendition_key, rendition_sizes
from gallery.models.objects import StoredObject
from gallery.models.posts import Post

if TYPE_CHECKING:
    from gallery.models.conversations import EditConversation


class CostBasis(models.TextChoices):
    """Where a cost comes from."""

    REPORTED = "reported", _("reported by the provider")
    ESTIMATED = "estimated", _("estimated from the price list")
    UNKNOWN = "unknown", _("not known")


class GeneratedImageQuerySet(models.QuerySet["GeneratedImage"]):
    """Which pictures."""

    def live(self) -> Self:
        """Those whose post is not in the trash."""
        return self.filter(post__deleted_at__isnull=True)

    def of_conversation(self, conversation: EditConversation) -> Self:
        """What a turn of the conversation may start from: its source and what it gave, live. A clip
        is nothing to start from.
        """
        return self.live().filter(
            models.Q(pk=conversation.source_image_id) | models.Q(turn__conversation=conversation),
            owner=conversation.owner_id,
            clip_ms=None,
        )


class GeneratedImage(models.Model):
    """A picture that a model made. Its bytes are a StoredObject; key and address derive from it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="generated_images",
        verbose_name=_("owner"),
    )
    # PROTECT: a picture owns an object, so only a service that also deletes the object removes it.
    post = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        related_name="images",
        db_index=False,
        verbose_name=_("post"),
    )
    object = models.OneToOneField(
        StoredObject,
        on_delete=models.PROTECT,
        related_name="image",
        verbose_name=_("stored object"),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("Slot in the post, from 0.")
    )
    filename = models.CharField(_("file name"), max_length=200)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    aspect_ratio = models.CharField(_("aspect ratio"), max_length=9)
    resolution = models.CharField(_("resolution"), max_length=5)
    clip_ms = models.PositiveIntegerField(
        _("milliseconds of the clip"),
        null=True,
        blank=True,
        help_text=_("Empty for a picture. The renditions of a clip are its poster."),
    )
    has_sound = models.BooleanField(_("has sound"), default=False)
    dominant_colour = models.CharField(_("main colour"), max_length=7)
    hue = models.PositiveSmallIntegerField(_("hue"))
    prompt = models.TextField(_("prompt"))
    negative_prompt = models.TextField(_("negative prompt"), blank=True)
    model = models.CharField(_("model"), max_length=120)
    model_name = models.CharField(
        _("name of the model"),
        max_length=120,
        help_text=_("The display name on the day it was made."),
    )
    seed = models.BigIntegerField(_("seed"), null=True)
    params = models.JSONField(
        _("settings"), default=dict, help_text=_("The full request, to repeat it.")
    )
    duration_ms = models.PositiveIntegerField(_("milliseconds"), null=True)
    cost = models.DecimalField(_("cost in US dollars"), max_digits=12, decimal_places=6, null=True)
    cost_basis = models.CharField(
        _("basis of the cost"), max_length=9, choices=CostBasis, blank=True
    )
    # By name: conversations are about pictures. Nulled by the service that deletes a conversation.
    turn = models.ForeignKey(
        "gallery.EditTurn",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="images",
        verbose_name=_("turn that made it"),
    )
    turn_slot = models.PositiveSmallIntegerField(
        _("slot in the turn"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Which of the turn's models, from 0."),
    )
    selected = models.BooleanField(
        _("selected"), default=True, help_text=_("The next turn starts from it.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = GeneratedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("generated image")
        verbose_name_plural = _("generated images")
        ordering = ["post", "position"]
        indexes = [
            models.Index(models.F("owner"), models.F("id").desc(), name="image_owner_newest"),
            models.Index(fields=["owner", "model", "post"], name="image_owner_model"),
            models.Index(
                models.F("id").desc(),
                name="image_clips",
                condition=models.Q(clip_ms__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="image_post_position"),
            models.UniqueConstraint(
                fields=["turn", "turn_slot"],
                name="image_turn_slot",
                condition=models.Q(turn__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="image_has_size"
            ),
            models.CheckConstraint(
                condition=models.Q(clip_ms__gt=0) | models.Q(clip_ms__isnull=True, has_sound=False),
                name="image_without_time_is_silent",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @cached_property
    def url(self) -> str:
        """The address of the original: permanent and public, or one for its owner only."""
        if self.object.area == StoredObject.Area.PRIVATE:
            return reverse("gallery:picture-file", args=[self.pk])
        return storages["public"].url(self.object.key)

    @property
    def is_clip(self) -> bool:
        """Whether it moves: its original is a video then, its renditions show the poster."""
        return self.clip_ms is not None

    @property
    def ratio(self) -> float:
        """Width over height, for the box that is drawn before the picture is there."""
        return round(self.width / self.height, 4)

    @cached_property
    def renditions(self) -> list[tuple[str, int]]:
        """Addresses and real widths in pixels of the smaller copies, smallest first."""
        existing = self.object.rendition_widths
        is_private = self.object.area == StoredObject.Area.PRIVATE
        # Public addresses are permanent and plain: they differ as the keys do.
        return [
            (f"{self.url}?w={name}" if is_private else rendition_key(self.url, name), width)
            for name, width, _height in rendition_sizes(self.width, self.height)
            if name in existing
        ]

    @property
    def srcset(self) -> str:
        """The renditions in the form of an `srcset` attribute."""
        return ", ".join(f"{url} {width}w" for url, width in self.renditions)

    @property
    def thumbnail_url(self) -> str:
        """The smallest rendition, else the original."""
        return self.renditions[0][0] if self.renditions else self.url

    @property
    def preview_url(self) -> str:
        """The largest rendition, else the original."""
        return self.renditions[-1][0] if self.renditions else self.url
