"""The unit of gallery, feed, share and trash: pictures with a caption."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.models.projects import Project
from pixelstream.accounts.models import User

if TYPE_CHECKING:
    from gallery.models.images import GeneratedImage

CARD_FIELDS = (
    *("status", "visibility", "aspect_ratio", "prompt", "caption"),
    *("cover_position", "created_at", "deleted_at"),
)


def new_share_token() -> str:
    """128 random bits for a public address, independent of the post's id."""
    return secrets.token_urlsafe(16)


class PostQuerySet(models.QuerySet["Post"]):
    """Which posts. Access is part of the query: views never filter by hand."""

    def owned_by(self, user: User) -> Self:
        """The person's own, trashed ones included."""
        return self.filter(owner=user)

    def live(self) -> Self:
        """Not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def in_trash_of(self, user: User) -> Self:
        """The person's trashed posts that can still be restored, those that went in last first.

        After `TRASH_RETENTION` they are as good as gone, however late the purge is.
        """
        return self.filter(owner=user, deleted_at__gt=Now() - settings.TRASH_RETENTION).order_by(
            "-deleted_at", "-id"
        )

    def expired(self) -> Self:
        """Longer in the trash than it keeps anything."""
        return self.filter(deleted_at__lte=Now() - settings.TRASH_RETENTION)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Posts whose owner pages this person may open: their own live ones."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(owner=user, deleted_at__isnull=True)

    def newest_of(self, user: User) -> Self:
        """Those of `visible_to`, newest first, from the first one on.

        The person is asked for as a range, in whose order one index alone is. For somebody with a
        good part of all posts PostgreSQL would walk the primary key else, past everything that
        others made since.
        """
        own = self.filter(owner_id__gte=user.pk, owner_id__lte=user.pk, deleted_at__isnull=True)
        return own.order_by("owner_id", "-id")

    def viewable_by_others(self) -> Self:
        """What somebody who knows its public address may see: live, shared, neither expired,
        disabled nor its owner suspended.
        """
        return self.filter(
            models.Q(share_expires_at__isnull=True) | models.Q(share_expires_at__gt=Now()),
            deleted_at__isnull=True,
            sharing_enabled=True,
            is_disabled_by_admin=False,
            owner__is_active=True,
        )

    def in_feed(self) -> Self:
        """What everybody may see listed: of what others may see, the public and finished."""
        return (
            self.viewable_by_others()
            .filter(visibility=Post.Visibility.PUBLIC, status__in=Post.SHOWABLE)
            .exclude(review=Post.Review.HELD)
        )

    def in_progress(self) -> Self:
        """Something of it is still being made."""
        # Written out: SQLite takes the index of posts in progress for no list of parameters.
        words = [RawSQL(f"'{status.value}'", ()) for status in Post.UNFINISHED]  # noqa: S611
        return self.filter(status__in=words)

    def for_cards(self) -> Self:
        """With what a card shows and nothing else; pictures come by `gallery.covers`."""
        return self.only(*CARD_FIELDS)

    def for_public_cards(self) -> Self:
        """`for_cards`, for readers who know a post by its public token, with who made it."""
        author = ("owner__name", "owner__handle")
        return self.select_related("owner").only(*CARD_FIELDS, "share_token", "revision", *author)


class Post(models.Model):
    """Pictures made from one prompt, with their caption.

    `status` is written by the job machine together with the jobs it follows from
    (`generation.services.posts.refresh_post`); what is pending or how many are ready is derived.
    """

    class Status(models.TextChoices):
        """Where the post is in its making."""

        GENERATING_CAPTION = "generating_caption", _("writing the caption")
        GENERATING_IMAGES = "generating_images", _("making the images")
        GENERATED = "generated", _("ready")
        EDITED = "edited", _("edited")
        FAILED = "failed", _("failed")

    class Visibility(models.TextChoices):
        """Who finds it. Both can be opened by anyone who has the link."""

        PUBLIC = "public", _("public")
        UNLISTED = "unlisted", _("unlisted")

    class Review(models.TextChoices):
        """What the optional check of new public pictures came to (docs/moderation.md)."""

        NONE = "", _("not needed")
        HELD = "held", _("held back")
        PASSED = "passed", _("looked at")

    UNFINISHED = (Status.GENERATING_CAPTION, Status.GENERATING_IMAGES)
    SHOWABLE = (Status.GENERATED, Status.EDITED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="posts",
        db_index=False,
        verbose_name=_("owner"),
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="posts",
        db_index=False,
        verbose_name=_("project"),
    )
    # Without a constraint: a parent that was deleted for good leaves its id, which no other post
    # ever gets, and that is how a descendant knows that it had one.
    parent = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        related_name="children",
        verbose_name=_("made from"),
    )
    root = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="family",
        verbose_name=_("first of its line"),
    )
    form_key = models.UUIDField(
        _("form key"),
        null=True,
        editable=False,
        help_text=_("Makes sending the same form twice harmless."),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.GENERATING_CAPTION
    )
    revision = models.PositiveIntegerField(
        _("revision"),
        default=1,
        editable=False,
        help_text=_("Grows with every change that a page may show."),
    )

    prompt = models.TextField(_("prompt"))
    negative_prompt = models.TextField(_("negative prompt"), blank=True)
    aspect_ratio = models.CharField(_("aspect ratio"), max_length=9, default="1:1")
    resolution = models.CharField(_("resolution"), max_length=5, default="1K")
    seed = models.BigIntegerField(_("seed"), default=-1, help_text=_("As asked for; -1 is random."))
    caption = models.TextField(_("caption"), blank=True)
    caption_model = models.CharField(_("caption model"), max_length=120, blank=True)
    cover_position = models.PositiveSmallIntegerField(
        _("position of the cover"),
        null=True,
        blank=True,
        help_text=_("Which picture stands for the post; empty for the first."),
    )

    visibility = models.CharField(
        _("visibility"), max_length=8, choices=Visibility, default=Visibility.UNLISTED
    )
    share_token = models.CharField(
        _("share token"), max_length=22, unique=True, default=new_share_token
    )
    sharing_enabled = models.BooleanField(_("sharing allowed"), default=True)
    share_expires_at = models.DateTimeField(_("sharing ends"), null=True, blank=True)
    prompt_is_shared = models.BooleanField(
        _("prompt shown to others"), default=False, help_text=_("On the public page.")
    )
    downloads_allowed = models.BooleanField(
        _("others may download"), default=True, help_text=_("From the public page.")
    )
    review = models.CharField(
        _("review"),
        max_length=6,
        choices=Review,
        blank=True,
        default=Review.NONE,
        editable=False,
        help_text=_("Held back from the feed until an administrator looks at it."),
    )
    review_score = models.FloatField(
        _("score of the review"),
        null=True,
        editable=False,
        help_text=_("Of the most doubtful picture, 0 to 1; empty until it was looked at."),
    )
    is_featured = models.BooleanField(_("featured"), default=False)
    featured_at = models.DateTimeField(_("featured since"), null=True, blank=True)
    is_disabled_by_admin = models.BooleanField(_("disabled by an administrator"), default=False)
    disabled_by_admin_reason = models.TextField(_("reason"), blank=True)

    download_count = models.PositiveIntegerField(_("downloads"), default=0, editable=False)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    deleted_at = models.DateTimeField(
        _("moved to the trash"), null=True, blank=True, editable=False
    )

    objects = PostQuerySet.as_manager()

    cover: GeneratedImage | None
    """The picture that stands for the post, None without one. Of posts `gallery.covers` saw."""
    picture_count: int

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            # Lists walk ids downwards: id order is time order (docs/decisions.md, "Keyset pages").
            models.Index(
                models.F("owner"),
                models.F("id").desc(),
                name="post_owner_live",
                condition=models.Q(deleted_at__isnull=True),
            ),
            models.Index(
                models.F("project"),
                models.F("owner"),
                models.F("id").desc(),
                name="post_project",
            ),
            models.Index(
                models.F("id").desc(),
                name="post_public",
                condition=models.Q(deleted_at__isnull=True, visibility="public"),
            ),
            models.Index(
                models.F("owner"),
                models.F("id").desc(),
                name="post_profile",
                condition=models.Q(deleted_at__isnull=True, visibility="public"),
            ),
            models.Index(
                models.F("featured_at").desc(),
                models.F("id").desc(),
                name="post_featured",
                condition=models.Q(deleted_at__isnull=True, is_featured=True),
            ),
            models.Index(
                fields=["id"],
                name="post_held",
                condition=models.Q(deleted_at__isnull=True, review="held"),
            ),
            models.Index(
                fields=["id"], name="post_disabled", condition=models.Q(is_disabled_by_admin=True)
            ),
            models.Index(
                models.F("owner"),
                models.F("deleted_at").desc(),
                models.F("id").desc(),
                name="post_trash",
                condition=models.Q(deleted_at__isnull=False),
            ),
            models.Index(
                fields=["share_expires_at"],
                name="post_share_expires",
                condition=models.Q(deleted_at__isnull=True, share_expires_at__isnull=False),
            ),
            models.Index(
                fields=["deleted_at", "id"],
                name="post_purge",
                condition=models.Q(deleted_at__isnull=False),
            ),
            models.Index(fields=["root"], name="post_root", condition=models.Q(root__isnull=False)),
            models.Index(
                fields=["owner"],
                name="post_in_progress",
                condition=models.Q(status__in=["generating_caption", "generating_images"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "form_key"], name="post_form_key"),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[
                        "generating_caption",
                        "generating_images",
                        "generated",
                        "edited",
                        "failed",
                    ]
                ),
                name="post_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "unlisted"]),
                name="post_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(review__in=["", "held", "passed"]), name="post_review_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_featured=True, featured_at__isnull=False)
                | models.Q(is_featured=False, featured_at__isnull=True),
                name="post_featured_has_time",
            ),
            # Ids ascend, so who was made before everything it comes from can be in no circle.
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, root__isnull=True)
                | models.Q(
                    parent__isnull=False,
                    root__isnull=False,
                    root__lte=models.F("parent"),
                    parent__lt=models.F("id"),
                ),
                name="post_younger_than_its_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The owner's page of the post."""
        return reverse("post-detail", args=[self.pk])

    @property
    def public_address(self) -> str:
        """The path of the page that others may open: `/p/<token>/`."""
        return reverse("gallery:share", args=[self.share_token])

    @property
    def is_sharing_over(self) -> bool:
        """Whether the time for which it was shared has passed."""
        return self.share_expires_at is not None and self.share_expires_at <= timezone.now()

    @property
    def is_shared(self) -> bool:
        """Whether its owner lets others who have the link see it at this moment."""
        return self.sharing_enabled and not self.is_sharing_over

    @property
    def is_unfinished(self) -> bool:
        """Whether something of it is still being made."""
        return self.status in self.UNFINISHED

    @property
    def title(self) -> str:
        """The caption's first line, else the beginning of the prompt."""
        return self.public_title or _first_line(self.prompt) or str(self.pk)

    @property
    def alt_text(self) -> str:
        """The caption's first sentence, for those who hear the picture; else the prompt's."""
        return _first_sentence(self.title) or self.prompt[:120]

    @property
    def public_title(self) -> str:
        """The caption's first line; empty without one. Never a word of the prompt."""
        return _first_line(self.caption)

    @property
    def public_alt_text(self) -> str:
        """The caption's first sentence, else its first line, be it only tags; empty without a
        caption. Never a word of the prompt.
        """
        return _first_sentence(self.public_title) or self.public_title

    @property
    def ratio(self) -> float:
        """Width over height of the pictures that were asked for."""
        width, _separator, height = self.aspect_ratio.partition(":")
        return round(int(width) / int(height), 4)


def _first_line(text: str) -> str:
    text = text.strip()
    return text.splitlines()[0][:120] if text else ""


def _first_sentence(line: str) -> str:
    """Of a line, without the tags at its end."""
    return line.split("#")[0].strip().partition(". ")[0].rstrip(".")
