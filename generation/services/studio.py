"""From a person's wish to a post with its jobs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from gallery.models import AuditEvent, ChatMessage, Post, Project, ReferenceImage
from gallery.services import posts as library_posts
from gallery.services import quota
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode, GenerationJobQuerySet
from generation.providers.types import Kind, ModelSpec
from generation.services import connections, frames, job_references, jobs, keys, posts
from generation.services import credits as credit_service
from generation.services.once import start_once
from pixelstream.accounts.models import User

MAX_SEED = 2**31 - 1
RANDOM_SEED = -1
RECENT_POSTS = 20
"""How many of a person's posts are looked through for the models that they used last."""


class NothingToRetryError(Exception):
    """The slot did not fail, or is being worked on again already, or its post went."""


class FrameGoneError(NothingToRetryError):
    """A picture that the clip begins or ends with is in the trash, or was deleted for good."""


class ReferenceGoneError(Exception):
    """A reference was deleted since the wish was checked, or since its job ended."""


@dataclass(frozen=True)
class Wish:
    """What the studio's form asks for, checked."""

    prompt: str
    models: Sequence[ModelSpec]
    negative_prompt: str = ""
    aspect_ratio: str = "1:1"
    resolution: str = "1K"
    seed: int = RANDOM_SEED
    project: Project | None = None
    references: Sequence[ReferenceImage] = field(default_factory=tuple)
    caption_model: ModelSpec | None = None
    """Who writes the caption; None for the person's default."""
    is_for_free: bool = False
    """Whether its pictures cost their owner no credits."""


@dataclass(frozen=True)
class Retry:
    """A failed picture that is tried again, and the retired model whose place another took."""

    job: GenerationJob
    instead_of: ModelSpec | None = None


def start_post(*, owner: User, wish: Wish, form_key: UUID | None = None) -> Post:
    """Make the post and its jobs, and return at once; the workers do the rest.

    The same `form_key` of the same person gives the post that its first call made: a double
    click starts nothing twice. Raises ReferenceGoneError, NotEnoughCreditsError, and
    QuotaExceededError while the person's storage is full.
    """

    def start() -> Post:
        own_keys = keys.states(owner)
        credit_service.require(owner, [_price(wish, spec, own_keys) for spec in wish.models])
        quota.require_room(owner)
        with transaction.atomic():
            return _start(owner, wish, form_key, own_keys)

    return start_once(Post.objects.owned_by(owner), form_key, start)


def price_of(spec: ModelSpec, own_keys: catalogue.Keys, *, seconds: int = 1) -> int:
    """What a picture by this model costs the person with these keys, or a clip of so many seconds,
    in credits.
    """
    on_own_key = connections.on_own_key(spec, own_keys)
    return credit_service.price_of(spec, on_own_key=on_own_key, seconds=seconds)


def _price(wish: Wish, spec: ModelSpec, own_keys: catalogue.Keys) -> int:
    return 0 if wish.is_for_free else price_of(spec, own_keys)


def _start(owner: User, wish: Wish, form_key: UUID | None, own_keys: catalogue.Keys) -> Post:
    hold(wish.references)
    post = Post.objects.create(
        owner=owner,
        project=wish.project,
        form_key=form_key,
        visibility=library_posts.first_visibility(owner),
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        aspect_ratio=wish.aspect_ratio,
        resolution=wish.resolution,
        seed=wish.seed,
    )
    seed = wish.seed if wish.seed != RANDOM_SEED else secrets.randbelow(MAX_SEED + 1)
    message = post.messages.create(
        role=ChatMessage.Role.USER, text=wish.prompt, snapshot=_snapshot(wish, seed)
    )
    message.attachments.set(wish.references)
    add_caption_job(post, seed, own_keys, wish.caption_model)
    made = []
    for slot, spec in enumerate(wish.models):
        job = post.jobs.create(
            kind=Kind.IMAGE,
            slot=slot,
            model=spec.key,
            uses_own_key=connections.on_own_key(spec, own_keys),
            price_credits=_price(wish, spec, own_keys),
            params=_params(wish, seed),
        )
        job.references.set(wish.references)
        made.append(job)
    posts.announce(post)
    credit_service.hold(owner, made)
    return post


