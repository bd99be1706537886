"""The list of 30 posts by the API, of people with 1,000 posts: of four pictures each, and of one.

Held against `tests.bench.bare`: Django's own middleware, the same columns of the same rows by two
queries, and JSON; nobody says who they are there. Ours does all that a script's request does: the
token is looked up, its scope and its rate limit are checked, parameters are read, and addresses
of pictures are written. In this process, through the WSGI entry, in turns: processor time, median
of the ratios of the rounds.

A page of jobs is held against the same page of somebody who has a hundredth of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.bench import ground as common
from tests.bench import servers
from tests.bench.ground import Ground
from tests.bench.report import Figure
from tests.bench.scale.compare import ratio

if TYPE_CHECKING:
    from pixelstream.accounts.models import User
    from tests.bench.pages import Pages

TITLE = "the API's list of posts"
POSTS, PICTURES = 1000, 4
REQUESTS = 20
LIMIT = 1.5
MAX_QUERIES = 3
MANY_JOBS, FEW_JOBS = 20_000, 200
FIRST = "/api/posts?limit=30"
OTHERS = {
    "30 posts of a search": "/api/search?q=lighthouse&limit=30",
    "30 pictures": "/api/images?limit=30",
}


def run(ground: Ground) -> Iterator[Figure]:
    """Measure in this process; the broker counts the requests."""
    from django.test import override_settings

    from tests.bench import walls

    with servers.broker(), override_settings(API_READS_PER_MINUTE=10**9):
        for images in (PICTURES, 1):
            owner = common.person(f"scripted{images}")
            walls.fill(owner, posts=POSTS, images=images)
            yield from _figures(ground, owner.pk, images)
        yield from _jobs(ground)


def _figures(ground: Ground, owner_id: int, images: int) -> Iterator[Figure]:
    ours, bare = _pages(owner_id)
    plain, what = f"/listed/{owner_id}/", f"30 posts of {images} picture{'s' * (images > 1)}"
    ours.body(FIRST)  # what a process asks once, and the note that the token was used
    sizes = len(ours.body(FIRST)) / 1000, len(bare.body(plain)) / 1000
    note = f"{sizes[0]:.0f} kB; the bare view's {sizes[1]:.0f} kB"
    yield Figure(f"queries, {what}", ours.queries(FIRST), at_most=MAX_QUERIES, note=note)
    least: list[float] = []
    mine: list[float] = []
    others: dict[str, list[float]] = {name: [] for name in OTHERS}
    for _ in range(ground.rounds(15, 5)):
        least.append(bare.cpu_ms(plain, requests=REQUESTS))
        mine.append(ours.cpu_ms(FIRST, requests=REQUESTS))
        for name, path in OTHERS.items():
            others[name].append(ours.cpu_ms(path, requests=REQUESTS))
    yield ratio(f"{what}, against a bare view", mine, least, LIMIT)
    for name, taken in others.items() if images == PICTURES else ():
        yield ratio(f"{name}, against that bare view", taken, least, None)


def _jobs(ground: Ground) -> Iterator[Figure]:
    """The first page, and one from the middle, of many jobs and of few."""
    from pixelstream.api.lists import encode

    asked = {}
    for number in (FEW_JOBS, MANY_JOBS):
        owner = common.person(f"asked{number}")
        middle = _add_jobs(owner, number)
        paths = ["/api/jobs?limit=30", f"/api/jobs?limit=30&cursor={encode(middle)}"]
        ours, _bare = _pages(owner.pk)
        for path in paths:
            ours.body(path)
        asked[number] = ours, paths
    for place, what in enumerate(("the first", "from the middle")):
        taken: dict[int, list[float]] = {number: [] for number in asked}
        for _ in range(ground.rounds(15, 5)):
            for number, (ours, paths) in asked.items():
                taken[number].append(ours.cpu_ms(paths[place], requests=REQUESTS))
        name = f"30 jobs of {MANY_JOBS:,}, {what}, against those of {FEW_JOBS}"
        yield ratio(name, taken[MANY_JOBS], taken[FEW_JOBS], LIMIT)


def _add_jobs(owner: User, number: int) -> int:
    """Give a person posts with so many jobs, four each, and name one from the middle."""
    from django.utils import timezone

    from gallery.models import Post
    from generation.models import GenerationJob
    from tests.bench import walls

    walls.fill(owner, posts=number // 4, images=1)
    posts = Post.objects.owned_by(owner).order_by("pk").values_list("pk", flat=True)
    if not GenerationJob.objects.filter(post__owner=owner).exists():
        ended = {"model": "builtin/lumen", "status": "completed", "finished_at": timezone.now()}
        GenerationJob.objects.bulk_create(
            (
                GenerationJob(post_id=pk, kind="image", slot=slot, **ended)
                for pk in posts
                for slot in range(4)
            ),
            batch_size=1000,
        )
    jobs = GenerationJob.objects.filter(post__owner=owner).order_by("pk")
    return jobs.values_list("pk", flat=True)[number // 2]


def _pages(owner_id: int) -> tuple[Pages, Pages]:
    """A script of theirs, and a stranger who asks the bare view."""
    from pixelstream.accounts.models import User
    from pixelstream.api import tokens
    from pixelstream.api.models import Scope
    from tests.bench import bare_settings
    from tests.bench.pages import Pages

    owner = User.objects.get(pk=owner_id)
    _token, text = tokens.make(owner, name="bench", scopes=[Scope.READ])
    bare = Pages(urlconf=bare_settings.ROOT_URLCONF, middleware=tuple(bare_settings.MIDDLEWARE))
    return Pages(token=text), bare
