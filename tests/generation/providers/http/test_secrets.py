"""A key in no log, error or traceback, however a call fails and whatever the vendor echoes."""

from __future__ import annotations

import logging
import traceback
from urllib.parse import quote

import pytest

from generation.providers.errors import ProviderError
from generation.providers.http import Answer, download, refusal, send
from generation.providers.types import Connection
from tests.generation.providers.http.faults import LOST, TOO_LARGE
from tests.generation.providers.http.ground import KEY
from tests.generation.providers.http.server import VendorServer

logger = logging.getLogger("tests.secrets")
# Not one that any pattern knows: only knowing the key itself helps.
PLAIN_KEY = "canary+of/nobody=Xy12"
KEYS = [KEY, PLAIN_KEY]


def echoes(key: str) -> dict[str, bytes]:
    """Answers of a vendor that says again what it was told."""
    said = key.encode()
    return {
        "in the status line": b"HTTP/1.1 2xx " + said + b"\r\n\r\n",
        "instead of HTTP": b"authorization: Bearer " + said + b"\r\n",
        "in the name of a header": b"HTTP/1.1 200 OK\r\n" + said + b" x\r\n\r\n",
        "in a length": b"HTTP/1.1 200 OK\r\nContent-Length: " + said + b"\r\n\r\n",
        "in the size of a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + said,
        "in an encoding": b"HTTP/1.1 200 OK\r\nContent-Encoding: " + said + b"\r\n\r\n{}",
        "in a transfer encoding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + said + b"\r\n\r\n{}",
        "in a body": b"HTTP/1.1 401 No\r\nX-Echo: " + said + b"\r\n\r\nBad key: " + said + b".",
        "in JSON": b'HTTP/1.1 400 No\r\nContent-Type: a/json\r\n\r\n{"key": "' + said + b'"}',
        "in JSON of PHP": b'HTTP/1.1 400 No\r\n\r\n{"key": "' + said.replace(b"/", b"\\/") + b'"}',
        "at the cut": b"HTTP/1.1 401 No\r\n\r\n" + b"." * 290 + said,
        "in a redirect": b"HTTP/1.1 302 No\r\nLocation: ftp://" + said + b"\r\n\r\n",
        "in a wait": b"HTTP/1.1 429 No\r\nRetry-After: " + said + b"\r\n\r\n",
    }


def told(error: BaseException) -> str:
    """All that anybody might print of an error, the variables of its frames included."""
    logger.exception("it failed", exc_info=error)
    captured = traceback.TracebackException.from_exception(error, capture_locals=True)
    # This file's own frames hold the key; those of the application come after them.
    captured.stack = traceback.StackSummary.from_list(
        [frame for frame in captured.stack if "/tests/" not in frame.filename]
    )
    assert captured.stack
    parts = [repr(error), str(error), repr(vars(error)), *captured.format(chain=True)]
    assert error.__cause__ is None
    assert error.__context__ is None
    return "".join(parts)


CASES = [(name, KEY) for name in (*LOST, *TOO_LARGE)] + [
    (name, key) for name in echoes("") for key in KEYS
]


@pytest.mark.parametrize(("name", "key"), CASES)
@pytest.mark.parametrize("is_download", [False, True])
def test_a_key_appears_nowhere(
    server: VendorServer,
    caplog: pytest.LogCaptureFixture,
    name: str,
    key: str,
    is_download: bool,
) -> None:
    if name in LOST:
        LOST[name](server)
    else:
        server.raw(TOO_LARGE[name]() if name in TOO_LARGE else echoes(key)[name])
    connection = Connection("openai", f"{server.url}/v1", key=key)
    seen = repr(connection)
    with caplog.at_level(logging.DEBUG):
        try:
            if is_download:
                download(f"{server.url}/a.png", connection, timeout=0.2)
            else:
                answer = send(
                    connection,
                    "POST",
                    "/x",
                    paid=True,
                    json={},
                    timeout=0.2,
                    max_bytes=1 << 20,
                )
                seen += seen_of(answer)
        except ProviderError as error:
            seen += told(error)
    seen += caplog.text
    assert "POST" in seen or "GET" in seen
    assert key not in seen
    assert key[:9] not in seen


def seen_of(answer: Answer) -> str:
    """All that an adapter may log or raise of an answer."""
    seen = repr(answer) + answer.excerpt
    try:
        answer.json()
    except ProviderError as error:
        seen += told(error)
    for error in (
        refusal(answer, paid=True),
        refusal(answer, answer.body.decode(), paid=False),
    ):
        seen += repr(error) + repr(vars(error))
    return seen


@pytest.mark.parametrize("key", ["sk-canary-5f0c\r\n2d7e91", "sk-canary-5f0cé2d7e91"])
def test_a_key_that_cannot_be_sent_is_not_quoted(
    server: VendorServer, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        send(Connection("openai", server.url, key=key), "POST", "/x", paid=True, json={})
    assert "canary" not in told(caught.value) + caplog.text


@pytest.mark.parametrize("key", KEYS)
def test_a_key_in_an_address_is_not_logged(
    server: VendorServer, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    server.answer(404, {"Location": key})
    connection = Connection("openai", f"{server.url}/v1", key=key)
    for written in (key, quote(key, safe="")):
        with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
            download(f"{server.url}/{written}?key={written}", connection)
        assert written not in str(caught.value) + caplog.text
        with caplog.at_level(logging.DEBUG):
            send(connection, "POST", f"/{written}?key={written}", paid=True)
        assert written not in caplog.text


def test_a_header_that_cannot_be_sent_is_not_quoted(
    server: VendorServer, caplog: pytest.LogCaptureFixture
) -> None:
    connection = Connection("openai", server.url, key=KEY)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        send(connection, "POST", "/x", paid=True, headers={"X-Other": f"{KEY}\n"})
    assert KEY not in str(caught.value) + repr(vars(caught.value)) + caplog.text
