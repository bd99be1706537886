from __future__ import annotations

from collections.abc import Iterator

import pytest

from generation.providers.http import addresses, wire
from generation.providers.types import Connection
from tests.generation.providers.http.ground import KEY, Certificate, Resolver, make_certificate
from tests.generation.providers.http.server import VendorServer, vendor_server


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


@pytest.fixture
def connection(server: VendorServer) -> Connection:
    return Connection("openai", f"{server.url}/v1", key=KEY)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    names = Resolver()
    monkeypatch.setattr(addresses.socket, "getaddrinfo", names.getaddrinfo)
    return names


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For as long as the test runs, `certificate` is one of a known authority."""
    monkeypatch.setattr(wire.httpcore2, "default_ssl_context", lambda: certificate.client_context)
    wire._pool_of.cache_clear()
    yield
    wire._pool_of.cache_clear()


@pytest.fixture
def tls_server(certificate: Certificate) -> Iterator[VendorServer]:
    with vendor_server(certificate.server_context) as running:
        yield running
