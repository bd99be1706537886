"""A picture: asked for, checked, stored, and only then shown."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.imaging.renditions import Developed, develop
from gallery.models import EditTurn, GeneratedImage, StoredObject
from gallery.services import moves, objects, quota
from generation import sizes, storable
from generation.models import GenerationJob
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Done, GenerationRequest, ImageInput, Kind, ModelSpec
from generation.services import calls, jobs, outputs, targets
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


@dataclass(frozen=True)
class _Asked:
    """What a post's picture and an edit are asked for with alike."""

    prompt: str
    negative_prompt: str
    aspect_ratio: str
    resolution: str
    at: datetime


def _asked(job: GenerationJob) -> _Asked:
    if job.post is not None:
        post = job.post
        return _Asked(
            post.prompt, post.negative_prompt, post.aspect_ratio, post.resolution, post.created_at
        )
    turn = job.edit_turn
    conversation = turn.conversation
    return _Asked(
        turn.message,
        "",
        # Of the picture that is edited, which may have been cropped since the conversation began.
        job.params["aspect_ratio"],
        conversation.resolution,
        turn.created_at,
    )


def _request(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    asked = _asked(job)
    inputs = _references(job)
    is_edit = job.kind == Kind.EDIT
    bases = _bases(job) if is_edit else []
    # What is edited has its shape; a model that cannot make it makes what comes nearest.
    possible = spec.capabilities.aspect_ratios if is_edit else ()
    try:
        ratio = sizes.nearest_ratio(asked.aspect_ratio, possible)
        width, height = sizes.pixel_size(ratio, asked.resolution)
    except ValueError as error:  # no form offers it, but imports bring what others offered
        with translation.override(_language(job)):
            reason = _("This size is not offered.")
        raise ProviderError(ErrorKind.INVALID, str(error), reason=reason) from error
    return GenerationRequest(
        kind=Kind.EDIT if is_edit or (inputs and spec.supports(Kind.EDIT)) else Kind.IMAGE,
        model=spec,
        prompt=asked.prompt,
        request_id=f"job-{job.pk}",
        negative_prompt=asked.negative_prompt,
        seed=job.params["seed"],
        width=width,
        height=height,
        aspect_ratio=ratio,
        resolution=asked.resolution,
        references=(*bases, *inputs),
        bases=len(bases),
        language=_language(job),
    )


def _language(job: GenerationJob) -> str:
    return job.owner.language or settings.LANGUAGE_CODE


def _bases(job: GenerationJob) -> list[ImageInput]:
    """The pictures that an edit starts from, what is edited first."""
    with translation.override(_language(job)):
        reason = _("The picture it starts from is not there any more.")
    try:
        return [_input(obj, reason) for obj in outputs.bases_of(job)]
    except ProviderError:  # into the trash at this moment, that is to another place
        return [_input(obj, reason) for obj in outputs.bases_of(job)]


def _references(job: GenerationJob) -> list[ImageInput]:
    used = job.references.select_related("object").order_by("id")
    with translation.override(_language(job)):
        reason = _("A reference is not there any more.")
    return [_input(reference.object, reason) for reference in used]


def _input(obj: StoredObject | None, reason: str) -> ImageInput:
    """The bytes. Without them nothing is asked for: it would be another picture."""
    data = None if obj is None else objects.read_if_complete(obj)
    if obj is None or data is None:
        detail = f"the file {obj.key if obj else ''} is not there, or is not whole"
        raise ProviderError(ErrorKind.INVALID, detail, reason=reason)
    return ImageInput(data, obj.content_type)


def _begin_object(job: GenerationJob, developed: Developed, answered: Answered) -> StoredObject:
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


def _commit(job: GenerationJob, spec: ModelSpec, obj: StoredObject, developed: Developed) -> None:
    asked = _asked(job)
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
            post, place, ratio = target, {"position": job.slot}, asked.aspect_ratio
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
        targets.refresh(target)
        faultpoint("generation.before_commit", job.pk)


def _filename(job: GenerationJob, spec: ModelSpec, obj: StoredObject) -> str:
    """What a download is called: the day, the prompt's first words, the model."""
    asked = _asked(job)
    words = slugify(asked.prompt)[:60].strip("-") or "image"
    extension = EXTENSIONS[obj.content_type]
    return f"{asked.at:%Y-%m-%d}_{words}_{slugify(spec.name)}.{extension}"
