"""Fetches a result that a vendor's answer points to. The address is not trusted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import urls
from generation.providers.http.addresses import is_in, is_public
from generation.providers.http.answers import parse_retry_after
from generation.providers.http.client import MAX_BYTES
from generation.providers.http.journal import Journal
from generation.providers.http.problems import ExchangeError, Problem
from generation.providers.http.redaction import detail
from generation.providers.types import Connection

if TYPE_CHECKING:
    from generation.providers.http.exchange import Received

MAX_REDIRECTS = 3
TOTAL_SECONDS = 60.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = frozenset({80, 443})
_REPEATABLE = frozenset({Problem.UNREACHABLE, Problem.LOST})


def download(
    url: str,
    connection: Connection,
    *,
    timeout: float = TOTAL_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """Fetch a result that a vendor's answer points to, without any key.

    Only https to public addresses, the operator's own server (`connection.base_url`), or what lies
    in DOWNLOAD_ALLOWED_NETWORKS. Raises ProviderError: TRANSIENT when it can be tried again,
    NO_OUTPUT when it cannot.
    """
    journal = Journal("GET", connection.key)
    outcome = _fetch(url, connection, journal, timeout, max_bytes)
    if isinstance(outcome, ExchangeError):
        failure = _failed(outcome, connection)
    elif outcome.status == 200 and outcome.body:
        journal.answered(outcome.status, len(outcome.body))
        return outcome.body
    else:
        failure = _refused(outcome)
    journal.failed(failure)
    raise failure  # here and not where it was found: nothing of the library hangs on it


def _fetch(
    url: str, connection: Connection, journal: Journal, timeout: float, max_bytes: int
) -> Received | ExchangeError:
    try:
        base = urls.parse(connection.base_url)
        return _follow(url, base, journal, time.monotonic() + timeout, max_bytes)
    except ExchangeError as error:
        return error


def _follow(
    address: str, base: urls.Url, journal: Journal, deadline: float, max_bytes: int
) -> Received:
    """The answer at the end of the redirects, each of them checked like the first address."""
    # On first use: it loads the HTTP library, which the pages never need.
    from generation.providers.http.exchange import Limits, exchange

    url = urls.parse(address)
    for _ in range(MAX_REDIRECTS + 1):
        journal.names(url.host, url.target)
        admits = _rule(url, base)
        limits = Limits(deadline - time.monotonic(), max_bytes, is_paced=True)
        received = exchange("GET", url, {}, None, limits, admits)
        if received.status not in _REDIRECTS:
            return received
        target = urls.parse(_joined(url, received.headers.get("location", "")))
        if url.scheme == "https" and target.scheme == "http":
            raise ExchangeError(Problem.REFUSED, "a redirect from https to http")
        url = target
    raise ExchangeError(Problem.REFUSED, f"more than {MAX_REDIRECTS} redirects")


def _joined(url: urls.Url, location: str) -> str:
    if not location:
        raise ExchangeError(Problem.REFUSED, "a redirect to nowhere")
    try:
        return urljoin(str(url), location)
    except ValueError:
        raise ExchangeError(Problem.REFUSED, "a redirect that cannot be read") from None


def _rule(url: urls.Url, base: urls.Url) -> Callable[[str], bool]:
    """Which IP addresses of the host may be called. Raises ExchangeError when none may."""
    if url.origin == base.origin:
        return lambda ip: True
    networks = tuple(settings.DOWNLOAD_ALLOWED_NETWORKS)
    is_open = url.scheme == "https" and url.port in {*_PORTS, base.port}
    if not is_open and not networks:
        raise ExchangeError(Problem.REFUSED, f"{url.scheme} to port {url.port} of {url.host}")
    return lambda ip: is_in(ip, networks) or (is_open and is_public(ip))


def _failed(error: ExchangeError, connection: Connection) -> ProviderError:
    is_repeatable = error.problem in _REPEATABLE
    return ProviderError(
        ErrorKind.TRANSIENT if is_repeatable else ErrorKind.NO_OUTPUT,
        detail(f"download: {error.problem}: {error.detail}", connection.key),
        status=error.status,
        billed=Billed.UNKNOWN,
    )


def _refused(received: Received) -> ProviderError:
    """An answer without a file. What it says is of no interest: it is not the vendor's API."""
    is_repeatable = received.status >= 500 or received.status in {408, 429}
    return ProviderError(
        ErrorKind.TRANSIENT if is_repeatable else ErrorKind.NO_OUTPUT,
        f"download: {received.status}, {len(received.body)} bytes",
        retry_after=parse_retry_after(received.headers),
        status=received.status,
        billed=Billed.UNKNOWN,
    )
