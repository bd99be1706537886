"""What an open page may listen to: a signed note in the address of its stream."""

from __future__ import annotations

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


def make(*, user_id: int, fragment: Fragment, post_id: int, language: str) -> str:
    """A token, valid for LIVE_TOKEN_MAX_AGE."""
    payload: list[Any] = [user_id, fragment.value, post_id, language]
    return signing.dumps(payload, salt=SALT)


def read(token: str) -> Claims | None:
    """The claims of a token; None when it is forged, broken or too old."""
    try:
        user_id, fragment, post_id, language = signing.loads(
            token, salt=SALT, max_age=settings.LIVE_TOKEN_MAX_AGE
        )
    except signing.BadSignature:
        return None
    return Claims(user_id, Fragment(fragment), post_id, language)
