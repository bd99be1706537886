"""A form that is sent twice starts one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Model, QuerySet

from generation.services.credits import NotEnoughCreditsError

Started = TypeVar("Started", bound=Model)


def start_once(
    rows: QuerySet[Started], form_key: UUID | None, start: Callable[[], Started]
) -> Started:
    """What `start` makes and returns, or what an earlier call with this form key made of `rows`,
    the person's own. Without a key it is always started.

    `start` commits, or leaves nothing behind; the database lets a key through once. Raises what it
    raises.
    """
    if form_key is None:
        return start()
    sent = rows.filter(form_key=form_key)
    if (existing := sent.first()) is not None:
        return existing
    try:
        return start()
    except (IntegrityError, NotEnoughCreditsError):
        # Two sends of one form at the same moment: the unique key let only one through, or what the
        # first one cost is not there a second time.
        if (existing := sent.first()) is None:
            raise
        return existing
