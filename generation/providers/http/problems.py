"""How an exchange over the network fails, before anybody decides what follows from it."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """What went wrong. `client` turns it into an ErrorKind: that depends on what was asked."""

    KEY = "key"
    """The key cannot be sent."""
    REFUSED = "refused"
    """The address is one that we do not call."""
    UNREACHABLE = "not reached"
    """Nothing of the request was sent."""
    CERTIFICATE = "certificate"
    """The server is not who it says. Nothing of the request was sent."""
    LOST = "answer lost"
    """The request was sent, at least in part; whether it was served is not known."""
    TOO_LARGE = "too large"
    ENCODING = "encoding"
    """The body is compressed in a way that we did not ask for and cannot undo."""


class ExchangeError(Exception):
    """An exchange that gave no whole answer. `detail` is for the log and not redacted yet."""

    def __init__(self, problem: Problem, detail: str, *, status: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail
        self.status = status
