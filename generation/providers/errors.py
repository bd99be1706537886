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


class Billed(StrEnum):
    """Whether a call that failed has to be paid."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


NOT_KNOWN_TO_BE_FREE = frozenset({ErrorKind.AMBIGUOUS, ErrorKind.NO_OUTPUT})


class ProviderError(Exception):
    """A call that did not give a result.

    `detail` is for the log and for operators, without secrets; people see a sentence chosen by
    `kind`. `reason` is a short reason of the vendor's that people may see as well (which rule
    was broken, which model takes over), never an echo of the prompt. `retry_after` is in seconds,
    where the vendor named it. `billed` is what is known about the money: unless it is given, a
    refusal cost nothing, and of a lost or useless answer nothing is known.
    """

    def __init__(
        self,
        kind: ErrorKind,
        detail: str = "",
        *,
        reason: str = "",
        retry_after: float | None = None,
        status: int | None = None,
        billed: Billed | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.reason = reason
        self.retry_after = retry_after
        self.status = status
        """The HTTP status, where there was one."""
        self.billed = billed or (Billed.UNKNOWN if kind in NOT_KNOWN_TO_BE_FREE else Billed.NO)
