"""What helps when there is no room: said to the person, or done for those who chose that."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db import IntegrityError
from django.db.models import Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import AuditEvent, Post, ReferenceImage, Usage
from gallery.models.posts import PostQuerySet
from gallery.services import deletion, trash
from gallery.services.quota import QuotaExceededError
from pixelstream.accounts.models import User
from pixelstream.file_sizes import file_size

TRASHED_FOR = timedelta(days=1)
"""What went to the trash later than that is not deleted to make room: it may be a mistake."""

UPLOADED_FOR = timedelta(hours=1)
"""A younger upload may belong to what is being written in the studio."""

WEIGHED = 1000
"""Posts of the trash that are added up for a notice: pages wait for it."""

LOOKED_AT = 2000
"""Most posts and references that are weighed for deletion at a time."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Cleaned:
    """What was deleted for good to make room."""

    posts: int = 0
    references: int = 0
    freed_bytes: int = 0

    def __add__(self, other: Cleaned) -> Cleaned:
        return Cleaned(
            self.posts + other.posts,
            self.references + other.references,
            self.freed_bytes + other.freed_bytes,
        )

    def __str__(self) -> str:
        """A sentence for the person; empty when nothing was deleted."""
        parts = []
        if self.posts:
            text = ngettext("%(n)s post from the trash", "%(n)s posts from the trash", self.posts)
            parts.append(text % {"n": self.posts})
        if self.references:
            text = ngettext("%(n)s old reference", "%(n)s old references", self.references)
            parts.append(text % {"n": self.references})
        if not parts:
            return ""
        size = file_size(self.freed_bytes)
        return _("Deleted for good to make room: %(what)s (%(size)s).") % {
            "what": ", ".join(parts),
            "size": size,
        }


def with_room_made(
    owner: User, action: Callable[[], Result], *, sparing: Collection[int] = ()
) -> tuple[Result, Cleaned]:
    """Do something that needs room. Where the person chose it, room is made first if there is none.

    `sparing` are references that the action needs. Raises QuotaExceededError.
    """
    cleaned = Cleaned()
    while True:
        try:
            return action(), cleaned
        except QuotaExceededError as error:
            more = _make_room(owner, error, sparing)
            if more == Cleaned():
                raise
            cleaned += more


def refusal_text(error: QuotaExceededError) -> str:
    """What a person reads who was refused: how much is used, of how much, and what helps."""
    said = {
        "used": file_size(error.usage.used),
        "limit": file_size(error.usage.limit),
        "size": file_size(error.needed),
    }
    if error.needed:
        text = _("There is no room for %(size)s more: %(used)s of %(limit)s are used.")
    else:
        text = _("Your storage is full: %(used)s of %(limit)s are used.")
    return f"{text % said} {way_out(error.usage.owner)}"


def way_out(owner: User) -> str:
    """What frees space, in a sentence."""
    ids = list(in_trash(owner).order_by().values_list("pk", flat=True)[: WEIGHED + 1])
    size = trash.size_of(Post.objects.filter(pk__in=ids))
    if size:
        text = _("Empty the trash to free %(size)s.")
        if len(ids) > WEIGHED:
            text = _("Empty the trash to free at least %(size)s.")
        return text % {"size": file_size(size)}
    return _("Delete posts or references to free space.")


def in_trash(owner: User) -> PostQuerySet:
    """All that counts as in the person's trash, also what can no longer be restored."""
    return Post.objects.filter(owner=owner, deleted_at__isnull=False)


def _make_room(owner: User, error: QuotaExceededError, sparing: Collection[int]) -> Cleaned:
    """Delete what is oldest, if the person wants that and if it is enough; else nothing."""
    usage = Usage.objects.of(owner)
    if not usage.is_auto_cleaned or not usage.limit:
        return Cleaned()
    missing = usage.bytes_used + max(error.needed, 1) - usage.limit
    references = _references(owner, missing, sparing)
    missing -= sum(reference.object.size for reference in references)
    posts = _posts(owner, missing)
    if missing > sum(posts.values()):
        return Cleaned()
    cleaned = Cleaned()
    for reference in references:
        cleaned += _delete_reference(reference, owner)
    if posts:
        gone = deletion.delete_chosen(_old_trash(owner), posts, by=owner)
        cleaned += Cleaned(posts=gone.total, freed_bytes=gone.freed_bytes)
    AuditEvent.objects.record(
        "quota.clean",
        actor=owner,
        target=owner,
        posts=cleaned.posts,
        references=cleaned.references,
        bytes=cleaned.freed_bytes,
    )
    return cleaned


def _references(owner: User, missing: int, sparing: Collection[int]) -> list[ReferenceImage]:
    """The oldest transient references that may go, as many as are needed."""
    transient = ReferenceImage.objects.owned_by(owner).filter(
        kept=False, created_at__lt=Now() - UPLOADED_FOR
    )
    chosen: list[ReferenceImage] = []
    candidates = transient.exclude(pk__in=sparing).select_related("object").order_by("pk")
    for reference in candidates[:LOOKED_AT]:
        if missing <= 0:
            break
        if not reference.jobs.unfinished().exists():
            chosen.append(reference)
            missing -= reference.object.size
    return chosen


def _posts(owner: User, missing: int) -> dict[int, int]:
    """The posts that are in the trash for longest, as many as are needed, with their sizes."""
    oldest = _old_trash(owner).order_by("deleted_at", "pk")
    sized = oldest.annotate(size=Coalesce(Sum("images__object__size"), 0))
    chosen: dict[int, int] = {}
    if missing <= 0:
        return chosen
    for pk, size in sized.filter(size__gt=0).values_list("pk", "size")[:LOOKED_AT]:
        if missing <= 0:
            break
        chosen[pk] = size
        missing -= size
    return chosen


def _old_trash(owner: User) -> PostQuerySet:
    return in_trash(owner).filter(deleted_at__lt=Now() - TRASHED_FOR)


def _delete_reference(reference: ReferenceImage, owner: User) -> Cleaned:
    try:
        gone = deletion.delete_reference(reference=reference, by=owner, include_generated=False)
    except (deletion.InUseError, IntegrityError):  # something began to use it just now
        return Cleaned()
    return Cleaned(references=gone.total, freed_bytes=gone.freed_bytes)
