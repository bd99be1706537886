"""What a provider is. A new vendor is one file beside this one, and one test file."""

from __future__ import annotations

from typing import Protocol

from generation.providers.types import Done, GenerationRequest, Pending


class Provider(Protocol):
    """Turns our request into one call to a vendor, and the vendor's answer into our words.

    An implementation maps and nothing else: it never retries, never stores, never touches
    the database. Failures are `ProviderError`s.
    """

    slug: str

    def unavailable_reason(self) -> str:
        """Why it cannot be used now (no key), for people; empty when it can."""
        ...

    def submit(self, request: GenerationRequest) -> Done | Pending:
        """Send exactly one call."""
        ...

    def poll(self, pending: Pending) -> Done | Pending:
        """Ask how far an accepted call is. Safe to repeat."""
        ...
