"""What everybody may see: Explore, somebody's public page, a shared post, the sitemap.

Everything is asked for in this process, through the WSGI entry with all middleware, by a stranger.
Figures are ratios of processor time (that of PostgreSQL's process included), taken in turns in this
one run, medians of the rounds:

* first pages of the whole library, of which a quarter is public, against those of one with a few
  hundred public posts;
* pages deep down against the first ones;
* the page of a shared post against `tests.bench.bare`: one query, the same pictures. As it is asked
  for again and again, which is drawn once, and drawn anew each time.

Beside them: how many queries a page makes, for somebody who is signed in as well, and whether one
of them has a plan that reads or sorts a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.bench.ground import Ground
from tests.bench.report import Figure, median
from tests.bench.scale import rows
from tests.bench.scale.compare import REQUESTS, Paths, against_small, ratio
from tests.bench.scale.shelf import cpu_seconds, owner, shelves, signed_in, stranger

if TYPE_CHECKING:
    from tests.bench.pages import Pages

TITLE = "public pages in a large library"
SMALL = 2_000  #: posts of the small library
PICTURES = 4  #: of the post whose page is asked for
EXPLORE, PROFILE = "/explore/", f"/@{rows.handle_of(rows.OWNER)}/"
SIZE_LIMIT, DEPTH_LIMIT, BARE_LIMIT = 1.15, 1.15, 2.0
MAX_QUERIES = 8


def run(ground: Ground) -> Iterator[Figure]:
    """Measure the large library, then the small one beside it."""
    with shelves(ground, ground.posts, SMALL) as (large, small):
        with large.open():
            yield from _queries(_first_pages() | _deep_pages() | _sitemaps())
            yield from _depth(ground)
            yield from _against_bare(ground)
            yield from _sitemap(ground)
        yield from against_small(ground, large, small, _first_pages, SIZE_LIMIT, asking=stranger)


def _first_pages() -> Paths:
    return {"Explore": EXPLORE, "a profile": PROFILE, "a shared post": f"/p/{_token()}/"}


def _deep_pages() -> Paths:
    """In the middle of what is public, and of what one person made public."""
    from gallery.models import Post
    from gallery.public_cursors import seal

    middle = Post.objects.order_by("-pk").values_list("pk", flat=True)[0] // 2
    cursor = f"?before={seal(middle)}"
    return {"Explore deep down": EXPLORE + cursor, "a profile deep down": PROFILE + cursor}


def _token() -> str:
    """Of the newest public post with so many pictures: with more, its page would cost more."""
    from django.db.models import Count

    from gallery.models import Post

    public = Post.objects.in_feed().filter(owner=owner())
    recent = public.order_by("-pk").annotate(pictures=Count("images"))[:100]
    return next(post.share_token for post in recent if post.pictures == PICTURES)


def _queries(paths: Paths) -> Iterator[Figure]:
    from tests.bench.scale.plans import costly

    for who, pages in (("a stranger", stranger()), ("a person", signed_in(owner()))):
        for path in paths.values():
            pages.body(path)  # what a process asks once
        statements = {name: pages.statements(path) for name, path in paths.items()}
        counts = {name: len(found) for name, found in statements.items()}
        worst = max(counts, key=counts.__getitem__)
        what = f"queries of a page for {who}, at most"
        yield Figure(what, counts[worst], "", MAX_QUERIES, note=worst)
        slow = [name for name, found in statements.items() if costly(found)]
        what = f"pages for {who} with a plan that reads or sorts a table"
        yield Figure(what, len(slow), "", 0, note=", ".join(slow))


def _depth(ground: Ground) -> Iterator[Figure]:
    pages = stranger()
    for (name, deep), first in zip(_deep_pages().items(), (EXPLORE, PROFILE), strict=True):
        yield _in_turns(ground, f"{name}, against the first page", pages, deep, pages, first)


def _against_bare(ground: Ground) -> Iterator[Figure]:
    from tests.bench import bare_settings
    from tests.bench.pages import Pages

    bare = Pages(
        urlconf=bare_settings.ROOT_URLCONF,
        middleware=tuple(bare_settings.MIDDLEWARE),
        clock=cpu_seconds,
    )
    token, pages = _token(), stranger()
    plain, least = f"/p/{token}/", f"/shared/{token}/"
    what = "a shared post, against a bare view with one query"
    yield _in_turns(ground, what, pages, plain, bare, least, limit=BARE_LIMIT)
    yield _in_turns(
        ground, f"{what}, drawn anew", pages, f"{plain}?anew=1", bare, least, limit=None
    )


def _sitemaps() -> Paths:
    from gallery import sitemaps

    numbers = sitemaps.parts()
    return {
        "the sitemap": "/sitemap.xml",
        "a part of the sitemap": f"/sitemap-{numbers[len(numbers) // 2]}.xml",
    }


def _sitemap(ground: Ground) -> Iterator[Figure]:
    pages = stranger()
    for name, path in _sitemaps().items():
        taken = [pages.cpu_ms(path, requests=1) for _ in range(ground.rounds(9, 3))]
        entries = pages.body(path).count(b"<loc>")
        yield Figure(name, median(taken), "ms", note=f"{entries:,} entries")


def _in_turns(
    ground: Ground,
    what: str,
    mine: Pages,
    my_path: str,
    other: Pages,
    other_path: str,
    *,
    limit: float | None = DEPTH_LIMIT,
) -> Figure:
    ours, theirs = [], []
    for _ in range(ground.rounds(9, 3)):
        ours.append(mine.cpu_ms(my_path, requests=REQUESTS))
        theirs.append(other.cpu_ms(other_path, requests=REQUESTS))
    return ratio(what, ours, theirs, limit)
