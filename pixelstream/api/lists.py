"""Pages of lists: a cursor says where the last one ended."""

from __future__ import annotations

import base64
import binascii
from typing import Generic, TypeVar

from pydantic import Field

from pixelstream.api.envelopes import CamelSchema
from pixelstream.api.errors import ApiError

Item = TypeVar("Item")

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_ID = 2**63 - 1


class PageIn(CamelSchema):
    """Which part of a list is asked for. Take it as `page: Query[PageIn]`."""

    cursor: str = Field("", max_length=60, description="`nextCursor` of the page before")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)

    @property
    def after(self) -> int | None:
        """The id that the page before ended with; None for the first page.

        Raises ApiError 400 INVALID_CURSOR for what we did not make.
        """
        return decode(self.cursor) if self.cursor else None


class PageOut(CamelSchema, Generic[Item]):
    """A part of a list. `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


def encode(last_id: int) -> str:
    """A cursor for what comes after this id. It grants nothing: access is checked again."""
    return base64.urlsafe_b64encode(str(last_id).encode()).decode().rstrip("=")


def decode(cursor: str) -> int:
    """The id in a cursor. Raises ApiError 400 INVALID_CURSOR for what we did not make."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        found = int(text) if text.isascii() and text.isdecimal() else 0
    except (binascii.Error, ValueError):
        found = 0
    if not 0 < found <= MAX_ID:
        raise ApiError(400, "INVALID_CURSOR", "This cursor is not one of ours")
    return found
