"""What an installation needs while nobody asks for anything, and how soon a web process answers.

Memory is that of `manage.py up` with its default settings, a while after everything was used once:
pages, and a job on every process of the worker. It is the proportional set size, in which pages
that several processes share are counted once; the supervisor is listed apart.

The start is that of one more web process beside nothing else, as a host starts it: from the command
to the answer of /healthz, and to the first page.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator

from tests.bench import ground as common
from tests.bench import processes, servers
from tests.bench.ground import Application, Ground
from tests.bench.report import Figure, Skipped, median, spread

TITLE = "an installation at rest, and the start of a web process"
MAX_MB = 400
MAX_START_SECONDS = 2.0
REST_SECONDS = 5.0
PARTS = {"web": "uvicorn", "worker": "worker", "beat": "beat", "broker": "valkey"}
JOBS = 12
JOBS_SECONDS = 400


def run(ground: Ground) -> Iterator[Figure]:
    """Weigh it, then start a web process several times."""
    if not processes.KNOWN:
        raise Skipped(processes.WHY_NOT)
    with ground.application() as app:
        time.sleep(REST_SECONDS)
        fresh = _weigh(app)
        _use(app)
        time.sleep(REST_SECONDS)
        used = _weigh(app)
    for name, memory in (("after the start", fresh), ("after it was used", used)):
        parts = ", ".join(f"{part} {megabytes:.0f}" for part, megabytes in memory.items())
        whole = sum(memory.values()) - memory["supervisor"]
        yield Figure(f"memory at rest, {name}", whole, "MB", at_most=MAX_MB, note=parts)
    with servers.broker():
        answers, pages, used_seconds = [], [], []
        for _ in range(ground.rounds(7, 3)):
            begun = time.monotonic()
            with servers.uvicorn(servers.OURS) as (port, pid):
                answers.append(time.monotonic() - begun)
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as answer:
                    answer.read()
                pages.append(time.monotonic() - begun)
                used_seconds.append(processes.cpu_seconds(pid))
    yield Figure(
        "start of a web process, to its first answer",
        median(answers),
        "s",
        at_most=MAX_START_SECONDS,
        note=spread(answers, "s", 1),
    )
    yield Figure("the same, to its first page", median(pages), "s", note=spread(pages, "s", 1))
    yield Figure("the same, in processor time", median(used_seconds), "s")


def _weigh(app: Application) -> dict[str, float]:
    """Megabytes of each part with its children, and of what supervises them."""
    found = dict.fromkeys([*PARTS, "supervisor"], 0.0)
    supervisor = processes.parent_of(app.web_pid)
    for pid in processes.family(supervisor):
        part = "supervisor" if pid == supervisor else _part(processes.command_line(pid))
        found[part] += processes.memory_kb(pid)["Pss"] / 1024
    return found


def _part(command: str) -> str:
    return next(part for part, word in PARTS.items() if word in command)


def _use(app: Application) -> None:
    """Ask for pages, and let the worker make pictures until each of its processes had some."""
    from generation.models import GenerationJob
    from tests.factories import start

    reader = common.person("user")
    for number in range(JOBS):
        start(reader, f"a lighthouse {number}", "builtin/sketch")
    until = time.monotonic() + JOBS_SECONDS
    # Those of other measures, where some ran before, may never end.
    while GenerationJob.objects.unfinished().filter(post__owner=reader).exists():
        if time.monotonic() > until:
            raise RuntimeError("the worker does not get to the end of its jobs")
        time.sleep(0.5)
    cookie = f"sessionid={common.session_key(reader)}"
    for path in ("/gallery/", "/posts/create/", "/explore/"):
        request = urllib.request.Request(app.address + path, headers={"Cookie": cookie})
        with urllib.request.urlopen(request) as answer:
            answer.read()
