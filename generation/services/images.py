"""A picture: asked for, checked, stored, and only then shown."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.imaging.renditions import Developed, develop
from gallery.models import GeneratedImage, ReferenceImage, StoredObject
from gallery.services import moves, objects, quota
from generation import sizes, storable
from generation.models import GenerationJob
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Done, GenerationRequest, ImageInput, Kind, ModelSpec
from generation.services import calls, jobs, posts
from generation.services.calls import Answered
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

PUT_AGAIN_AFTER = (1.0, 4.0, 10.0)
"""Seconds to wait after each failure to store a picture."""


def make(job: GenerationJob, spec: ModelSpec) -> None:
    """Ask the model for the picture of this job, store it and show it. Raises ProviderError."""
    answered = calls.ask(job, spec, lambda: _request(job, spec))
    if answered is None:
        return
    developed = _develop(answered.done, spec)
    obj = _begin_object(job, developed, answered)
    faultpoint("generation.before_put", job.pk)
    try:
        _put(obj, developed)
        faultpoint("generation.after_put", job.pk)
        _commit(job, spec, obj, developed)
    except objects.ObjectLostError:
        objects.retract(obj.pk)
        raise


def _put(obj: StoredObject, developed: Developed) -> None:
    """Store the bytes. What was perhaps paid for is not given up for a short fault of the storage:
    the lease is renewed meanwhile.
    """
    for wait in PUT_AGAIN_AFTER:
        try:
            objects.put(obj, developed.data, developed.renditions)
        except OSError as error:
            logger.warning("Storing %s failed, again in %s s: %s", obj.key, wait, error)
            time.sleep(wait)
        else:
            return
    objects.put(obj, developed.data, developed.renditions)


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


def _develop(done: Done, spec: ModelSpec) -> Developed:
    """The picture, checked. What is none was perhaps paid all the same."""
    billed = None
    if done.cost.basis == "reported" and done.cost.amount is not None:
        billed = Billed.YES if done.cost.amount else Billed.NO
    if not done.artifacts:
        raise ProviderError(
            ErrorKind.NO_OUTPUT, "the model answered without a picture", billed=billed
        )
    try:
        return develop(done.artifacts[0].data, mark=spec.source_type)
    except ImageRefused as error:
        detail = f"not a picture: {error}"
        raise ProviderError(ErrorKind.NO_OUTPUT, detail, billed=billed) from error


def _request(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    post = job.post
    width, height = sizes.pixel_size(post.aspect_ratio, post.resolution)
    used = job.references.select_related("object").order_by("id")
    references = [_input(reference, job) for reference in used]
    is_edit = bool(references) and spec.supports(Kind.EDIT)
    return GenerationRequest(
        kind=Kind.EDIT if is_edit else Kind.IMAGE,
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


def _input(reference: ReferenceImage, job: GenerationJob) -> ImageInput:
    """The reference's bytes. Without them nothing is asked for: it would be another picture."""
    data = objects.read_if_complete(reference.object)
    if data is None:
        with translation.override(job.post.owner.language or settings.LANGUAGE_CODE):
            reason = _("A reference is not there any more.")
        detail = f"the file of reference {reference.pk} is not there, or is not whole"
        raise ProviderError(ErrorKind.INVALID, detail, reason=reason)
    return ImageInput(data, reference.object.content_type)


def _begin_object(job: GenerationJob, developed: Developed, answered: Answered) -> StoredObject:
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
        changes = answered.changes()
        if answered.done.remote_id:
            changes["remote_id"] = storable.text(answered.done.remote_id, 200)
        if answered.done.ignored:
            changes["params"] = {**job.params, "ignored": list(answered.done.ignored)}
        jobs.update_held(job, output=obj, call_finished_at=Now(), **changes)
        if job.output_id:
            objects.retract(job.output_id)
    for name, value in {"output": obj, **changes}.items():
        setattr(job, name, value)
    return obj


def _commit(job: GenerationJob, spec: ModelSpec, obj: StoredObject, developed: Developed) -> None:
    # What was paid for is kept even where it goes beyond the owner's limit.
    with quota.counting():
        post = jobs.lock_post(job)
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
            seed=None if "seed" in job.params.get("ignored", ()) else job.params["seed"],
            params=job.params,
            duration_ms=job.duration_ms,
            cost=job.cost,
            cost_basis=job.cost_basis,
        )
        moves.follow([post.pk])  # it may have been withdrawn meanwhile
        posts.refresh_post(post)
        faultpoint("generation.before_commit", job.pk)


def _filename(job: GenerationJob, spec: ModelSpec, obj: StoredObject) -> str:
    """What a download is called: the day, the prompt's first words, the model."""
    words = slugify(job.post.prompt)[:60].strip("-") or "image"
    extension = EXTENSIONS[obj.content_type]
    return f"{job.post.created_at:%Y-%m-%d}_{words}_{slugify(spec.name)}.{extension}"
