"""Every way in which a call can go wrong under way: its kind, and that it was sent once."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from dataclasses import replace

import pytest

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import addresses, exchange, send
from generation.providers.types import Connection
from tests.generation.providers.http.faults import LOST, MEGABYTE, OK, TOO_LARGE
from tests.generation.providers.http.server import VendorServer


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("paid", [True, False])
def test_an_answer_that_is_lost_is_ambiguous_when_it_may_have_cost_something(
    server: VendorServer, connection: Connection, name: str, paid: bool
) -> None:
    LOST[name](server)
    with pytest.raises(ProviderError) as caught:
        send(connection, "POST", "/x", paid=paid, json={"prompt": "a cat"}, timeout=0.6)
    assert caught.value.kind is (ErrorKind.AMBIGUOUS if paid else ErrorKind.TRANSIENT)
    assert caught.value.billed is (Billed.UNKNOWN if paid else Billed.NO)
    assert server.connections == 1
    assert len(server.requests) == (0 if "before the request" in name else 1)


@pytest.mark.parametrize("paid", [True, False])
def test_a_reset_before_the_request_was_read_may_come_before_it_was_sent(
    server: VendorServer, connection: Connection, paid: bool
) -> None:
    server.raw(b"", "reset", reads=False)
    with pytest.raises(ProviderError) as caught:
        send(connection, "POST", "/x", paid=paid, json={}, timeout=0.6)
    kinds = {ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS} if paid else {ErrorKind.TRANSIENT}
    assert caught.value.kind in kinds
    assert server.connections <= 1
    assert server.requests == []


def test_a_body_that_is_longer_than_it_says_is_cut(
    server: VendorServer, connection: Connection
) -> None:
    server.raw(OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nsmuggled")
    assert send(connection, "POST", "/x", paid=True, json={}).body == b"{}"
    assert len(server.requests) == 1


def test_a_refused_connection_can_be_tried_again(connection: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ProviderError) as caught:
        send(replace(connection, base_url=address), "POST", "/x", paid=True, json={})
    assert caught.value.kind is ErrorKind.TRANSIENT
    assert caught.value.billed is Billed.NO


def test_a_name_that_is_not_known_can_be_tried_again(connection: Connection) -> None:
    unknown = replace(connection, base_url="https://vendor.invalid")
    with pytest.raises(ProviderError) as caught:
        send(unknown, "POST", "/x", paid=True, json={})
    assert caught.value.kind is ErrorKind.TRANSIENT


def test_a_resolver_that_hangs_is_left(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def hang(*args: object, **options: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(addresses.socket, "getaddrinfo", hang)
    named = replace(connection, base_url="https://vendor.example")
    with pytest.raises(ProviderError) as caught:
        send(named, "POST", "/x", paid=True, json={}, timeout=0.1)
    over.set()
    assert caught.value.kind is ErrorKind.TRANSIENT
    assert server.connections == 0


def test_a_server_that_does_not_accept_can_be_tried_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # The kernel accepts one more than the backlog; after that it is silent.
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        blocked = replace(connection, base_url=f"http://127.0.0.1:{address[1]}")
        with pytest.raises(ProviderError) as caught:
            send(blocked, "POST", "/x", paid=True, json={})
        for client in waiting:
            client.close()
    assert caught.value.kind is ErrorKind.TRANSIENT


def test_the_second_address_of_a_name_is_tried(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = closed.getsockname()
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", refusing),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
    ]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *args, **options: found)
    server.answer_json({})
    assert send(connection, "POST", "/x", paid=True, json={}).is_ok


def test_a_server_that_does_not_take_the_request_is_ambiguous(
    server: VendorServer, connection: Connection
) -> None:
    server.raw(b"", "hang", reads=False)
    with pytest.raises(ProviderError) as caught:
        send(
            connection,
            "POST",
            "/x",
            paid=True,
            files=[("image", ("a.png", MEGABYTE * 30, "image/png"))],
            timeout=0.6,
        )
    assert caught.value.kind is ErrorKind.AMBIGUOUS
    assert server.connections == 1


def test_a_refusal_before_the_request_was_taken_whole_is_read(
    server: VendorServer, connection: Connection
) -> None:
    server.raw(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "hang", reads=False)
    answer = send(connection, "POST", "/x", paid=True, json={"a": "b"})
    assert answer.status == 413


@pytest.mark.parametrize("name", TOO_LARGE)
def test_an_answer_over_the_cap_is_no_output_and_is_not_held(
    server: VendorServer, connection: Connection, name: str
) -> None:
    sent = TOO_LARGE[name]()
    server.raw(sent)
    tracemalloc.start()
    try:
        with pytest.raises(ProviderError) as caught:
            send(connection, "POST", "/x", paid=True, json={}, max_bytes=8 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert caught.value.billed is Billed.UNKNOWN
    assert caught.value.status in {200, 500}
    assert peak < 14 << 20
    assert len(server.requests) == 1


def test_an_answer_of_exactly_the_cap_is_held_once(
    server: VendorServer, connection: Connection
) -> None:
    server.raw(iter([OK + b"\r\n", *[MEGABYTE] * 16]))
    tracemalloc.start()
    try:
        answer = send(connection, "POST", "/x", paid=True, json={}, max_bytes=16 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(answer.body) == 16 << 20
    assert peak < 24 << 20


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80{}\x03"),
        ("zstd", b"{}"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)),
        ("gzip", b"{}"),
        ("gzip", b""),
        ("gzip", gzip.compress(b"{}" * 999, mtime=0)[:-9]),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"more"),
        ("deflate", b"\xff\xff"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_no_output(
    server: VendorServer, connection: Connection, encoding: str, body: bytes
) -> None:
    server.answer(200, {"Content-Encoding": encoding}, body)
    with pytest.raises(ProviderError) as caught:
        send(connection, "POST", "/x", paid=True, json={})
    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 1
