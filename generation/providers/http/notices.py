"""Tells an address of our own that something happened, as vendors tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import urls
from generation.providers.http.journal import Journal
from generation.providers.http.problems import ExchangeError
from generation.providers.http.redaction import detail

if TYPE_CHECKING:
    from generation.providers.http.exchange import Received

SECONDS = 5.0
"""For everything together: who tells it has other things to do, and is not needed."""
MAX_BYTES = 64 * 1024


def notify(address: str, headers: Mapping[str, str], body: bytes) -> None:
    """POST the body to the address, once, following no redirect.

    Raises ProviderError (TRANSIENT) unless the answer is a success.
    """
    journal = Journal("POST")
    outcome = _post(address, headers, body, journal)
    if isinstance(outcome, ExchangeError):
        # Raised here and not where it was found: nothing of the library hangs on it.
        raise ProviderError(ErrorKind.TRANSIENT, detail(f"{outcome.problem}: {outcome.detail}"))
    journal.answered(outcome.status, len(outcome.body))
    if not 200 <= outcome.status < 300:
        raise ProviderError(ErrorKind.TRANSIENT, f"answered {outcome.status}")


def _post(
    address: str, headers: Mapping[str, str], body: bytes, journal: Journal
) -> Received | ExchangeError:
    # On first use: it loads the HTTP library, which the pages never need.
    from generation.providers.http.exchange import Limits, exchange

    try:
        url = urls.parse(address)
        journal.names(url.host, url.target)
        return exchange("POST", url, headers, body, Limits(SECONDS, MAX_BYTES), lambda ip: True)
    except ExchangeError as error:
        return error
