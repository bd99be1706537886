"""The caption comes first: people read it while the pictures are made."""

from __future__ import annotations

from django.db import transaction

from generation import storable
from generation.models import GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import GenerationRequest, Kind, ModelSpec
from generation.services import calls, jobs, posts
from pixelstream.faultpoints import faultpoint

CAPTION_MAX_LENGTH = 5000


def make(job: GenerationJob, spec: ModelSpec) -> None:
    """Write the caption, store it, and let the pictures start. Raises ProviderError."""
    answered = calls.ask(job, spec, lambda: _request(job, spec))
    if answered is None:
        return
    text = storable.text(answered.done.text.strip(), CAPTION_MAX_LENGTH)
    if not text:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the caption model answered without a text")
    with transaction.atomic():
        post = jobs.lock_post(job)
        jobs.complete(job, **answered.changes())
        post.caption = text
        post.caption_model = job.model
        jobs.release_images(post)
        posts.refresh_post(post)
        faultpoint("generation.before_commit", job.pk)


def _request(job: GenerationJob, spec: ModelSpec) -> GenerationRequest:
    return GenerationRequest(
        kind=Kind.CAPTION,
        model=spec,
        prompt=job.own_post.prompt,
        request_id=f"job-{job.pk}",
        seed=job.params["seed"],
    )
