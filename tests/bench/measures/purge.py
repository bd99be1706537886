"""Purging posts with their objects from a real S3 server, and trashing many at once.

The purge is what the commands do: rows away in chunks, then the outbox until nothing is due, in a
process of its own (`tests.bench.purging`). It is held against the bare `delete_objects` calls for
as many keys on the same server (SeaweedFS, which keeps to the limits of S3). Both in wall-clock
time: most of it is the server's. The second time the storage refuses one key in a hundred.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import ground as common
from tests.bench import processes
from tests.bench.ground import Ground
from tests.bench.report import Figure, Skipped, median, spread

if TYPE_CHECKING:
    from pixelstream.accounts.models import User
    from tests.storage.servers import Place

TITLE = "purging posts from object storage"
POSTS, QUICK_POSTS = 10_000, 1_000
PICTURES = 4
TRASHED = 500
ROUNDS = 5
AT_ONCE = 10
SETTLING_SECONDS = 1.0
RATIO_LIMIT, TRASH_LIMIT_MS, MEMORY_LIMIT_MB = 1.3, 500.0, 200.0
KEYS_OF_A_CALL = 1_000


def run(ground: Ground) -> Iterator[Figure]:
    """Trash first, on local disk; then the purge against the bare calls."""
    yield _trashing(common.person("trasher"))
    with object_storage() as place:
        yield from _purging(ground, place)
        yield from _purging_with_errors(ground, place)


def _trashing(person: User) -> Figure:
    """The answer to a selection on the wall, through all middleware."""
    from django.test import Client

    from gallery.models import Post
    from gallery.services import trash
    from tests.bench import walls

    walls.fill(person, posts=TRASHED, images=PICTURES)
    posts = Post.objects.owned_by(person)
    ids = list(posts.values_list("pk", flat=True))
    sent = {"action": "trash", "posts": ",".join(map(str, ids)), "confirm": "on"}
    browser = Client()
    browser.force_login(person)
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        browser.post("/gallery/batch/", sent, headers={"HX-Request": "true"})
        taken.append((time.perf_counter() - begin) * 1000)
        if posts.live().exists():
            raise RuntimeError("they were not trashed")
        trash.restore(owner=person, ids=ids)
    note = spread(taken, "ms")
    return Figure(f"trashing {TRASHED} posts", median(taken), "ms", TRASH_LIMIT_MS, note=note)


@contextlib.contextmanager
def object_storage() -> Iterator[Place]:
    """Two buckets on a server of their own."""
    try:
        from tests.storage.servers import find_seaweedfs, running_seaweedfs
    except ImportError as error:
        raise Skipped(f"no S3 server to test with ({error.name} is not installed)") from error
    if not find_seaweedfs():
        raise Skipped("no S3 server to test with (SeaweedFS is not installed)")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_seaweedfs(Path(folder)) as server,
    ):
        yield server.new_place()


def _purging(ground: Ground, place: Place) -> Iterator[Figure]:
    keys = _fill("purged", ground)
    client, bucket = place.server.client(), place.private_bucket
    _put(client, bucket, keys)
    of_server = _server_cpu()
    begin, processor = time.perf_counter(), time.process_time()
    for at in range(0, len(keys), KEYS_OF_A_CALL):
        named = [{"Key": key} for key in keys[at : at + KEYS_OF_A_CALL]]
        client.delete_objects(Bucket=bucket, Delete={"Objects": named, "Quiet": True})
    bare = time.perf_counter() - begin
    bare_cpu = time.process_time() - processor + _server_cpu() - of_server

    _put(client, bucket, keys)
    of_server = _server_cpu()
    told = _purge(place)
    ours_cpu = told["processor"] + _server_cpu() - of_server
    what = f"purging {len(keys) // PICTURES:,} posts with {len(keys):,} objects, against bare calls"
    note = f"{told['seconds']:.1f} s ({told['rows']:.1f} s for the rows) against {bare:.1f} s"
    yield Figure(what, told["seconds"] / bare, "x", RATIO_LIMIT, note=note)
    if processes.KNOWN:
        note = f"{ours_cpu:.1f} s, {told['processor']:.1f} s of it ours, against {bare_cpu:.1f} s"
        what = "the same in processor time, with the server's"
        yield Figure(what, ours_cpu / bare_cpu, "x", RATIO_LIMIT, note=note)
    yield from _end(place, keys, told)


def _purging_with_errors(ground: Ground, place: Place) -> Iterator[Figure]:
    keys = _fill("purged-with-errors", ground)
    _put(place.server.client(), place.private_bucket, keys)
    told = _purge(place, "--errors")
    what = f"the same where {told['refused']:,} keys are refused once: gone at once"
    note = f"of {len(keys):,} objects; everything after {told['to_the_end']:.0f} s"
    yield Figure(what, told["gone_at_once"], at_least=len(keys) - told["refused"], note=note)
    yield from _end(place, keys, told)


def _end(place: Place, keys: list[str], told: dict[str, Any]) -> Iterator[Figure]:
    left = len(place.keys())
    yield Figure("objects that are not confirmed gone", _unconfirmed(keys), "", 0)
    yield Figure("objects left in the bucket", left, "", 0)
    yield Figure("most memory of the process", told["peak_mb"], "MB", MEMORY_LIMIT_MB)


def _unconfirmed(keys: list[str]) -> int:
    """How many of these the database does not say are gone. What the process tells would count
    objects of other measures as well.
    """
    from gallery.models import StoredObject

    asked = range(0, len(keys), KEYS_OF_A_CALL)
    named = [StoredObject.objects.filter(key__in=keys[at : at + KEYS_OF_A_CALL]) for at in asked]
    return sum(rows.exclude(state=StoredObject.State.GONE).count() for rows in named)


def _server_cpu() -> float:
    """Processor time of the server so far, after it has put away what came before."""
    if not processes.KNOWN:
        return 0.0
    time.sleep(SETTLING_SECONDS)
    keeper = processes.child_with("weed", of=os.getpid())
    return sum(map(processes.cpu_seconds, processes.family(keeper)))


def _fill(name: str, ground: Ground) -> list[str]:
    """Posts of a person whose time in the trash is over; the keys of their pictures."""
    from django.db.models.functions import Now

    from gallery.models import Post, StoredObject
    from tests.bench import walls

    owner = common.person(name)
    walls.fill(owner, posts=ground.rounds(POSTS, QUICK_POSTS), images=PICTURES)
    mine = StoredObject.objects.filter(owner=owner)
    mine.update(area="private", rendition_widths=[])
    Post.objects.owned_by(owner).update(deleted_at=Now() - timedelta(days=31))
    return list(mine.values_list("key", flat=True))


def _put(client: Any, bucket: str, keys: list[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=b"x"), keys))


def _purge(place: Place, *arguments: str) -> dict[str, Any]:
    """What the process tells."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.purging", *arguments],
        cwd=common.PROJECT_DIR,
        env={**os.environ, **place.variables, "R2_REGION": "auto"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
