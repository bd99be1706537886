"""Programs that have things made for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from pixelstream import stopping
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from pixelstream.api.models import Scope

Answer = tuple[int, Any]


class Program:
    """Calls the API with a token and reads the envelopes."""

    def __init__(self, owner: User, *scopes: Scope) -> None:
        _token, text = tokens.make(owner, name="a script", scopes=scopes or list(Scope))
        self.client = Client(
            headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False
        )

    def get(self, address: str, **query: Any) -> Answer:
        """Status, and the data or the error."""
        return self._read(self.client.get(f"/api{address}", query))

    def post(
        self, address: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Status, and the data or the error."""
        self.last = self.client.post(
            f"/api{address}", body, content_type="application/json", headers=headers
        )
        return self._read(self.last)

    @staticmethod
    def _read(response: Any) -> Answer:
        told = response.json()
        assert told["success"] is (response.status_code < 400)
        return response.status_code, told["data"] if told["success"] else told["error"]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        """Now."""
        return self.now

    def pause(self, seconds: float) -> bool:
        """Sleep, without being asked to stop."""
        self.pauses.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def program() -> type[Program]:
    """Makes a program of a person; with all scopes unless some are named."""
    return Program


@pytest.fixture
def script(alice: User) -> Program:
    """Alice's program."""
    return Program(alice)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[float]]:
    """Does something whenever a request that waits would sleep; the pauses are noted."""

    def do(work: Callable[[], object]) -> list[float]:
        pauses: list[float] = []

        def pause(seconds: float) -> bool:
            pauses.append(seconds)
            work()
            return False

        monkeypatch.setattr(stopping, "pause", pause)
        return pauses

    return do
