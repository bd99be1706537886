"""What administrators see first: how much there is to do, in numbers that cost next to nothing.

Each is counted along an index of nothing else, or among the newest rows, and no further than MOST.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import Post, Report, StoredObject
from gallery.services import claims
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from pixelstream.accounts.models import User

MOST = 100
"""Of more it is said that they are more."""

NEWEST_JOBS = 2_000
"""Among them the failures of the last day are looked for."""


@dataclass(frozen=True)
class Number:
    """One of them, and where its rows are listed."""

    label: str | Promise
    permission: str
    """Who may see the list sees the number."""
    list_name: str
    query: str
    rows: Callable[[], Sequence[QuerySet[Any]]]
    """What is counted, in parts that each have an index."""
    is_urgent: bool = False
    """Whether somebody should look as soon as it is more than nothing."""


@dataclass(frozen=True)
class Counted:
    """A number as the page shows it."""

    label: str | Promise
    url: str
    text: str
    is_urgent: bool


def numbers_for(person: User) -> list[Counted]:
    """Those that the person may look into, each by one or two statements."""
    return [_count(number) for number in NUMBERS if person.has_perm(number.permission)]


def _count(number: Number) -> Counted:
    found = sum(rows[: MOST + 1].count() for rows in number.rows())
    return Counted(
        label=number.label,
        url=f"{reverse(f'admin:{number.list_name}_changelist')}?{number.query}".rstrip("?"),
        text=f"{MOST}+" if found > MOST else str(found),
        is_urgent=bool(number.is_urgent and found),
    )


def _outbox() -> list[QuerySet[StoredObject]]:
    # In the order of the indexes of what is to be done, or SQLite takes a longer one.
    waiting = (StoredObject.objects.to_be_deleted(), StoredObject.objects.to_be_moved())
    return [objects.order_by("next_attempt_at", "pk") for objects in waiting]


def _stuck() -> list[QuerySet[StoredObject]]:
    often = {"attempts__gte": claims.DEAD_LETTER_ATTEMPTS}
    return [objects.filter(**often) for objects in _outbox()]


def _failed_of_the_last_day() -> list[QuerySet[GenerationJob]]:
    newest = GenerationJob.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST_JOBS]
    oldest = list(newest)[-1:] or [0]
    failed = GenerationJob.objects.filter(
        pk__gte=oldest[0],
        status=GenerationJob.Status.FAILED,
        finished_at__gte=Now() - timedelta(days=1),
    )
    return [failed.exclude(error_code=ErrorCode.CANCELED)]


NUMBERS = (
    Number(
        _("open reports"),
        "gallery.view_report",
        "gallery_report",
        "",
        lambda: [Report.objects.open()],
        is_urgent=True,
    ),
    Number(
        _("posts held back"),
        "gallery.view_post",
        "gallery_post",
        "state=held",
        lambda: [Post.objects.live().filter(review=Post.Review.HELD)],
        is_urgent=True,
    ),
    Number(
        _("posts disabled"),
        "gallery.view_post",
        "gallery_post",
        "state=disabled",
        lambda: [Post.objects.filter(is_disabled_by_admin=True)],
    ),
    Number(
        _("posts featured"),
        "gallery.view_post",
        "gallery_post",
        "state=featured",
        lambda: [Post.objects.live().filter(is_featured=True)],
    ),
    Number(_("people"), "accounts.view_user", "accounts_user", "", lambda: [User.objects.all()]),
    Number(
        _("people suspended"),
        "accounts.view_user",
        "accounts_user",
        "state=suspended",
        lambda: [User.objects.filter(suspended_at__isnull=False)],
    ),
    Number(
        _("objects in the outbox"),
        "gallery.view_storedobject",
        "gallery_storedobject",
        "failed=waiting",
        _outbox,
    ),
    Number(
        _("objects that storage refuses again and again"),
        "gallery.view_storedobject",
        "gallery_storedobject",
        "failed=stuck",
        _stuck,
        is_urgent=True,
    ),
    Number(
        _("jobs that failed within a day"),
        "generation.view_generationjob",
        "generation_generationjob",
        "status__exact=failed",
        _failed_of_the_last_day,
    ),
)
