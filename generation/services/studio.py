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
from gallery.services import quota
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode, GenerationJobQuerySet
from generation.providers.types import Kind, ModelSpec
from generation.services import connections, jobs, keys, posts
from pixelstream.accounts.models import User

MAX_SEED = 2**31 - 1
RANDOM_SEED = -1


class NothingToRetryError(Exception):
    """The slot did not fail, or is being worked on again already, or its post went."""


class ReferenceGoneError(Exception):
    """A reference was deleted since the wish was checked."""


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


@dataclass(frozen=True)
class Retry:
    """A failed picture that is tried again, and the retired model whose place another took."""

    job: GenerationJob
    instead_of: ModelSpec | None = None


def start_post(*, owner: User, wish: Wish, form_key: UUID | None = None) -> Post:
    """Make the post and its jobs, and return at once; the workers do the rest.

    The same `form_key` of the same person gives the post that its first call made: a double
    click starts nothing twice. Raises ReferenceGoneError, and QuotaExceededError while the
    person's storage is full.
    """
    if form_key is not None:
        existing = Post.objects.owned_by(owner).filter(form_key=form_key).first()
        if existing is not None:
            return existing
    quota.require_room(owner)
    try:
        with transaction.atomic():
            return _start(owner, wish, form_key)
    except IntegrityError:
        # Two sends of one form at the same moment: the unique key let only one through.
        existing = Post.objects.owned_by(owner).filter(form_key=form_key).first()
        if form_key is None or existing is None:
            raise
        return existing


def _start(owner: User, wish: Wish, form_key: UUID | None) -> Post:
    hold(wish.references)
    post = Post.objects.create(
        owner=owner,
        project=wish.project,
        form_key=form_key,
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
    own_keys = keys.states(owner)
    _add_caption_job(post, seed, own_keys, wish.caption_model)
    for slot, spec in enumerate(wish.models):
        job = post.jobs.create(
            kind=Kind.IMAGE,
            slot=slot,
            model=spec.key,
            uses_own_key=connections.on_own_key(spec, own_keys),
            params=_params(wish, seed),
        )
        job.references.set(wish.references)
    posts.announce(post)
    return post


def hold(references: Sequence[ReferenceImage]) -> None:
    """Keep the references from being deleted until there are jobs that do."""
    wanted = [reference.pk for reference in references]
    held = ReferenceImage.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
    if wanted and len(held.values_list("pk")) < len(wanted):
        raise ReferenceGoneError


def retry_slot(*, post: Post, slot: int) -> Retry:
    """Try a failed picture again with the same settings, as a new job.

    When the caption had failed the whole post starts over. Raises NothingToRetryError, and
    QuotaExceededError while the person's storage is full.
    """
    quota.require_room(post.owner)
    try:
        with transaction.atomic():
            locked = Post.objects.live().select_for_update().filter(pk=post.pk).first()
            if locked is None:  # to the trash, or for good
                raise NothingToRetryError
            latest = locked.jobs.filter(kind=Kind.IMAGE, slot=slot).order_by("-id").first()
            if latest is None or latest.status != GenerationJob.Status.FAILED:
                raise NothingToRetryError
            own_keys = keys.states(locked.owner)
            if not _has_caption(locked):
                _start_over(locked, own_keys)
                job = locked.jobs.filter(kind=Kind.IMAGE, slot=slot).order_by("-id")[0]
            else:
                job = copy(latest, own_keys, waits=False)
                jobs.ring_on_commit([job.pk])
            posts.refresh_post(locked)
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


def last_models(owner: User) -> list[ModelSpec]:
    """What the person used last and can still use, else the catalogue's defaults."""
    own_keys = keys.states(owner)
    last = Post.objects.owned_by(owner).live().order_by("-id").first()
    used = [] if last is None else list(_image_jobs(last).values_list("model", flat=True))
    usable = {spec.key: spec for spec in catalogue.usable(Kind.IMAGE, keys=own_keys)}
    chosen = [usable[key] for key in dict.fromkeys(used) if key in usable]
    return chosen or catalogue.defaults(Kind.IMAGE, own_keys)


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
    """The keys of the models that were asked for the post's pictures, each once, in order."""
    asked = _image_jobs(post).values_list("model", flat=True)
    made = post.images.order_by("position").values_list("model", flat=True)
    return list(dict.fromkeys(asked or made))


def references_of(post: Post) -> list[ReferenceImage]:
    """The references that the post's pictures were made with and that are still there."""
    first = _image_jobs(post).first()
    if first is not None:
        return list(first.references.order_by("id"))
    asked = post.messages.order_by("id").first()  # an edit's job belongs to its turn
    return list(asked.attachments.order_by("id")) if asked else []


def _seed_used(post: Post) -> int:
    first, image = _image_jobs(post).first(), post.images.order_by("position").first()
    seeds = [first.params.get("seed") if first else None, image.seed if image else None]
    return next((seed for seed in seeds if seed is not None), post.seed)


def _image_jobs(post: Post) -> GenerationJobQuerySet:
    return post.jobs.filter(kind=Kind.IMAGE).order_by("slot", "-id")


def _has_caption(post: Post) -> bool:
    """Whether the caption was written; a person may have emptied it since then."""
    written = post.jobs.filter(kind=Kind.CAPTION, status=GenerationJob.Status.COMPLETED)
    return bool(post.caption) or written.exists()


def _snapshot(wish: Wish, seed: int) -> dict[str, Any]:
    return {**_params(wish, seed), "models": [spec.key for spec in wish.models]}


def _params(wish: Wish, seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt,
        "aspect_ratio": wish.aspect_ratio,
        "resolution": wish.resolution,
    }


def _add_caption_job(
    post: Post, seed: int, own_keys: catalogue.Keys, spec: ModelSpec | None = None
) -> None:
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
    """A new job like a failed one; `waits` for the caption or may start at once.

    A model that was retired since then is replaced by its successor.
    """
    now = None if waits else Now()
    spec = catalogue.find(job.model)
    if spec is not None and catalogue.is_retired(spec):
        following = catalogue.successor(spec)
        if following is not None and (job.kind != Kind.EDIT or following.supports(Kind.EDIT)):
            spec = following
    copied = GenerationJob.objects.create(
        post_id=job.post_id,
        turn_id=job.turn_id,
        kind=job.kind,
        slot=job.slot,
        model=spec.key if spec else job.model,
        uses_own_key=spec is not None and connections.on_own_key(spec, own_keys),
        params=job.params,
        run_after=now,
        rung_at=now,
    )
    copied.references.set(job.references.all())
    return copied


def _start_over(post: Post, own_keys: catalogue.Keys) -> None:
    """A new caption job, and a new waiting job for every picture."""
    latest = {job.slot: job for job in post.jobs.filter(kind=Kind.IMAGE).order_by("id")}
    for job in latest.values():
        if job.error_code in {ErrorCode.CAPTION_FAILED, ErrorCode.CANCELED}:
            copy(job, own_keys, waits=True)
    _add_caption_job(post, post.jobs.order_by("id")[0].params["seed"], own_keys)
