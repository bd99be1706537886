"""Pages of this web server for Prometheus: how many, by route and class of status, and how fast."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pixelstream.health import processes  # isort: skip (prometheus_client sees what it has set)

from django.conf import settings
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FILES = "static"
NOTHING = "none"
"""The route of what no address of ours is, or what was refused before one was looked for."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""

# They would double what is sent, for a time that nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

registry = CollectorRegistry()

_requests = Counter(
    "pixelstream_http_requests",
    "Requests answered by this server.",
    ("route", "method", "status"),
    registry=registry,
)
_seconds = Histogram(
    "pixelstream_http_request_seconds",
    "Time until the answer begins, of this server.",
    ("route",),
    buckets=BUCKETS,
    registry=registry,
)
streams = Gauge(
    "pixelstream_live_streams",
    "Open live streams of this server.",
    multiprocess_mode="livesum",
    registry=registry,
)
Gauge(
    "pixelstream_process_started_seconds",
    "When the process was started, in seconds since 1970; of several, each with its number.",
    multiprocess_mode="liveall",
    registry=registry,
).set_to_current_time()


def collect() -> Iterable[Metric]:
    """The numbers of this process, or of all processes of this server."""
    if processes.folder is None:
        return registry.collect()
    processes.forget_the_dead(processes.folder)
    everybodys = MultiProcessCollector(None, str(processes.folder))  # type: ignore[no-untyped-call]
    collected: Iterable[Metric] = everybodys.collect()  # type: ignore[no-untyped-call]
    return collected


def route_of(request: HttpRequest) -> str:
    """The name of the address in the urls modules: never what stands in the address itself."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return FILES if request.path.startswith(settings.STATIC_URL) else NOTHING


def count(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer."""
    kind = method if method in METHODS else "other"
    _counter(route, kind, f"{status // 100}xx").inc()
    _histogram(route).observe(seconds)


@cache
def _counter(route: str, method: str, status: str) -> Counter:
    return _requests.labels(route, method, status)


@cache
def _histogram(route: str) -> Histogram:
    return _seconds.labels(route)
