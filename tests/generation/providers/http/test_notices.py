"""Telling an address of our own: once, quickly, and without following anybody anywhere."""

from __future__ import annotations

import logging
import time

import pytest

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import notices
from tests.generation.providers.http.server import Then, VendorServer


def test_body_and_headers_arrive_as_they_were_given(
    server: VendorServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer_json({})
    caplog.set_level(logging.INFO)
    body = b'{"a": 1}'
    notices.notify(f"{server.url}/api/call/?t=secret:token", {"webhook-id": "7"}, body)
    [sent] = server.requests
    assert (sent.method, sent.path, sent.body) == ("POST", "/api/call/?t=secret:token", body)
    assert (sent.headers["webhook-id"], sent.headers["content-length"]) == ("7", "8")
    assert "secret" not in caplog.text, "the token opens the address"


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_any_other_answer_is_a_failure_and_is_not_followed(
    status: int, server: VendorServer
) -> None:
    server.answer_json({}, status=status, headers={"Location": f"{server.url}/elsewhere"})
    with pytest.raises(ProviderError) as failed:
        notices.notify(f"{server.url}/call/", {}, b"{}")
    assert (failed.value.kind, failed.value.detail) == (ErrorKind.TRANSIENT, f"answered {status}")
    assert len(server.requests) == 1


@pytest.mark.parametrize("then", ["hang", "drip"])
def test_who_does_not_answer_is_left_in_time(
    then: Then, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "SECONDS", 0.3)
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 999, then)
    began = time.monotonic()
    with pytest.raises(ProviderError):
        notices.notify(f"{server.url}/call/", {}, b"{}")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "http://127.0.0.1:1/call/"])
def test_who_cannot_be_called_is_a_failure(address: str) -> None:
    with pytest.raises(ProviderError) as failed:
        notices.notify(address, {}, b"{}")
    assert failed.value.kind is ErrorKind.TRANSIENT
