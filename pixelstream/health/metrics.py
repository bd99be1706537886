"""The numbers for Prometheus. docs/monitoring.md says what each means and which to be woken for.

Pages are those of the server that is asked, in all its processes. Jobs are everybody's, from the
broker; depths and ages are everybody's, from the report. Both are the same wherever they are asked
for.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from pixelstream.health import asking, board, pages, report, tally
from pixelstream.health.asking import NoAnswerError, Question
from pixelstream.health.checks import State
from pixelstream.health.facts import Notes, Room, Rows

Counts = Mapping[tuple[str, ...], int]

_counts = Question("counts", lambda: tally.read(board.client()))


def text() -> bytes:
    """Everything, in Prometheus's text format."""
    return bytes(generate_latest(_registry))


class _Everything:
    """What is read when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        yield from pages.collect()
        yield from _of_the_report()
        asked = _counts.begin()
        until = time.monotonic() + asking.PATIENCE
        counts = asking.answer(asked, name="the broker", until=until)
        if not isinstance(counts, NoAnswerError):
            yield from _of_jobs(counts)

    def describe(self) -> list[Metric]:
        """Nothing is asked for while this is registered."""
        return []


def _of_the_report() -> Iterator[Metric]:
    found = report.current()
    states = GaugeMetricFamily(
        "pixelstream_check", "1 where the check is in this state.", labels=("check", "state")
    )
    for one in found.findings:
        for state in State:
            states.add_metric((one.name, str(state)), float(one.state is state))
    yield states
    if isinstance(found.facts.rows, Rows) and not found.facts.rows.unapplied:
        yield from _of_rows(found.facts.rows)
    if isinstance(found.facts.notes, Notes):
        yield from _of_notes(found.facts.notes)
    if isinstance(found.facts.room, Room):
        yield _gauge("disk_free_bytes", "Free on this machine's disk.", found.facts.room.free)


def _of_rows(rows: Rows) -> Iterator[Metric]:
    yield _gauge("jobs_waiting", "Due, and not taken; at most 1000.", rows.waiting)
    yield _gauge("jobs_waiting_seconds", "How long the oldest is due.", rows.waiting_since)
    yield _gauge("jobs_processing", "At work; at most 1000.", rows.working)
    yield _gauge("jobs_silent", "Whose worker is not heard of; at most 1000.", rows.silent)
    yield _gauge("outbox_objects", "To be moved or deleted; at most 1000.", rows.outbox)
    yield _gauge("outbox_seconds", "How long the oldest waits at least.", rows.outbox_since)
    yield _gauge("outbox_refused", "That storage refused again and again.", rows.refused)


def _of_notes(notes: Notes) -> Iterator[Metric]:
    yield _gauge("broker_rings", "Messages that no worker has taken.", notes.rings)
    ages = (("beat", notes.ticking.since_rung), ("sweep", notes.ticking.since_swept))
    for name, since in ages:
        if since is not None:
            yield _gauge(f"{name}_seconds", f"Since the last sign of the {name}.", since)
    recent = sum(worker.is_there for worker in notes.workers)
    yield _gauge("workers", "Workers seen within a minute.", recent)


def _of_jobs(counts: Counts) -> Iterator[Metric]:
    yield _counter(counts, "ended", "jobs", "Jobs that ended.", labels=("kind", "model", "outcome"))
    yield _counter(counts, "credits", "job_credits", "Credits spent.", labels=("model",))
    yield _counter(
        counts,
        "microdollars",
        "job_cost_usd",
        "What vendors asked for, where known, by who pays them.",
        labels=("model", "account"),
        unit=tally.MICRO,
    )
    yield _counter(
        counts,
        "milliseconds",
        "job_model_seconds",
        "Seconds that calls took.",
        labels=("kind", "model"),
        unit=1000,
    )
    yield _histogram(counts)


def _counter(
    counts: Counts, what: str, name: str, help_text: str, *, labels: tuple[str, ...], unit: int = 1
) -> Metric:
    family = CounterMetricFamily(f"pixelstream_{name}", help_text, labels=labels)
    for (counted, *values), number in sorted(counts.items()):
        if counted == what and len(values) == len(labels):
            family.add_metric(values, number / unit)
    return family


def _histogram(counts: Counts) -> Metric:
    family = HistogramMetricFamily(
        "pixelstream_job_seconds", "Seconds that a call took.", labels=("kind",)
    )
    limits = [*map(str, tally.BUCKETS), "+Inf"]
    within: defaultdict[str, dict[str, int]] = defaultdict(dict)
    spent: defaultdict[str, int] = defaultdict(int)
    for (counted, *values), number in counts.items():
        if counted == "within":
            within[values[0]][values[1]] = number
        elif counted == "milliseconds":
            spent[values[0]] += number
    for kind, found in sorted(within.items()):
        so_far, buckets = 0, []
        for limit in limits:
            so_far += found.get(limit, 0)
            buckets.append((limit, float(so_far)))
        family.add_metric((kind,), buckets=buckets, sum_value=spent[kind] / 1000)
    return family


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"pixelstream_{name}", help_text, value=value)


_registry = CollectorRegistry()
_registry.register(_Everything())
