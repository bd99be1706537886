"""Whether this process was asked to stop: who waits for something in a thread gives up then."""

from __future__ import annotations

import threading

_asked = threading.Event()


def ask() -> None:
    """This process is about to stop. May be called by a signal."""
    _asked.set()


def pause(seconds: float) -> bool:
    """Do nothing for so long. True, and at once, when the process was asked to stop."""
    return _asked.wait(seconds)
