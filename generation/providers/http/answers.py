"""An answer of a vendor, and what its status means before anybody knows the vendor's own words."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http.redaction import detail

READ_FOR_EXCERPT = 64 * 1024
MAX_JSON_VALUES = 500_000
"""A small body can hold millions of empty lists; pictures in base64 have none of their marks."""


class Auth(StrEnum):
    """How a key is sent: always in a header, never in an address (addresses are logged)."""

    BEARER = "bearer"
    GOOGLE = "x-goog-api-key"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and the whole body, already under the size cap."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must not leave this package with an excerpt: the key that was sent."""

    @property
    def is_ok(self) -> bool:
        """Whether the vendor says that it worked. A body may still say otherwise."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty when not named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises ProviderError (NO_OUTPUT) for anything else."""
        content, problem = self._parsed()
        if isinstance(content, dict):
            return content
        raise ProviderError(
            ErrorKind.NO_OUTPUT,
            f"{self.status} {detail(self.media_type, *self.secrets)}: {problem}: {self.excerpt}",
            status=self.status,
        )

    def json_or_empty(self) -> dict[str, Any]:
        """The body as a JSON object; empty for anything else. For reading error bodies."""
        content, _ = self._parsed()
        return content if isinstance(content, dict) else {}

    def _parsed(self) -> tuple[Any, str]:
        """The content, and what to say of it when it is no object."""
        if sum(self.body.count(mark) for mark in (b",", b"[", b"{")) > MAX_JSON_VALUES:
            return None, "JSON of too many parts"
        try:
            content = json.loads(self.body, parse_constant=_no_number, parse_float=_finite_float)
        except (ValueError, RecursionError):
            return None, "not JSON"
        return content, "JSON, but no object"

    @property
    def excerpt(self) -> str:
        """The beginning of the body, for the log."""
        return detail(self.body[:READ_FOR_EXCERPT].decode("utf-8", "replace"), *self.secrets)


def _finite_float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    """NaN and infinities are no JSON, and no database takes them."""
    raise ValueError(f"not a number: {text[:20]}")


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3); None without a sound one."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    """Seconds until an HTTP date; not a number for anything else."""
    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return math.nan


_KINDS = {
    400: ErrorKind.INVALID,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.INVALID,
    405: ErrorKind.INVALID,
    409: ErrorKind.INVALID,
    410: ErrorKind.RETIRED,
    413: ErrorKind.INVALID,
    415: ErrorKind.INVALID,
    422: ErrorKind.INVALID,
    425: ErrorKind.RATE,
    429: ErrorKind.RATE,
    503: ErrorKind.RATE,
    529: ErrorKind.RATE,
}
"""503 and 529 say "too busy" before any work was started; other 5xx leave that open."""


def refusal(answer: Answer, message: str = "", *, paid: bool) -> ProviderError:
    """The error that a status means by itself. Adapters refine it with the vendor's own codes.

    `paid` says whether the request may have cost something: a server error after such a request
    is AMBIGUOUS, after any other TRANSIENT.
    """
    kind = _KINDS.get(answer.status)
    if kind is None:
        if 300 <= answer.status < 500 and answer.status != 408:
            kind = ErrorKind.INVALID
        else:
            kind = ErrorKind.AMBIGUOUS if paid else ErrorKind.TRANSIENT
    said = detail(message, *answer.secrets)
    return ProviderError(
        kind,
        f"{answer.status}: {said or answer.excerpt}",
        retry_after=parse_retry_after(answer.headers),
        status=answer.status,
    )
