"""Clips as a vendor makes them: the work is taken, its end is called back, the result fetched."""

from __future__ import annotations

import logging
import secrets
import time

from gallery.imaging.formats import CLIP_MEDIA_TYPE
from generation.providers import http, shelf
from generation.providers.builtin.clips.answer import clip_of
from generation.providers.builtin.clips.making import MODELS
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Artifact, GenerationRequest, Pending
from generation.providers.webhooks import builtin

logger = logging.getLogger(__name__)

ASK_AFTER = 3.0
"""Seconds until somebody asks who was not called back."""


def begin(request: GenerationRequest) -> Pending:
    """Make the clip and lay it down, call back, and say that the work was taken.

    The call comes first and has five seconds: whoever is called must not be waited for by a worker,
    and what it says is kept until the job waits. Raises ProviderError.
    """
    if request.model.key not in MODELS:
        raise ProviderError(ErrorKind.INVALID, f"{request.model.key} makes no clips")
    remote_id = new_id()
    shelf.put(remote_id, clip_of(request, seconds=request.seconds).data)
    call_back(request, remote_id, "completed")
    return Pending(remote_id, ASK_AFTER)


def fetch(pending: Pending) -> Artifact:
    """The finished clip. Raises ProviderError: NO_OUTPUT once it is gone."""
    clip = shelf.fetch(pending.remote_id)
    if clip is None:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the clip is gone", billed=Billed.NO)
    return Artifact(clip, CLIP_MEDIA_TYPE)


def new_id() -> str:
    """An id for a piece of work."""
    return secrets.token_hex(16)


def call_back(request: GenerationRequest, remote_id: str, status: str) -> None:
    """Say what became of the work, to whoever wanted to know. If nobody can be reached they will
    ask.
    """
    if not request.callback_url:
        return
    headers, body = builtin.write(request.callback_secret, remote_id, status, at=time.time())
    try:
        http.notify(request.callback_url, headers, body)
    except ProviderError as error:
        logger.warning("%s could not be called back: %s", request.request_id, error.detail)
