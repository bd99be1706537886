"""Who calls back when a result is there, and how to tell that it is really them.

A message is a hint: it says whose task something happened to, and nothing of it is believed beyond
that. Pure functions of headers, body, secrets and the time; no Django, no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from generation.providers.webhooks import builtin, kie, openrouter
from generation.providers.webhooks.messages import Event, Message, RefusedError, UnreadableError

__all__ = ["CALLERS", "Caller", "Event", "Message", "RefusedError", "UnreadableError"]


@dataclass(frozen=True)
class Caller:
    """A provider that calls back."""

    read: Callable[[Message, Sequence[bytes]], Event]
    """What a message says. With secrets, its signature has to be of one of them; without any, no
    signature is asked for. Raises RefusedError and UnreadableError."""
    must_sign: bool = False
    """Whether a message is refused where no secret is known."""
    thanks: Mapping[str, object] = field(default_factory=dict)
    """The answer that it waits for; JSON."""


CALLERS: Mapping[str, Caller] = MappingProxyType(
    {
        "openrouter": Caller(openrouter.read),
        "kie": Caller(kie.read, thanks={"code": 200, "msg": "success"}),
        "builtin": Caller(builtin.read, must_sign=True),
    }
)
"""By their slugs."""
