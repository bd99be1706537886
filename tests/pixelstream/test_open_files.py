"""The limit of open files, in a process of its own: a limit that was lowered may not come back."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

TRY = """
import resource, sys
from pixelstream import open_files
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
open_files.raise_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "after"), [(256, 2048, 2048), (256, 17_000, 16_384), (16_500, 17_000, 16_500)]
)
def test_it_is_raised_as_far_as_it_goes_and_never_lowered(soft: int, hard: int, after: int) -> None:
    if hard > resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 0:
        pytest.skip("the system allows fewer")
    command = [sys.executable, "-c", TRY, str(soft), str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(after), str(hard)]


def test_a_web_process_raises_it_when_it_starts() -> None:
    code = """
import asyncio, os, resource
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 2048))
from pixelstream import asgi
events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
async def receive(): return next(events)
async def send(message): pass
asyncio.run(asgi.application({"type": "lifespan"}, receive, send))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "2048"
