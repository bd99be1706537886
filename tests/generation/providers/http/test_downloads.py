"""Fetching results: what may be called, and what each failure means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import download, exchange
from generation.providers.types import Connection
from tests.generation.providers.http.faults import LOST, TOO_LARGE
from tests.generation.providers.http.ground import KEY, Resolver
from tests.generation.providers.http.server import VendorServer, vendor_server


def refusal_of(url: str, connection: Connection, **options: float) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        download(url, connection, **options)  # type: ignore[arg-type]
    return caught.value


def test_a_file_of_the_operators_own_server_is_fetched_without_the_key(
    server: VendorServer, connection: Connection
) -> None:
    server.answer(200, {"Content-Type": "text/html"}, b"\x89PNG")
    assert download(f"{server.url}/a%2Fb.png?sig=a%3D%2B&x=\"'#part", connection) == b"\x89PNG"
    assert server.request.method == "GET"
    assert server.request.path == "/a%2Fb.png?sig=a%3D%2B&x=\"'"
    assert not {"authorization", "x-goog-api-key", "cookie"} & set(server.request.headers)
    assert KEY not in repr(server.request)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_on_the_same_server_are_followed(
    server: VendorServer, connection: Connection, status: int
) -> None:
    for location in (f"{server.url}/b", "/c", "d?e=f"):
        server.answer(status, {"Location": location})
    server.answer(body=b"picture")
    assert download(f"{server.url}/a", connection) == b"picture"
    assert [request.path for request in server.requests] == ["/a", "/b", "/c", "/d?e=f"]


def test_the_fourth_redirect_is_not_followed(server: VendorServer, connection: Connection) -> None:
    server.answer(302, {"Location": "/again"})
    assert refusal_of(f"{server.url}/a", connection).kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 4


def test_an_allowed_network_is_called_over_http(
    server: VendorServer, settings: Any, resolver: Resolver
) -> None:
    resolver.names["pictures.lan"] = [["127.0.0.1"]]
    elsewhere = Connection("openai", "https://api.openai.com/v1", key=KEY)
    url = f"http://pictures.lan:{server.port}/a.png"
    server.answer(body=b"picture")
    assert refusal_of(url, elsewhere).kind is ErrorKind.NO_OUTPUT
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["10.0.0.0/8"]
    assert refusal_of(url, elsewhere).kind is ErrorKind.NO_OUTPUT
    assert server.connections == 0
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["10.0.0.0/8", "127.0.0.1/32"]
    assert download(url, elsewhere) == b"picture"


def test_one_address_outside_of_the_allowed_networks_is_enough_to_refuse(
    server: VendorServer, settings: Any, resolver: Resolver, connection: Connection
) -> None:
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    server.answer(body=b"picture")
    away = replace(connection, base_url="https://api.openai.com/v1")
    for others in (["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "8.8.8.8"], ["::1", "127.0.0.1"]):
        resolver.names["pictures.lan"] = [others]
        error = refusal_of(f"http://pictures.lan:{server.port}/a.png", away)
        assert error.kind is ErrorKind.NO_OUTPUT
    assert server.connections == 0


REPEATABLE = {408, 429, 500, 502, 503, 504, 520, 599}


@pytest.mark.parametrize(
    "status", [201, 204, 206, 304, 400, 401, 403, 404, 410, 418, *sorted(REPEATABLE)]
)
def test_a_status_without_a_file_means_try_again_or_not(
    server: VendorServer, connection: Connection, status: int
) -> None:
    server.answer(status, {"Retry-After": "9"}, b"" if status in {204, 304} else b"words")
    error = refusal_of(f"{server.url}/a.png", connection)
    assert error.kind is (ErrorKind.TRANSIENT if status in REPEATABLE else ErrorKind.NO_OUTPUT)
    assert error.status == status
    assert error.retry_after == 9
    assert error.billed is Billed.UNKNOWN
    assert "words" not in error.detail
    assert len(server.requests) == 1


def test_an_empty_file_is_no_output(server: VendorServer, connection: Connection) -> None:
    server.answer()
    assert refusal_of(f"{server.url}/a.png", connection).kind is ErrorKind.NO_OUTPUT


@pytest.mark.parametrize("name", LOST)
def test_a_lost_file_can_be_fetched_again(
    server: VendorServer, connection: Connection, name: str
) -> None:
    LOST[name](server)
    error = refusal_of(f"{server.url}/a.png", connection, timeout=0.6)
    assert error.kind is ErrorKind.TRANSIENT
    assert server.connections == 1


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_file_over_the_cap_is_no_output(
    server: VendorServer, connection: Connection, name: str
) -> None:
    server.raw(TOO_LARGE[name]())
    error = refusal_of(f"{server.url}/a.png", connection, max_bytes=1 << 20)
    assert error.kind is ErrorKind.NO_OUTPUT


def test_a_server_that_is_too_slow_is_given_up_early(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "SLOW_AFTER", 0.2)
    server.raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 9999, "drip")
    error = refusal_of(f"{server.url}/a.png", connection)
    assert error.kind is ErrorKind.TRANSIENT
    assert "bytes in" in error.detail


def test_the_deadline_is_one_for_all_redirects(
    server: VendorServer, connection: Connection
) -> None:
    for _ in range(3):
        server.raw(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", "drip")
    error = refusal_of(f"{server.url}/a.png", connection, timeout=1.2)
    assert error.kind is ErrorKind.TRANSIENT
    assert len(server.requests) < 3


def test_the_query_of_a_link_is_not_logged(
    server: VendorServer, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer(body=b"picture")
    with caplog.at_level("INFO"):
        download(f"{server.url}/bucket/name-of-it.png?X-Amz-Signature=abcdef123456", connection)
    assert "GET 127.0.0.1/bucket/...: 200, 7 bytes" in caplog.text
    assert "abcdef" not in caplog.text


def test_a_public_host_may_only_be_called_on_its_usual_ports(resolver: Resolver) -> None:
    resolver.names["cdn.example"] = [["93.184.216.34"]]
    away = Connection("openai", "https://api.openai.com:8443/v1")
    for port in (22, 25, 1024, 6379, 8080, 11211):
        error = refusal_of(f"https://cdn.example:{port}/a.png", away)
        assert error.kind is ErrorKind.NO_OUTPUT
    assert resolver.asked == []


def test_another_server_of_the_same_machine_is_not_the_operators(
    server: VendorServer, connection: Connection
) -> None:
    with vendor_server() as other:
        for url in (
            other.url,
            f"http://localhost:{server.port}",
            f"https://127.0.0.1:{server.port}",
        ):
            assert refusal_of(f"{url}/a.png", connection).kind is ErrorKind.NO_OUTPUT
        assert other.connections == server.connections == 0
