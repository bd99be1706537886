"""From a person's wish for a clip to a post with its jobs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from gallery.models import ChatMessage, GeneratedImage, Post, Project, ReferenceImage
from gallery.services import posts as library_posts
from gallery.services import quota
from generation import catalogue
from generation.providers.types import Kind, ModelSpec
from generation.services import connections, frames, jobs, keys, posts, studio
from generation.services import credits as credit_service
from generation.services.editing import SourceGoneError
from generation.services.inheritance import inherited
from generation.services.once import start_once
from generation.services.studio import MAX_SEED, RANDOM_SEED
from pixelstream.accounts.models import User


@dataclass(frozen=True)
class ClipWish:
    """What the form of a clip asks for, checked."""

    prompt: str
    models: Sequence[ModelSpec]
    seconds: int
    aspect_ratio: str = "16:9"
    resolution: str = "720p"
    negative_prompt: str = ""
    seed: int = RANDOM_SEED
    first: GeneratedImage | ReferenceImage | None = None
    """The frame that it begins with; None for a clip from words alone."""
    last: GeneratedImage | ReferenceImage | None = None
    """The frame that it ends with. Only where there is a first one."""
    project: Project | None = None
    caption_model: ModelSpec | None = None
    """Who writes the caption; None for the default. A clip of a picture takes over its caption."""


def start_clip(*, owner: User, wish: ClipWish, form_key: UUID | None = None) -> Post:
    """Make the post and its jobs, and return at once; the workers do the rest.

    A clip that begins with a picture of the library is a descendant of that picture's post, with
    its caption, in its project, and not shared further than it; every other one begins with a
    caption, as in the studio. The same `form_key` of the same person gives the post that its first
    call made. Raises SourceGoneError (editing.py), ReferenceGoneError (studio.py),
    NotEnoughCreditsError, and QuotaExceededError while the person's storage is full.
    """

    def start() -> Post:
        own_keys = keys.states(owner)
        prices = [studio.price_of(spec, own_keys, seconds=wish.seconds) for spec in wish.models]
        credit_service.require(owner, prices, are_clips=True)
        quota.require_room(owner)
        with transaction.atomic():
            return _start(owner, wish, form_key, own_keys)

    return start_once(Post.objects.owned_by(owner), form_key, start)


def last_models(owner: User) -> list[ModelSpec]:
    """What the person used for their last clip and can still use, else the catalogue's defaults."""
    return studio.last_models(owner, Kind.VIDEO)


def wish_of(post: Post) -> dict[str, Any]:
    """The form's values that made this clip, for showing them again: the settings, the `first`
    frame (None where there is none any more), the ids of the uploaded frames as `references`, and
    that of a picture which it ends with as `last`.
    """
    params, there = params_of(post), frames_of(post)
    last = there.get("last")
    return {
        "prompt": post.prompt,
        "negative_prompt": post.negative_prompt,
        "aspect_ratio": post.aspect_ratio,
        "resolution": post.resolution,
        "seconds": params.get("seconds"),
        "seed": post.seed,
        "project": post.project_id,
        "models": studio.models_of(post),
        "first": there.get("first"),
        "last": [last.pk] if isinstance(last, GeneratedImage) else [],
        "references": [frame.pk for frame in there.values() if isinstance(frame, ReferenceImage)],
    }


def params_of(post: Post) -> dict[str, Any]:
    """The settings of a clip, its length among them; empty for a post that is none.

    Frames that came with an import are left out: they are named as another installation knows them.
    """
    job = post.jobs.filter(kind=Kind.VIDEO).order_by("slot", "-id").first()
    if job is not None:
        return dict(job.params)
    clip = _first_clip(post)
    if clip is None or clip.clip_ms is None:
        return {}
    said = {name: value for name, value in clip.params.items() if name not in frames.PLACES}
    return {**said, "seconds": max(1, round(clip.clip_ms / 1000))}


