"""How much a program may ask for in a minute."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from pixelstream.accounts.models import User
from pixelstream.api import limits, tokens
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
    assert "this token" in message
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


@pytest.mark.parametrize("kind", NAMES)
def test_a_persons_tokens_together_have_four_times_as_much_and_no_more(
    kind: str, alice: User, bob: User, program: Program, watched: Watched, settings: Any
) -> None:
    setattr(settings, NAMES[kind], 2)
    mine = [program(alice) for _ in range(6)]
    let_through = [[ask(one, kind).status_code < 300 for _ in range(2)] for one in mine]
    assert let_through == [[True, True]] * 4 + [[False, False]] * 2
    answer = ask(program(alice), kind)
    code, message = error_of(answer, 429)
    assert (code, answer["Retry-After"]) == ("RATE_LIMITED", "40")
    assert "8 requests" in message
    assert "all your tokens" in message
    assert ask(program(bob), kind).status_code < 300
    other = next(name for name in NAMES if name != kind)
    assert ask(mine[5], other).status_code < 300


def test_a_token_that_is_stopped_takes_nothing_from_the_others(
    alice: User, program: Program, watched: Watched, settings: Any
) -> None:
    settings.API_READS_PER_MINUTE = 2
    wild, other = program(alice), program(alice)
    assert Counter(ask(wild, "read").status_code for _ in range(20)) == {200: 2, 429: 18}
    assert [ask(other, "read").status_code for _ in range(3)] == [200, 200, 429]


def test_a_new_token_is_no_way_around_the_limit(
    alice: User, program: Program, watched: Watched, settings: Any
) -> None:
    settings.API_READS_PER_MINUTE = 1
    for _ in range(4):
        mine = program(alice)
        assert ask(mine, "read").status_code == 200
        tokens.revoke(mine.token, by=alice)  # type: ignore[attr-defined]
    assert ask(program(alice), "read").status_code == 429


def test_counters_end_by_themselves(
    alice: User, program: Program, watched: Watched, broker_server: BrokerServer
) -> None:
    assert ask(program(alice), "read").status_code == 200
    client = broker_server.client
    counters = list(client.scan_iter(match="pixelstream:api:*"))
    assert len(counters) == 2
    assert all(0 < client.ttl(key) <= 2 * limits.MINUTE for key in counters)


def test_a_cache_that_was_started_anew_counts_on(
    alice: User,
    program: Program,
    watched: Watched,
    settings: Any,
    broker_server: BrokerServer,
) -> None:
    settings.API_READS_PER_MINUTE = 1
    assert ask(program(alice), "read").status_code == 200
    broker_server.client.script_flush()
    mine = program(alice)
    assert [ask(mine, "read").status_code for _ in range(2)] == [200, 429]


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
