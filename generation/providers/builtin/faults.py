"""Models that misbehave on purpose, for tests and demonstrations (BUILTIN_ENGINE_FAULTS).

What each does can be tuned by words in the prompt: `slow=2` waits two seconds,
`fail=2` fails after two, `rate=1` asks to come back after one second. Those that make clips
are the engine with one difference: the work fails after it was taken, nobody is called back, or
it takes its time.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from functools import cache

from generation.providers import shelf
from generation.providers.builtin.clips import vendor
from generation.providers.builtin.clips.making import make_clip
from generation.providers.builtin.pictures import paint
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import Artifact, Done, GenerationRequest, Pending

Fault = Callable[[GenerationRequest], Done | Pending]

HANG_SECONDS = 3600.0
ASK_LATE = 60.0
"""Seconds until the slow clip is asked for, unless it calls back before."""


def for_model(key: str) -> Fault | None:
    """What the model with this key does instead of working; None for a sound model."""
    return _FAULTS.get(key)


def _number(prompt: str, word: str, default: float) -> float:
    match = re.search(rf"\b{word}=(\d+(?:\.\d+)?)", prompt)
    return float(match[1]) if match else default


def _fail(request: GenerationRequest) -> Done:
    time.sleep(_number(request.prompt, "fail", 0.0))
    raise ProviderError(ErrorKind.INVALID, "told to fail")


def _hang(request: GenerationRequest) -> Done:
    time.sleep(HANG_SECONDS)
    raise ProviderError(ErrorKind.AMBIGUOUS, "hung")


def _rate(request: GenerationRequest) -> Done:
    wait = _number(request.prompt, "rate", 1.0)
    raise ProviderError(ErrorKind.RATE, "told to be rate-limited", retry_after=wait)


def _garbage(request: GenerationRequest) -> Done:
    return Done(artifacts=(Artifact(b"<html>Service busy</html>", "image/png"),))


def _slow(request: GenerationRequest) -> Done:
    time.sleep(_number(request.prompt, "slow", 5.0))
    return Done(artifacts=(_plain_picture(request.width, request.height),))


def still_pending(pending: Pending) -> Pending | None:
    """What a question about a clip of these models is answered with while there is no clip; None
    when it can be fetched. Raises ProviderError for the one that fails.
    """
    if "fails" in pending.state:
        raise ProviderError(ErrorKind.NO_OUTPUT, "told to fail", billed=Billed.NO)
    left = float(pending.state.get("ready_at", 0)) - time.time()
    return Pending(pending.remote_id, min(left, ASK_LATE), pending.state) if left > 0 else None


def _fail_clip(request: GenerationRequest) -> Pending:
    remote_id = vendor.new_id()
    vendor.call_back(request, remote_id, "failed")
    return Pending(remote_id, vendor.ASK_AFTER, {"fails": "yes"})


def _silent_clip(request: GenerationRequest) -> Pending:
    remote_id = vendor.new_id()
    shelf.put(remote_id, _plain_clip(request))
    return Pending(remote_id, _number(request.prompt, "silent", 1.0))


def _slow_clip(request: GenerationRequest) -> Pending:
    """It is asked for late: only its call brings it in time."""
    remote_id, wait = vendor.new_id(), _number(request.prompt, "slow", 5.0)
    shelf.put(remote_id, _plain_clip(request))
    ready_at = time.time() + wait
    call = threading.Timer(wait, vendor.call_back, (request, remote_id, "completed"))
    call.daemon = True
    call.start()
    return Pending(remote_id, max(wait, ASK_LATE), {"ready_at": str(ready_at)})


def _plain_clip(request: GenerationRequest) -> bytes:
    return make_clip(
        prompt="still marble",
        seed=1,
        model="builtin/drift",
        width=request.width,
        height=request.height,
        seconds=1,
    )


@cache
def _plain_picture(width: int, height: int) -> Artifact:
    """One fixed picture, made once: the model is slow by waiting, not by working."""
    from generation.providers.builtin.provider import encode

    return encode(
        paint(prompt="marble", seed=1, model="builtin/sketch", width=width, height=height)
    )


_FAULTS: dict[str, Fault] = {
    "builtin/fault-fail": _fail,
    "builtin/fault-hang": _hang,
    "builtin/fault-rate": _rate,
    "builtin/fault-garbage": _garbage,
    "builtin/fault-slow": _slow,
    "builtin/fault-clip-fail": _fail_clip,
    "builtin/fault-clip-silent": _silent_clip,
    "builtin/fault-clip-slow": _slow_clip,
}
