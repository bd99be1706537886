"""The gallery of somebody with a tenth of a million posts: deep down, filtered, and in a small one.

Everything is asked for in this process, through the WSGI entry with all middleware. Figures are
ratios of processor time (that of PostgreSQL's process included), taken in turns in this one run,
medians of the rounds:

* pages deep down, and filtered ones, against the first page;
* the same pages of the library with a tenth of the posts, against those of the whole one;
* the first page against `tests.bench.bare`: session, person, one indexed query, 30 plain cards.

Beside them: how many queries a page makes, whether one of them has a plan that reads or sorts a
table, and the weight of the page.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.bench.ground import Ground
from tests.bench.report import Figure
from tests.bench.scale import rows
from tests.bench.scale.compare import FIRST, REQUESTS, Paths, against_first, against_small, ratio
from tests.bench.scale.shelf import SMALLER, cpu_seconds, owner, shelves, signed_in

if TYPE_CHECKING:
    from tests.bench.pages import Pages

TITLE = "the gallery in a large library"
PAGE = 30
DEPTH_LIMIT, SIZE_LIMIT, BARE_LIMIT = 1.15, 1.15, 3.0
FILTER_LIMIT = {"sqlite": 1.8, "postgres": 2.3}  #: filters ask the index of the search
MEETING_LIMIT = 1.5  #: several at once are a search, without words; as `search` demands of those
RARE_MODEL, RARE_ASPECT = rows.MODELS[-1][0], rows.ASPECTS[-2][0]
MONTH = {"from": "2025-03-01", "to": "2025-03-31"}
MAX_QUERIES = 8
MAX_KB = 60.0


def run(ground: Ground) -> Iterator[Figure]:
    """Measure the large library, then the small one beside it."""
    with shelves(ground, ground.posts, ground.posts // SMALLER) as (large, small):
        with large.open():
            pages = signed_in(owner())
            deep, filtered = deep_pages(), filtered_pages()
            yield from against_first(ground, pages, deep, DEPTH_LIMIT)
            limit = FILTER_LIMIT[ground.database]
            yield from against_first(ground, pages, filtered, limit)
            yield from _queries(pages, {"first page": FIRST, **deep, **filtered})
            yield from _weight(pages)
            yield from _against_bare(ground, pages)
        yield from against_small(ground, large, small, _pages_of_any_size, SIZE_LIMIT)
        yield from against_small(ground, large, small, _meeting_filters, MEETING_LIMIT)


def deep_pages() -> Paths:
    """What pages are called -> their addresses in the open library, for its owner."""
    from gallery.models import Post

    ids = Post.objects.visible_to(owner()).order_by("-pk").values_list("pk", flat=True)
    count = ids.count()
    # Of 100,000 posts these are page 1,000 and depth 90,000.
    depths = (int(count * 0.3) // PAGE * PAGE, int(count * 0.93) // PAGE * PAGE)
    return {
        f"page {depth // PAGE + 1:,} (depth {depth:,})": f"{FIRST}?before={ids[depth - 1]}"
        for depth in depths
    }


def filtered_pages() -> Paths:
    """Each filter alone, the other order, and several filters at once."""
    return _single_filters() | _meeting_filters()


def _single_filters() -> Paths:
    pages = _addresses(
        {
            "edited posts (3 %)": {"kind": "edited"},
            "a frequent model": {"model": rows.MODELS[0][0]},
            "a rare model": {"model": RARE_MODEL},
            "a rare aspect (5 %)": {"aspect": RARE_ASPECT},
            "a month long ago": MONTH,
            "oldest first": {"sort": "oldest"},
        }
    )
    pages["a project (1.5 %)"] = "/projects/1/"
    pages["an empty project"] = f"/projects/{rows.PROJECTS_EACH}/"
    return pages


def _meeting_filters() -> Paths:
    rare = {"model": RARE_MODEL, "aspect": RARE_ASPECT}
    return _addresses(
        {
            "edited, rare model and aspect, a month": {"kind": "edited", **rare, **MONTH},
            "model and aspect that never meet": {**rare, "model": "example/none"},
        }
    )


def _addresses(wanted: Mapping[str, Mapping[str, str]]) -> Paths:
    return {name: f"{FIRST}?{urlencode(parameters)}" for name, parameters in wanted.items()}


def _pages_of_any_size() -> Paths:
    from gallery.models import Post

    deepest = list(deep_pages().values())[-1]
    post = Post.objects.visible_to(owner()).latest("pk")
    others = {"home": "/", "a post": post.get_absolute_url()}
    return {"first page": FIRST, "deepest page": deepest, **others, **_single_filters()}


def _queries(pages: Pages, paths: Paths) -> Iterator[Figure]:
    from tests.bench.scale.plans import costly

    statements = {name: pages.statements(path) for name, path in paths.items()}
    counts = {name: len(found) for name, found in statements.items()}
    worst = max(counts, key=counts.__getitem__)
    yield Figure("queries of a page, at most", counts[worst], "", MAX_QUERIES, note=worst)
    deep = [count for name, count in counts.items() if "depth" in name]
    yield Figure("queries more than on the first page", max(deep) - counts["first page"], "", 0)
    costly = [name for name, found in statements.items() if costly(found)]
    yield Figure(
        "pages with a plan that reads or sorts a table", len(costly), "", 0, note=", ".join(costly)
    )


def _weight(pages: Pages) -> Iterator[Figure]:
    body = pages.body(FIRST)
    note = f"{len(body) / 1024:.0f} KB before"
    weight = len(gzip.compress(body, 6)) / 1024
    yield Figure("weight of the first page, compressed by gzip", weight, "KB", MAX_KB, note=note)


def _against_bare(ground: Ground, pages: Pages) -> Iterator[Figure]:
    from tests.bench import bare_settings
    from tests.bench import ground as common
    from tests.bench.pages import Pages

    bare = Pages(
        session=common.session_key(owner()),
        urlconf=bare_settings.ROOT_URLCONF,
        middleware=tuple(bare_settings.MIDDLEWARE),
        clock=cpu_seconds,
    )
    ours, theirs = [], []
    for _ in range(ground.rounds(9, 3)):
        ours.append(pages.cpu_ms(FIRST, requests=REQUESTS))
        theirs.append(bare.cpu_ms("/django/", requests=REQUESTS))
    yield ratio("first page, against a bare view of 30 cards", ours, theirs, BARE_LIMIT)
