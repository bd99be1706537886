"""Kie: `X-Webhook-Signature: <base64 of HMAC-SHA256>` over the id of the task and the time.

https://docs.kie.ai/common-api/webhook-verification. The body is not signed: the id of the task is
all that is proven.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from generation.providers.webhooks.messages import (
    Event,
    Message,
    check_signature,
    check_time,
    inner,
    one_of,
    read_id,
    read_object,
)

TIME, SIGNATURE = "x-webhook-timestamp", "x-webhook-signature"

STATES = ("waiting", "queuing", "generating", "success", "fail")


def read(message: Message, secrets: Sequence[bytes]) -> Event:
    """What the message says. Raises RefusedError and UnreadableError."""
    content = read_object(message.body)
    task = inner(content, "data")
    # Older models say it in another way.
    task_id = read_id(task.get("taskId") or task.get("task_id"))
    if secrets:
        _verify(message, task_id, secrets)
    state = one_of(task.get("state"), STATES)
    return Event(f"{task_id}-{state}", task_id, "task", state)


def _verify(message: Message, task_id: str, secrets: Sequence[bytes]) -> None:
    seconds = message.header(TIME)
    check_time(seconds, message.received)
    signed = f"{task_id}.{seconds}".encode()
    expected = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)) for secret in secrets]
    check_signature([message.header(SIGNATURE).strip().encode()], expected)
