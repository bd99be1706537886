"""An adapter beside the bare HTTP call, and what the web process does not load.

The peer is a process of its own that gives fixed answers: a picture of 1 MB in base64, or a
caption of one line. The adapter and the bare call send the same body to it in turns, each on a
new connection. The bare call is httpx2 with a client that was made before and, for information,
`httpx2.post`, which makes a client, and with it what TLS needs, for every call. It reads the JSON
and decodes the base64, and does nothing of what the adapter is there for: limits of time and
size, the checks of the answer, cost, log.

`python -m` this module is the peer: it prints its port and answers until its standard input is
closed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

from tests.bench.ground import PROJECT_DIR, Ground
from tests.bench.report import Figure, median, spread

TITLE = "an adapter over the bare HTTP call, and the imports of the web process"
MOST = 1.3
PROVIDERS = ("openrouter", "openai")
KEY = "only-for-measuring"
PNG = b"\x89PNG\r\n\x1a\n"
PICTURE = {
    "created": 1795000000,
    "data": [{"b64_json": base64.b64encode(PNG.ljust(2**20, b"\x9e")).decode()}],
    "usage": {"input_tokens": 12, "output_tokens": 1056, "cost": 0.04},
}
CAPTION = {
    "id": "answer-1",
    "model": "a-model",
    "choices": [
        {"finish_reason": "stop", "message": {"role": "assistant", "content": "Last light."}}
    ],
    "usage": {"prompt_tokens": 90, "completion_tokens": 4, "total_tokens": 94, "cost": 0.0001},
}
#: What must not be loaded with the pages. (`cryptography` comes with allauth's second step.)
HEAVY = ("httpx2", "httpcore2", "numpy", "onnxruntime")
WEB_PROCESS = """
import json, sys, time
begin = time.perf_counter()
import pixelstream.asgi
from django.urls import get_resolver
get_resolver().url_patterns
{more}
seconds = time.perf_counter() - begin
print(json.dumps([seconds, sorted(sys.modules)]))
"""


def run(ground: Ground) -> Iterator[Figure]:
    """Call in turns, then import in turns."""
    rounds = ground.rounds(300, 60)
    with _peer() as port, _log_written_nowhere():
        for provider in PROVIDERS:
            yield from _compare(provider, port, rounds)
    yield from _imports(ground.rounds(9, 3))


def _compare(slug: str, port: int, rounds: int) -> Iterator[Figure]:
    import httpx2

    with httpx2.Client(trust_env=False, headers={"Connection": "close"}) as client:
        for what, caption in (("1 MB picture", False), ("caption", True)):
            adapter, url, body = _call(slug, port, caption=caption)
            headers = {"Authorization": f"Bearer {KEY}"}

            def bare(post: Callable[..., Any] = client.post) -> object:
                content = post(url, json=body, headers=headers).json()  # noqa: B023
                if "choices" in content:
                    return content["choices"][0]["message"]["content"]
                return base64.b64decode(content["data"][0]["b64_json"])

            def bare_with_its_client() -> object:
                return bare(httpx2.post)

            # Not in turns with the others: it makes a TLS context of 20 ms, and whoever comes
            # next finds the processor's caches cold.
            [post_times] = _in_turns((bare_with_its_client,), max(5, rounds // 10))
            ours, bare_ms = (median(times) for times in _in_turns((adapter, bare), rounds))
            post_ms = median(post_times)
            note = f"{ours:.2f} ms against {bare_ms:.2f} ms, medians of {rounds}"
            name = f"{slug}, {what}: adapter over "
            yield Figure(name + "bare call", ours / bare_ms, "x", MOST, note=note)
            yield Figure(name + "httpx2.post", ours / post_ms, "x", note=f"{post_ms:.2f} ms")


def _call(slug: str, port: int, *, caption: bool) -> tuple[Callable[[], object], str, object]:
    """What calls the adapter, and the address and the body that it sends."""
    from generation.providers import http, registry
    from generation.providers.types import (
        Capabilities,
        Connection,
        GenerationRequest,
        Kind,
        ModelSpec,
    )

    kind = Kind.CAPTION if caption else Kind.IMAGE
    spec = ModelSpec(
        key="bench/model",
        provider=slug,
        remote_id="a-model",
        name="A model",
        capabilities=Capabilities(frozenset({kind}), seed=True),
        typical_cost=Decimal("0.04"),
    )
    request = GenerationRequest(
        kind=kind,
        model=spec,
        prompt="a lighthouse at dusk, long exposure, the sea like milk, seen from the dunes",
        request_id="bench-1",
        seed=7,
        width=1024,
        height=1024,
    )
    provider = registry.get(slug)
    connection = Connection(
        slug, f"http://127.0.0.1:{port}/v1", key=KEY, options=registry.options(slug)
    )
    with mock.patch.object(http, "send", side_effect=_SeenError) as send:
        with contextlib.suppress(_SeenError):
            provider.submit(request, connection)
        _connection, _method, path = send.call_args.args
        body = send.call_args.kwargs["json"]
    return lambda: provider.submit(request, connection), f"{connection.base_url}{path}", body


class _SeenError(Exception):
    """The adapter's request was seen; it need not be sent."""


