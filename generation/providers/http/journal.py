"""One line in the log for every call: what was called and how it went, never what was said."""

from __future__ import annotations

import logging
import time
from functools import cache

from generation.providers.errors import ProviderError
from generation.providers.http.redaction import detail

logger = logging.getLogger("generation.providers.http")


class Journal:
    """The line of one call. No query, header, body or key gets in."""

    def __init__(self, method: str, key: str = "") -> None:
        self._began = time.monotonic()
        self._method = method
        self._key = key
        self._place = "(no address)"

    def names(self, host: str, path: str) -> None:
        """Say what is called.

        Only the beginning of the path: some vendors take the prompt in the path of a GET.
        """
        segments = path.partition("?")[0].split("/")
        kept = 3 if self._method == "POST" else 2
        shown = "/".join(segments[:kept]) + ("/..." if len(segments) > kept else "")
        self._place = detail(f"{host}{shown}", self._key)

    def answered(self, status: int, size: int) -> None:
        """Write the line of a call that was answered, whatever the status."""
        logger.info(
            "%s %s: %d, %d bytes, %d ms", self._method, self._place, status, size, self._elapsed
        )

    def failed(self, error: ProviderError) -> None:
        """Write the line of a call without an answer. The detail is redacted already."""
        logger.warning(
            "%s %s: %s, %s, %d ms",
            self._method,
            self._place,
            error.kind,
            error.detail,
            self._elapsed,
        )

    @property
    def _elapsed(self) -> int:
        return round((time.monotonic() - self._began) * 1000)


@cache
def warn_of_open_key(host: str) -> None:
    """Say once that a key is sent to a public server without encryption."""
    logger.warning("a key was sent to %s over http, where anybody on the way can read it", host)
