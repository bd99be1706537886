"""The first gallery page of somebody with 1,000 posts of four pictures.

Held against `tests.bench.bare`: Django's own middleware, session and person, one indexed query,
and 30 plain cards by a Django template (the usual way, and the goal) and by Jinja2 (as ours).
First in this process, through the WSGI entry that the server calls, in turns: processor time,
median of the ratios of the rounds. Then through two real uvicorn processes, each under load by
four kept connections from another process in turns: processor time of the server a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import ground as common
from tests.bench import processes, servers
from tests.bench.ground import Ground
from tests.bench.load import generate
from tests.bench.report import Figure, Skipped, median

TITLE = "the gallery page at 1,000 posts"
POSTS = 1000
REQUESTS = 20
LIMIT = 3.0
MAX_QUERIES = 8
DJANGO_WALL, JINJA_WALL = "/django/", "/jinja/"


def run(ground: Ground) -> Iterator[Figure]:
    """Measure in this process, then through the servers."""
    from tests.bench import walls

    owner = common.person("thousand")
    walls.fill(owner, posts=POSTS)
    session = common.session_key(owner)
    yield from _in_process(ground, session)
    if not processes.KNOWN:
        raise Skipped(f"through the servers: {processes.WHY_NOT}")
    yield from _through_servers(ground, session)


def _in_process(ground: Ground, session: str) -> Iterator[Figure]:
    from tests.bench import bare_settings
    from tests.bench.pages import Pages

    ours = Pages(session=session)
    bare = Pages(
        session=session,
        urlconf=bare_settings.ROOT_URLCONF,
        middleware=tuple(bare_settings.MIDDLEWARE),
    )
    ours.cpu_ms("/gallery/", requests=1)
    yield Figure("queries", ours.queries("/gallery/"), at_most=MAX_QUERIES)
    page: list[float] = []
    walls: dict[str, list[float]] = {DJANGO_WALL: [], JINJA_WALL: []}
    for _ in range(ground.rounds(15, 5)):
        page.append(ours.cpu_ms("/gallery/", requests=REQUESTS))
        for path, taken in walls.items():
            taken.append(bare.cpu_ms(path, requests=REQUESTS))
    yield from _ratios("in this process", page, walls)


def _through_servers(ground: Ground, session: str) -> Iterator[Figure]:
    page: list[float] = []
    walls: dict[str, list[float]] = {DJANGO_WALL: [], JINJA_WALL: []}
    seconds = 2.0 if ground.quick else 3.0
    with ground.application() as app, servers.uvicorn(servers.BARE) as (bare_port, bare_pid):
        for number in range(ground.rounds(4, 2)):
            taken = [_cpu_ms(app.port, app.web_pid, "/gallery/", session, seconds)]
            taken += [_cpu_ms(bare_port, bare_pid, path, session, seconds) for path in walls]
            if number:  # the first round warms everything up
                page.append(taken[0])
                for path, value in zip(walls, taken[1:], strict=True):
                    walls[path].append(value)
    yield from _ratios("through uvicorn", page, walls)


def _ratios(how: str, page: list[float], walls: dict[str, list[float]]) -> Iterator[Figure]:
    for path, name, limit in ((DJANGO_WALL, "Django", LIMIT), (JINJA_WALL, "Jinja2", None)):
        ratio = median([mine / least for mine, least in zip(page, walls[path], strict=True)])
        note = f"{median(page):.2f} ms against {median(walls[path]):.2f} ms"
        what = f"{how}, against a bare view ({name} template)"
        yield Figure(what, ratio, "x", at_most=limit, note=note)


def _cpu_ms(port: int, pid: int, path: str, session: str, seconds: float) -> float:
    before = processes.cpu_seconds(pid)
    load = generate(port=port, paths=[path], cookie=session, seconds=seconds)
    return (processes.cpu_seconds(pid) - before) / load.requests * 1000
