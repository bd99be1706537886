"""Models that misbehave on purpose, for tests and demonstrations (BUILTIN_ENGINE_FAULTS).

What each does can be tuned by words in the prompt: `slow=2` waits two seconds,
`rate=1` asks to come back after one second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache

from generation.providers.builtin.pictures import paint
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact, Done, GenerationRequest

Fault = Callable[[GenerationRequest], Done]

HANG_SECONDS = 3600.0


def for_model(key: str) -> Fault | None:
    """What the model with this key does instead of working; None for a sound model."""
    return _FAULTS.get(key)


def _number(prompt: str, word: str, default: float) -> float:
    match = re.search(rf"\b{word}=(\d+(?:\.\d+)?)", prompt)
    return float(match[1]) if match else default


def _fail(request: GenerationRequest) -> Done:
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
}
