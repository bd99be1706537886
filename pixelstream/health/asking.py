"""Asking a service that may never answer, without waiting for ever and without asking twice."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds that an answer may take."""


class NoAnswerError(Exception):
    """It did not answer, or with an error. The text is for the log and for administrators."""


class Question(Generic[T]):
    """One question, asked by one thread at a time.

    A thread that hangs is left alone (it ends when its connection does), and nobody asks the same
    again before: a service that hangs costs one thread, however often its health is asked for.
    """

    def __init__(self, name: str, ask: Callable[[], T]) -> None:
        self.name = name
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: Future[T] | None = None

    def begin(self) -> Future[T]:
        """Ask, unless that is under way already."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                thread = threading.Thread(
                    target=self._run, args=(self._asked,), name=f"health-{self.name}", daemon=True
                )
                thread.start()
            return self._asked

    def _run(self, asked: Future[T]) -> None:
        try:
            asked.set_result(self._ask())
        except Exception as error:  # noqa: BLE001 (told to whoever asked, whatever it is)
            asked.set_exception(error)


def answer(asked: Future[T], *, name: str, until: float) -> T | NoAnswerError:
    """What was answered until this moment (of `time.monotonic`), or why nothing was."""
    try:
        return asked.result(timeout=max(0.0, until - time.monotonic()))
    except TimeoutError:
        # Of the service itself, or ours: both mean that it took too long.
        return _refused(name, f"no answer within {PATIENCE:.0f} s")
    except Exception as error:  # noqa: BLE001 (whatever it is, the service is not well)
        return _refused(name, f"{type(error).__name__}: {error}")


def _refused(name: str, why: str) -> NoAnswerError:
    logger.warning("Health: %s is away: %s", name, why)
    return NoAnswerError(why)
