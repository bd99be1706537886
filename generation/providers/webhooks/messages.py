"""What every scheme of signatures has in common: a message, its time, and careful reading."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TOLERANCE = 300
"""Seconds that the clocks of a sender and ours may be apart."""

_ID = re.compile(r"[\x21-\x7e]{1,200}")
"""What ids consist of: no spaces, nothing that a log or a database could stumble over."""

_SECONDS = re.compile(r"[0-9]{1,12}")


class RefusedError(Exception):
    """Nobody proved to have sent this: the signature is missing, wrong, too old, or too new.

    The text is for the log and says nothing that would help to forge one.
    """


class UnreadableError(Exception):
    """This is no message of that sender. The text is for the log."""


@dataclass(frozen=True)
class Message:
    """What came in, byte for byte."""

    headers: Mapping[str, str]
    """Found by their names in small letters."""
    body: bytes
    received: float
    """Seconds since 1970."""

    def header(self, name: str) -> str:
        """The header. Raises RefusedError where it is missing."""
        value = self.headers.get(name, "")
        if not value:
            raise RefusedError(f"no {name}")
        return value


@dataclass(frozen=True)
class Event:
    """What a message says happened."""

    event_id: str
    """The same when the same is sent again."""
    remote_id: str
    """The provider's id of the work."""
    kind: str = ""
    status: str = ""


def check_time(seconds: str, received: float) -> None:
    """Raise RefusedError unless this time, in seconds since 1970, is about now."""
    if not _SECONDS.fullmatch(seconds):
        raise RefusedError("no time")
    if abs(received - int(seconds)) > TOLERANCE:
        raise RefusedError("too old or too new")


def check_signature(given: Iterable[bytes], expected: Iterable[bytes]) -> None:
    """Raise RefusedError unless one of what was given is one of what is expected.

    A comparison takes the same time whatever is compared.
    """
    wanted = list(expected)
    if not any(hmac.compare_digest(one, other) for one in given for other in wanted):
        raise RefusedError("wrong signature")


def read_object(body: bytes) -> dict[str, Any]:
    """The body, a JSON object. Raises UnreadableError for anything else, however deep it is."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON ({type(error).__name__})") from error
    if not isinstance(content, dict):
        raise UnreadableError("no JSON object")
    return content


def read_id(value: object) -> str:
    """The value, if it can be an id. Raises UnreadableError."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableError("no id")
    return value


def one_of(value: object, known: Iterable[str]) -> str:
    """The value if it is known, else "other": what is stored comes from a closed list."""
    return value if isinstance(value, str) and value in known else "other"


def inner(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of that name; empty where there is none."""
    value = content.get(name)
    return value if isinstance(value, dict) else {}
