"""A page deep down in a gallery of 20,000 posts, against the first one.

Both pages are asked for in turns, in this process, through the WSGI entry with all middleware.
Processor time; the figure is the median of the ratios of the rounds.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.report import Figure, median

TITLE = "a page deep down"
REQUESTS = 20


def run(ground: Ground) -> Iterator[Figure]:
    """Measure both pages."""
    from gallery.models import Post
    from tests.bench import walls
    from tests.bench.pages import Pages

    posts = ground.rounds(20_000, 5_000)
    owner = common.person("many")
    walls.fill(owner, posts=posts)
    ids = Post.objects.visible_to(owner).order_by("id").values_list("pk", flat=True)
    paths = ("/gallery/", f"/gallery/?before={ids[100]}")
    pages = Pages(session=common.session_key(owner))
    first, deep = [], []
    for _ in range(ground.rounds(15, 5)):
        for path, taken in zip(paths, (first, deep), strict=True):
            taken.append(pages.cpu_ms(path, requests=REQUESTS))
    ratio = median([low / high for low, high in zip(deep, first, strict=True)])
    note = f"{median(deep):.2f} ms against {median(first):.2f} ms"
    yield Figure(f"page at depth {posts - 100:,}, against the first", ratio, "x", 1.15, note=note)
    extra = pages.queries(paths[1]) - pages.queries(paths[0])
    yield Figure("queries more than on the first page", extra, "", 0)
