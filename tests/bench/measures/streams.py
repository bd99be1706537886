"""2,000 open pages on one web process: what each costs, and what is left for everybody else.

Another process opens a stream for each of 2,000 posts that stay unfinished (their only job waits
for a caption that never comes), each with its own token, and waits until every one has its first
whole fragment. Memory is what the web process gained from before to then, over 2,000; before, it
was warmed up by pages and by streams that were closed again.

Page throughput is measured without streams, with them, and without them again: four kept
connections of a third process ask for /healthz and the gallery in turns. The processor time of
the web process a request is the figure to trust (with streams it includes what they cost);
requests a second depend on the neighbours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tests.bench import ground as common
from tests.bench import listeners, processes
from tests.bench.ground import Application, Ground
from tests.bench.load import generate
from tests.bench.report import Figure, Skipped, median

if TYPE_CHECKING:
    from pixelstream.accounts.models import User

TITLE = "open live streams on one web process"
STREAMS = 2000
WARM_UP = 100
MAX_KB = 30.0
MIN_THROUGHPUT = 0.8
PATHS = ("/healthz", "/gallery/")
SETTLE_SECONDS = 2.0


def run(ground: Ground) -> Iterator[Figure]:
    """Open them, weigh the process, and use it meanwhile."""
    if not processes.KNOWN:
        raise Skipped(processes.WHY_NOT)
    if not listeners.raise_open_files_limit(STREAMS + listeners.SPARE_FILES):
        raise Skipped(f"the system does not let a process have {STREAMS} open files")
    from tests.bench import walls

    reader = common.person("reader")
    walls.fill(reader, posts=60)
    session = common.session_key(reader)
    addresses = _addresses(common.person("waiting"), STREAMS)
    with ground.application() as app:
        _load(ground, app, session)
        with listeners.listening(port=app.port, paths=addresses[:WARM_UP]):
            time.sleep(SETTLE_SECONDS)
        before = [_load(ground, app, session) for _ in range(ground.rounds(3, 1))]
        memory = processes.memory_kb(app.web_pid)
        cpu = processes.cpu_seconds(app.web_pid)
        with listeners.listening(port=app.port, paths=addresses):
            opening = (processes.cpu_seconds(app.web_pid) - cpu) / STREAMS * 1000
            time.sleep(SETTLE_SECONDS)
            grown = processes.memory_kb(app.web_pid)
            during = [_load(ground, app, session) for _ in range(ground.rounds(3, 1))]
            loaded = processes.memory_kb(app.web_pid)
        time.sleep(SETTLE_SECONDS)
        after = [_load(ground, app, session) for _ in range(ground.rounds(3, 1))]
    for name in ("Rss", "Pss"):
        each = (grown[name] - memory[name]) / STREAMS
        note = f"{memory[name] / 1024:.0f} MB to {grown[name] / 1024:.0f} MB"
        note += f", {loaded[name] / 1024:.0f} MB after the load"
        yield Figure(f"memory a stream ({name.upper()})", each, "KB", at_most=MAX_KB, note=note)
    yield Figure("processor time to open one", opening, "ms")
    without = [*before, *after]
    for index, what in enumerate(("by processor time a request", "by requests a second")):
        alone = median([taken[index] for taken in without])
        beside = median([taken[index] for taken in during])
        ratio = alone / beside if index == 0 else beside / alone
        unit = "ms" if index == 0 else "/s"
        note = f"{beside:.2f} {unit} against {alone:.2f} {unit}"
        name = f"page throughput with {STREAMS} streams, {what}"
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
