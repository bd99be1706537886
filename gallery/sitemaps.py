"""What search engines are told: where the public posts are, in parts that cost the same however
many there are. A part has what is public of ten thousand ids, so none is counted and none begins
after an offset.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection
from django.urls import reverse

from gallery.models import Post
from pixelstream.absolute import absolute

IDS = 10_000
"""Of one part. The protocol allows 50,000 addresses."""

MOST_PARTS = 50_000
"""That the protocol allows an index to name; the newest."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# One step into the index of what is public for each part that there is. Whether such a post is in
# the feed (or its owner suspended, say) is looked at by the part.
_PARTS = f"""
    WITH RECURSIVE part(top) AS (
        SELECT (
            SELECT id FROM {Post._meta.db_table}
            WHERE deleted_at IS NULL AND visibility = 'public'
            ORDER BY id DESC LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT id FROM {Post._meta.db_table}
            WHERE deleted_at IS NULL AND visibility = 'public' AND id < part.top / {IDS} * {IDS}
            ORDER BY id DESC LIMIT 1
        )
        FROM part WHERE part.top IS NOT NULL
    )
    SELECT top / {IDS} FROM part WHERE top IS NOT NULL LIMIT {MOST_PARTS}
"""  # noqa: S608 (the name of the model's table, and numbers)


def parts() -> list[int]:
    """The numbers of the parts that have something, the newest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS)
        return [number for (number,) in cursor.fetchall()]


def posts_of(number: int) -> list[tuple[str, datetime]]:
    """Tokens of the posts of a part and when they changed, the newest first; one query."""
    begin = number * IDS
    posts = Post.objects.in_feed().filter(pk__gte=begin, pk__lt=begin + IDS)
    return list(posts.order_by("-pk").values_list("share_token", "updated_at"))


def index_xml(numbers: Iterable[int]) -> str:
    """The index of these parts."""
    address = absolute(reverse("gallery:sitemap-part", args=[0]))
    named = "".join(
        f"<sitemap><loc>{address.replace('-0.xml', f'-{number}.xml')}</loc></sitemap>\n"
        for number in numbers
    )
    return f'{_HEAD}<sitemapindex xmlns="{_SPACE}">\n{named}</sitemapindex>\n'


def part_xml(posts: Iterable[tuple[str, datetime]]) -> str:
    """The addresses of these posts."""
    address = absolute(reverse("gallery:share", args=["~"]))
    named = "".join(
        f"<url><loc>{address.replace('~', token)}</loc>"
        f"<lastmod>{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        for token, changed in posts
    )
    return f'{_HEAD}<urlset xmlns="{_SPACE}">\n{named}</urlset>\n'


def robots_txt() -> str:
    """What programs are asked to leave alone: everybody's own pages, and what is no page."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    return "\n".join([*lines, "", f"Sitemap: {absolute(reverse('gallery:sitemap'))}", ""])


NOT_FOR_ROBOTS = (
    *("/accounts/", "/admin/", "/settings/", "/gallery/", "/posts/", "/projects/", "/references/"),
    *("/conversations/", "/live/", "/language/", "/public/", "/p/*/download/", "/p/*/report/"),
)
"""Public pages that are not to be found say so themselves (noindex), which has to be read."""
