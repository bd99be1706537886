"""What open streams would be sent now, without drawing it: a look at many costs five queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from gallery.models import EditConversation, Post
from generation.fragments import IN_PROGRESS_SHOWN, home_revision
from generation.live_token import Claims, Fragment, claims_in_force


def revisions_of(claims: Collection[Claims]) -> Mapping[Claims, str]:
    """The revision that `render_for` would give to each, in five queries at most.

    One that is missing has nothing unfinished any more, or may not be seen any more: whoever keeps
    a stream for it draws it, and learns which. To be found here opens nothing to anybody.
    """
    of_kind: dict[Fragment, list[Claims]] = defaultdict(list)
    for each in claims_in_force(claims):
        kind = Fragment.POST if each.fragment is Fragment.STUDIO else each.fragment
        of_kind[kind].append(each)
    found: dict[Claims, str] = {}
    if posts := of_kind[Fragment.POST]:
        found |= _of_posts(posts)
    if homes := of_kind[Fragment.HOME]:
        found |= _of_homes(homes)
    if conversations := of_kind[Fragment.CONVERSATION]:
        found |= _of_conversations(conversations)
    return found


def _of_posts(claims: Collection[Claims]) -> dict[Claims, str]:
    ids = {each.target_id for each in claims}
    rows = Post.objects.live().in_progress().filter(pk__in=ids, owner__is_active=True)
    return _matching(claims, rows.order_by().values_list("pk", "owner_id", "revision"))


def _of_conversations(claims: Collection[Claims]) -> dict[Claims, str]:
    ids = {each.target_id for each in claims}
    rows = EditConversation.objects.filter(
        pk__in=ids, deleted_at__isnull=True, owner__is_active=True
    )
    return _matching(claims, rows.order_by().values_list("pk", "owner_id", "revision"))


def _matching(
    claims: Collection[Claims], rows: Iterable[tuple[int, int, int]]
) -> dict[Claims, str]:
    """Of rows of id, owner and revision those that belong to the claims' people."""
    revisions = {(pk, owner_id): str(revision) for pk, owner_id, revision in rows}
    keys = ((each, (each.target_id, each.user_id)) for each in claims)
    return {each: revisions[key] for each, key in keys if key in revisions}


def _of_homes(claims: Collection[Claims]) -> dict[Claims, str]:
    place = Window(RowNumber(), partition_by="owner_id", order_by=F("id").desc())
    rows = (
        Post.objects.live()
        .in_progress()
        .filter(owner__in={each.user_id for each in claims}, owner__is_active=True)
        .annotate(place=place)
        .filter(place__lte=IN_PROGRESS_SHOWN)
        .order_by("owner", "-id")
    )
    shown: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for owner_id, pk, revision in rows.values_list("owner_id", "pk", "revision"):
        shown[owner_id].append((pk, revision))
    return {each: home_revision(shown[each.user_id]) for each in claims if each.user_id in shown}
