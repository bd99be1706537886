"""What `send` puts on the wire, and what comes back."""

from __future__ import annotations

import email
import email.policy
import gzip
import logging
import os
import subprocess
import sys
import threading
import zlib

import pytest

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Auth, client, journal, send
from generation.providers.types import Connection
from tests.generation.providers.http.ground import KEY
from tests.generation.providers.http.server import VendorServer


def test_json_arrives_as_it_was_given(server: VendorServer, connection: Connection) -> None:
    server.answer_json({"id": "x"}, headers={"X-Request-Id": "r1"})
    content = {"prompt": "um café \ud800 \u0000", "n": 1}
    answer = send(connection, "POST", "/images/generations", paid=True, json=content)
    assert answer.status == 200
    assert answer.is_ok
    assert answer.media_type == "application/json"
    assert answer.headers["x-request-id"] == "r1"
    assert answer.json() == {"id": "x"}
    assert server.request.method == "POST"
    assert server.request.path == "/v1/images/generations"
    assert server.request.headers["content-type"] == "application/json"
    assert server.request.headers["accept-encoding"] == "identity"
    assert server.request.json == content


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (Auth.BEARER, "authorization", f"Bearer {KEY}"),
        (Auth.GOOGLE, "x-goog-api-key", KEY),
        (Auth.NONE, "authorization", None),
    ],
)
def test_a_key_goes_into_the_header_of_its_scheme(
    server: VendorServer, connection: Connection, auth: Auth, name: str, value: str | None
) -> None:
    server.answer_json({})
    send(connection, "GET", "/models", paid=False, auth=auth)
    assert server.request.headers.get(name) == value
    sent = " ".join(server.request.headers.values()) + server.request.path
    assert sent.count(KEY) == (value is not None)


@pytest.mark.parametrize("auth", list(Auth))
def test_without_a_key_there_is_no_header_for_one(server: VendorServer, auth: Auth) -> None:
    server.answer_json({})
    send(Connection("openai", server.url), "GET", "/models", paid=False, auth=auth)
    assert not {"authorization", "x-goog-api-key"} & set(server.request.headers)


def test_white_space_around_a_key_is_not_sent(server: VendorServer) -> None:
    server.answer_json({})
    send(Connection("openai", server.url, key=f" {KEY}\n"), "GET", "/models", paid=False)
    assert server.request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", ["sk-a\r\nX-Evil: 1", "sk-é", "sk-\x00"])
def test_a_key_that_no_header_can_carry_is_an_auth_error(server: VendorServer, key: str) -> None:
    with pytest.raises(ProviderError) as caught:
        send(Connection("openai", server.url, key=key), "POST", "/x", paid=True, json={})
    assert caught.value.kind is ErrorKind.AUTH
    assert server.connections == 0


def test_a_header_with_a_line_break_is_not_sent(
    server: VendorServer, connection: Connection
) -> None:
    with pytest.raises(ProviderError) as caught:
        send(connection, "POST", "/x", paid=True, json={}, headers={"X-A": "1\r\nX-B: 2"})
    assert caught.value.kind is ErrorKind.INVALID
    assert server.requests == []


