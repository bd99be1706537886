"""The conversations of the trash: few beside the posts, so they stand on a shelf above them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gallery.keyset import Moment, before_moment
from gallery.models import EditConversation, EditTurn, GeneratedImage, StoredObject
from gallery.trash_forms import conversation_name
from pixelstream.accounts.models import User
from pixelstream.templatetags.ui import grouped

SHELF_SIZE = 20
COUNTED = 1000
SOON = 4
"""From so few days left on an end is shown in red."""


@dataclass(frozen=True)
class TimeLeft:
    """Something in the trash, with the whole days that it has left, the begun one included."""

    days_left: int

    @property
    def is_soon(self) -> bool:
        """Whether it is gone in a few days."""
        return self.days_left < SOON

    @property
    def share_left(self) -> int:
        """Percent of the time that is left, for the bar."""
        return round(100 * self.days_left / settings.TRASH_RETENTION.days)


@dataclass(frozen=True)
class TrashedConversation(TimeLeft):
    """A conversation of the trash with what stands for it."""

    conversation: EditConversation
    turn_count: int
    picture: GeneratedImage | None
    """What was made in it last, else what it began with; None when both are gone."""

    @property
    def name(self) -> str:
        """As it is chosen."""
        return conversation_name(self.conversation.pk)

    @property
    def ratio(self) -> float:
        """Width over height of what its card shows."""
        return self.picture.ratio if self.picture else 1.0


@dataclass(frozen=True)
class Shelf:
    """Conversations of the trash. All of them are counted up to COUNTED."""

    items: list[TrashedConversation]
    next_cursor: Moment | None
    count: int

    @property
    def is_counted(self) -> bool:
        """Whether the figure is of everything."""
        return self.count <= COUNTED

    @property
    def shown_count(self) -> str:
        """How many, as it is written."""
        return grouped(self.count) if self.is_counted else f"{grouped(COUNTED)}+"


def shelf_of(user: User, cursor: Moment | None = None) -> Shelf:
    """The conversations after the cursor, those that went in last first."""
    in_trash = EditConversation.objects.in_trash_of(user)
    rows = in_trash.filter(before_moment("deleted_at", cursor)) if cursor else in_trash
    found = list(rows[: SHELF_SIZE + 1])
    shown = found[:SHELF_SIZE]
    latest = _latest(shown)
    pictures = _pictures(shown, latest)
    now = timezone.now()
    items = []
    for row in shown:
        turns, image_id = latest[row.pk]
        picture = pictures.get(image_id or 0) or pictures.get(row.source_image_id)
        items.append(TrashedConversation(days_left(row.deleted_at, now), row, turns or 0, picture))
    return Shelf(
        items,
        cursor_after(shown[-1]) if len(found) > SHELF_SIZE else None,
        in_trash.values("pk")[: COUNTED + 1].count(),
    )


def cursor_after(row: EditConversation) -> Moment | None:
    """The cursor of what follows this conversation."""
    return Moment(row.deleted_at, row.pk) if row.deleted_at else None


def days_left(deleted_at: dt.datetime | None, now: dt.datetime) -> int:
    """Whole days, the begun one included: in the last hour it is one."""
    if deleted_at is None:
        return 0
    left = deleted_at + settings.TRASH_RETENTION - now
    return max(0, min(settings.TRASH_RETENTION.days, math.ceil(left / dt.timedelta(days=1))))


def _latest(rows: list[EditConversation]) -> dict[int, tuple[int | None, int | None]]:
    """How many turns each of these conversations has, and the id of its latest picture."""
    if not rows:
        return {}
    turns = EditTurn.objects.filter(conversation=OuterRef("pk")).order_by("-number")
    images = GeneratedImage.objects.filter(turn__conversation=OuterRef("pk"))
    newest = images.order_by("-turn__number", "turn_slot").values("pk")[:1]
    found = EditConversation.objects.filter(pk__in=[row.pk for row in rows]).values_list(
        "pk", Subquery(turns.values("number")[:1]), Subquery(newest)
    )
    return {pk: (count, image_id) for pk, count, image_id in found}


def _pictures(
    rows: list[EditConversation], latest: dict[int, tuple[int | None, int | None]]
) -> dict[int, GeneratedImage]:
    """What stands for these conversations, by its id."""
    wanted = {row.source_image_id for row in rows}
    wanted |= {image_id for _count, image_id in latest.values() if image_id}
    if not wanted:
        return {}
    images = GeneratedImage.objects.filter(pk__in=wanted).select_related("object", "post")
    found = images.in_bulk()
    for image in found.values():
        if image.post.deleted_at:
            # There or on the way there: only its owner's address answers before and after.
            image.object.area = StoredObject.Area.PRIVATE
    return found
