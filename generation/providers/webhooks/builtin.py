"""The built-in engine: a Standard Webhook, as a vendor would send it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from generation.providers.webhooks import standard
from generation.providers.webhooks.messages import (
    Event,
    Message,
    inner,
    one_of,
    read_id,
    read_object,
)

STATUSES = ("started", "progress", "completed", "failed")


def read(message: Message, secrets: Sequence[bytes]) -> Event:
    """What the message says. Raises RefusedError and UnreadableError."""
    event_id = standard.verify(message, secrets)
    content = read_object(message.body)
    work = inner(content, "data")
    status = one_of(work.get("status"), STATUSES)
    return Event(event_id, read_id(work.get("id")), f"video.{status}", status)


def write(secret: bytes, remote_id: str, status: str, *, at: float) -> tuple[dict[str, str], bytes]:
    """Headers and body of the message that this work is now `status`; `at` is in seconds since
    1970. The same status of the same work is the same event.
    """
    content = {
        "type": f"video.{status}",
        "timestamp": datetime.fromtimestamp(at, UTC).isoformat(),
        "data": {"id": remote_id, "status": status},
    }
    body = json.dumps(content).encode()
    signed = standard.headers(secret, f"{remote_id}-{status}", body, at=at)
    return {"content-type": "application/json", **signed}, body
