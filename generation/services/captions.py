"""The caption comes first: people read it while the pictures are made."""

from __future__ import annotations

import time

from django.db import transaction

from generation.models import GenerationJob
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Done, GenerationRequest, Kind, ModelSpec
from generation.services import jobs, posts
from pixelstream.faultpoints import faultpoint

CAPTION_MAX_LENGTH = 5000


def make(job: GenerationJob, spec: ModelSpec) -> None:
    """Write the caption, store it, and let the pictures start. Raises ProviderError."""
    request = GenerationRequest(
        kind=Kind.CAPTION,
        model=spec,
        prompt=job.post.prompt,
        request_id=f"job-{job.pk}",
        seed=job.params["seed"],
    )
    jobs.record_intent(job)
    faultpoint("generation.before_call", job.pk)
    started = time.monotonic()
    answer = registry.get(spec.provider).submit(request)
    duration_ms = round((time.monotonic() - started) * 1000)
    faultpoint("generation.after_call", job.pk)
    text = answer.text.strip() if isinstance(answer, Done) else ""
    if not text:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the caption model answered without a text")
    with transaction.atomic():
        post = posts.lock(job.post_id)
        cost = answer.cost.amount if isinstance(answer, Done) else None
        jobs.complete(job, duration_ms=duration_ms, cost=cost)
        post.caption = text.replace("\x00", "")[:CAPTION_MAX_LENGTH]
        post.caption_model = job.model
        jobs.release_images(post)
        posts.refresh_post(post)
        faultpoint("generation.before_commit", job.pk)