def frames_of(post: Post) -> dict[str, frames.Frame | None]:
    """The frames that a clip was made with, by their places; None for one that cannot be used any
    more. Those of an import count as gone.
    """
    there = frames.named(params_of(post), post.owner)
    clip = None if there else _first_clip(post)
    lost = [place for place in frames.PLACES if clip is not None and place in clip.params]
    return there or dict.fromkeys(lost)


def _first_clip(post: Post) -> GeneratedImage | None:
    return post.images.exclude(clip_ms=None).order_by("position").first()


def _start(owner: User, wish: ClipWish, form_key: UUID | None, own_keys: catalogue.Keys) -> Post:
    wish = _held(owner, wish)
    uploads = _uploads(wish)
    seed = wish.seed if wish.seed != RANDOM_SEED else secrets.randbelow(MAX_SEED + 1)
    source = wish.first.post if isinstance(wish.first, GeneratedImage) else None
    post = _create_post(owner, wish, form_key, source)
    params = _params(wish, seed, source)
    message = post.messages.create(
        role=ChatMessage.Role.USER,
        text=wish.prompt,
        snapshot={**params, "models": [spec.key for spec in wish.models]},
    )
    message.attachments.set(uploads)
    if source is None:
        studio.add_caption_job(post, seed, own_keys, wish.caption_model)
    now = None if source is None else Now()
    made = []
    for slot, spec in enumerate(wish.models):
        job = post.jobs.create(
            kind=Kind.VIDEO,
            slot=slot,
            model=spec.key,
            uses_own_key=connections.on_own_key(spec, own_keys),
            price_credits=studio.price_of(spec, own_keys, seconds=wish.seconds),
            params=params,
            run_after=now,
            rung_at=now,
        )
        job.references.set(uploads)
        made.append(job)
    if source is not None:
        jobs.ring_on_commit([job.pk for job in made])
    posts.announce(post)
    credit_service.hold(owner, made)
    return post


def _held(owner: User, wish: ClipWish) -> ClipWish:
    """The wish with its frames as they are now. Raises SourceGoneError and ReferenceGoneError."""
    if wish.last is not None and wish.first is None:
        raise ValueError("a clip that ends with a picture has to begin with one")
    names = frames.names_of(wish.first, wish.last)
    if frames.is_picture_lost(names, owner):
        raise SourceGoneError
    studio.hold(_uploads(wish))
    there = frames.named(names, owner)
    if None in there.values():
        raise studio.ReferenceGoneError
    return replace(wish, first=there.get("first"), last=there.get("last"))


def _uploads(wish: ClipWish) -> list[ReferenceImage]:
    """The frames that were uploaded, each once."""
    uploads = [frame for frame in (wish.first, wish.last) if isinstance(frame, ReferenceImage)]
    return list({frame.pk: frame for frame in uploads}.values())


def _create_post(owner: User, wish: ClipWish, form_key: UUID | None, source: Post | None) -> Post:
    fields: dict[str, Any] = {
        "project": wish.project,
        "visibility": library_posts.first_visibility(owner),
    }
    if source is not None:
        fields = {
            "parent": source,
            "root_id": source.root_id or source.pk,
            "status": Post.Status.GENERATING_IMAGES,
            **inherited(source, owner),
        }
    return Post.objects.create(
        owner=owner,
        form_key=form_key,
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        aspect_ratio=wish.aspect_ratio,
        resolution=wish.resolution,
        seed=wish.seed,
        **fields,
    )


def _params(wish: ClipWish, seed: int, source: Post | None) -> dict[str, Any]:
    """Everything that repeats the request, and what it comes from."""
    params: dict[str, Any] = {
        "seed": seed,
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt,
        "aspect_ratio": wish.aspect_ratio,
        "resolution": wish.resolution,
        "seconds": wish.seconds,
        **frames.names_of(wish.first, wish.last),
    }
    if source is not None:
        params |= {"parent": source.pk, "root": source.root_id or source.pk}
    return params