def hold(references: Sequence[ReferenceImage]) -> None:
    """Keep the references from being deleted until there are jobs that do."""
    wanted = [reference.pk for reference in references]
    held = ReferenceImage.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
    if wanted and len(held.values_list("pk")) < len(wanted):
        raise ReferenceGoneError


def retry_slot(*, post: Post, slot: int) -> Retry:
    """Try a failed picture or clip again with the same settings, as a new job.

    When the caption had failed the whole post starts over. What is tried again is paid again.
    Raises NothingToRetryError, FrameGoneError, ReferenceGoneError, NotEnoughCreditsError, and
    QuotaExceededError while the person's storage is full.
    """
    quota.require_room(post.owner)
    try:
        with transaction.atomic():
            locked = Post.objects.live().select_for_update().filter(pk=post.pk).first()
            if locked is None:  # to the trash, or for good
                raise NothingToRetryError
            in_slot = locked.jobs.shown_in_slots().filter(slot=slot).order_by("-id")
            latest = in_slot.first()
            if latest is None or latest.status != GenerationJob.Status.FAILED:
                raise NothingToRetryError
            if frames.is_picture_lost(latest.params, locked.owner):
                raise FrameGoneError
            own_keys = keys.states(locked.owner)
            if _lacks_caption(locked):
                made = _start_over(locked, own_keys)
                job = in_slot[0]
            else:
                job = copy(latest, own_keys, waits=False)
                made = [job]
                jobs.ring_on_commit([job.pk])
            posts.refresh_post(locked)
            credit_service.hold(locked.owner, made)
            retired = catalogue.find(latest.model) if job.model != latest.model else None
            return Retry(job, retired)
    except IntegrityError as error:  # a second click at the same moment
        raise NothingToRetryError from error


def cancel_post(*, post: Post, by: User) -> int:
    """Stop what is unfinished. What is ready stays. Returns how many jobs were stopped."""
    with transaction.atomic():
        locked = Post.objects.select_for_update().filter(pk=post.pk).first()
        if locked is None:
            return 0
        canceled = jobs.cancel_unfinished(locked)
        if canceled:
            posts.refresh_post(locked)
            AuditEvent.objects.record("generation.cancel", actor=by, target=locked, jobs=canceled)
    return canceled


def last_models(owner: User, kind: Kind = Kind.IMAGE) -> list[ModelSpec]:
    """What the person used last for this kind of work and can still use, else the catalogue's
    defaults.
    """
    own_keys = keys.states(owner)
    recent = Post.objects.owned_by(owner).live().order_by("-id").values("pk")[:RECENT_POSTS]
    asked = GenerationJob.objects.filter(post__in=recent, kind=kind)
    rows = list(asked.order_by("-post_id", "slot", "-id").values_list("post_id", "model"))
    used = [model for post_id, model in rows if post_id == rows[0][0]]
    usable = {spec.key: spec for spec in catalogue.usable(kind, keys=own_keys)}
    chosen = [usable[key] for key in dict.fromkeys(used) if key in usable]
    return chosen or catalogue.defaults(kind, own_keys)


def wish_of(post: Post, *, same_seed: bool = False) -> dict[str, Any]:
    """The studio's form values that made this post, for showing them again.

    With `same_seed` it is the seed that was used, even where a random one was asked for.
    """
    return {
        "prompt": post.prompt,
        "negative_prompt": post.negative_prompt,
        "aspect_ratio": post.aspect_ratio,
        "resolution": post.resolution,
        "seed": _seed_used(post) if same_seed else post.seed,
        "project": post.project_id,
        "models": models_of(post),
        "references": [reference.pk for reference in references_of(post)],
    }


def models_of(post: Post) -> list[str]:
    """The keys of the models that were asked for what the post shows, each once, in order."""
    asked = slot_jobs(post).values_list("model", flat=True)
    made = post.images.order_by("position").values_list("model", flat=True)
    return list(dict.fromkeys(asked or made))