def test_adapters_cannot_replace_the_key_by_a_header_of_theirs(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({})
    send(connection, "GET", "/x", paid=False, headers={"Authorization": "other", "X-Title": "P"})
    assert server.request.headers["authorization"] == f"Bearer {KEY}"
    assert server.request.headers["x-title"] == "P"


def test_files_arrive_as_a_multipart_form(server: VendorServer, connection: Connection) -> None:
    server.answer_json({})
    picture = bytes(range(256)) * 1000
    send(
        connection,
        "POST",
        "/images/edits",
        paid=True,
        form={"prompt": "um gato\r\n--x", "model": "gpt-image-1"},
        files=[
            ("image[]", ("a.png", picture, "image/png")),
            ("image[]", ('b".png', b"second", "image/png")),
        ],
    )
    content_type = server.request.headers["content-type"].encode()
    message = email.message_from_bytes(
        b"Content-Type: " + content_type + b"\r\n\r\n" + server.request.body,
        policy=email.policy.HTTP,
    )
    parts = [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]
    assert parts == [
        ("prompt", None, b"um gato\r\n--x"),
        ("model", None, b"gpt-image-1"),
        ("image[]", "a.png", picture),
        ("image[]", "b%22.png", b"second"),
    ]


def test_a_form_without_files_is_url_encoded(server: VendorServer, connection: Connection) -> None:
    server.answer_json({})
    send(connection, "POST", "/token", paid=False, form={"a": "b c&d"})
    assert server.request.body == b"a=b+c%26d"
    assert server.request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_json_and_a_form_at_once_is_a_mistake_of_the_caller(connection: Connection) -> None:
    with pytest.raises(ValueError, match="JSON and a form"):
        send(connection, "POST", "/x", paid=True, json={}, form={"a": "b"})


def test_a_percent_encoded_path_arrives_exactly_so(
    server: VendorServer, connection: Connection
) -> None:
    path = "/image/a%2Fb%20c%3F%23%25%40%5C%C3%A9..%2e%2E%0A%7e~!$'()*+,;=:"
    server.answer(body=b"picture")
    send(connection, "GET", path, paid=True, params={"seed": "1", "negative": "a b&c/é"})
    assert server.request.path == f"/v1{path}?seed=1&negative=a%20b%26c%2F%C3%A9"


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_any_status_comes_back_and_nothing_is_followed_or_repeated(
    server: VendorServer, connection: Connection, status: int
) -> None:
    server.answer(status, {"Location": f"{server.url}/elsewhere", "Retry-After": "0"})
    answer = send(connection, "POST", "/x", paid=True, json={})
    assert answer.status == status
    assert len(server.requests) == server.connections == 1


def test_informational_answers_are_passed_over(
    server: VendorServer, connection: Connection
) -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server.raw(hints + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    assert send(connection, "POST", "/x", paid=True, json={}).json() == {}
    assert len(server.requests) == 1


def test_a_body_that_ends_with_the_connection_is_read(
    server: VendorServer, connection: Connection
) -> None:
    server.raw(b"HTTP/1.0 200 OK\r\n\r\n{}")
    assert send(connection, "POST", "/x", paid=True, json={}).body == b"{}"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b'{"a": 1}', mtime=0)),
        ("X-GZIP", gzip.compress(b'{"a": 1}', mtime=0)),
        ("deflate", zlib.compress(b'{"a": 1}')),
        ("identity", b'{"a": 1}'),
    ],
)
def test_a_body_that_was_compressed_anyway_is_read(
    server: VendorServer, connection: Connection, encoding: str, body: bytes
) -> None:
    server.answer(200, {"Content-Encoding": encoding}, body)
    assert send(connection, "GET", "/x", paid=False).json() == {"a": 1}


def test_cookies_are_not_kept(server: VendorServer, connection: Connection) -> None:
    server.answer(200, {"Set-Cookie": "account=alice; Path=/"})
    for _ in range(2):
        send(connection, "GET", "/x", paid=False)
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


def test_every_call_has_a_connection_of_its_own(
    server: VendorServer, connection: Connection
) -> None:
    server.answer(200, {"Connection": "keep-alive"}, b"{}")
    for _ in range(3):
        send(connection, "GET", "/x", paid=False)
    assert server.connections == len(server.requests) == 3


