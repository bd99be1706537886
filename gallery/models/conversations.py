"""Editing one picture over many turns."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.models.images import GeneratedImage
from gallery.models.posts import Post
from gallery.models.references import ReferenceImage
from pixelstream.accounts.models import User

TITLE_MAX_LENGTH = 120


class EditConversationQuerySet(models.QuerySet["EditConversation"]):
    """Which conversations. Access is part of the query: views never filter by hand."""

    def owned_by(self, user: User) -> Self:
        """The person's own, trashed ones included."""
        return self.filter(owner=user)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Conversations that this person may open: their own live ones."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner=user, deleted_at__isnull=True)

    def in_trash_of(self, user: User) -> Self:
        """The person's trashed ones that can still be restored, those that went in last first."""
        return self.filter(owner=user, deleted_at__gt=Now() - settings.TRASH_RETENTION).order_by(
            "-deleted_at", "-id"
        )

    def expired(self) -> Self:
        """Longer in the trash than it keeps anything."""
        return self.filter(deleted_at__lte=Now() - settings.TRASH_RETENTION)


class EditConversation(models.Model):
    """The edits of one picture, in turns. Everything that it gives becomes a post of its own.

    How many turns there are is the highest number of its turns; what it looks like now is its
    latest picture. Deleting it leaves its pictures (docs/decisions.md, "Conversations").
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        db_index=False,
        verbose_name=_("owner"),
    )
    # Without a constraint, as a post's parent: a picture that was deleted for good leaves its id,
    # and the conversation opens without it.
    source_image = models.ForeignKey(
        GeneratedImage,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="conversations",
        editable=False,
        verbose_name=_("picture that it began with"),
    )
    title = models.CharField(_("title"), max_length=TITLE_MAX_LENGTH)
    aspect_ratio = models.CharField(_("aspect ratio"), max_length=9)
    resolution = models.CharField(_("resolution"), max_length=5)
    form_key = models.UUIDField(
        _("form key"),
        null=True,
        editable=False,
        help_text=_("Makes sending the same form twice harmless."),
    )
    revision = models.PositiveIntegerField(
        _("revision"),
        default=1,
        editable=False,
        help_text=_("Grows with every change that a page may show."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(
        _("changed"), auto_now_add=True, help_text=_("The last turn, or the last new title.")
    )
    deleted_at = models.DateTimeField(
        _("moved to the trash"), null=True, blank=True, editable=False
    )

    objects = EditConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(
                models.F("owner"),
                models.F("updated_at").desc(),
                models.F("id").desc(),
                name="conversation_owner_live",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.Index(
                models.F("owner"),
                models.F("deleted_at").desc(),
                models.F("id").desc(),
                name="conversation_trash",
                condition=models.Q(deleted_at__isnull=False),
            ),
            models.Index(
                fields=["deleted_at", "id"],
                name="conversation_purge",
                condition=models.Q(deleted_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "form_key"], name="conversation_form_key"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the conversation."""
        return reverse("conversation", args=[self.pk])


class EditTurn(models.Model):
    """One message of a conversation, and what the models made of it.

    `status` is written by the job machine together with the jobs it follows from
    (`generation.services.turns.refresh_turn`); what is pending is derived.
    """

    class Status(models.TextChoices):
        """How far it is."""

        GENERATING = "generating", _("making the images")
        COMPLETED = "completed", _("ready")
        ERROR = "error", _("failed")

    conversation = models.ForeignKey(
        EditConversation,
        on_delete=models.PROTECT,
        related_name="turns",
        db_index=False,
        verbose_name=_("conversation"),
    )
    number = models.PositiveIntegerField(_("number"), help_text=_("In its conversation, from 1."))
    message = models.TextField(_("message"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.GENERATING)
    references = models.ManyToManyField(
        ReferenceImage, blank=True, related_name="turns", verbose_name=_("references")
    )
    form_key = models.UUIDField(
        _("form key"),
        null=True,
        editable=False,
        help_text=_("Makes sending the same form twice harmless."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["conversation", "number"]
        constraints = [
            # Two sends at once make two turns: the slower one takes the next number.
            models.UniqueConstraint(fields=["conversation", "number"], name="turn_number"),
            models.UniqueConstraint(fields=["conversation", "form_key"], name="turn_form_key"),
            models.CheckConstraint(
                condition=models.Q(status__in=["generating", "completed", "error"]),
                name="turn_status_known",
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="turn_counts_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}.{self.number}"

    @property
    def is_unfinished(self) -> bool:
        """Whether something of it is still being made."""
        return self.status == self.Status.GENERATING


class TurnBase(models.Model):
    """A picture that a turn starts from. Its ids stay when it is deleted for good."""

    turn = models.ForeignKey(
        EditTurn, on_delete=models.CASCADE, related_name="bases", db_index=False
    )
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("From 0."))
    image = models.ForeignKey(
        GeneratedImage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="bases"
    )
    post = models.ForeignKey(
        Post, on_delete=models.DO_NOTHING, db_constraint=False, related_name="bases"
    )

    class Meta:
        verbose_name = _("picture that a turn starts from")
        verbose_name_plural = _("pictures that turns start from")
        ordering = ["turn", "position"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "position"], name="turn_base_position"),
            models.UniqueConstraint(fields=["turn", "image"], name="turn_base_once"),
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}.{self.position}"
