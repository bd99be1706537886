"""OpenRouter: `X-OpenRouter-Signature: t=<seconds>,v1=<hex of HMAC-SHA256>` over `t,body`.

https://openrouter.ai/docs/cookbook/video-generation/video-generation-webhooks
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from generation.providers.webhooks.messages import (
    Event,
    Message,
    RefusedError,
    check_signature,
    check_time,
    inner,
    one_of,
    read_id,
    read_object,
)

SIGNATURE = "x-openrouter-signature"

STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled", "expired")
KINDS = tuple(f"video.generation.{status}" for status in STATUSES)


def read(message: Message, secrets: Sequence[bytes]) -> Event:
    """What the message says. Raises RefusedError and UnreadableError.

    The id of an event is made from the body, as OpenRouter makes `X-OpenRouter-Idempotency-Key`:
    that header itself is not signed.
    """
    if secrets:
        _verify(message, secrets)
    content = read_object(message.body)
    work = inner(content, "data")
    remote_id, status = read_id(work.get("id")), one_of(work.get("status"), STATUSES)
    return Event(f"{remote_id}-{status}", remote_id, one_of(content.get("type"), KINDS), status)


def _verify(message: Message, secrets: Sequence[bytes]) -> None:
    parts = [part.strip().partition("=") for part in message.header(SIGNATURE).split(",")]
    times = [value for name, _equals, value in parts if name == "t"]
    if len(times) != 1:
        raise RefusedError("no time")
    check_time(times[0], message.received)
    given = [value.encode() for name, _equals, value in parts if name == "v1"]
    signed = times[0].encode() + b"," + message.body
    check_signature(
        given, [hmac.new(secret, signed, hashlib.sha256).hexdigest().encode() for secret in secrets]
    )
