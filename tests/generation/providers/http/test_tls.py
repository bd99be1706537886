"""Whom we believe: certificates are checked before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import download, send
from generation.providers.types import Connection
from tests.generation.providers.http.ground import KEY, Resolver
from tests.generation.providers.http.server import VendorServer


@pytest.fixture
def cdn(tls_server: VendorServer, resolver: Resolver) -> Connection:
    """The server behind its name."""
    resolver.names["cdn.example"] = [["127.0.0.1"]]
    return Connection("openai", f"https://cdn.example:{tls_server.port}", key=KEY)


@pytest.mark.usefixtures("trusted")
def test_a_server_with_a_valid_certificate_is_called_by_its_name(
    tls_server: VendorServer, cdn: Connection
) -> None:
    tls_server.answer_json({"a": 1})
    assert send(cdn, "POST", "/x", paid=True, json={}).json() == {"a": 1}
    assert tls_server.request.headers["host"] == f"cdn.example:{tls_server.port}"


@pytest.mark.usefixtures("trusted")
def test_a_download_has_its_certificate_checked_against_the_name(
    tls_server: VendorServer, cdn: Connection
) -> None:
    tls_server.answer(body=b"picture")
    assert download(f"{cdn.base_url}/a.png", cdn) == b"picture"


def test_an_unknown_authority_is_an_invalid_request_that_was_not_sent(
    tls_server: VendorServer, cdn: Connection
) -> None:
    with pytest.raises(ProviderError) as caught:
        send(cdn, "POST", "/x", paid=True, json={})
    assert caught.value.kind is ErrorKind.INVALID
    assert "certificate: self-signed certificate" in caught.value.detail
    with pytest.raises(ProviderError) as caught:
        download(f"{cdn.base_url}/a.png", cdn)
    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert tls_server.connections == 2
    assert tls_server.requests == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_name_is_an_invalid_request(
    tls_server: VendorServer, cdn: Connection, resolver: Resolver
) -> None:
    resolver.names["other.example"] = [["127.0.0.1"]]
    for host in ("other.example", "127.0.0.1"):
        other = replace(cdn, base_url=f"https://{host}:{tls_server.port}")
        with pytest.raises(ProviderError) as caught:
            send(other, "POST", "/x", paid=True, json={})
        assert caught.value.kind is ErrorKind.INVALID
    assert tls_server.requests == []


@pytest.mark.parametrize("then", ["close", "reset", "hang", "drip"])
@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 99, b"\x16\x03\x01"])
def test_a_handshake_that_fails_can_be_tried_again(
    server: VendorServer, sent: bytes, then: str
) -> None:
    server.raw(sent, then, reads=False)  # type: ignore[arg-type]
    plain = Connection("openai", server.url.replace("http://", "https://"), key=KEY)
    with pytest.raises(ProviderError) as caught:
        send(plain, "POST", "/x", paid=True, json={}, timeout=0.6)
    assert caught.value.kind is ErrorKind.TRANSIENT
    assert server.connections == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
@pytest.mark.parametrize("then", ["close", "reset", "hang"])
def test_an_answer_that_is_lost_behind_tls_is_ambiguous(
    tls_server: VendorServer, cdn: Connection, sent: bytes, then: str
) -> None:
    tls_server.raw(sent, then)  # type: ignore[arg-type]
    with pytest.raises(ProviderError) as caught:
        send(cdn, "POST", "/x", paid=True, json={}, timeout=0.6)
    assert caught.value.kind is ErrorKind.AMBIGUOUS
    assert len(tls_server.requests) == 1


@pytest.mark.usefixtures("trusted")
def test_headers_that_drip_behind_tls_run_into_the_deadline(
    tls_server: VendorServer, cdn: Connection
) -> None:
    tls_server.raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 999, "drip")
    with pytest.raises(ProviderError) as caught:
        send(cdn, "POST", "/x", paid=True, json={}, timeout=0.6)
    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.usefixtures("trusted")
def test_a_redirect_from_https_to_http_is_refused(
    tls_server: VendorServer,
    server: VendorServer,
    cdn: Connection,
    settings: Any,
) -> None:
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    server.answer(body=b"picture")
    tls_server.answer(302, {"Location": f"{server.url}/a.png"})
    with pytest.raises(ProviderError) as caught:
        download(f"{cdn.base_url}/a.png", cdn)
    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert server.connections == 0
