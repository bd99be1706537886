"""Open pages on one web process: what each costs, and what is left for everybody else.

On PostgreSQL where there is one, as an installation with so many readers has it, then on SQLite
(with --quick on the first of them only).
Another process opens a stream for each of 5,000 posts that stay unfinished (their only job waits
for a caption that never comes), each with its own token, and waits until every one has its first
whole fragment. Memory is what the web process gained from before to then, over 5,000; before, it
was warmed up by pages and by streams that were closed again. Nothing is said on the bus then, so
what the process uses from there on are heartbeats and the looks after silence: two rounds of them
are waited for.

The throughput of the gallery is measured without streams and with 1,000 of them in turns: four kept
connections of a third process, long enough for a third of the streams to be looked at each time.
The processor time of the web process a request is the figure to trust (with streams it includes
what they cost); requests a second depend on the neighbours.
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
STREAMS = 5000
BESIDE = 1000
WARM_UP = 100
MAX_KB = 30.0
MIN_THROUGHPUT = 0.8
PATHS = ("/gallery/",)
FIRST_REVISION = "1"
SETTLE_SECONDS = 2.0
SILENT_SECONDS = 30.0


def run(ground: Ground) -> Iterator[Figure]:
    """Open them, weigh the process, and use it beside some of them."""
    if not processes.KNOWN:
        raise Skipped(processes.WHY_NOT)
    if not listeners.raise_open_files_limit(STREAMS + listeners.SPARE_FILES):
        raise Skipped(f"the system does not let a process have {STREAMS} open files")
    with _postgres() as is_there:
        if is_there:
            yield from _run(ground, "PostgreSQL")
    if not (is_there and ground.quick):
        yield from _run(ground, "SQLite")


@contextlib.contextmanager
def _postgres() -> Iterator[bool]:
    """An empty PostgreSQL for this process and the application. False when there is none."""
    import dj_database_url
    from django.core.management import call_command
    from django.db import connections

    from tests.bench.scale.shelf import Shelf
    from tools.postgres import NoPostgresError, running_server

    with contextlib.ExitStack() as server:
        try:
            address = server.enter_context(running_server())
        except NoPostgresError:
            yield False
            return
        place = {**dj_database_url.parse(address), "OPTIONS": {}}
        server.enter_context(Shelf(0, {**connections.settings["default"], **place}).open())
        server.enter_context(mock.patch.dict(os.environ, DATABASE_URL=address))
        call_command("migrate", verbosity=0)
        yield True


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
        yield from _weigh(app, addresses, database)
        time.sleep(SETTLE_SECONDS)
        yield from _beside(ground, app, session, addresses[:BESIDE], database)


def _weigh(app: Application, addresses: Sequence[str], database: str) -> Iterator[Figure]:
    """What the streams take while they are opened, and while nothing happens."""
    memory = processes.memory_kb(app.web_pid)
    cpu = processes.cpu_seconds(app.web_pid)
    begun = time.monotonic()
    with listeners.listening(port=app.port, paths=addresses):
        seconds = time.monotonic() - begun
        opening = (processes.cpu_seconds(app.web_pid) - cpu) / len(addresses) * 1000
        time.sleep(SETTLE_SECONDS)
        cpu = processes.cpu_seconds(app.web_pid)
        time.sleep(SILENT_SECONDS)
        silent = (processes.cpu_seconds(app.web_pid) - cpu) / SILENT_SECONDS * 100
        grown = processes.memory_kb(app.web_pid)
    time.sleep(SETTLE_SECONDS)
    cpu = processes.cpu_seconds(app.web_pid)
    with listeners.listening(port=app.port, paths=addresses, known=FIRST_REVISION):
        time.sleep(SETTLE_SECONDS)
        again = (processes.cpu_seconds(app.web_pid) - cpu) / len(addresses) * 1000
    for name in ("Rss", "Pss"):
        each = (grown[name] - memory[name]) / len(addresses)
        note = f"{memory[name] / 1024:.0f} MB to {grown[name] / 1024:.0f} MB, {database}"
        what = f"memory of each of {len(addresses)} streams ({name.upper()})"
        yield Figure(what, each, "KB", at_most=MAX_KB, note=note)
    note = f"all of them in {seconds:.0f} s, {database}"
    yield Figure("processor time to open one", opening, "ms", note=note)
    note = f"by a page that knows the latest revision, {database}"
    yield Figure("processor time to open one again", again, "ms", note=note)
    yield Figure(f"of one processor, {len(addresses)} in silence", silent, "%", note=database)


def _beside(
    ground: Ground, app: Application, session: str, addresses: Sequence[str], database: str
) -> Iterator[Figure]:
    """The gallery with and without streams, in turns."""
    without = [_load(ground, app, session)]
    during = []
    for _ in range(ground.rounds(5, 3)):
        with listeners.listening(port=app.port, paths=addresses, known=FIRST_REVISION):
            time.sleep(SETTLE_SECONDS)
            during.append(_load(ground, app, session))
        time.sleep(SETTLE_SECONDS)
        without.append(_load(ground, app, session))
    for index, what in enumerate(("by processor time a request", "by requests a second")):
        alone = median([taken[index] for taken in without])
        beside = median([taken[index] for taken in during])
        ratio = alone / beside if index == 0 else beside / alone
        unit = "ms" if index == 0 else "/s"
        note = f"{beside:.2f} {unit} against {alone:.2f} {unit}, {database}"
        name = f"the gallery with {len(addresses)} streams, {what}"
        yield Figure(name, ratio, "x", at_least=MIN_THROUGHPUT, note=note)


def _load(ground: Ground, app: Application, session: str) -> tuple[float, float]:
    """Processor milliseconds of the web process a request, and requests a second."""
    seconds = 3.0 if ground.quick else 5.0
    before = processes.cpu_seconds(app.web_pid)
    load = generate(port=app.port, paths=PATHS, cookie=session, seconds=seconds)
    used = processes.cpu_seconds(app.web_pid) - before
    return used / load.requests * 1000, load.per_second


def _addresses(owner: User, number: int) -> Sequence[str]:
    """The addresses of the streams of that many posts, each with a picture that never starts."""
    from gallery.models import Post
    from generation import live_token
    from generation.live_token import Fragment, Reader
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
    reader = Reader("en")
    tokens = (
        live_token.make(user_id=owner.pk, fragment=Fragment.POST, target_id=post.pk, reader=reader)
        for post in made
    )
    return [f"/live/?t={token}" for token in tokens]
