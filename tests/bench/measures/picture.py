"""From the worker's commit to the picture on the page.

The page of a post is open in headless Chromium and its stream is connected before the work
begins: the post is made with the doorbell held back, then the caption job is rung for. From then
on everything is real: worker, database, Valkey, stream, morph, the picture's own request.

* The commit: `finished_at` of the picture's job. It is the clock of the database (SQLite, so this
  machine's), read by the UPDATE inside the committing transaction, so it lies a little before the
  commit and the figures are a little too large.
* The picture: the `load` event of its <img>, with which `complete` becomes true, on the clock of
  the browser (the same machine's). It develops from pale to clear from that moment on.
* The bytes of the stream: a plain client on the same stream notes when the picture's id arrives.

A page opens one stream and keeps it: more of them would take the six connections that a browser
has to one host, and the pictures would wait for ever.

Two figures each: one picture at a time by a model that only waits, so that the machine is quiet;
and the three default models at once, where the pictures still to come keep the processors busy.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.bench import browser as browsers
from tests.bench import ground as common
from tests.bench.ground import Application, Ground
from tests.bench.report import Figure, median, spread

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from gallery.models import Post
    from pixelstream.accounts.models import User

TITLE = "from the worker's commit to the picture"
MAX_MS = 250.0
TIMEOUT_MS = 60_000
#: What is measured -> prompt, models, and how many posts (usual, quick).
CASES = {
    "one picture at a time": ("marble slow=0.7", "builtin/fault-slow", (12, 4)),
    "three models at once": (
        "a lighthouse at dusk",
        "builtin/lumen builtin/gouache builtin/poster",
        (6, 2),
    ),
}
WATCH = """
window.pictures = {};
document.addEventListener("load", (event) => {
  const id = event.target.id ?? "";
  if (id.startsWith("image-")) window.pictures[id.slice(6)] ??= Date.now();
}, true);
document.addEventListener("htmx:sse:after:connection", () => { window.connected = true; });
"""


def run(ground: Ground) -> Iterator[Figure]:
    """Watch posts being made."""
    owner = common.person("watcher")
    with ground.application() as app, browsers.chromium() as browser:
        page = browsers.signed_in(browser, app, owner, script=WATCH)
        streams: list[str] = []
        page.on("request", lambda sent: "/live/" in sent.url and streams.append(sent.url))
        most_streams = 0
        for what, (prompt, models, posts) in CASES.items():
            _watch(page, app, owner, prompt, models)  # warms up the caches of everybody
            taken = []
            for _ in range(ground.rounds(*posts)):
                streams.clear()
                taken += _watch(page, app, owner, prompt, models)
                most_streams = max(most_streams, len(streams))
            shown = [picture for picture, _stream in taken]
            heard = [stream for _picture, stream in taken]
            note = spread(shown, "ms")
            yield Figure(f"{what}: loaded in the browser", median(shown), "ms", MAX_MS, note=note)
            note = spread(heard, "ms")
            yield Figure(f"{what}: bytes of the stream", median(heard), "ms", note=note)
        yield Figure("streams that one page opened, at most", most_streams, at_most=1)


def _watch(
    page: Page, app: Application, owner: User, prompt: str, models: str
) -> list[tuple[float, float]]:
    """One post: for each picture the milliseconds until it was loaded, and until it was told."""
    from generation.services import jobs
    from tests.factories import start

    with mock.patch.object(jobs, "ring", return_value=True):
        post = start(owner, prompt, models)
    page.goto(f"{app.address}{post.get_absolute_url()}", wait_until="load", timeout=TIMEOUT_MS)
    _wait(page, "window.connected === true")
    listener = _Listener(app, post)
    listener.start()
    listener.connected.wait(TIMEOUT_MS / 1000)
    jobs.ring(post.jobs.get(kind="caption").pk)
    _wait(page, f"Object.keys(window.pictures).length === {len(models.split())}")
    listener.join(TIMEOUT_MS / 1000)
    loaded: dict[str, int] = page.evaluate("window.pictures")
    return [_times(post, image, loaded, listener.heard) for image in post.images.all()]


def _wait(page: Page, condition: str) -> None:
    """Ask again and again: a script that waits in the page is stopped by its security policy."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while not page.evaluate(condition):
        if time.monotonic() > deadline:
            raise TimeoutError(f"in the page, never: {condition}")
        page.wait_for_timeout(100)


def _times(
    post: Post, image: Any, loaded: dict[str, int], heard: dict[str, float]
) -> tuple[float, float]:
    job = post.jobs.get(kind="image", slot=image.position)
    if job.finished_at is None:
        raise RuntimeError("a finished job has its time")
    committed = job.finished_at.timestamp() * 1000
    return loaded[str(image.pk)] - committed, heard[str(image.pk)] - committed


class _Listener(threading.Thread):
    """A plain client on the stream of a post: when did it hear of which picture?"""

    def __init__(self, app: Application, post: Post) -> None:
        super().__init__(daemon=True)
        from generation import live_token

        token = live_token.make(
            user_id=post.owner_id,
            fragment=live_token.Fragment.POST,
            target_id=post.pk,
            reader=live_token.Reader("en"),
        )
        self.heard: dict[str, float] = {}
        self.connected = threading.Event()
        self._connection = http.client.HTTPConnection("127.0.0.1", app.port)
        self._path = f"/live/?t={token}"

    def run(self) -> None:
        """Read until the server says that nothing more will come."""
        self._connection.request("GET", self._path)
        with self._connection.getresponse() as response:
            while line := response.readline():
                now = time.time() * 1000
                if line.startswith(b"id:"):
                    self.connected.set()
                for image in re.findall(rb'id="image-(\d+)"', line):
                    self.heard.setdefault(image.decode(), now)
        self._connection.close()
