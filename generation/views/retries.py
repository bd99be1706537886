"""Trying a failed picture again: of a post, and of a turn alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from gallery.models import ReferenceImage
from gallery.services import room
from gallery.services.quota import QuotaExceededError
from generation import catalogue
from generation.services.studio import NothingToRetryError, Retry
from pixelstream.accounts.models import User

NOTHING = _("There is nothing to try again.")


def try_again(
    owner: User, retry: Callable[[], Retry], *, references: Iterable[ReferenceImage]
) -> str:
    """Try again with room made for it; `references` are those that the picture is made with.

    What the person is told: empty when it is simply tried again, else why not, or what changed.
    """
    sparing = [reference.pk for reference in references]
    try:
        retried, cleaned = room.with_room_made(owner, retry, sparing=sparing)
    except NothingToRetryError:
        return str(NOTHING)
    except QuotaExceededError as error:
        return room.refusal_text(error)
    following = catalogue.find(retried.job.model)
    if retried.instead_of and following:
        notice = catalogue.succession_notice(retried.instead_of, following)
        return f"{notice} {cleaned}".strip()
    return str(cleaned)
