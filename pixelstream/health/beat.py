"""Whether the clock ticks: beat rings for the sweep, and a worker carries it out.

Both are noted, because they fail apart: a beat that does not run, and workers that are away or
have their hands full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pixelstream.health import board

SWEEP = "generation.tasks.sweep_jobs"

OLD = 60.0
"""Seconds without a sweep after which something is wrong."""

OLD_BY_CRON = 150.0
"""The same where cron sweeps once a minute, and may be late."""


@dataclass(frozen=True)
class Ticking:
    """What is known of the clock: seconds since each, None where it never was."""

    since_rung: float | None
    since_swept: float | None
    good_for: float = OLD

    @property
    def is_old(self) -> bool:
        """Whether no sweep was carried out for too long."""
        return self.since_swept is None or self.since_swept > self.good_for

    @property
    def is_rung(self) -> bool:
        """Whether beat itself is at work."""
        return self.since_rung is not None and self.since_rung <= OLD


def rung() -> None:
    """Beat has told the workers. Never raises."""
    board.note_time("rung")


def swept(*, by_cron: bool = False) -> None:
    """A sweep was carried out. Never raises."""
    board.note_time("swept", good_for=OLD_BY_CRON if by_cron else OLD)


def read(fields: Mapping[str, str], now: float) -> Ticking:
    """From the fields of the board, and the time on its clock."""

    def since(name: str) -> float | None:
        return max(0.0, now - float(fields[name])) if name in fields else None

    return Ticking(since("rung"), since("swept"), float(fields.get("good_for", OLD)))
