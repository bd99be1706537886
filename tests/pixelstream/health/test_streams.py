"""The live stream, which Django does not see, has its id, its count and its line as well."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from pixelstream import asgi
from pixelstream.health import pages


def ask(headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """What `/live/` sends to somebody without a token."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live/",
        "query_string": b"t=rubbish",
        "headers": [(b"host", b"testserver"), *headers],
    }
    asyncio.run(asgi.application(scope, receive, send))
    return sent


def test_it_gives_the_id_back_and_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    counter = pages._counter("live", "GET", "4xx")
    before = counter._value.get()
    with caplog.at_level(logging.INFO, "pixelstream.access"):
        start = ask([(b"x-request-id", b"of-mine")])[0]
    assert start["status"] == 403
    assert (b"x-request-id", b"of-mine") in start["headers"]
    assert counter._value.get() == before + 1
    (record,) = caplog.records
    assert record.__dict__["path"] == "/live/"
    assert record.__dict__["status"] == 403
    assert "rubbish" not in caplog.text


def test_an_odd_id_is_not_taken() -> None:
    start = ask([(b"x-request-id", b"a\xffb")])[0]
    given = dict(start["headers"])[b"x-request-id"]
    assert len(given) == 32
