"""What is judged here is judged anew in each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pixelstream.health import board, report
from tests.conftest import BrokerServer


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Nothing of the test before is known, and nothing of this one to the next."""
    report.forget()
    yield
    report.forget()


@pytest.fixture
def stopped_broker(broker_server: BrokerServer) -> Iterator[None]:
    """A broker that is away."""
    broker_server.stop()
    yield
    board.client().close()
    broker_server.start()
