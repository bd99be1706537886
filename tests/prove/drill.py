"""The drill of backup and restore, on both databases; each in the folder and in buckets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tools import postgres

T = TypeVar("T")

PATHS = ("tests/pixelstream/backups",)


def run(pytest: Callable[[dict[str, str]], T], folder: Path) -> tuple[list[T], list[str]]:
    """Back up, destroy, restore and compare, and kill both on the way. `pytest` runs the tests of
    PATHS in an environment. Returns what each database came to, and a line for each place.
    """
    report = folder / "drill.txt"
    report.touch()
    told = {"DRILL_REPORT": str(report)}
    outcomes = [pytest(told)]
    try:
        with postgres.running_server() as url:
            outcomes.append(pytest({**told, "DB": "postgres", "DATABASE_URL": url}))
    except postgres.NoPostgresError as reason:
        return outcomes, [*report.read_text("utf-8").splitlines(), f"no PostgreSQL: {reason}"]
    return outcomes, report.read_text("utf-8").splitlines()
