"""Standard Webhooks: `v1,<base64 of HMAC-SHA256>` over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from generation.providers.webhooks.messages import (
    Message,
    check_signature,
    check_time,
    read_id,
)

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

VERSION = "v1,"
MOST_SIGNATURES = 10
"""A header lists one for each secret of its sender; nobody changes more of them at once."""


def verify(message: Message, secrets: Sequence[bytes]) -> str:
    """The id of the message. Raises RefusedError unless one of the secrets signed it just now, and
    UnreadableError for an id that is none.
    """
    event_id, seconds = message.header(ID), message.header(TIME)
    check_time(seconds, message.received)
    listed = message.header(SIGNATURE).split()[:MOST_SIGNATURES]
    given = [one.removeprefix(VERSION) for one in listed if one.startswith(VERSION)]
    expected = [signature(secret, event_id, seconds, message.body) for secret in secrets]
    check_signature([one.encode() for one in given], expected)
    return read_id(event_id)


def signature(secret: bytes, event_id: str, seconds: str, body: bytes) -> bytes:
    """The signature of a message, in base64."""
    signed = b".".join((event_id.encode(), seconds.encode(), body))
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))


def headers(secret: bytes, event_id: str, body: bytes, *, at: float) -> dict[str, str]:
    """The headers of a message that is sent at this time (seconds since 1970)."""
    seconds = str(int(at))
    signed = signature(secret, event_id, seconds, body).decode()
    return {ID: event_id, TIME: seconds, SIGNATURE: VERSION + signed}


def secret_of(text: str) -> bytes:
    """The secret that is written as `whsec_<base64>`. Raises ValueError."""
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)
