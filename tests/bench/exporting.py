"""Exporting an account, or moving everything to another storage, as a process of its own, which
tells its time and its memory as JSON: `export <id of the person>` or `move <place>`.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from tests.bench.purging import peak_mb


def main() -> None:
    """Do it to its end."""
    import django

    django.setup()
    from pixelstream.storages import area_named

    area_named("private").exists("nothing")  # loads the S3 client, where there is one
    verb, what = sys.argv[1:]
    before, started = peak_mb(), time.perf_counter()
    told = export(int(what)) if verb == "export" else move(what)
    seconds = time.perf_counter() - started
    print(json.dumps({**told, "seconds": seconds, "before_mb": before, "peak_mb": peak_mb()}))


def export(person_id: int) -> dict[str, Any]:
    """Everything of this person."""
    from gallery.models import AccountExport
    from gallery.services import exporting
    from pixelstream.accounts.models import User

    begun = exporting.begin(User.objects.get(pk=person_id))
    while AccountExport.objects.unfinished().filter(pk=begun.pk).exists():
        exporting.carry_out(begun.pk)
    begun.refresh_from_db()
    parts = list(begun.parts.values_list("object__size", flat=True))
    return {"what": f"{begun.done} pictures in {len(parts)} parts", "bytes": sum(parts)}


def move(to: str) -> dict[str, Any]:
    """Everything, to "local" or "s3"."""
    from pixelstream.object_storage import moving

    tally, is_complete = moving.move(to=to, limit=None, dry_run=False, progress=lambda tally: None)
    if tally.failed or not is_complete:
        raise RuntimeError(f"not complete: {tally.failures}")
    return {"what": f"{tally.copied} objects", "bytes": tally.bytes}


if __name__ == "__main__":
    main()
