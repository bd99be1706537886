"""A server that plays OpenRouter, and the connection to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generation.providers.types import Connection
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.generation.providers.openrouter.examples import CANARY


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


@pytest.fixture
def connection(server: VendorServer) -> Connection:
    return Connection("openrouter", f"{server.url}/api/v1", key=CANARY)
