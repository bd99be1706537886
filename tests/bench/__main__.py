"""Measure, and print every figure beside its goal.

Machines are noisy and differ, so most figures are ratios of two things measured in turns in this
one run, or medians. A missed goal is printed as a miss and is no failure: the status is 1 only
when a measure could not be run to its end. What the machine cannot do (no browser, no /proc) is
skipped with one line.

Everything is started here, on a data directory of its own and on free ports of 127.0.0.1, and is
stopped at the end.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType

from tests.bench import ground
from tests.bench.report import Report, Skipped

#: Each is a module of tests.bench.measures; the order is the one of the output. The first three
#: weigh processes, which map the database of the run, and move what lies in it: before others fill
#: it, partly with rows that have no files.
MEASURES = (
    "footprint",
    "export",
    "purge",
    "picture",
    "waiting",
    "gallery",
    "lightbox",
    "depth",
    "editing",
    "wall",
    "public",
    "search",
    "saving",
    "renditions",
    "streams",
    "webhooks",
    "api",
    "startup",
    "adapters",
)


def main() -> int:
    """Run the measures that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=MEASURES, metavar="NAME", help=", ".join(MEASURES)
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds: less to be trusted")
    parser.add_argument(
        "--posts",
        type=int,
        default=1_000_000,
        help="of the library for wall, public, search, saving (%(default)s); kept in .cache/bench",
    )
    parser.add_argument(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="that this library lies in (%(default)s)",
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    report = Report()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pixelstream-bench-") as folder:
        place = ground.prepare(
            Path(folder), quick=options.quick, posts=options.posts, database=options.database
        )
        for name in MEASURES:
            if not options.only or name in options.only:
                _measure(name, place, report)
    report.conclude(time.monotonic() - started)
    return 1 if report.broken else 0


def _measure(name: str, place: ground.Ground, report: Report) -> None:
    measure = importlib.import_module(f"tests.bench.measures.{name}")
    report.begin(name, measure.TITLE)
    try:
        for figure in measure.run(place):
            report.add(figure)
    except Skipped as reason:
        report.skip(name, str(reason))
    except Exception:  # noqa: BLE001 (one measure that breaks must not hide the others)
        report.fail(name, traceback.format_exc())


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)  # so that everything that was started is stopped on the way out


if __name__ == "__main__":
    sys.exit(main())
