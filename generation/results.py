"""What a page shows of a post in the making: caption, slots, progress. Derived, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import CostBasis, GeneratedImage, Post
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import Billing, ErrorCode
from generation.providers import registry

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


CHARGES: dict[str, Promise] = {
    Billing.NO: _("not charged"),
    Billing.YES: _("charged"),
    Billing.UNKNOWN: _("may have been charged"),
}

CAPTION_CHARGES: dict[str, Promise] = {
    Billing.NO: _("You were not charged."),
    Billing.YES: _("The provider charged for it."),
    Billing.UNKNOWN: _("The provider may have charged for it."),
}

IGNORED: dict[str, Promise] = {
    "prompt": _("prompt"),
    "part_of_prompt": _("part of the prompt"),
    "seed": _("seed"),
    "negative_prompt": _("negative prompt"),
    "aspect_ratio": _("aspect ratio"),
    "resolution": _("resolution"),
}


IN_TRASH = _("This picture is in the trash.")
DELETED = _("This picture was deleted.")


class SlotState(StrEnum):
    """How far one picture is."""

    WAITING = "waiting"
    DEVELOPING = "developing"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"
    """It was made and is not shown any more: with its picture in the trash, without one deleted."""


@dataclass(frozen=True)
class Slot:
    """The place of one picture: the picture, or what is to be said instead."""

    position: int
    state: SlotState
    model_name: str
    image: GeneratedImage | None = None
    ignored: tuple[Promise, ...] = ()
    """What the person asked for and the model did not honour, in words."""
    reason: Promise | str = ""
    provider_reason: str = ""
    """The provider's own short reason, to be shown beside ours."""
    charge: Promise | str = ""
    """What a failure cost."""
    asks_for_key: bool = False
    """Whether the person's own key is what went wrong."""
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

    @property
    def is_cost_estimated(self) -> bool:
        """Whether the cost was worked out from a price list."""
        return self.image is not None and self.image.cost_basis == CostBasis.ESTIMATED

    @property
    def is_cost_unknown(self) -> bool:
        """Whether the provider said nothing from which the cost could be known."""
        return self.image is not None and self.image.cost_basis == CostBasis.UNKNOWN


@dataclass(frozen=True)
class Results:
    """Everything that the results section shows."""

    post: Post
    slots: tuple[Slot, ...]
    caption_failed: Promise | str
    caption_charge: Promise | str
    """What a caption that failed cost, as a sentence."""
    caption_seconds: float | None
    caption_cost: Decimal | None
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
    def is_caption_written(self) -> bool:
        """Whether the caption is done, even if a person emptied it afterwards."""
        is_pending = self.post.status == Post.Status.GENERATING_CAPTION
        return bool(self.post.caption) or not (is_pending or self.caption_failed)

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
        """What caption and pictures cost together in US dollars; None when nothing is known."""
        costs = [cost for cost in (self.caption_cost, *(s.cost for s in self.slots)) if cost]
        return sum(costs, Decimal(0)) if costs else None

    @property
    def is_total_estimated(self) -> bool:
        """Whether a part of the total was estimated."""
        return any(slot.is_cost_estimated for slot in self.slots)

    @property
    def is_total_partial(self) -> bool:
        """Whether the cost of a picture is not known at all."""
        return any(slot.is_cost_unknown for slot in self.slots)


def results_of(post: Post) -> Results:
    """The results of a post, in three queries (jobs, images, their objects)."""
    jobs = list(post.jobs.order_by("id").prefetch_related("references"))
    images = {image.position: image for image in post.images.select_related("object")}
    for image in images.values():
        image.post = post
    latest = {job.slot: job for job in jobs if job.kind == Kind.IMAGE}
    captions = [job for job in jobs if job.kind == Kind.CAPTION]
    slots = tuple(
        slot_of(position, latest.get(position), images.get(position))
        for position in sorted({*latest, *images})
    )
    caption = captions[-1] if captions else None
    return Results(
        post=post,
        slots=slots,
        caption_failed=_caption_failure(post, caption),
        caption_charge=CAPTION_CHARGES[_billed(caption)] if caption else "",
        caption_seconds=_seconds(caption),
        caption_cost=caption.cost if caption else None,
        has_references=any(job.references.all() for job in latest.values()),
        seed=_seed(jobs, images.values()),
    )


def slot_of(position: int, job: GenerationJob | None, image: GeneratedImage | None) -> Slot:
    """The place of a picture: the picture with its post, else the latest job. One must be there."""
    if image is not None:
        name = image.model_name or catalogue.display_name(image.model)
        return Slot(position, SlotState.READY, name, image=image, ignored=_ignored(image))
    if job is None:
        raise ValueError(f"slot {position} has neither a job nor a picture")
    spec = catalogue.find(job.model)
    name = catalogue.display_name(job.model)
    typical = spec.typical_seconds if spec else None
    if job.status == Status.FAILED:
        return _failed_slot(job, position, name)
    if job.status == Status.PROCESSING or job.poll_state is not None:
        since = job.started_at or timezone.now()
        return Slot(position, SlotState.DEVELOPING, name, typical_seconds=typical, since=since)
    return Slot(position, SlotState.WAITING, name, typical_seconds=typical)


def _billed(job: GenerationJob) -> Billing:
    """Whether a failed call has to be paid. What this machine does itself is free."""
    spec = catalogue.find(job.model)
    is_free = spec is not None and spec.provider in registry.ON_THIS_MACHINE
    return Billing.NO if is_free or not job.billed else Billing(job.billed)


def _ignored(image: GeneratedImage) -> tuple[Promise, ...]:
    """A seed that we rolled ourselves is no wish of the person's."""
    rolled = {"seed"} if image.post.seed < 0 else set()
    names = [name for name in image.params.get("ignored", ()) if name not in rolled]
    return tuple(IGNORED[name] for name in names if name in IGNORED)


def _failed_slot(job: GenerationJob, position: int, name: str) -> Slot:
    return Slot(
        position,
        SlotState.FAILED,
        name,
        reason=REASONS.get(job.error_code, REASONS[ErrorCode.INTERNAL]),
        provider_reason=job.error_reason,
        charge=CHARGES[_billed(job)],
        asks_for_key=job.uses_own_key and job.error_code in {ErrorCode.AUTH, ErrorCode.QUOTA},
    )


def _caption_failure(post: Post, caption: GenerationJob | None) -> Promise | str:
    if post.caption or caption is None or caption.status != Status.FAILED:
        return ""
    return REASONS.get(caption.error_code, REASONS[ErrorCode.INTERNAL])


def _seed(jobs: list[GenerationJob], images: Iterable[GeneratedImage]) -> int | None:
    """What was sent; of a post that came of an edit the picture knows it."""
    sent = [job.params.get("seed") for job in jobs] or [image.seed for image in images]
    return sent[0] if sent else None


def _seconds(job: GenerationJob | None) -> float | None:
    if job is None or job.status != Status.COMPLETED or job.duration_ms is None:
        return None
    return job.duration_ms / 1000
