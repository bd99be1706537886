"""What a job asks its model for: the words, the size, and the bytes of what goes along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import StoredObject
from gallery.services import objects
from generation import sizes
from generation.models import GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import GenerationRequest, ImageInput, Kind, ModelSpec
from generation.services import frames, inputs, outputs, webhooks

SIZE_NOT_OFFERED = _("This size is not offered.")


def request_of(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    """The request for a picture or a clip. Raises ProviderError (INVALID) for what cannot be made,
    and where something that it is to be made from is gone.
    """
    request = _clip(job, spec) if job.kind == Kind.VIDEO else _picture(job, spec)
    edge = max(request.width, request.height)
    return replace(request, references=inputs.ready(job, spec, request.references, asked_edge=edge))


@dataclass(frozen=True)
class Asked:
    """What pictures and clips of posts and edits are asked for with alike."""

    prompt: str
    negative_prompt: str
    aspect_ratio: str
    resolution: str
    at: datetime


def asked_of(job: GenerationJob) -> Asked:
    """What the person wished for, whatever the job is."""
    if job.post is not None:
        post = job.post
        return Asked(
            post.prompt, post.negative_prompt, post.aspect_ratio, post.resolution, post.created_at
        )
    turn = job.edit_turn
    conversation = turn.conversation
    return Asked(
        turn.message,
        "",
        # Of the picture that is edited, which may have been cropped since the conversation began.
        job.params["aspect_ratio"],
        conversation.resolution,
        turn.created_at,
    )


def _picture(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    asked = asked_of(job)
    references = _references(job)
    is_edit = job.kind == Kind.EDIT
    bases = _starts(job, outputs.bases_of) if is_edit else []
    # What is edited has its shape; a model that cannot make it makes what comes nearest.
    possible = spec.capabilities.aspect_ratios if is_edit else ()
    try:
        ratio = sizes.nearest_ratio(asked.aspect_ratio, possible)
        width, height = sizes.pixel_size(ratio, asked.resolution)
    except ValueError as error:  # no form offers it, but imports bring what others offered
        raise _refused(job, str(error), SIZE_NOT_OFFERED) from error
    return GenerationRequest(
        kind=Kind.EDIT if is_edit or (references and spec.supports(Kind.EDIT)) else Kind.IMAGE,
        model=spec,
        prompt=asked.prompt,
        request_id=f"job-{job.pk}",
        negative_prompt=asked.negative_prompt,
        seed=job.params["seed"],
        width=width,
        height=height,
        aspect_ratio=ratio,
        resolution=asked.resolution,
        references=(*bases, *references),
        bases=len(bases),
        language=_language(job),
    )


def _clip(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    asked, seconds = asked_of(job), job.params["seconds"]
    try:
        width, height = sizes.clip_size(asked.aspect_ratio, asked.resolution)
    except ValueError as error:
        raise _refused(job, str(error), SIZE_NOT_OFFERED) from error
    pictures = _starts(job, frames.objects_of)
    able = spec.capabilities
    # The forms see to it; another model may stand in for a retired one since then.
    if seconds not in able.durations:
        raise _refused(job, f"no clip of {seconds} s", _("This length is not offered."))
    if not able.min_references <= len(pictures) <= able.max_references:
        detail = f"no clip from {len(pictures)} pictures"
        raise _refused(job, detail, _("It cannot be given these frames."))
    return GenerationRequest(
        kind=Kind.VIDEO,
        model=spec,
        prompt=asked.prompt,
        request_id=f"job-{job.pk}",
        negative_prompt=asked.negative_prompt,
        seed=job.params["seed"],
        width=width,
        height=height,
        aspect_ratio=asked.aspect_ratio,
        resolution=asked.resolution,
        references=tuple(pictures),
        seconds=seconds,
        callback_url=webhooks.callback_address(job.pk, spec.provider),
        callback_secret=webhooks.secret_for(spec.provider),
        language=_language(job),
    )


def _refused(job: GenerationJob, detail: str, reason: Promise) -> ProviderError:
    with translation.override(_language(job)):
        return ProviderError(ErrorKind.INVALID, detail, reason=str(reason))


def _language(job: GenerationJob) -> str:
    return job.owner.language or settings.LANGUAGE_CODE


def _starts(
    job: GenerationJob, objects_of: Callable[[GenerationJob], list[StoredObject | None]]
) -> list[ImageInput]:
    """What an edit starts from, what is edited first; or the frames of a clip, the first one first.

    `objects_of` finds their files.
    """
    reason = _("The picture it starts from is not there any more.")
    try:
        return [_input(job, obj, reason) for obj in objects_of(job)]
    except ProviderError:  # into the trash at this moment, that is to another place
        return [_input(job, obj, reason) for obj in objects_of(job)]


def _references(job: GenerationJob) -> list[ImageInput]:
    used = job.references.select_related("object").order_by("id")
    reason = _("A reference is not there any more.")
    return [_input(job, reference.object, reason) for reference in used]


def _input(job: GenerationJob, obj: StoredObject | None, reason: Promise) -> ImageInput:
    """The bytes. Without them nothing is asked for: it would be another picture."""
    data = None if obj is None else objects.read_if_complete(obj)
    if obj is None or data is None:
        detail = f"the file {obj.key if obj else ''} is not there, or is not whole"
        raise _refused(job, detail, reason)
    return ImageInput(data, obj.content_type)
