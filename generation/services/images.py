"""A picture: asked for, checked, stored, and only then shown."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.imaging.renditions import Developed, develop
from gallery.models import GeneratedImage, StoredObject
from gallery.services import objects
from generation import sizes
from generation.models import GenerationJob
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Artifact,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
)
from generation.services import jobs, posts
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    artifact: Artifact
    duration_ms: int
    cost: Decimal | None
    remote_id: str


def make(job: GenerationJob, spec: ModelSpec) -> None:
    """Ask the model for the picture of this job, store it and show it. Raises ProviderError."""
    answer = _call(job, spec)
    try:
        developed = develop(answer.artifact.data, mark=spec.source_type)
    except ImageRefused as error:
        raise ProviderError(ErrorKind.NO_OUTPUT, f"not a picture: {error}") from error
    obj = _begin_object(job, developed, answer)
    faultpoint("generation.before_put", job.pk)
    try:
        objects.put(obj, developed.data, developed.renditions)
        faultpoint("generation.after_put", job.pk)
        _commit(job, spec, obj, developed)
    except objects.ObjectLostError:
        objects.retract(obj.pk)
        raise


def adopt_stored(job: GenerationJob, spec: ModelSpec) -> bool:
    """Finish what an earlier attempt stored whole but did not live to commit. False if nothing."""
    obj = job.output
    if obj is None or obj.state != StoredObject.State.WRITING:
        return False
    data = objects.read_if_complete(obj)
    if data is None:
        return False
    logger.info("Job %s adopts the picture of its earlier attempt", job.pk)
    _commit(job, spec, obj, develop(data, mark=spec.source_type))
    return True


def drop_output(job: GenerationJob) -> None:
    """Hand what this attempt stored to the outbox, unless a later attempt took it over."""
    if job.output_id is None:
        return
    if not GenerationJob.objects.filter(
        pk=job.pk, output=job.output_id, status__in=GenerationJob.UNFINISHED
    ).exists():
        objects.retract(job.output_id)


def _call(job: GenerationJob, spec: ModelSpec) -> _Answer:
    request = _request(job, spec)
    jobs.record_intent(job)
    faultpoint("generation.before_call", job.pk)
    started = time.monotonic()
    answer = registry.get(spec.provider).submit(request)
    duration_ms = round((time.monotonic() - started) * 1000)
    faultpoint("generation.after_call", job.pk)
    if not isinstance(answer, Done) or not answer.artifacts:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the model answered without a picture")
    return _Answer(answer.artifacts[0], duration_ms, answer.cost.amount, answer.remote_id)


def _request(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    post = job.post
    width, height = sizes.pixel_size(post.aspect_ratio, post.resolution)
    references = [
        ImageInput(data, reference.object.content_type)
        for reference in job.references.select_related("object").order_by("id")
        if (data := objects.read_if_complete(reference.object)) is not None
    ]
    return GenerationRequest(
        kind=Kind.IMAGE,
        model=spec,
        prompt=post.prompt,
        request_id=f"job-{job.pk}",
        negative_prompt=post.negative_prompt,
        seed=job.params["seed"],
        width=width,
        height=height,
        aspect_ratio=post.aspect_ratio,
        resolution=post.resolution,
        references=tuple(references),
    )


def _begin_object(job: GenerationJob, developed: Developed, answer: _Answer) -> StoredObject:
    """Record, under the lease, which object is about to be written for this job."""
    with transaction.atomic():
        obj = objects.begin(
            kind="generated",
            owner_id=job.post.owner_id,
            area=StoredObject.Area.PUBLIC,
            data=developed.data,
            content_type=developed.media_type,
            extension=EXTENSIONS[developed.media_type],
            rendition_widths=sorted(developed.renditions),
        )
        jobs.update_held(
            job,
            output=obj,
            call_finished_at=Now(),
            duration_ms=answer.duration_ms,
            cost=answer.cost,
            remote_id=answer.remote_id,
        )
        if job.output_id:
            objects.discard(job.output_id)
    job.output = obj
    job.duration_ms = answer.duration_ms
    job.cost = answer.cost
    return obj


def _commit(job: GenerationJob, spec: ModelSpec, obj: StoredObject, developed: Developed) -> None:
    with transaction.atomic():
        post = posts.lock(job.post_id)
        jobs.complete(job)
        objects.make_live(obj)
        GeneratedImage.objects.create(
            owner_id=post.owner_id,
            post=post,
            object=obj,
            position=job.slot,
            filename=_filename(job, spec, obj),
            width=developed.width,
            height=developed.height,
            aspect_ratio=post.aspect_ratio,
            resolution=post.resolution,
            dominant_colour=developed.dominant_colour,
            hue=developed.hue,
            prompt=post.prompt,
            negative_prompt=post.negative_prompt,
            model=job.model,
            model_name=spec.name,
            seed=job.params["seed"] if spec.capabilities.seed else None,
            params=job.params,
            duration_ms=job.duration_ms,
            cost=job.cost,
        )
        posts.refresh_post(post)
        faultpoint("generation.before_commit", job.pk)


def _filename(job: GenerationJob, spec: ModelSpec, obj: StoredObject) -> str:
    """What a download is called: the day, the prompt's first words, the model."""
    words = slugify(job.post.prompt)[:60].strip("-") or "image"
    extension = EXTENSIONS[obj.content_type]
    return f"{job.post.created_at:%Y-%m-%d}_{words}_{slugify(spec.name)}.{extension}"
