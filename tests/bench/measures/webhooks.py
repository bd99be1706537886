"""Signed messages of a vendor that calls back, each a new event of a job of its own.

They go through the real web server, with the broker that it rings; nobody listens to that, so that
workers do not take the processor away which is measured. Held against `tests.bench.bare`: the same
server, Django's own middleware, a view that reads the JSON and stores it with one INSERT. In turns,
median of the rounds. Then as many that are forged: a byte of their body is another.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from tests.bench import ground as common
from tests.bench import processes, servers
from tests.bench.deliveries import Deliveries, deliver, request
from tests.bench.ground import Ground
from tests.bench.report import Figure, Skipped, median, spread

TITLE = "messages of a vendor that calls back"
MESSAGES = 1000
CONNECTIONS = 4
PER_SECOND = 300
P99_MS = 50
LIMIT = 3.0
BARE_PATH = "/posted/"


def run(ground: Ground) -> Iterator[Figure]:
    """Deliver to both servers in turns."""
    if not processes.KNOWN:
        raise Skipped(processes.WHY_NOT)
    ours: list[Deliveries] = []
    ours_ms: list[float] = []
    bare_ms: list[float] = []
    refused: list[Deliveries] = []
    bare: list[Deliveries] = []
    with (
        servers.broker(),
        servers.uvicorn(servers.OURS) as (port, pid),
        servers.uvicorn(servers.BARE) as (bare_port, bare_pid),
    ):
        for number in range(ground.rounds(6, 3)):
            signed = _signed(MESSAGES)
            done, used = _timed(port, pid, signed)
            plain = [_at(text, BARE_PATH) for text in signed]
            least, least_used = _timed(bare_port, bare_pid, plain)
            forged = [text.replace("completed", "c0mpleted") for text in signed]
            nothing = deliver(port, forged, connections=CONNECTIONS, status=401)
            if number:  # the first round warms everything up
                ours.append(done)
                ours_ms.append(used)
                bare.append(least)
                bare_ms.append(least_used)
                refused.append(nothing)
    rates = [one.per_second for one in ours]
    yield Figure(
        "accepted a second", median(rates), "", at_least=PER_SECOND, note=spread(rates, "a second")
    )
    yield Figure("a second by the bare view", median([one.per_second for one in bare]), "")
    slow = [one.percentile(99) * 1000 for one in ours]
    yield Figure("answered, p99", median(slow), "ms", at_most=P99_MS, note=spread(slow, "ms", 1))
    forged_ms = [one.percentile(99) * 1000 for one in refused]
    yield Figure(
        "forged and refused, p99",
        median(forged_ms),
        "ms",
        at_most=P99_MS,
        note=spread(forged_ms, "ms", 1),
    )
    ratio = median([mine / least for mine, least in zip(ours_ms, bare_ms, strict=True)])
    note = f"{median(ours_ms):.2f} ms against {median(bare_ms):.2f} ms"
    yield Figure("processor time, against a bare POST view", ratio, "x", at_most=LIMIT, note=note)


def _timed(port: int, pid: int, requests: Sequence[str]) -> tuple[Deliveries, float]:
    """What came of delivering them, and the server's processor time of each in milliseconds."""
    from generation.models import WebhookEvent

    before, known = processes.cpu_seconds(pid), WebhookEvent.objects.count()
    done = deliver(port, requests, connections=CONNECTIONS)
    used = (processes.cpu_seconds(pid) - before) / len(requests) * 1000
    if WebhookEvent.objects.count() != known + len(requests):
        raise RuntimeError("not every message was stored")
    return done, used


def _signed(count: int) -> list[str]:
    """Messages for jobs of which each is asked for in an hour."""
    from django.utils import timezone

    from gallery.models import Post
    from generation.models import GenerationJob, WebhookEvent
    from generation.providers.webhooks import builtin
    from generation.services import webhooks

    WebhookEvent.objects.all().delete()
    post = Post.objects.create(owner=common.person("called"), prompt="clips")
    in_an_hour = timezone.now() + timedelta(hours=1)
    made = GenerationJob.objects.bulk_create(
        GenerationJob(
            post=post,
            kind=GenerationJob.Kind.VIDEO,
            slot=slot,
            model="builtin/drift",
            remote_id=f"clip-{post.pk}-{slot}",
            poll_state={},
            run_after=in_an_hour,
        )
        for slot in range(count)
    )
    secret = webhooks.builtin_secrets()[0]
    texts = []
    for job in made:
        headers, body = builtin.write(secret, job.remote_id, "completed", at=time.time())
        path = webhooks.callback_address(job.pk, "builtin").partition("127.0.0.1")[2]
        texts.append(request(path[path.index("/") :], headers, body))
    return texts


def _at(text: str, path: str) -> str:
    """The same request at another address."""
    verb, _old, rest = text.split(" ", 2)
    return f"{verb} {path} {rest}"
