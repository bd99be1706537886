"""The four lines of the Procfile, started as a host starts them, are an installation."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.harness import DEADLINE, answers
from tests.hosts.browsing import Browser
from tests.hosts.host import Host

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.skipif(connection.vendor == "postgresql", reason="starts a server of its own"),
]


@pytest.fixture
def hosts(tmp_path: Path, shared: dict[str, str]) -> Iterator[dict[str, Host]]:
    """A host for each line, with nothing on its disk, on which the release has just run."""
    told = {**shared, "WORKER_CONCURRENCY": "2", "WEB_CONCURRENCY": "2"}
    found = {name: Host(tmp_path / name, told) for name in ("release", "web", "worker", "beat")}
    try:
        assert found["release"].run("release") == 0, found["release"].said()
        for name in ("web", "worker", "beat"):
            found[name].start(name)
        _wait_until(lambda: answers(found["web"].port), found)
        yield found
    finally:
        for host in found.values():
            host.stop()


def test_somebody_has_a_picture_made_and_a_new_release_disturbs_nobody(
    hosts: dict[str, Host],
) -> None:
    url, browser = hosts["web"].url, Browser()
    page = browser.get(f"{url}/accounts/signup/").text
    style = next(part for part in page.split('"') if "/static/" in part and ".css" in part)
    assert browser.get(url + style).text, "collected on a disk that no release saw"
    browser.send(f"{url}/accounts/signup/", email="ana@example.com", password1="farol-na-praia-7")

    post = browser.generate(url, "a lighthouse at dusk", "builtin/sketch")
    said = list(browser.stream(url, post))
    assert "event: done" in said, hosts["worker"].said()
    page = browser.get(f"{url}/posts/{post}/").text
    picture = next(part for part in page.split('"') if part.startswith(_storage(hosts)))
    assert browser.get(picture.split()[0]).headers["Content-Type"].startswith("image/")

    for name in ("worker", "beat"):
        _stop(hosts[name], name)
    _stop_web_while_it_answers(hosts["web"], browser)


def _stop(host: Host, name: str) -> None:
    """As a platform does before it starts the next release."""
    running = host.running[name]
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(DEADLINE)
    assert not running.children


def _stop_web_while_it_answers(web: Host, browser: Browser) -> None:
    """What somebody is sending is still answered, and an open stream delays nothing."""
    waiting = browser.generate(web.url, "nobody makes this", "builtin/sketch")
    stream = browser.stream(web.url, waiting)
    assert next(stream)
    token = "t" * 32
    body = f"language=pt-br&next=/&csrfmiddlewaretoken={token}".encode()
    with socket.create_connection(("127.0.0.1", web.port)) as half:
        half.settimeout(DEADLINE)
        half.sendall(_head(len(body), token) + body[:5])
        time.sleep(1)  # the server has begun to read it
        web.running["web"].process.send_signal(signal.SIGTERM)
        assert "event: done" not in list(stream), "it ends, and the page connects elsewhere"
        half.sendall(body[5:])
        answer = half.recv(100)
    assert answer.startswith(b"HTTP/1.1 302 "), answer
    web.running["web"].process.wait(DEADLINE)


def _head(length: int, token: str) -> bytes:
    return (
        "POST /language/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Cookie: csrftoken={token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _storage(hosts: dict[str, Host]) -> str:
    shared = hosts["web"].shared
    return shared["R2_ENDPOINT"]


def _wait_until(happened: object, hosts: dict[str, Host]) -> None:
    until = time.monotonic() + DEADLINE
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < until, "\n".join(host.said() for host in hosts.values())
        time.sleep(0.1)
