"""Open pages on one web process: what each costs, and what is left for everybody else.

On PostgreSQL where there is one, as an installation with so many readers has it, else on SQLite.
Another process opens a stream for each of 2,000 posts that stay unfinished (their only job waits
for a caption that never comes), each with its own token, and waits until every one has its first
whole fragment. Memory is what the web process gained from before to then, over 2,000; before, it
was warmed up by pages and by streams that were closed again.

The throughput of the gallery is measured without streams, with 1,000 of them, and without them
again: four kept connections of a third process. The processor time of the web process a request is
the figure to trust (with streams it includes what they cost); requests a second depend on the
neighbours.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from unittest import mock

from tests.bench import ground as common
from tests.bench import listeners, processes
from tests.bench.ground import Application, Ground
from tests.bench.load import generate
from tests.bench.report import Figure, Skipped, median

if TYPE_CHECKING:
    from pixelstream.accounts.models import User

TITLE = "open live streams on one web process"
STREAMS = 2000
BESIDE = 1000
WARM_UP = 100
MAX_KB = 30.0
MIN_THROUGHPUT = 0.8
PATHS = ("/gallery/",)
SETTLE_SECONDS = 2.0


def run(ground: Ground) -> Iterator[Figure]:
    """Open them, weigh the process, and use it beside some of them."""
    if not processes.KNOWN:
        raise Skipped(processes.WHY_NOT)
    if not listeners.raise_open_files_limit(STREAMS + listeners.SPARE_FILES):
        raise Skipped(f"the system does not let a process have {STREAMS} open files")
    with _database() as name:
        yield from _run(ground, name)


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """An empty PostgreSQL for this process and the application, or SQLite. Gives its name."""
    import dj_database_url
    from django.core.management import call_command
    from django.db import connections

    from tests.bench.scale.shelf import Shelf
    from tools.postgres import NoPostgresError, running_server

    with contextlib.ExitStack() as server:
        try:
            address = server.enter_context(running_server())
        except NoPostgresError:
            yield "SQLite"
            return
        place = {**dj_database_url.parse(address), "OPTIONS": {}}
        server.enter_context(Shelf(0, {**connections.settings["default"], **place}).open())
        server.enter_context(mock.patch.dict(os.environ, DATABASE_URL=address))
        call_command("migrate", verbosity=0)
        yield "PostgreSQL"


def _run(ground: Ground, database: str) -> Iterator[Figure]:
    from tests.bench import walls

    reader = common.person("reader")
    walls.fill(reader, posts=60)
    session = common.session_key(reader)
    addresses = _addresses(common.person("waiting"), STREAMS)
    with ground.application() as app:
        _load(ground, app, session)
        with listeners.listening(port=app.port, paths=addresses[:WARM_UP]):
            time.sleep(SETTLE_SECONDS)
        memory = processes.memory_kb(app.web_pid)
        cpu = processes.cpu_seconds(app.web_pid)
        with listeners.listening(port=app.port, paths=addresses):
            opening = (processes.cpu_seconds(app.web_pid) - cpu) / STREAMS * 1000
            time.sleep(SETTLE_SECONDS)
            grown = processes.memory_kb(app.web_pid)
        time.sleep(SETTLE_SECONDS)
        before = [_load(ground, app, session) for _ in range(ground.rounds(3, 2))]
        with listeners.listening(port=app.port, paths=addresses[:BESIDE]):
            time.sleep(SETTLE_SECONDS)
            during = [_load(ground, app, session) for _ in range(ground.rounds(3, 2))]
        time.sleep(SETTLE_SECONDS)
        after = [_load(ground, app, session) for _ in range(ground.rounds(3, 2))]
    for name in ("Rss", "Pss"):
        each = (grown[name] - memory[name]) / STREAMS
        note = f"{memory[name] / 1024:.0f} MB to {grown[name] / 1024:.0f} MB"
        what = f"memory of each of {STREAMS} streams ({name.upper()})"
        yield Figure(what, each, "KB", at_most=MAX_KB, note=note)
    yield Figure("processor time to open one", opening, "ms")
    without = [*before, *after]
    for index, what in enumerate(("by processor time a request", "by requests a second")):
        alone = median([taken[index] for taken in without])
        beside = median([taken[index] for taken in during])
        ratio = alone / beside if index == 0 else beside / alone
        unit = "ms" if index == 0 else "/s"
        note = f"{beside:.2f} {unit} against {alone:.2f} {unit}, {database}"
        name = f"the gallery with {BESIDE} streams, {what}"
        yield Figure(name, ratio, "x", at_least=MIN_THROUGHPUT, note=note)


def _load(ground: Ground, app: Application, session: str) -> tuple[float, float]:
    """Processor milliseconds of the web process a request, and requests a second."""
    seconds = 2.0 if ground.quick else 4.0
    before = processes.cpu_seconds(app.web_pid)
    load = generate(port=app.port, paths=PATHS, cookie=session, seconds=seconds)
    used = processes.cpu_seconds(app.web_pid) - before
    return used / load.requests * 1000, load.per_second


def _addresses(owner: User, number: int) -> Sequence[str]:
    """The addresses of the streams of that many posts, each with a picture that never starts."""
    from gallery.models import Post
    from generation import live_token
    from generation.live_token import Fragment
    from generation.models import GenerationJob

    made = Post.objects.bulk_create(
        Post(owner=owner, prompt="a wait", status=Post.Status.GENERATING_CAPTION)
        for _ in range(number)
    )
    GenerationJob.objects.bulk_create(
        GenerationJob(
            post=post, kind="image", model="builtin/lumen", params={"seed": 1}, run_after=None
        )
        for post in made
    )
    tokens = (
        live_token.make(user_id=owner.pk, fragment=Fragment.POST, target_id=post.pk, language="en")
        for post in made
    )
    return [f"/live/?t={token}" for token in tokens]