def references_of(post: Post) -> list[ReferenceImage]:
    """The references that the post's pictures were made with and that are still there: of a clip
    the uploaded ones of its frames.
    """
    first = slot_jobs(post).first()
    if first is not None:
        return list(first.references.order_by("id"))
    asked = post.messages.order_by("id").first()  # an edit's job belongs to its turn
    return list(asked.attachments.order_by("id")) if asked else []


def is_reference_gone(post: Post) -> bool:
    """Whether a reference that the post's pictures were made with is not there any more."""
    first = slot_jobs(post).first()
    if first is not None:
        return bool(job_references.missing(first))
    asked = post.messages.order_by("id").first()
    if asked is None:
        return False
    return job_references.asked_for(asked.snapshot) > asked.attachments.count()


def _seed_used(post: Post) -> int:
    first, image = slot_jobs(post).first(), post.images.order_by("position").first()
    seeds = [first.params.get("seed") if first else None, image.seed if image else None]
    return next((seed for seed in seeds if seed is not None), post.seed)


def slot_jobs(post: Post) -> GenerationJobQuerySet:
    """The jobs that made what the post shows, slot by slot, the latest of each first."""
    return post.jobs.shown_in_slots().order_by("slot", "-id")


def _lacks_caption(post: Post) -> bool:
    """Whether the caption that the post begins with was never written. A person may have emptied it
    since then, and a clip of a picture begins with none.
    """
    asked = post.jobs.filter(kind=Kind.CAPTION)
    is_written = asked.filter(status=GenerationJob.Status.COMPLETED)
    return not post.caption and asked.exists() and not is_written.exists()


def _snapshot(wish: Wish, seed: int) -> dict[str, Any]:
    return {**_params(wish, seed), "models": [spec.key for spec in wish.models]}


def _params(wish: Wish, seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt,
        "aspect_ratio": wish.aspect_ratio,
        "resolution": wish.resolution,
        **job_references.noted(wish.references),
    }


def add_caption_job(
    post: Post, seed: int, own_keys: catalogue.Keys, spec: ModelSpec | None = None
) -> None:
    """Have the caption written, by the person's default model unless one is named."""
    spec = spec or catalogue.defaults(Kind.CAPTION, own_keys)[0]
    job = post.jobs.create(
        kind=Kind.CAPTION,
        model=spec.key,
        uses_own_key=connections.on_own_key(spec, own_keys),
        params={"seed": seed},
        run_after=Now(),
        rung_at=Now(),
    )
    jobs.ring_on_commit([job.pk])


def copy(job: GenerationJob, own_keys: catalogue.Keys, *, waits: bool) -> GenerationJob:
    """A new job like a failed one; `waits` for the caption or may start at once. Its price is to
    be held.

    A model that was retired since then is replaced by its successor. Raises ReferenceGoneError
    rather than make another picture, without what was uploaded for it.
    """
    if job_references.missing(job):
        raise ReferenceGoneError
    references = list(job.references.all())
    hold(references)
    now = None if waits else Now()
    spec = catalogue.find(job.model)
    if spec is not None and catalogue.is_retired(spec):
        following = catalogue.successor(spec)
        if following is not None and (job.kind == Kind.IMAGE or following.supports(Kind(job.kind))):
            spec = following
    copied = GenerationJob.objects.create(
        post_id=job.post_id,
        turn_id=job.turn_id,
        kind=job.kind,
        slot=job.slot,
        model=spec.key if spec else job.model,
        uses_own_key=spec is not None and connections.on_own_key(spec, own_keys),
        price_credits=price_of(spec, own_keys, seconds=job.seconds) if spec else 0,
        params=job.params,
        run_after=now,
        rung_at=now,
    )
    copied.references.set(references)
    return copied


def _start_over(post: Post, own_keys: catalogue.Keys) -> list[GenerationJob]:
    """A new caption job, and a new waiting job for every picture; these are returned."""
    latest = {job.slot: job for job in post.jobs.shown_in_slots().order_by("id")}
    restarted = {ErrorCode.CAPTION_FAILED, ErrorCode.CANCELED}
    made = [
        copy(job, own_keys, waits=True) for job in latest.values() if job.error_code in restarted
    ]
    add_caption_job(post, post.jobs.order_by("id")[0].params["seed"], own_keys)
    return made
