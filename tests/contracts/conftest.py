"""Fixtures of the contract tests: the peers, and the wire between an adapter and its peer.

Adapters send with `http.send(...)` after `from generation.providers import http`. That one name is
replaced here by a forwarding function that can add a header and that remembers every answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from generation.providers import http
from generation.providers.http import Answer
from generation.providers.types import Connection
from tests.contracts import peers

FOLDER = Path(__file__).parent
PEER_SECONDS = 600

Prefer = Callable[..., AbstractContextManager[None]]
"""`with prefer(code=429, example="name"):` see `Wire.prefer`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; the first one may have to install the peers."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.contracts)
            item.add_marker(pytest.mark.timeout(PEER_SECONDS))


class Wire:
    """Passes an adapter's requests on to the real `send` and remembers what came back."""

    def __init__(self, send: Callable[..., Answer]) -> None:
        self._send = send
        # aimock keeps a count of its own for every such id: a scripted sequence ("first 500, then
        # a picture") begins anew in every test.
        self._headers = {"X-Test-Id": uuid4().hex}
        self.answers: list[Answer] = []
        self.may_violate = False
        """Set by a test that sends something wrong on purpose."""

    def send(self, connection: Connection, method: str, path: str, **options: Any) -> Answer:
        """Stand in for `generation.providers.http.send`."""
        options["headers"] = {**(options.get("headers") or {}), **self._headers}
        answer = self._send(connection, method, path, **options)
        self.answers.append(answer)
        return answer

    @contextmanager
    def prefer(self, *, code: int, example: str = "") -> Iterator[None]:
        """Have Prism answer valid requests with this status (and this example of the spec)."""
        before = self._headers
        wish = f"code={code}" + (f", example={example}" if example else "")
        self._headers = {**before, "Prefer": wish}
        try:
            yield
        finally:
            self._headers = before

    @property
    def violations(self) -> list[str]:
        """What Prism found wrong, a text an answer that has any."""
        return [
            answer.headers["sl-violations"]
            for answer in self.answers
            if "sl-violations" in answer.headers
        ]


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The wire of this test. A request that breaks the vendor's spec fails the test."""
    wire = Wire(http.send)
    monkeypatch.setattr(http, "send", wire.send)
    yield wire
    assert wire.may_violate or not wire.violations


@pytest.fixture
def prefer(wire: Wire) -> Prefer:
    """Choose what Prism answers: `with prefer(code=429): …`."""
    return wire.prefer


@pytest.fixture(scope="session")
def _peers() -> Iterator[None]:
    lack = peers.lack()
    if lack and peers.are_here() and os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"contract tests cannot run here: {lack}", pytrace=False)
    if lack:
        pytest.skip(f"contract tests: {lack}")
    if "PYTEST_XDIST_WORKER" in os.environ and not peers.are_up():
        pytest.skip("contract tests: several processes cannot start the peers; leave out -n")
    with peers.running():
        yield


@pytest.fixture(scope="session")
def openai_prism(_peers: None) -> str:
    """Base URL of Prism with OpenAI's spec. It stands for the whole of `https://…/v1`."""
    return peers.OPENAI_PRISM


@pytest.fixture(scope="session")
def openrouter_prism(_peers: None) -> str:
    """Base URL of Prism with OpenRouter's spec. It stands for the whole of `https://…/api/v1`."""
    return peers.OPENROUTER_PRISM


@pytest.fixture(scope="session")
def aimock(_peers: None) -> str:
    """Base URL of aimock, without any path; its OpenAI half lies under `/v1`."""
    return peers.AIMOCK
