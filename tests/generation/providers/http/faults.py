"""Answers that are none: what a broken or hostile vendor puts on the wire."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

from tests.generation.providers.http.server import VendorServer

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 100\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = b"x" * (1 << 20)


def endless(begin: bytes, chunk: bytes) -> Iterator[bytes]:
    """An answer of 2 GB."""
    yield begin
    for _ in range(2048):
        yield chunk


def raw(sent: bytes, then: str = "close", **options: bool) -> Callable[[VendorServer], None]:
    return lambda server: server.raw(sent, then, **options)  # type: ignore[arg-type]


LOST = {
    "closed without an answer": raw(b""),
    "reset without an answer": raw(b"", "reset"),
    "closed before the request was read": raw(b"", "close", reads=False),
    "closed in the status line": raw(b"HTTP/1.1 20"),
    "closed in the headers": raw(OK + b"Content-Type: appl"),
    "reset in the headers": raw(OK + b"Content-Type: appl", "reset"),
    "only an informational answer": raw(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "closed before the body": raw(OK + LENGTH),
    "truncated body": raw(OK + LENGTH + b'{"a": 1}'),
    "reset in the body": raw(OK + LENGTH + b'{"a": 1}', "reset"),
    "truncated chunks": raw(OK + CHUNKED + b"5\r\n{'a':\r\n"),
    "truncated in a chunk": raw(OK + CHUNKED + b"ff\r\n{'a':"),
    "a chunk without a size": raw(OK + CHUNKED + b"hello\r\n{}\r\n0\r\n\r\n"),
    "a negative length": raw(OK + b"Content-Length: -1\r\n\r\n{}"),
    "a length in words": raw(OK + b"Content-Length: two\r\n\r\n{}"),
    "two lengths": raw(OK + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}"),
    "no HTTP": raw(b"220 smtp.example ESMTP\r\n"),
    "HTTP 0.9": raw(b"<html>hello</html>"),
    "a status of four digits": raw(b"HTTP/1.1 2000 OK\r\n\r\n"),
    "a header without a colon": raw(OK + b"nonsense\r\n\r\n"),
    "binary rubbish": raw(bytes(range(256)) * 40),
    "nothing but line ends": raw(b"\r\n" * 100_000),
    "a status line without an end": raw(b"H" * 1_000_000),
    "a hundred thousand headers": raw(OK + b"X-A: b\r\n" * 100_000 + b"\r\n{}"),
    "one header of a megabyte": raw(OK + b"X-A: " + MEGABYTE + b"\r\n\r\n{}"),
    "another protocol": raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    "silence": raw(b"", "hang"),
    "silence in the headers": raw(OK, "hang"),
    "silence in the body": raw(OK + LENGTH + b"{", "hang"),
    "informational answers without end": raw(b"HTTP/1.1 102 Processing\r\n\r\n" * 999, "drip"),
    "headers byte by byte": raw(OK + b"X-A: b\r\n" * 999, "drip"),
    "a body byte by byte": raw(OK + b"Content-Length: 9999\r\n\r\n" + b" " * 9999, "drip"),
    "chunks byte by byte": raw(OK + CHUNKED + b"1\r\n \r\n" * 9999, "drip"),
}


BOMB = gzip.compress(b"\0" * (200 << 20))
TOO_LARGE = {
    "a length over the cap": lambda: iter([OK + b"Content-Length: 2147483648\r\n\r\n"]),
    "more than a length can be": lambda: iter(
        [OK + b"Content-Length: 9999999999999999999\r\n\r\n"]
    ),
    "2 GB without a length": lambda: endless(OK + b"\r\n", MEGABYTE),
    "2 GB in chunks": lambda: endless(OK + CHUNKED, b"100000\r\n" + MEGABYTE + b"\r\n"),
    "2 GB of an error": lambda: endless(b"HTTP/1.1 500 No\r\n\r\n", MEGABYTE),
    "a gzip bomb": lambda: iter([OK + b"Content-Encoding: gzip\r\n\r\n", BOMB]),
    "a deflate bomb": lambda: iter(
        [OK + b"Content-Encoding: deflate\r\n\r\n", zlib.compress(b"\0" * (200 << 20))]
    ),
    "2 GB that say they are gzip": lambda: endless(
        OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"\0")[:10] + MEGABYTE
    ),
}
