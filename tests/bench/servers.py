"""One uvicorn of its own, like the one that `manage.py up` starts, and the broker beside it."""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from tests.bench import ground as common
from tests.bench import processes

OURS = "pixelstream.asgi:application"
BARE = "tests.bench.bare_asgi:application"
_SETTINGS = {BARE: {"DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"}}


@contextlib.contextmanager
def uvicorn(application: str) -> Iterator[tuple[int, int]]:
    """Serve our pages or the bare ones while the block runs. Gives the port and the process."""
    port = common.free_port()
    command = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    command += ["--log-level", "warning", application]
    process = common.start(command, _SETTINGS.get(application, {}), subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        common.stop(process)


@contextlib.contextmanager
def broker() -> Iterator[None]:
    """Run the broker while the block runs, and nobody who listens to it."""
    from django.conf import settings

    from pixelstream.management.commands import up

    process = subprocess.Popen(
        up._broker(settings.DATA_DIR).command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=processes.die_with_parent(),
    )
    try:
        deadline = time.monotonic() + common.START_SECONDS
        while not up._broker_answers():
            if time.monotonic() > deadline:
                raise RuntimeError("the broker did not start")
            time.sleep(0.05)
        yield
    finally:
        common.stop(process)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + common.START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except urllib.error.HTTPError:
            return  # it answers, with 404
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