def _in_turns(calls: tuple[Callable[[], object], ...], rounds: int) -> list[list[float]]:
    """Milliseconds of each call, a list a call. Who begins changes from round to round."""
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(-3, rounds):  # the first three warm everybody up
        for turn in range(len(calls)):
            which = (number + turn) % len(calls)
            begin = time.perf_counter()
            calls[which]()
            if number >= 0:
                taken[which].append((time.perf_counter() - begin) * 1000)
    return taken


def _imports(rounds: int) -> Iterator[Figure]:
    alone, with_client = [], []
    modules: list[str] = []
    for _ in range(rounds):
        seconds, modules = _web_process("")
        alone.append(seconds * 1000)
        seconds, _all = _web_process("import httpx2")
        with_client.append(seconds * 1000)
    heavy = [name for name in HEAVY if name in modules]
    yield Figure(
        "heavy modules that the web process loads",
        len(heavy),
        at_most=0,
        note=", ".join(heavy) or f"none of {', '.join(HEAVY)}",
    )
    yield Figure("modules that it loads in all", len(modules))
    yield Figure("importing it", median(alone), "ms", note=spread(alone, "ms"))
    yield Figure(
        "importing it and httpx2", median(with_client), "ms", note=spread(with_client, "ms")
    )


def _web_process(more: str) -> tuple[float, list[str]]:
    """Seconds that a new web process takes to load everything, and its modules."""
    done = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS.replace("{more}", more)],
        cwd=PROJECT_DIR,
        env={**os.environ, "PYTHONPATH": str(PROJECT_DIR)},
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, modules = json.loads(done.stdout)
    return seconds, modules


@contextlib.contextmanager
def _log_written_nowhere() -> Iterator[None]:
    """Let the log be made as ever, but not be seen among the figures."""
    logger = logging.getLogger("generation.providers.http")
    with open(os.devnull, "w") as nowhere:
        handler = logging.StreamHandler(nowhere)
        logger.addHandler(handler)
        logger.propagate = False
        try:
            yield
        finally:
            logger.propagate = True
            logger.removeHandler(handler)


@contextlib.contextmanager
def _peer() -> Iterator[int]:
    """Run the peer while the block runs; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("started with pipes")
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _serve(listener: socket.socket) -> None:
    answers = {b"images": _answer(PICTURE), b"chat": _answer(CAPTION)}
    while True:
        connection, _address = listener.accept()
        with connection, connection.makefile("rb") as request:
            path = request.readline().split()[1]
            length = 0
            while (line := request.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            request.read(length)
            connection.sendall(next(answers[word] for word in answers if word in path))


def _answer(content: object) -> bytes:
    body = json.dumps(content).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as _listener:
        print(_listener.getsockname()[1], flush=True)
        threading.Thread(target=_serve, args=(_listener,), daemon=True).start()
        sys.stdin.read()
