"""Where providers say that something happened to a job."""

from __future__ import annotations

import logging
import time

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation.providers import webhooks as senders
from generation.providers.webhooks import Message, RefusedError, UnreadableError
from generation.services import webhooks

logger = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024
"""A message is a few hundred bytes; a longer one than this is not even read."""


class CallbackQuery(forms.Form):
    """The address of one job."""

    t = forms.CharField(max_length=500)


@csrf_exempt
@login_not_required
@require_POST
def video_callback(request: HttpRequest, provider: str) -> JsonResponse:
    """Take a message. 200 for every genuine one, whatever became of its job; 401 where nobody
    proved to have sent it, 400 for what is no message. No middleware of pages is around this
    (`pixelstream.middleware.MachinesMiddleware`).
    """
    if provider not in senders.CALLERS:
        return _refused(provider, 404, "it does not call back")
    query = CallbackQuery(request.GET)
    if not query.is_valid():
        return _refused(provider, 401, "no token")
    if _length(request) > MAX_BYTES:
        return _refused(provider, 413, "too long")
    try:
        message = Message(request.headers, request.body, time.time())
        webhooks.receive(provider, query.cleaned_data["t"], message)
    except RefusedError as error:
        return _refused(provider, 401, str(error))
    except (UnreadableError, UnreadablePostError) as error:
        return _refused(provider, 400, str(error))
    return JsonResponse(senders.CALLERS[provider].thanks)


def _length(request: HttpRequest) -> int:
    """How long the body says it is; Django reads no more than that."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refused(provider: str, status: int, why: str) -> JsonResponse:
    """What was wrong is told to the log only."""
    logger.warning("A message to %s's address was refused: %s", provider, why)
    return JsonResponse({}, status=status)
