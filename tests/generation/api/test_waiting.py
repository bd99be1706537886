"""`Prefer: wait`: how long a request is kept, and that nobody takes all the threads."""

from __future__ import annotations

import threading

import pytest
from django.test import RequestFactory

from generation.api import waiting
from generation.api.waiting import LONGEST_PAUSE, MOST_SECONDS, Places, seconds_asked, wait_until
from pixelstream import stopping
from tests.generation.api.conftest import Clock

ALICE, BOB, CAROL = 1, 2, 3
"""Ids of people."""


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("wait=10", 10),
        ("respond-async, WAIT=5", 5),
        ('wait="7"; x', 7),
        ("return=minimal,wait = 3", 3),
        ("wait=0", 0),
        ("wait=61", MOST_SECONDS),
        ("wait=999999999", MOST_SECONDS),
        ("wait=99999999999", 0),
        ("wait=-1", 0),
        ("wait=1.5", 0),
        ("wait=²", 0),
        ("await=5", 0),
        ("wait", 0),
    ],
)
def test_the_wish_is_read_as_the_rfc_writes_it(header: str, seconds: int) -> None:
    request = RequestFactory().get("/", headers={"Prefer": header} if header else {})
    assert seconds_asked(request) == seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    monkeypatch.setattr(waiting.stopping, "pause", clock.pause)
    return clock


def test_what_is_done_is_not_waited_for(clock: Clock) -> None:
    assert wait_until(lambda: True, seconds=60, person=ALICE)
    assert clock.pauses == []


def test_it_asks_with_growing_pauses_and_never_longer_than_asked_for(clock: Clock) -> None:
    assert not wait_until(lambda: False, seconds=5, person=ALICE)
    assert clock.now == pytest.approx(5)
    assert clock.pauses[0] == 0.1
    assert max(clock.pauses) == LONGEST_PAUSE


def test_it_ends_when_the_work_has_ended(clock: Clock) -> None:
    assert wait_until(lambda: clock.now > 2, seconds=60, person=ALICE)
    assert 2 < clock.now <= 2 + LONGEST_PAUSE


def test_without_a_wish_nobody_is_asked(clock: Clock) -> None:
    assert not wait_until(lambda: pytest.fail("asked"), seconds=0, person=ALICE)


def test_when_too_many_wait_the_next_one_is_answered_at_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_places", Places(2))
    inner: list[bool] = []

    def ask() -> bool:
        inner.append(wait_until(lambda: True, seconds=60, person=ALICE))
        return True

    assert wait_until(ask, seconds=60, person=ALICE)
    assert inner == [False]
    assert wait_until(lambda: True, seconds=60, person=ALICE), "the place is free again"


@pytest.mark.parametrize(
    ("threads", "one", "all_of_them"), [(1, 0, 0), (2, 1, 1), (3, 1, 1), (4, 1, 2), (16, 4, 8)]
)
def test_half_of_the_threads_may_wait_and_a_quarter_for_one_person(
    threads: int, one: int, all_of_them: int
) -> None:
    places = Places(threads)
    assert sum(places.take(ALICE) for _ in range(threads)) == one
    others = [places.take(person) for person in (BOB, CAROL) for _ in range(threads)]
    assert one + sum(others) == all_of_them
    if one:
        places.give_back(ALICE)
        assert places.take(ALICE)


def test_a_place_is_given_back_when_asking_fails(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_places", Places(2))

    def fail() -> bool:
        raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        wait_until(fail, seconds=60, person=ALICE)
    assert wait_until(lambda: True, seconds=60, person=ALICE)


def test_a_server_that_is_asked_to_stop_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_asked", threading.Event())
    asked: list[None] = []

    def is_done() -> bool:
        asked.append(None)
        stopping.ask()
        return False

    assert not wait_until(is_done, seconds=60, person=ALICE)
    assert len(asked) == 1
