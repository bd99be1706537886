"""What an open page may listen to: a signed note in the address of its stream."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core import signing

SALT = "pixelstream.live"


class Fragment(StrEnum):
    """Which part of which page is live."""

    STUDIO = "studio"
    POST = "post"
    HOME = "home"


@dataclass(frozen=True)
class Claims:
    """Whose page shows which fragment of which post, in which language."""

    user_id: int
    fragment: Fragment
    post_id: int
    language: str

    @property
    def topic(self) -> str:
        """What the stream wakes up for."""
        return f"post:{self.post_id}" if self.post_id else f"owner:{self.user_id}"


class _SteadySigner(signing.TimestampSigner):
    """Stamps in steps of half of LIVE_TOKEN_MAX_AGE instead of seconds.

    A fragment that is rendered again must carry the same address: htmx opens one more stream
    for every new one, and a browser has six connections.
    """

    def timestamp(self) -> str:
        """The time that is signed."""
        step = settings.LIVE_TOKEN_MAX_AGE.total_seconds() / 2
        return signing.b62_encode(int(time.time() // step * step))


def make(*, user_id: int, fragment: Fragment, post_id: int, language: str) -> str:
    """A token, valid for LIVE_TOKEN_MAX_AGE."""
    payload: list[Any] = [user_id, fragment.value, post_id, language]
    return _SteadySigner(salt=SALT).sign_object(payload)


def read(token: str) -> Claims | None:
    """The claims of a token; None when it is forged, broken or too old."""
    try:
        user_id, fragment, post_id, language = _SteadySigner(salt=SALT).unsign_object(
            token, max_age=settings.LIVE_TOKEN_MAX_AGE
        )
    except signing.BadSignature:
        return None
    return Claims(user_id, Fragment(fragment), post_id, language)
