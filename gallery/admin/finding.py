"""Finding posts in the admin: by what names one, or by words in the index of the public ones.

Nothing here looks through the texts of a table.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.db.models import Q, QuerySet

from gallery import search
from gallery.forms import as_id
from gallery.models import Post
from pixelstream.accounts.models import User

FOUND = 1000
"""Posts that words find, the newest."""

TOKEN = re.compile(r"(?:.*/p/)?([A-Za-z0-9_-]{22})(?:/.*)?")
PAGE = re.compile(r"(?:.*/posts/)?([0-9]{1,19})/?")


def posts_of(people: QuerySet[User]) -> Q:
    """Everything of these people. In two halves: each has an index that begins with the owner."""
    owners = list(people.values_list("pk", flat=True))
    return Q(owner__in=owners, deleted_at__isnull=True) | Q(
        owner__in=owners, deleted_at__isnull=False
    )


def narrowed(posts: QuerySet[Post], typed: str) -> QuerySet[Post]:
    """Those of the posts that are meant: by an id or the address of a page, a public address or its
    token, its owner's e-mail address or @handle, else by words of the captions and models of
    public posts.
    """
    typed = unquote(typed).strip()
    if page := PAGE.fullmatch(typed):
        return posts.filter(pk=as_id(page[1]) or 0)
    if token := TOKEN.fullmatch(typed):
        found = posts.filter(share_token=token[1])
        if "/" in typed or found.exists():
            return found
    if typed.startswith("@"):
        return posts.filter(posts_of(User.objects.filter(handle=typed[1:].lower())))
    if "@" in typed and not re.search(r"\s", typed):
        return posts.filter(posts_of(User.objects.filter(email=typed.lower())))
    query = search.parse(typed)
    if query.is_empty:
        return posts.none()
    return posts.filter(pk__in=search.search(search.PUBLIC, query, limit=FOUND))