def test_proxies_of_the_environment_are_not_used(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answer_json({})
    assert send(connection, "GET", "/x", paid=False).is_ok


def test_threads_do_not_get_each_others_answers(
    server: VendorServer, connection: Connection
) -> None:
    for number in range(24):
        server.answer_json({"number": number})
    answers: list[int] = []

    def call() -> None:
        answers.append(send(connection, "GET", "/x", paid=False).json()["number"])

    threads = [threading.Thread(target=call) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(24))
    assert len(server.requests) == 24


def test_a_fork_gets_connections_of_its_own(server: VendorServer, connection: Connection) -> None:
    server.answer_json({})
    send(connection, "GET", "/parent", paid=False)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if send(connection, "GET", "/child", paid=False).is_ok else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [request.path for request in server.requests] == ["/v1/parent", "/v1/child"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "models",
        "//evil.example/x",
        "/a//b",
        "/\\evil.example",
        "@evil.example/x",
        "/@evil.example/x",
        ":80@evil.example/",
        ".evil.example/x",
        "/../admin",
        "/a/../../b",
        "/a/..",
        "/./a",
        "/a\r\nHost: evil.example",
        "/a b",
        "/a\tb",
        "/é",
        "/a#b",
    ],
)
def test_a_path_cannot_leave_the_server_that_the_key_is_for(
    server: VendorServer, connection: Connection, path: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        send(connection, "POST", path, paid=True, json={})
    assert caught.value.kind is ErrorKind.INVALID
    assert caught.value.billed is Billed.NO
    assert server.connections == 0


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "ftp://vendor.example",
        "//vendor.example",
        "https://",
        "https://user:word@vendor.example",
        "https://vendor.example:99999",
        "https://vendor.example:0",
        "https://[::1",
        "https://vendör.example",
        "https://vendor.example\\@evil.example",
    ],
)
def test_a_base_url_that_is_none_is_an_invalid_request(base_url: str) -> None:
    with pytest.raises(ProviderError) as caught:
        send(Connection("openai", base_url, key=KEY), "GET", "/x", paid=False)
    assert caught.value.kind is ErrorKind.INVALID


def test_a_call_is_one_line_without_what_was_said(
    server: VendorServer, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer_json({"text": "an answer"}, 402)
    with caplog.at_level(logging.INFO):
        send(connection, "POST", "/chat/completions?a=1", paid=True, json={"prompt": "a cat"})
    [record] = caplog.records
    assert record.name == "generation.providers.http"
    assert record.levelno == logging.INFO
    message = record.getMessage()
    assert message.startswith("POST 127.0.0.1/chat/completions: 402, 21 bytes, ")


def test_a_prompt_in_a_path_is_not_logged(
    server: VendorServer, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer(body=b"picture")
    with caplog.at_level(logging.INFO):
        send(connection, "GET", "/image/hippopotamus", paid=True, params={"model": "flux"})
    assert "GET 127.0.0.1/image/...: 200, 7 bytes" in caplog.text
    assert "hippopotamus" not in caplog.text
    assert "flux" not in caplog.text


def test_a_failure_is_a_warning_with_its_kind(
    server: VendorServer, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    server.raw(b"", "close")
    with caplog.at_level(logging.INFO), pytest.raises(ProviderError):
        send(connection, "POST", "/images", paid=True, json={})
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "POST 127.0.0.1/images: ambiguous, answer lost" in record.getMessage()


def test_a_key_on_an_open_line_to_a_public_server_is_warned_of_once(
    server: VendorServer,
    connection: Connection,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journal.warn_of_open_key.cache_clear()
    monkeypatch.setattr(client, "is_public", lambda ip: ip == "127.0.0.1")
    server.answer_json({})
    send(Connection("openai", server.url), "GET", "/x", paid=False)
    assert "over http" not in caplog.text
    for _ in range(2):
        send(connection, "GET", "/x", paid=False)
    assert caplog.text.count("over http") == 1


def test_a_key_on_an_open_line_at_home_is_not_warned_of(
    server: VendorServer, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    journal.warn_of_open_key.cache_clear()
    server.answer_json({})
    send(connection, "GET", "/x", paid=False)
    assert "over http" not in caplog.text


def test_the_pages_do_not_load_the_http_library() -> None:
    program = (
        "import sys, django; django.setup()\n"
        "import pixelstream.urls, generation.providers.registry, generation.providers.http\n"
        "print([name for name in ('httpx2', 'httpcore2', 'h11') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "pixelstream.settings_test"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
