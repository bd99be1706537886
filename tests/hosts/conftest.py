"""Storage that several hosts share, and the vendor that counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generation import catalogue
from generation.providers import registry
from tests.faults.vendor import provider as vendor
from tests.hosts.host import BrokerOnPort, running_broker
from tests.storage.servers import (
    Place,
    Server,
    find_seaweedfs,
    running_moto,
    running_seaweedfs,
)


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """SeaweedFS, which is strict and a process of its own; moto where it does not run."""
    running = running_seaweedfs(tmp_path_factory.getbasetemp()) if find_seaweedfs() else None
    with running or running_moto() as server:
        yield server


@pytest.fixture
def place(object_server: Server) -> Place:
    """Two fresh buckets."""
    return object_server.new_place()


@pytest.fixture
def shared_broker(tmp_path: Path) -> Iterator[BrokerOnPort]:
    """A broker on a port."""
    with running_broker(tmp_path) as broker:
        yield broker


@pytest.fixture
def counting_vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is known here too, and its ledger is where the hosts write it."""
    monkeypatch.setenv("VENDOR_DIR", str(tmp_path))
    monkeypatch.setattr(catalogue, "_load", catalogue._load)
    monkeypatch.setitem(registry.PROVIDERS, vendor.CountingProvider.slug, "")
    vendor.register()
