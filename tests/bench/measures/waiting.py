"""A post with four models that only wait, against the slowest of them.

The model `builtin/fault-slow` sleeps for two seconds and hands over a picture that each worker
process made before (a post with a model for every process comes first). What is left when the
models' own time is taken away is the price of our machine:

    last picture committed - caption committed - slowest call - renditions

The first two are `finished_at` of the jobs (the clock of the database, which runs on this
machine), the third the longest `duration_ms`. The renditions are measured between the
posts: four processes `develop` that very picture at once, which is what the four workers do. The
worker runs with its default number of processes. The medians of both are subtracted.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.report import Figure, median, spread

if TYPE_CHECKING:
    from gallery.models import Post
    from generation.models import GenerationJob
    from pixelstream.accounts.models import User

TITLE = "four models that only wait"
MODELS = 4
SLOW = "builtin/fault-slow"
PROMPT = "marble slow=2"
TIMEOUT = 60.0


def run(ground: Ground) -> Iterator[Figure]:
    """Make posts, and compare each with what it has to take."""
    from django.conf import settings

    beyond, firsts, costs = [], [], []
    context = multiprocessing.get_context("spawn")
    with ground.application(), ProcessPoolExecutor(MODELS, mp_context=context) as pool:
        owner = common.person("patient")
        warm = _make(owner, "marble slow=1.5", settings.WORKER_CONCURRENCY)
        data = _picture_of(warm)
        for _ in range(3):
            _renditions(pool, data)
        for _ in range(ground.rounds(7, 3)):
            post = _make(owner, PROMPT, MODELS)
            released, jobs = _released(post), _image_jobs(post)
            total = max(_since(released, job.finished_at) for job in jobs)
            slowest = max((job.duration_ms or 0) / 1000 for job in jobs)
            beyond.append((total - slowest) * 1000)
            firsts.append(max(_since(released, job.call_started_at) for job in jobs) * 1000)
            costs += [_renditions(pool, data) * 1000 for _ in range(3)]
    overhead = median(beyond) - median(costs)
    yield Figure("beyond slowest call and renditions", overhead, "ms", at_most=300)
    for what, taken in (
        ("beyond the slowest call, renditions included", beyond),
        ("renditions of four pictures at once", costs),
        ("until the last call was sent", firsts),
    ):
        yield Figure(what, median(taken), "ms", note=spread(taken, "ms"))


def _make(owner: User, prompt: str, models: int) -> Post:
    """A post, from the wish to its last picture."""
    from tests.factories import start

    post = start(owner, prompt, " ".join([SLOW] * models))
    deadline = time.monotonic() + TIMEOUT
    while post.is_unfinished:
        if time.monotonic() > deadline:
            raise TimeoutError(f"post {post.pk} is still {post.status}")
        time.sleep(0.2)
        post.refresh_from_db()
    if post.images.count() != models:
        raise RuntimeError(f"post {post.pk} has {post.images.count()} pictures of {models}")
    return post


def _picture_of(post: Post) -> bytes:
    from gallery.services import objects

    data = objects.read_if_complete(post.images.select_related("object")[0].object)
    if data is None:
        raise RuntimeError("the picture is not in storage")
    return data


def _renditions(pool: ProcessPoolExecutor, data: bytes) -> float:
    """Seconds until four processes, all at once, have developed a picture each."""
    begin = time.monotonic()
    list(pool.map(_develop, [data] * MODELS))
    return time.monotonic() - begin


def _develop(data: bytes) -> None:
    from gallery.imaging.renditions import develop

    develop(data, mark="algorithmicMedia")


def _released(post: Post) -> datetime | None:
    from generation.providers.types import Kind
    from tests.factories import job_of

    return job_of(post, Kind.CAPTION).finished_at


def _image_jobs(post: Post) -> list[GenerationJob]:
    return list(post.jobs.filter(kind="image"))


def _since(begin: datetime | None, end: datetime | None) -> float:
    if begin is None or end is None:
        raise RuntimeError("a finished job has its times")
    return (end - begin).total_seconds()
