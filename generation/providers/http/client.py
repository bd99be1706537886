"""Sends one request to a vendor within limits of time and size, and says what a failure means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import bodies, urls
from generation.providers.http.addresses import is_public
from generation.providers.http.answers import Answer, Auth
from generation.providers.http.bodies import Part
from generation.providers.http.journal import Journal, warn_of_open_key
from generation.providers.http.problems import ExchangeError, Problem
from generation.providers.http.redaction import detail
from generation.providers.types import Connection

TOTAL_SECONDS = 300.0
"""For a picture. Vendors take up to two minutes, and more when they are busy."""
CAPTION_SECONDS = 90.0
QUESTION_SECONDS = 10.0
"""For what costs nothing and somebody waits for: testing a key."""
CLIP_DOWNLOAD_SECONDS = 240.0
"""For fetching a clip, which may have MAX_CLIP_BYTES."""
MAX_BYTES = 64 * 1024 * 1024


def send(
    connection: Connection,
    method: str,
    path: str,
    *,
    paid: bool,
    json: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    files: Sequence[Part] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: Auth = Auth.BEARER,
    timeout: float = TOTAL_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """Send one request to `connection.base_url + path` and read the whole answer.

    Never repeats anything and never follows a redirect. `paid` says that the request may cost
    something. `timeout` is in seconds for everything together. Returns the answer whatever its
    status. Raises ProviderError: TRANSIENT when nothing was sent, or the request was free;
    AMBIGUOUS when a paid request was sent and its answer was lost; NO_OUTPUT when the answer is
    too large or cannot be unpacked; INVALID when the request cannot be sent like this at all, or
    the server has no valid certificate; AUTH for a key that no header can carry.
    """
    body, content_type = bodies.encode(json, form, files)
    own_headers = dict(headers or {})
    if content_type:
        own_headers["Content-Type"] = content_type
    journal = Journal(method, connection.key)
    outcome = _call(
        connection, method, path, params, own_headers, body, auth, timeout, max_bytes, journal
    )
    if isinstance(outcome, Answer):
        journal.answered(outcome.status, len(outcome.body))
        return outcome
    # Raised here and not where it was found: no exception of the library hangs on it, and error
    # pages that show the variables of a traceback find no header with the key.
    failure = _failure(outcome, connection, paid=paid)
    journal.failed(failure)
    raise failure


def _call(
    connection: Connection,
    method: str,
    path: str,
    params: Mapping[str, str] | None,
    headers: Mapping[str, str],
    body: bytes | None,
    auth: Auth,
    timeout: float,
    max_bytes: int,
    journal: Journal,
) -> Answer | ExchangeError:
    # On first use: it loads the HTTP library, which the pages never need.
    from generation.providers.http.exchange import Limits, exchange

    key = connection.key.strip() if auth is not Auth.NONE else ""
    try:
        url = urls.join(connection.base_url, path, params)
        journal.names(url.host, path)
        all_headers = {**headers, **_auth_headers(key, auth)}
        limits = Limits(timeout, max_bytes)
        received = exchange(method, url, all_headers, body, limits, lambda ip: True)
    except ExchangeError as error:
        return error
    if key and url.scheme == "http" and is_public(received.ip):
        warn_of_open_key(url.host)
    return Answer(received.status, received.headers, received.body, (connection.key,))


def _auth_headers(key: str, auth: Auth) -> dict[str, str]:
    if not key:
        return {}
    if not key.isascii() or not key.isprintable():
        raise ExchangeError(Problem.KEY, "it has characters that no header can carry")
    return {"Authorization": f"Bearer {key}"} if auth is Auth.BEARER else {"x-goog-api-key": key}


def _failure(error: ExchangeError, connection: Connection, *, paid: bool) -> ProviderError:
    kinds = {
        Problem.KEY: ErrorKind.AUTH,
        Problem.REFUSED: ErrorKind.INVALID,
        Problem.CERTIFICATE: ErrorKind.INVALID,
        Problem.UNREACHABLE: ErrorKind.TRANSIENT,
        Problem.LOST: ErrorKind.AMBIGUOUS if paid else ErrorKind.TRANSIENT,
        Problem.TOO_LARGE: ErrorKind.NO_OUTPUT,
        Problem.ENCODING: ErrorKind.NO_OUTPUT,
    }
    said = detail(f"{error.problem}: {error.detail}", connection.key)
    return ProviderError(kinds[error.problem], said, status=error.status)
