"""What a page shows of a post in the making: caption, slots, progress. Derived, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import GeneratedImage, Post
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode

Status = GenerationJob.Status
Kind = GenerationJob.Kind

REASONS: dict[str, Promise] = {
    ErrorCode.CANCELED: _("Canceled by user"),
    ErrorCode.CAPTION_FAILED: _("Not started, because the caption failed."),
    ErrorCode.GAVE_UP: _("The model did not answer."),
    ErrorCode.AMBIGUOUS: _("The answer was lost on its way."),
    ErrorCode.TIMEOUT: _("The model took too long."),
    ErrorCode.INTERNAL: _("Something went wrong"),
    ErrorCode.AUTH: _("The provider refused the key."),
    ErrorCode.QUOTA: _("The provider's quota is used up."),
    ErrorCode.RATE: _("The provider is too busy at the moment."),
    ErrorCode.MODERATION: _("The provider's rules do not allow this prompt."),
    ErrorCode.INVALID: _("The model refused these settings."),
    ErrorCode.RETIRED: _("This model is no longer offered."),
    ErrorCode.TRANSIENT: _("The provider could not be reached."),
    ErrorCode.NO_OUTPUT: _("The model gave no picture."),
}


class SlotState(StrEnum):
    """How far one picture is."""

    WAITING = "waiting"
    DEVELOPING = "developing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Slot:
    """The place of one picture: the picture, or what is to be said instead."""

    position: int
    state: SlotState
    model_name: str
    image: GeneratedImage | None = None
    reason: Promise | str = ""
    typical_seconds: float | None = None
    since: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """How long the model took for the picture."""
        if self.image is None or self.image.duration_ms is None:
            return None
        return self.image.duration_ms / 1000

    @property
    def cost(self) -> Decimal | None:
        """What the picture cost in US dollars; None when free or unknown."""
        return self.image.cost if self.image is not None and self.image.cost else None


@dataclass(frozen=True)
class Results:
    """Everything that the results section shows."""

    post: Post
    slots: tuple[Slot, ...]
    caption_failed: Promise | str
    caption_seconds: float | None
    has_references: bool
    seed: int | None

    @property
    def total(self) -> int:
        """How many pictures were asked for."""
        return len(self.slots)

    @property
    def ready(self) -> int:
        """How many are there."""
        return sum(slot.state is SlotState.READY for slot in self.slots)

    @property
    def ended(self) -> int:
        """How many are there or failed: what the progress bar shows."""
        return sum(slot.state in {SlotState.READY, SlotState.FAILED} for slot in self.slots)

    @property
    def progress(self) -> float:
        """Share of the pictures that are done, 0 to 1."""
        return self.ended / self.total if self.total else 0.0

    @property
    def none_came(self) -> bool:
        """Finished, with a caption and without a single picture."""
        return not self.post.is_unfinished and self.ready == 0 and not self.caption_failed

    @property
    def ratio(self) -> float:
        """Width over height of the pictures to come."""
        return self.post.ratio

    @property
    def total_cost(self) -> Decimal | None:
        """What all pictures cost together in US dollars; None when nothing is known."""
        costs = [slot.cost for slot in self.slots if slot.cost is not None]
        return sum(costs, Decimal(0)) if costs else None


def results_of(post: Post) -> Results:
    """The results of a post, in three queries (jobs, images, their objects)."""
    jobs = list(post.jobs.order_by("id").prefetch_related("references"))
    images = {image.position: image for image in post.images.select_related("object")}
    latest = {job.slot: job for job in jobs if job.kind == Kind.IMAGE}
    captions = [job for job in jobs if job.kind == Kind.CAPTION]
    slots = tuple(
        _slot(position, latest.get(position), images.get(position))
        for position in sorted({*latest, *images})
    )
    caption = captions[-1] if captions else None
    return Results(
        post=post,
        slots=slots,
        caption_failed=_caption_failure(post, caption),
        caption_seconds=_seconds(caption),
        has_references=any(job.references.all() for job in latest.values()),
        seed=jobs[0].params.get("seed") if jobs else None,
    )


def _slot(position: int, job: GenerationJob | None, image: GeneratedImage | None) -> Slot:
    if image is not None:
        name = image.model_name or catalogue.display_name(image.model)
        return Slot(position, SlotState.READY, name, image=image)
    if job is None:
        raise ValueError(f"slot {position} has neither a job nor a picture")
    spec = catalogue.find(job.model)
    name = catalogue.display_name(job.model)
    typical = spec.typical_seconds if spec else None
    if job.status == Status.FAILED:
        reason = REASONS.get(job.error_code, REASONS[ErrorCode.INTERNAL])
        return Slot(position, SlotState.FAILED, name, reason=reason)
    if job.status == Status.PROCESSING:
        since = job.started_at or timezone.now()
        return Slot(position, SlotState.DEVELOPING, name, typical_seconds=typical, since=since)
    return Slot(position, SlotState.WAITING, name, typical_seconds=typical)


def _caption_failure(post: Post, caption: GenerationJob | None) -> Promise | str:
    if post.caption or caption is None or caption.status != Status.FAILED:
        return ""
    return REASONS.get(caption.error_code, REASONS[ErrorCode.INTERNAL])


def _seconds(job: GenerationJob | None) -> float | None:
    if job is None or job.status != Status.COMPLETED or job.duration_ms is None:
        return None
    return job.duration_ms / 1000
