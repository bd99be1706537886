"""What imported posts were made from: linked as far as it is here."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from gallery.models import Imported, Post
from pixelstream.accounts.models import User


@transaction.atomic
def link(to: User, source: UUID) -> int:
    """Give descendants the parents that are here by now, whichever part those came in. Returns how
    many have theirs here and cannot be linked to it.

    Who has none here was made from something that is gone, or not here yet.
    """
    posts = Imported.objects.filter(owner=to, source=source, kind=Imported.Kind.POST)
    local = dict(posts.values_list("source_id", "local_id"))
    rows = Post.objects.filter(owner=to, pk__in=posts.values("local_id"))
    lines = {pk: (parent, root) for pk, parent, root in rows.values_list("pk", "parent", "root")}
    lineages: dict[int, list[int]] = defaultdict(list)
    for pk, (_parent, root) in lines.items():
        lineages[root or pk].append(pk)
    children = posts.filter(source_parent_id__isnull=False).order_by("local_id")
    unlinked = 0
    # Upwards: whoever stands below a post has the higher id, so its own line is settled before.
    for pk, source_parent in children.values_list("local_id", "source_parent_id"):
        known, first = lines.get(pk, (pk, pk))
        if known is not None and known > 0:
            continue
        parent = local.get(source_parent or 0, 0)
        if parent in lines and parent < pk:
            root = lines[parent][1] or parent
        else:
            unlinked += parent in lines
            parent = root = _gone(pk)
        line = lineages.pop(first or pk)
        Post.objects.filter(pk=pk).update(parent=parent, root=root)
        lines[pk] = parent, root
        # What was made from it, if that came before: its line begins where this one's does.
        Post.objects.filter(owner=to, root=first or pk).update(root=root)
        for other in line:
            if other != pk:
                lines[other] = lines[other][0], root
        lineages[root] += line
    return unlinked


def _gone(pk: int) -> int:
    """The parent of a post whose parent is not here: an id of its own that no post ever gets."""
    return -pk
