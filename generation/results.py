"""What a page shows of a post in the making: caption, slots, progress. Derived, never stored.

Clips stand in slots as pictures do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import CostBasis, GeneratedImage, Post
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import Billing, ErrorCode
from generation.providers import registry
from generation.services import job_references

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


NO_CLIP = _("The model gave no clip.")


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
    "seconds": _("length"),
    "last_frame": _("last frame"),
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
    lacks_upload: bool = False
    """Whether a picture that was uploaded for it is deleted: it cannot simply be tried again."""
    typical_seconds: float | None = None
    since: datetime | None = None
    is_clip: bool = False
    """Whether a clip is there, or is to come, and no picture."""

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
    def is_clip(self) -> bool:
        """Whether it is clips that were asked for: a post has either those or pictures."""
        return any(slot.is_clip for slot in self.slots)

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
    """The results of a post, in three queries: its jobs, their references, its pictures."""
    [results] = results_of_all([post])
    return results


def results_of_all(posts: Collection[Post]) -> list[Results]:
    """The results of each of these posts, in three queries however many there are."""
    jobs: dict[int | None, list[GenerationJob]] = defaultdict(list)
    for job in (
        GenerationJob.objects.filter(post__in=posts).order_by("id").prefetch_related("references")
    ):
        jobs[job.post_id].append(job)
    images: dict[int, dict[int, GeneratedImage]] = defaultdict(dict)
    of = {post.pk: post for post in posts}
    for image in GeneratedImage.objects.filter(post__in=posts).select_related("object"):
        image.post = of[image.post_id]
        images[image.post_id][image.position] = image
    return [_results(post, jobs[post.pk], images[post.pk]) for post in posts]


def _results(
    post: Post, jobs: list[GenerationJob], images: Mapping[int, GeneratedImage]
) -> Results:
    latest = {job.slot: job for job in jobs if job.kind in {Kind.IMAGE, Kind.VIDEO}}
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
        has_references=any(
            job.references.all() or job_references.asked_for(job.params) for job in latest.values()
        ),
        seed=_seed(jobs, images.values()),
    )


def slot_of(
    position: int,
    job: GenerationJob | None,
    image: GeneratedImage | None,
    *,
    references: int | None = None,
) -> Slot:
    """The place of a picture: the picture with its post, else the latest job. One must be there.

    `references` is how many of the job's are still there, for who knows it without asking.
    """
    if image is not None:
        name = image.model_name or catalogue.display_name(image.model)
        return Slot(
            position,
            SlotState.READY,
            name,
            image=image,
            ignored=_ignored(image),
            is_clip=image.is_clip,
        )
    if job is None:
        raise ValueError(f"slot {position} has neither a job nor a picture")
    spec = catalogue.find(job.model)
    name = catalogue.display_name(job.model)
    typical = spec.typical_seconds if spec else None
    is_clip = job.kind == Kind.VIDEO
    if job.status == Status.FAILED:
        return _failed_slot(job, position, name, references)
    if job.status == Status.PROCESSING or job.poll_state is not None:
        since = job.started_at or timezone.now()
        return Slot(
            position,
            SlotState.DEVELOPING,
            name,
            typical_seconds=typical,
            since=since,
            is_clip=is_clip,
        )
    return Slot(position, SlotState.WAITING, name, typical_seconds=typical, is_clip=is_clip)


def _billed(job: GenerationJob) -> Billing:
    """Whether the person has to pay for a failed call. What this machine does itself is free. Where
    credits are used the operator bears it: what was held was given back.
    """
    if job.price_credits or (settings.CREDITS_ENABLED and not job.uses_own_key):
        return Billing.NO
    spec = catalogue.find(job.model)
    is_free = spec is not None and spec.provider in registry.ON_THIS_MACHINE
    return Billing.NO if is_free or not job.billed else Billing(job.billed)


def _ignored(image: GeneratedImage) -> tuple[Promise, ...]:
    """A seed that we rolled ourselves is no wish of the person's."""
    rolled = {"seed"} if image.post.seed < 0 else set()
    names = [name for name in image.params.get("ignored", ()) if name not in rolled]
    return tuple(IGNORED[name] for name in names if name in IGNORED)


def _failed_slot(job: GenerationJob, position: int, name: str, references: int | None) -> Slot:
    asked = job_references.asked_for(job.params)
    missing = job_references.missing(job) if references is None else asked - references
    return Slot(
        position,
        SlotState.FAILED,
        name,
        reason=reason_of(job.error_code, is_clip=job.kind == Kind.VIDEO),
        provider_reason=job.error_reason,
        charge=CHARGES[_billed(job)],
        asks_for_key=job.uses_own_key and job.error_code in {ErrorCode.AUTH, ErrorCode.QUOTA},
        lacks_upload=missing > 0,
        is_clip=job.kind == Kind.VIDEO,
    )


def reason_of(code: str, *, is_clip: bool = False) -> Promise:
    """Why nothing came, as a sentence, for the code of an error."""
    if is_clip and code == ErrorCode.NO_OUTPUT:
        return NO_CLIP
    return REASONS.get(code, REASONS[ErrorCode.INTERNAL])


def _caption_failure(post: Post, caption: GenerationJob | None) -> Promise | str:
    if post.caption or caption is None or caption.status != Status.FAILED:
        return ""
    return reason_of(caption.error_code)


def _seed(jobs: list[GenerationJob], images: Iterable[GeneratedImage]) -> int | None:
    """What was sent; of a post that came of an edit the picture knows it."""
    sent = [job.params.get("seed") for job in jobs] or [image.seed for image in images]
    return sent[0] if sent else None


def _seconds(job: GenerationJob | None) -> float | None:
    if job is None or job.status != Status.COMPLETED or job.duration_ms is None:
        return None
    return job.duration_ms / 1000
