"""What an open page may listen to: a signed note in the address of its stream."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import get_language

from pixelstream.accounts import sessions

SALT = "pixelstream.live"


class Fragment(StrEnum):
    """Which part of which page is live."""

    STUDIO = "studio"
    POST = "post"
    HOME = "home"
    CONVERSATION = "conversation"


@dataclass(frozen=True)
class Reader:
    """In which language and session a page was asked for."""

    language: str
    session: str = ""
    """What stands for the session, as `sessions.mark_of` says: the stream ends with it."""


def reader_of(request: HttpRequest) -> Reader:
    """The reader of the page that is asked for."""
    return Reader(get_language() or settings.LANGUAGE_CODE, sessions.mark_of(request.session))


@dataclass(frozen=True)
class Claims:
    """Whose page shows which fragment of which post or conversation, and to whom."""

    user_id: int
    fragment: Fragment
    target_id: int
    """The post or the conversation; 0 for what shows everything of the person's."""
    reader: Reader
    since: int = 0
    """Of a conversation, the number of the first turn that is shown."""

    @property
    def topic(self) -> str:
        """What the stream wakes up for."""
        if self.fragment is Fragment.CONVERSATION:
            return f"conversation:{self.target_id}"
        return f"post:{self.target_id}" if self.target_id else f"owner:{self.user_id}"


class _SteadySigner(signing.TimestampSigner):
    """Stamps in steps of half of LIVE_TOKEN_MAX_AGE instead of seconds.

    A fragment that is rendered again must carry the same address: htmx opens one more stream
    for every new one, and a browser has six connections.
    """

    def timestamp(self) -> str:
        """The time that is signed."""
        step = settings.LIVE_TOKEN_MAX_AGE.total_seconds() / 2
        return signing.b62_encode(int(time.time() // step * step))


def make(
    *, user_id: int, fragment: Fragment, target_id: int = 0, reader: Reader, since: int = 0
) -> str:
    """A token, valid for LIVE_TOKEN_MAX_AGE."""
    shown: list[Any] = [user_id, fragment.value, target_id]
    payload = [*shown, reader.language, since, reader.session]
    return _SteadySigner(salt=SALT).sign_object(payload)


def read(token: str) -> Claims | None:
    """The claims of a token; None when it is forged, broken or too old."""
    try:
        user_id, fragment, target_id, language, since, session = _SteadySigner(
            salt=SALT
        ).unsign_object(token, max_age=settings.LIVE_TOKEN_MAX_AGE)
        return Claims(user_id, Fragment(fragment), target_id, Reader(language, session), since)
    except (signing.BadSignature, ValueError):  # the latter: a page of before an update
        return None


def claims_in_force(claims: Collection[Claims]) -> list[Claims]:
    """Those whose session is open still. A page whose session nobody could find again (it was begun
    before sessions were listed) is among them, until its token is too old.
    """
    marks = {(each.user_id, each.reader.session) for each in claims if each.reader.session}
    ended = marks - sessions.still_open(marks)
    return [each for each in claims if (each.user_id, each.reader.session) not in ended]
