"""One request and its whole answer, within limits of time and size. Nothing is repeated.

Imported on first use: it loads the HTTP library, which the pages never need.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import httpcore2

from generation.providers.http import wire
from generation.providers.http.problems import ExchangeError, Problem
from generation.providers.http.urls import Url

CONNECT_SECONDS = 10.0
SLOW_AFTER = 20.0
"""Seconds after which a paced answer must have come with SLOW_BYTES a second on average."""
SLOW_BYTES = 1024
_FAILURES = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


@dataclass(frozen=True)
class Limits:
    """What an exchange may take."""

    seconds: float
    max_bytes: int
    is_paced: bool = False
    """Whether a slow answer is given up early. Not for calls: a model may think for minutes."""


@dataclass(frozen=True)
class Received:
    """A whole answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    ip: str
    """The address that was called."""


def exchange(
    method: str,
    url: Url,
    headers: Mapping[str, str],
    body: bytes | None,
    limits: Limits,
    admits: Callable[[str], bool],
) -> Received:
    """Send one request and read its answer. Raises ExchangeError.

    `admits` decides for every IP address of the host whether it may be called.
    """
    call = wire.Call(limits.seconds, admits)
    token = wire.CURRENT.set(call)
    try:
        return _exchange(_request(method, url, headers, body, limits), limits, call)
    except _FAILURES as error:
        failure = _failure(error, call)
    finally:
        wire.CURRENT.reset(token)
    raise failure  # outside of the handler: its context would be printed with every traceback


def _failure(error: Exception, call: wire.Call) -> ExchangeError:
    if isinstance(error, httpcore2.LocalProtocolError) and not call.is_sent:
        # Its words quote the header that it did not like, and so perhaps the key.
        return ExchangeError(Problem.REFUSED, "a header that cannot be sent")
    problem = Problem.LOST if call.is_sent else Problem.UNREACHABLE
    return ExchangeError(problem, f"{type(error).__name__}: {error}")


def _request(
    method: str, url: Url, headers: Mapping[str, str], body: bytes | None, limits: Limits
) -> httpcore2.Request:
    sent = {
        "Host": url.host_header,
        "User-Agent": "Pixelstream",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    if body is not None or method not in {"GET", "HEAD"}:
        sent["Content-Length"] = str(len(body or b""))
    step = SLOW_AFTER if limits.is_paced else None
    return httpcore2.Request(
        method,
        httpcore2.URL(
            scheme=url.scheme.encode(),
            host=url.host.encode(),
            port=url.port,
            target=url.target.encode(),
        ),
        headers=[(name.encode(), value.encode("utf-8")) for name, value in sent.items()],
        content=body,
        extensions={"timeout": {"connect": CONNECT_SECONDS, "read": step, "write": step}},
    )


def _exchange(request: httpcore2.Request, limits: Limits, call: wire.Call) -> Received:
    response = wire.pool().handle_request(request)
    try:
        headers = _headers(response.headers)
        body = _read(response, headers, limits)
    finally:
        response.close()
    return Received(response.status, headers, body, call.ip)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; of a repeated header the first counts."""
    headers: dict[str, str] = {}
    for name, value in raw:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return headers


def _read(response: httpcore2.Response, headers: Mapping[str, str], limits: Limits) -> bytes:
    def too_large() -> ExchangeError:
        detail = f"more than {limits.max_bytes} bytes"
        return ExchangeError(Problem.TOO_LARGE, detail, status=response.status)

    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.max_bytes:
        raise too_large()
    chunks = _paced(cast("Iterable[bytes]", response.stream), limits)
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity"}:
        chunks = _decoded(_capped(chunks, limits.max_bytes, too_large), encoding, response.status)
    # Unlike a list of chunks, this holds the bytes once.
    body = io.BytesIO()
    for chunk in _capped(chunks, limits.max_bytes, too_large):
        body.write(chunk)
    return body.getvalue()


def _paced(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    began, received = time.monotonic(), 0
    for chunk in chunks:
        received += len(chunk)
        seconds = time.monotonic() - began
        if limits.is_paced and seconds > SLOW_AFTER and received / seconds < SLOW_BYTES:
            raise ExchangeError(Problem.LOST, f"{received} bytes in {seconds:.0f} seconds")
        yield chunk


def _capped(
    chunks: Iterable[bytes], max_bytes: int, too_large: Callable[[], ExchangeError]
) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise too_large()
        yield chunk


def _decoded(chunks: Iterable[bytes], encoding: str, status: int) -> Iterator[bytes]:
    """Undo gzip or deflate in small pieces: a small body may hide a huge one."""
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise ExchangeError(Problem.ENCODING, f"encoded as {encoding!r}", status=status)
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        for chunk in chunks:
            data = chunk
            while data and not decoder.eof:
                yield decoder.decompress(data, 64 * 1024)
                data = decoder.unconsumed_tail
    except zlib.error as error:
        raise ExchangeError(Problem.ENCODING, str(error), status=status) from None
    if not decoder.eof or decoder.unused_data:
        raise ExchangeError(Problem.ENCODING, f"broken {encoding}", status=status)
