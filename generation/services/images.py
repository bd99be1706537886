"""A picture or a clip: asked for, checked, stored, and only then shown."""

from __future__ import annotations

import logging
import time

from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from gallery.imaging.clips import DevelopedClip, develop_clip
from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.imaging.gate import GateClosedError
from gallery.imaging.renditions import Developed, develop
from gallery.models import EditTurn, GeneratedImage, Post, StoredObject
from gallery.services import moves, objects, quota, review
from generation import sizes, storable
from generation.models import GenerationJob
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Done, Kind, ModelSpec
from generation.services import calls, jobs, outputs, requests, targets
from generation.services.calls import Answered
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

PUT_AGAIN_AFTER = (1.0, 4.0, 10.0)
"""Seconds to wait after each failure to store a picture."""


def make(job: GenerationJob, spec: ModelSpec) -> None:
    """Ask the model for the picture or the clip of this job, store it and show it.

    Raises ProviderError.
    """
    answered = calls.ask(job, spec, lambda: requests.request_of(job, spec))
    if answered is None:
        return
    developed = _checked(job, answered.done, spec)
    obj = _begin_object(job, developed, answered)
    faultpoint("generation.before_put", job.pk)
    try:
        _put(obj, developed)
        faultpoint("generation.after_put", job.pk)
        _commit(job, spec, obj, developed)
    except objects.ObjectLostError:
        objects.retract(obj.pk)
        raise


def _put(obj: StoredObject, developed: Developed | DevelopedClip) -> None:
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
    logger.info("Job %s adopts what its earlier attempt stored", job.pk)
    _commit(job, spec, obj, _developed(job, data, spec))
    return True


def drop_output(job: GenerationJob) -> None:
    """Hand what this attempt stored to the outbox, unless a later attempt took it over."""
    if job.output_id is None:
        return
    if not GenerationJob.objects.filter(
        pk=job.pk, output=job.output_id, status__in=GenerationJob.UNFINISHED
    ).exists():
        objects.retract(job.output_id)


def _checked(job: GenerationJob, done: Done, spec: ModelSpec) -> Developed | DevelopedClip:
    """What came, checked. What is no picture, or no clip, was perhaps paid all the same."""
    wanted = "clip" if job.kind == Kind.VIDEO else "picture"
    billed = None
    if done.cost.basis == "reported" and done.cost.amount is not None:
        billed = Billed.YES if done.cost.amount else Billed.NO
    if not done.artifacts:
        raise ProviderError(
            ErrorKind.NO_OUTPUT, f"the model answered without a {wanted}", billed=billed
        )
    try:
        return _developed(job, done.artifacts[0].data, spec)
    except ImageRefused as error:
        detail = f"not a {wanted}: {error}"
        raise ProviderError(ErrorKind.NO_OUTPUT, detail, billed=billed) from error


def _developed(job: GenerationJob, data: bytes, spec: ModelSpec) -> Developed | DevelopedClip:
    if job.kind != Kind.VIDEO:
        return develop(data, mark=spec.source_type)
    try:
        return develop_clip(data, mark=spec.source_type)
    except GateClosedError as error:
        if job.poll_state is None or calls.is_overdue(job):
            raise
        # Our trouble. Who took the work has it still, and asking once more costs nothing.
        raise ProviderError(ErrorKind.TRANSIENT, f"no clip can be looked at: {error}") from error


def _begin_object(
    job: GenerationJob, developed: Developed | DevelopedClip, answered: Answered
) -> StoredObject:
    """Record, under the lease, which object is about to be written for this job."""
    with transaction.atomic():
        obj = objects.begin(
            kind="generated",
            owner_id=job.owner.pk,
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


def _commit(
    job: GenerationJob, spec: ModelSpec, obj: StoredObject, developed: Developed | DevelopedClip
) -> None:
    asked = requests.asked_of(job)
    # What was paid for is kept even where it goes beyond the owner's limit.
    with quota.counting():
        target = jobs.lock_target(job)
        jobs.complete(job)
        objects.make_live(obj)
        ratio = sizes.ratio_of(developed.width, developed.height, asked.aspect_ratio)
        if isinstance(target, EditTurn):
            post = outputs.create_post(job, target, ratio)
            place = {"position": 0, "turn": target, "turn_slot": job.slot}
        else:
            post, place = target, {"position": job.slot}
        if isinstance(developed, DevelopedClip):
            place |= {"clip_ms": developed.clip_ms, "has_sound": developed.has_sound}
        elif isinstance(target, Post):
            ratio = asked.aspect_ratio
        GeneratedImage.objects.create(
            owner_id=post.owner_id,
            post=post,
            object=obj,
            filename=_filename(job, spec, obj),
            width=developed.width,
            height=developed.height,
            aspect_ratio=ratio,
            resolution=asked.resolution,
            dominant_colour=developed.dominant_colour,
            hue=developed.hue,
            prompt=asked.prompt,
            negative_prompt=asked.negative_prompt,
            model=job.model,
            model_name=spec.name,
            seed=None if "seed" in job.params.get("ignored", ()) else job.params["seed"],
            params=job.params,
            duration_ms=job.duration_ms,
            cost=job.cost,
            cost_basis=job.cost_basis,
            **place,
        )
        moves.follow([post.pk])  # others may not see it any more, or its owner
        review.pictures_changed([post.pk])
        targets.refresh(target)
        faultpoint("generation.before_commit", job.pk)


def _filename(job: GenerationJob, spec: ModelSpec, obj: StoredObject) -> str:
    """What a download is called: the day, the prompt's first words, the model."""
    asked = requests.asked_of(job)
    fallback = "clip" if job.kind == Kind.VIDEO else "image"
    words = slugify(asked.prompt)[:60].strip("-") or fallback
    extension = EXTENSIONS[obj.content_type]
    return f"{asked.at:%Y-%m-%d}_{words}_{slugify(spec.name)}.{extension}"
