"""What the schema says of headers that operations read themselves."""

from __future__ import annotations

from typing import Any

PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^wait=[0-9]{1,2}$"},
    "example": "wait=60",
    "description": "Answer when the work has ended, if that is within so many seconds (RFC 7240)."
    " When too many wait already the answer is 202 at once.",
}

WAITED_FOR: dict[str, Any] = {"parameters": [PREFER]}
