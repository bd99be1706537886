"""`Prefer: wait=N` (RFC 7240): a request that is answered when its work has ended, if that is soon.

Who waits holds a thread of this web process, so only some may at a time; the others are answered at
once, as the RFC allows. The database is asked now and then, outside of any transaction.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from pixelstream import stopping

MOST_SECONDS = 60
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.1, 1.0, 1.5

_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


class Places:
    """Who may wait: half of the threads stay for those who do not, and nobody has more than a
    quarter of them, or one. With a single thread nobody waits.
    """

    def __init__(self, threads: int) -> None:
        self._free = threads // 2
        self._most = max(1, threads // 4)
        self._taken: Counter[int] = Counter()
        self._lock = threading.Lock()

    def take(self, person: int) -> bool:
        """Whether this person has one more place now; then it is to be given back."""
        with self._lock:
            if not self._free or self._taken[person] >= self._most:
                return False
            self._free -= 1
            self._taken[person] += 1
            return True

    def give_back(self, person: int) -> None:
        """End of waiting."""
        with self._lock:
            self._free += 1
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]


_places = Places(settings.WEB_THREADS)


def seconds_asked(request: HttpRequest) -> int:
    """For how many seconds the request would wait, at most MOST_SECONDS; 0 without a wish."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), MOST_SECONDS) if found else 0


def wait_until(is_done: Callable[[], bool], *, seconds: int, person: int) -> bool:
    """Whether it is done after no more than so many seconds; False at once where nobody waits, or
    the one with this id has no place to.
    """
    if seconds <= 0 or not _places.take(person):
        return False
    try:
        return _ask_now_and_then(is_done, time.monotonic() + seconds)
    finally:
        _places.give_back(person)


def _ask_now_and_then(is_done: Callable[[], bool], deadline: float) -> bool:
    pause = FIRST_PAUSE
    while not is_done():
        left = deadline - time.monotonic()
        if left <= 0 or stopping.pause(min(pause, left)):
            return False
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    return True
