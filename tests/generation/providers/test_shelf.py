"""Finished clips wait to be fetched, and not for longer than somebody may come for them."""

from __future__ import annotations

import pytest
import redis

from generation.providers import shelf
from generation.providers.errors import ErrorKind, ProviderError
from tests.conftest import BrokerServer


def test_a_clip_can_be_fetched_again_for_a_while(broker: redis.Redis) -> None:
    assert shelf.fetch("a") is None
    shelf.put("a", b"film")
    [key] = broker.keys("*clip:a")
    assert shelf.KEPT_SECONDS - 5 <= broker.ttl(key) <= shelf.KEPT_SECONDS
    assert (shelf.fetch("a"), shelf.fetch("a")) == (b"film", b"film")
    assert broker.ttl(key) <= shelf.KEPT_ONCE_FETCHED


def test_while_the_cache_is_away_it_can_be_tried_again(broker_server: BrokerServer) -> None:
    broker_server.stop()
    try:
        for call in (lambda: shelf.put("a", b"film"), lambda: shelf.fetch("a")):
            with pytest.raises(ProviderError) as failed:
                call()
            assert failed.value.kind is ErrorKind.TRANSIENT
    finally:
        broker_server.start()
