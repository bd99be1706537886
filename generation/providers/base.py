"""What a provider is. A new vendor is one file beside this one, and one test file."""

from __future__ import annotations

from typing import Protocol

from generation.providers.types import (
    Connection,
    Done,
    GenerationRequest,
    KeyStatus,
    ModelSpec,
    Pending,
)


class Provider(Protocol):
    """Turns our request into one call to a vendor, and the vendor's answer into our words.

    An implementation maps and nothing else: it never retries, never stores, never touches
    the database. Failures are `ProviderError`s.
    """

    slug: str

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Send exactly one call that may have to be paid."""
        ...

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Ask how far an accepted call is. Safe to repeat."""
        ...

    def check_key(self, connection: Connection) -> KeyStatus:
        """Ask the vendor whether it accepts the key, without spending anything."""
        ...

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """The models that the vendor offers now; empty where it has no list."""
        ...
