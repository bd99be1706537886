"""Servers and places for the storage tests. A server starts when the first test asks for it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.storage.proxy import Proxy, proxy_to
from tests.storage.servers import (
    Place,
    Server,
    find_seaweedfs,
    running_moto,
    running_seaweedfs,
)


@pytest.fixture(scope="session")
def moto() -> Iterator[Server]:
    """The quick server."""
    with running_moto() as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The strict server."""
    if not find_seaweedfs():
        machine = f"{sys.platform} {platform.machine()}"
        reason = f"SeaweedFS has no wheel for {machine}"
        if os.environ.get("CI") and machine == "linux x86_64":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with running_seaweedfs(folder) as server:
        yield server


@pytest.fixture(params=["moto", "seaweedfs"])
def server(request: pytest.FixtureRequest) -> Server:
    """Either server."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def place(server: Server) -> Place:
    """Two fresh buckets on either server."""
    return server.new_place()


@pytest.fixture
def s3(moto: Server, settings: Any) -> Place:
    """The application keeps its objects in two fresh buckets on the quick server."""
    place = moto.new_place()
    place.use(settings)
    return place


@pytest.fixture
def proxy(moto: Server) -> Iterator[Proxy]:
    """A way to the quick server on which things go wrong."""
    with proxy_to(moto) as running:
        yield running


@pytest.fixture
def behind_proxy(moto: Server, proxy: Proxy, settings: Any) -> Place:
    """The application keeps its objects behind the proxy."""
    place = moto.new_place(endpoint=f"http://127.0.0.1:{proxy.port}")
    place.use(settings)
    return place
