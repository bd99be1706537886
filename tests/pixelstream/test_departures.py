"""A stream ends soon after its reader has gone, under the server that pages run on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPConnection, IncompleteRead
from typing import Any
from urllib.request import urlopen

import pytest
from a2wsgi import WSGIMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from pixelstream.departures import Departure, with_patience
from tests.pixelstream.serving import DEADLINE, asking, serving

PIECES = 1000
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "query_string": b"",
    "headers": [(b"content-length", b"4")],
    "http_version": "1.1",
}


async def served(body: list[dict[str, Any]], *, leaves_after: int) -> int:
    """Stream to a browser that goes after so many pieces; returns how many were made."""
    made = 0
    gone = asyncio.Event()
    sent = 0

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        nonlocal made
        request = WSGIRequest(environ)
        assert request.read() == b"body"
        departure = Departure(request)
        start_response("200 OK", [])
        for _ in range(PIECES):
            if departure.has_happened():
                return
            made += 1
            yield b"x"

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop(0)
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(_message: dict[str, Any]) -> None:
        nonlocal sent
        sent += 1
        if sent == leaves_after:
            gone.set()
        await asyncio.sleep(0.001)

    await WSGIMiddleware(application, workers=1)(SCOPE, receive, send)  # type: ignore[arg-type]
    return made


def part(content: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


def test_a_stream_ends_when_nobody_reads_it_any_more() -> None:
    made = asyncio.run(served([part(b"body", more=False)], leaves_after=20))
    assert 15 < made < 60


def test_what_remains_of_the_body_is_no_departure() -> None:
    body = [part(b"bo", more=True), part(b"dy", more=True), part(b"", more=False)]
    assert asyncio.run(served(body, leaves_after=PIECES * 2)) == PIECES


def test_under_another_server_nobody_ever_goes() -> None:
    assert not Departure(RequestFactory().get("/")).has_happened()


# --- readers who stay and do not read


SIZE = 20_000_000
PATIENCE = 0.5


class Site:
    """Pages that are made on one single thread."""

    def __init__(self) -> None:
        self.made = 0
        self.closed = 0

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        size = 5 if path == "/small" else SIZE
        start_response("200 OK", [("Content-Length", str(size))])
        if path == "/small":
            return [b"small"]
        if path == "/large":
            return [bytes(SIZE)]
        return self._pieces(WSGIRequest(environ), path)

    def _pieces(self, request: WSGIRequest, path: str) -> Iterator[bytes]:
        departure = Departure(request)
        try:
            for _ in range(SIZE // 100_000):
                if departure.has_happened():
                    return
                if path == "/failing" and self.made == 5:
                    raise OSError("disk on fire")
                self.made += 1
                yield bytes(100_000)
        finally:
            self.closed += 1


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    pages = WSGIMiddleware(site, workers=1)  # type: ignore[arg-type]
    with serving(with_patience(pages, seconds=PATIENCE)) as port:  # type: ignore[arg-type]
        yield port


def get(port: int, path: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=DEADLINE) as answer:
        return answer.read()  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", ["/stream", "/large"])
def test_who_does_not_read_gets_no_more_and_holds_up_nobody(
    site: Site, port: int, path: str
) -> None:
    with asking(port, path) as idle:
        assert get(port, "/small") == b"small"
        assert site.made < 150
        time.sleep(2 * PATIENCE)
        got = 0
        while piece := idle.recv(100_000):
            got += len(piece)
        assert got < SIZE, "what was broken off does not look whole"


def test_who_reads_slowly_gets_everything(port: int) -> None:
    with asking(port, "/large") as slow:
        got, started = 0, time.monotonic()
        while got < SIZE and (piece := slow.recv(400_000)):
            got += len(piece)
            time.sleep(0.02)
        assert got > SIZE
    assert time.monotonic() - started > PATIENCE, "it took longer than a piece may"


def test_a_stream_that_fails_in_the_middle_is_seen_to_be_broken(site: Site, port: int) -> None:
    with pytest.raises(IncompleteRead):
        get(port, "/failing")
    assert site.closed == 1
    assert get(port, "/small") == b"small"


def test_a_connection_serves_one_answer_after_the_other(port: int) -> None:
    browser = HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    for path, size in (("/small", 5), ("/large", SIZE), ("/small", 5)):
        browser.request("GET", path)
        assert len(browser.getresponse().read()) == size
