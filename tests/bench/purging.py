"""The purge as a process of its own, which tells its times and its memory as JSON.

It does what `manage.py purge_trash` and `manage.py drain_outbox` do. With `--errors` the storage
refuses one key in a hundred the first time that it is asked to delete it, as S3 does: by an answer
that names it among others that went well.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

REFUSED_SHARE = 0.01
PATIENCE = 120.0
"""Seconds for what was refused: it is tried again after ten."""


def main() -> None:
    """Purge until nothing is left to be deleted, or the patience is over."""
    import django

    django.setup()
    from gallery.models import StoredObject
    from gallery.services import outbox, purge
    from pixelstream.storages import area_named

    area_named("private").exists("nothing")  # loads the S3 client, which the worker has already
    refused = refuse_some() if "--errors" in sys.argv else set()
    started, processor = time.perf_counter(), time.process_time()
    purge.purge_trash()
    rows = time.perf_counter() - started
    first = outbox.run(limit=sys.maxsize)[1]
    first_run = time.perf_counter() - started
    processor = time.process_time() - processor
    while (
        StoredObject.objects.to_be_deleted().exists() and time.perf_counter() < started + PATIENCE
    ):
        time.sleep(0.5)
        outbox.run(limit=sys.maxsize)
    figures = {
        "rows": rows,
        "seconds": first_run,
        "processor": processor,
        "to_the_end": time.perf_counter() - started,
        "gone_at_once": first,
        "refused": len(refused),
        "peak_mb": peak_mb(),
    }
    print(json.dumps(figures))


def refuse_some() -> set[str]:
    """Let the storage refuse some keys once. Returns which were, as it happens."""
    from pixelstream.storages import area_named

    client: Any = area_named("private").client  # type: ignore[attr-defined]
    delete, refused = client.delete_objects, set[str]()

    def partly(**asked: Any) -> Any:
        wanted = [one["Key"] for one in asked["Delete"]["Objects"]]
        picked = {key for key in wanted[:: round(1 / REFUSED_SHARE)] if key not in refused}
        refused.update(picked)
        named = [{"Key": key} for key in wanted if key not in picked]
        answer = delete(**{**asked, "Delete": {"Objects": named, "Quiet": True}}) if named else {}
        errors = [
            {"Key": key, "Code": "InternalError", "Message": "We encountered an internal error."}
            for key in picked
        ]
        return {**answer, "Errors": [*answer.get("Errors", ()), *errors]}

    client.delete_objects = partly
    return refused


def peak_mb() -> float:
    """The most memory that this process ever held. `ru_maxrss` would tell its parent's as well."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2


if __name__ == "__main__":
    main()
