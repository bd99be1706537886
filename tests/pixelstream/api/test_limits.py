"""How much a program may ask for in a minute."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from pixelstream.accounts.models import User
from pixelstream.api import limits
from tests.conftest import BrokerServer
from tests.pixelstream.api.conftest import Program
from tests.pixelstream.api.sample import Watched
from tests.pixelstream.api.test_entry import error_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_middle_of_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test begins in one minute and ends in the next."""
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000 * 60 + 20.5)


def ask(client: Client, kind: str) -> Any:
    if kind == "read":
        return client.get("/api/things")
    if kind == "generate":
        return client.post("/api/generate")
    return client.post("/api/things", {"words": "x"}, "application/json")


NAMES = {
    "read": "API_READS_PER_MINUTE",
    "write": "API_WRITES_PER_MINUTE",
    "generate": "API_GENERATES_PER_MINUTE",
}


@pytest.mark.parametrize("kind", NAMES)
def test_each_kind_has_its_own_number(
    kind: str, alice: User, program: Program, watched: Watched, settings: Any
) -> None:
    mine = program(alice)
    setattr(settings, NAMES[kind], 3)
    assert [ask(mine, kind).status_code < 300 for _ in range(4)] == [True, True, True, False]
    answer = ask(mine, kind)
    code, message = error_of(answer, 429)
    assert (code, answer["Retry-After"]) == ("RATE_LIMITED", "40")
    assert "3 requests" in message
    assert [ask(mine, other).status_code < 300 for other in NAMES if other != kind] == [True] * 2


def test_the_next_minute_begins_anew(
    alice: User,
    program: Program,
    watched: Watched,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.API_READS_PER_MINUTE = 1
    mine = program(alice)
    assert [ask(mine, "read").status_code for _ in range(2)] == [200, 429]
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_001 * 60 + 0.1)
    assert [ask(mine, "read").status_code for _ in range(2)] == [200, 429]


def test_each_token_is_counted_for_itself(
    alice: User, bob: User, program: Program, watched: Watched, settings: Any
) -> None:
    settings.API_READS_PER_MINUTE = 1
    mine, other, bobs = program(alice), program(alice), program(bob)
    assert [ask(one, "read").status_code for one in (mine, other, bobs, mine)] == [200] * 3 + [429]


def test_zero_is_no_limit(alice: User, program: Program, watched: Watched, settings: Any) -> None:
    settings.API_READS_PER_MINUTE = 0
    mine = program(alice)
    assert {ask(mine, "read").status_code for _ in range(20)} == {200}


def test_what_is_not_set_is_as_documented(settings: Any) -> None:
    found = {kind: getattr(settings, name) for kind, name in NAMES.items()}
    assert found == {"read": 600, "write": 120, "generate": 30}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_are_let_through(
    alice: User, program: Program, watched: Watched, settings: Any
) -> None:
    settings.API_READS_PER_MINUTE = 5
    mine = program(alice)
    found: list[int] = []

    def go() -> None:
        client = Client(headers={"Authorization": f"Bearer {mine.text}"})  # type: ignore[attr-defined]
        try:
            found.extend(ask(client, "read").status_code for _ in range(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(found) == {200: 5, 429: 15}


def test_an_address_that_tries_tokens_is_slowed_down_and_others_are_not(
    alice: User, program: Program, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FAILURES_PER_MINUTE", 3)
    guesser = Client(headers={"Authorization": "Bearer pxs_guess"}, REMOTE_ADDR="203.0.113.9")
    assert [ask(guesser, "read").status_code for _ in range(5)] == [401] * 3 + [429] * 2
    assert "Retry-After" in ask(guesser, "read")
    neighbour = Client(headers={"Authorization": "Bearer pxs_guess"}, REMOTE_ADDR="203.0.113.10")
    assert ask(neighbour, "read").status_code == 401
    assert ask(program(alice), "read").status_code == 200


def test_without_the_cache_everybody_is_let_through_and_it_is_said_once(
    alice: User,
    program: Program,
    watched: Watched,
    settings: Any,
    broker_server: BrokerServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.API_READS_PER_MINUTE = 1
    mine = program(alice)
    broker_server.stop()
    try:
        assert {ask(mine, "read").status_code for _ in range(5)} == {200}
        assert ask(Client(), "read").status_code == 401
    finally:
        broker_server.start()
    said = [line for line in caplog.records if "uncounted" in line.getMessage()]
    assert len(said) == 1
