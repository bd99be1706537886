"""One call to one model. The row is the queue, the lease and the result slot."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models import CostBasis, EditTurn, Post, ReferenceImage, StoredObject
from pixelstream.accounts.models import User


class ErrorCode(models.TextChoices):
    """Why a job failed, as stored. What a person reads is in `generation.results`."""

    CANCELED = "canceled", _("canceled by user")
    CAPTION_FAILED = "caption_failed", _("not started: the caption failed")
    GAVE_UP = "gave_up", _("gave up after several attempts")
    TIMEOUT = "timeout", _("took too long")
    INTERNAL = "internal", _("internal error")
    AUTH = "auth", _("the key was refused")
    QUOTA = "quota", _("the provider's quota is used up")
    RATE = "rate", _("the provider was too busy")
    MODERATION = "moderation", _("refused by the provider's rules")
    INVALID = "invalid", _("the model refused the settings")
    RETIRED = "retired", _("the model is no longer offered")
    TRANSIENT = "transient", _("the provider could not be reached")
    AMBIGUOUS = "ambiguous", _("the answer was lost; it is not asked for again")
    NO_OUTPUT = "no_output", _("the model gave no picture")


class Billing(models.TextChoices):
    """Whether a call that failed has to be paid (generation.providers.errors.Billed)."""

    NO = "no", _("no")
    YES = "yes", _("yes")
    UNKNOWN = "unknown", _("not known")


class GenerationJobQuerySet(models.QuerySet["GenerationJob"]):
    """Which jobs. Times are compared on the database clock only."""

    def visible_to(self, user: User) -> Self:
        """Those of posts and conversations that this person may open: their own live ones."""
        return self.filter(
            models.Q(post__owner=user, post__deleted_at=None)
            | models.Q(turn__conversation__owner=user, turn__conversation__deleted_at=None)
        )

    def unfinished(self) -> Self:
        """Waiting or running."""
        return self.filter(status__in=GenerationJob.UNFINISHED)

    def shown_in_slots(self) -> Self:
        """Those of a post that a picture or a clip comes of: all but its captions."""
        return self.filter(kind__in=(GenerationJob.Kind.IMAGE, GenerationJob.Kind.VIDEO))

    def claimable(self) -> Self:
        """Free to be worked on: due and waiting, or held under a lease that ran out."""
        return self.filter(attempts__lt=settings.JOB_MAX_ATTEMPTS).filter(
            models.Q(status=GenerationJob.Status.PENDING, run_after__lte=Now())
            | models.Q(status=GenerationJob.Status.PROCESSING, lease_until__lt=Now())
        )

    def exhausted(self) -> Self:
        """Went silent on their last attempt."""
        return self.filter(
            attempts__gte=settings.JOB_MAX_ATTEMPTS,
            status=GenerationJob.Status.PROCESSING,
            lease_until__lt=Now(),
        )


class GenerationJob(models.Model):
    """A caption, a picture or a clip that is to be made, by which model, and how far it is.

    The phase of a running job follows from its times: `call_started_at` is the recorded
    intent (a call without it was never sent), `call_finished_at` says the answer arrived,
    `output` is the object that is being stored.
    """

    class Kind(models.TextChoices):
        """What is made."""

        CAPTION = "caption", _("caption")
        IMAGE = "image", _("image")
        EDIT = "edit", _("edit")
        VIDEO = "video", _("video")

    class Status(models.TextChoices):
        """The vocabulary of jobs."""

        PENDING = "pending", _("waiting")
        PROCESSING = "processing", _("in work")
        COMPLETED = "completed", _("ready")
        FAILED = "failed", _("failed")

    UNFINISHED = (Status.PENDING, Status.PROCESSING)

    # One of the two. PROTECT: a job may own an object that is still being written.
    post = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("post"),
    )
    turn = models.ForeignKey(
        EditTurn,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("turn"),
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    slot = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Position of its picture.")
    )
    model = models.CharField(_("model"), max_length=120)
    params = models.JSONField(_("settings"), default=dict)
    references = models.ManyToManyField(
        ReferenceImage, blank=True, related_name="jobs", verbose_name=_("references")
    )

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    run_after = models.DateTimeField(
        _("not before"), null=True, help_text=_("Not before; empty while the caption is awaited.")
    )
    rung_at = models.DateTimeField(
        _("rung for"),
        null=True,
        help_text=_("When the workers were last told; the sweep repeats it."),
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_token = models.UUIDField(_("lease token"), null=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    call_started_at = models.DateTimeField(_("call sent"), null=True)
    call_finished_at = models.DateTimeField(_("answer received"), null=True)
    output = models.OneToOneField(
        StoredObject,
        on_delete=models.PROTECT,
        null=True,
        related_name="job",
        verbose_name=_("stored object"),
    )
    uses_own_key = models.BooleanField(
        _("on the person's own key"),
        default=False,
        help_text=_("Chosen when the job was made; the other key is never taken instead."),
    )
    price_credits = models.PositiveIntegerField(
        _("price in credits"),
        default=0,
        help_text=_("Held when the job was made; 0 where it costs its owner nothing."),
    )
    remote_id = models.CharField(_("id at the provider"), max_length=200, blank=True)
    poll_state = models.JSONField(
        _("accepted by the provider"),
        null=True,
        help_text=_("Set once the provider took the work; then it is only asked for its result."),
    )
    served_by = models.CharField(_("served by"), max_length=120, blank=True)
    error_code = models.CharField(_("error"), max_length=20, choices=ErrorCode, blank=True)
    error_detail = models.TextField(
        _("detail"), blank=True, help_text=_("For operators; never shown.")
    )
    error_reason = models.CharField(
        _("the provider's reason"), max_length=200, blank=True, help_text=_("People see it.")
    )
    billed = models.CharField(_("charged"), max_length=7, choices=Billing, blank=True)
    cost = models.DecimalField(_("cost in US dollars"), max_digits=12, decimal_places=6, null=True)
    cost_basis = models.CharField(
        _("basis of the cost"), max_length=9, choices=CostBasis, blank=True
    )
    usage = models.JSONField(_("usage"), default=dict, help_text=_("In the provider's words."))
    duration_ms = models.PositiveIntegerField(_("milliseconds"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = GenerationJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("generation job")
        verbose_name_plural = _("generation jobs")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["post", "kind", "slot"], name="job_post_slot"),
            models.Index(
                fields=["turn", "slot"],
                name="job_turn_slot",
                condition=models.Q(turn__isnull=False),
            ),
            # What a model last took and cost.
            models.Index(
                fields=["model", "-id"],
                name="job_completed_model",
                condition=models.Q(status="completed"),
            ),
            models.Index(
                fields=["run_after"], name="job_pending", condition=models.Q(status="pending")
            ),
            models.Index(
                fields=["lease_until"],
                name="job_processing",
                condition=models.Q(status="processing"),
            ),
        ]
        constraints = [
            # One job a slot that is not a failure: two clicks on "Try again" make one new job.
            models.UniqueConstraint(
                fields=["post", "kind", "slot"],
                name="job_one_a_slot",
                condition=~models.Q(status="failed"),
            ),
            models.UniqueConstraint(
                fields=["turn", "slot"],
                name="job_one_a_turn_slot",
                condition=models.Q(turn__isnull=False) & ~models.Q(status="failed"),
            ),
            models.CheckConstraint(
                condition=models.Q(post__isnull=False, turn__isnull=True)
                | models.Q(post__isnull=True, turn__isnull=False, kind="edit"),
                name="job_for_a_post_or_a_turn",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "processing", "completed", "failed"]),
                name="job_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["caption", "image", "edit", "video"]),
                name="job_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="processing", lease_token__isnull=False, lease_until__isnull=False
                )
                | (~models.Q(status="processing") & models.Q(lease_token__isnull=True)),
                name="job_processing_is_leased",
            ),
            models.CheckConstraint(
                condition=(models.Q(status="failed") & ~models.Q(error_code=""))
                | (~models.Q(status="failed") & models.Q(error_code="")),
                name="job_failed_has_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["completed", "failed"])
                | models.Q(finished_at__isnull=False),
                name="job_finished_has_time",
            ),
        ]

    def __str__(self) -> str:
        if self.turn_id is not None:
            return _("%(kind)s %(slot)s of turn %(turn)s") % {
                "kind": self.get_kind_display(),
                "slot": self.slot,
                "turn": self.turn_id,
            }
        return _("%(kind)s %(slot)s of post %(post)s") % {
            "kind": self.get_kind_display(),
            "slot": self.slot,
            "post": self.post_id,
        }

    @property
    def owner(self) -> User:
        """Whose it is."""
        return self.post.owner if self.post is not None else self.edit_turn.conversation.owner

    @property
    def own_post(self) -> Post:
        """The post of a job that has one: of every job that is no edit."""
        if self.post is None:
            raise TypeError(f"job {self.pk} is an edit")
        return self.post

    @property
    def seconds(self) -> int:
        """How long its clip lasts; 1 for what is no clip: prices are for one of them."""
        return int(self.params["seconds"]) if self.kind == self.Kind.VIDEO else 1

    @property
    def edit_turn(self) -> EditTurn:
        """The turn of a job that is an edit."""
        if self.turn is None:
            raise TypeError(f"job {self.pk} is no edit")
        return self.turn
