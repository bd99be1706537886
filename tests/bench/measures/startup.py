"""From the command to the line "Pixelstream is ready", and from SIGTERM to the end of it all.

`manage.py up` on a data directory that was used before: the warm start of every day. Printed for
information; the wall clock of a busy machine says little.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.ground import Ground
from tests.bench.report import Figure, median, spread

TITLE = "starting and stopping everything, warm"


def run(ground: Ground) -> Iterator[Figure]:
    """Start and stop several times."""
    starts, stops = [], []
    for _ in range(ground.rounds(5, 2)):
        with ground.application() as app:
            starts.append(app.ready_seconds)
            begin = time.monotonic()
        stops.append(time.monotonic() - begin)
    yield Figure("from `manage.py up` to ready", median(starts), "s", note=spread(starts, "s", 1))
    yield Figure(
        "from SIGTERM to everything stopped", median(stops), "s", note=spread(stops, "s", 1)
    )
