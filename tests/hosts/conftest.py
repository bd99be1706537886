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
from tools.postgres import NoPostgresError, create_database, running_server

NOT_OURS = ("FAULTPOINTS", "DJANGO_SETTINGS_MODULE")


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
def shared(
    place: Place, shared_broker: BrokerOnPort, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """What all hosts of an installation are told: a fresh PostgreSQL database, the broker, the
    buckets. Nothing of the tests' own settings reaches them.
    """
    for name in NOT_OURS:
        monkeypatch.delenv(name, raising=False)
    try:
        with running_server() as server:
            yield {
                "DATABASE_URL": create_database(server, "installation"),
                "REDIS_URL": shared_broker.url,
                "SECRET_KEY": "only-for-tests-" * 4,
                "ALLOWED_HOSTS": "127.0.0.1",
                **place.variables,
            }
    except NoPostgresError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def counting_vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is known here too, and its ledger is where the hosts write it."""
    monkeypatch.setenv("VENDOR_DIR", str(tmp_path))
    monkeypatch.setattr(catalogue, "_load", catalogue._load)
    monkeypatch.setitem(registry.PROVIDERS, vendor.CountingProvider.slug, "")
    vendor.register()
