"""How calls to a provider fail, and what follows from each way."""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """The ways a provider call fails. What is done about each: docs/architecture.md, "Errors"."""

    AUTH = "auth"
    QUOTA = "quota"
    RATE = "rate"
    MODERATION = "moderation"
    INVALID = "invalid"
    RETIRED = "retired"
    TRANSIENT = "transient"
    AMBIGUOUS = "ambiguous"
    NO_OUTPUT = "no_output"


RETRIED = frozenset({ErrorKind.RATE, ErrorKind.TRANSIENT})
"""Only these are tried again by themselves: nothing was started, so nothing was paid."""


class ProviderError(Exception):
    """A call that did not give a result.

    `detail` is for the log and for operators; people see a sentence chosen by `kind`.
    `retry_after` is in seconds, where the vendor named it.
    """

    def __init__(
        self, kind: ErrorKind, detail: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
