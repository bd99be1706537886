"""What a vendor's answer must not make us call: a listening canary counts, and stays at nought."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import download, wire
from generation.providers.types import Connection
from tests.generation.providers.http.ground import KEY, Resolver
from tests.generation.providers.http.server import VendorServer


class Canary:
    """Listens on every address of this machine and counts who came."""

    def __init__(self) -> None:
        is_dual = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if is_dual else socket.AF_INET
        self.listener = socket.create_server(("", 0), family=family, dualstack_ipv6=is_dual)
        self.port = self.listener.getsockname()[1]
        self.listener.setblocking(False)

    def count(self) -> int:
        """How many came since the last count: the kernel connects them without our help."""
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()
                count += 1
        return count


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    assert bird.count() == 0
    bird.listener.close()


def vendor_on(port: int) -> Connection:
    """A public vendor on this port, so that the rule of ports lets every address below pass."""
    return Connection("openai", f"https://api.vendor.example:{port}/v1", key=KEY)


def refusal_of(url: str, connection: Connection) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        download(url, connection, timeout=5)
    return caught.value


def test_the_canary_would_notice() -> None:
    bird = Canary()
    for host in ("127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0", "localhost"):
        socket.create_connection((host, bird.port), 5).close()
    assert bird.count() == 7
    bird.listener.close()


HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0x7f000001",
    "0x7F000001",
    "2130706433",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "00000177.0.0.01",
    "0",
    "0.0.0.0",
    "0x0",
    "localhost",
    "LOCALHOST",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    # not a host at all
    "[::1%25lo]",
    "[fe80::1%25eth0]",
    "[::1",
    "::1",
    "[127.0.0.1]",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "127。0。0。1",
    "ⓛocalhost",
    "loc\u00adalhost",
    "127.0.0.1%00.cdn.example",
    "127.0.0.1%2f@cdn.example",
    "cdn.example@127.0.0.1",
    "user:word@127.0.0.1",
    "@127.0.0.1",
    "cdn.example\\@127.0.0.1",
    "127.0.0.1\\",
    "cdn.example @127.0.0.1",
    "127.0.0.1\t",
    "127.0.0.1\r\nHost: cdn.example\r\n",
    "\x00127.0.0.1",
    "127.0.0.1,cdn.example",
    "",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_address_that_is_not_public_is_not_called(
    canary: Canary, scheme: str, host: str
) -> None:
    error = refusal_of(f"{scheme}://{host}:{canary.port}/latest/meta-data/", vendor_on(canary.port))
    assert error.kind is ErrorKind.NO_OUTPUT
    assert "refused" in error.detail


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "/a.png",
        "a.png",
        "127.0.0.1:{port}",
        "//127.0.0.1:{port}/",
        "https:127.0.0.1:{port}/",
        "https:/127.0.0.1:{port}/",
        "https:\\\\127.0.0.1:{port}\\",
        " https://127.0.0.1:{port}/",
        "ht\ntps://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}\n/",
        "\ufeffhttps://127.0.0.1:{port}/",
        "https://127.0.0.1:-{port}/",
        "https://127.0.0.1:{port}x/",
        "https://127.0.0.1:99999/",
        "https://127.0.0.1:0/",
        "file:///etc/passwd",
        "file://127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/a.png",
        "gopher://127.0.0.1:{port}/_GET",
        "dict://127.0.0.1:{port}/",
        "ws://127.0.0.1:{port}/",
        "wss://127.0.0.1:{port}/",
        "unix://127.0.0.1:{port}/",
        "http+unix://127.0.0.1:{port}/",
        "jar:https://127.0.0.1:{port}/!/",
        "view-source:https://127.0.0.1:{port}/",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "https://" + "a" * 100_000,
        "https://[v1.x]:{port}/",
    ],
)
def test_an_address_of_another_kind_is_not_called(canary: Canary, url: str) -> None:
    error = refusal_of(url.replace("{port}", str(canary.port)), vendor_on(canary.port))
    if "[v1.x]" in url:  # a name like any other, and not one that is known
        assert error.kind in {ErrorKind.TRANSIENT, ErrorKind.NO_OUTPUT}
    else:
        assert error.kind is ErrorKind.NO_OUTPUT
    assert len(error.detail) < 500


@pytest.mark.parametrize(
    "ips",
    [
        ["127.0.0.1"],
        ["::1"],
        ["0.0.0.0"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["2606:4700::1111", "::1"],
        ["8.8.8.8", "1.1.1.1", "10.0.0.1"],
        ["fe80::1%eth0"],
        [],
    ],
)
def test_a_name_with_one_closed_address_is_not_called(
    canary: Canary, resolver: Resolver, monkeypatch: pytest.MonkeyPatch, ips: list[str]
) -> None:
    resolver.names["cdn.example"] = [ips]
    dialled: list[Any] = []
    monkeypatch.setattr(wire, "_dial", lambda *args: dialled.append(args))
    error = refusal_of(f"https://cdn.example:{canary.port}/a.png", vendor_on(canary.port))
    assert error.kind is (ErrorKind.NO_OUTPUT if ips else ErrorKind.TRANSIENT)
    assert dialled == []


def test_a_name_that_changes_its_address_is_called_where_it_was_checked(
    canary: Canary, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver.names["rebind.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    dialled: list[str] = []

    def dial(endpoint: Any, timeout: float) -> socket.socket:
        dialled.append(endpoint.sockaddr[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(wire, "_dial", dial)
    error = refusal_of(f"https://rebind.example:{canary.port}/a.png", vendor_on(canary.port))
    assert error.kind is ErrorKind.TRANSIENT
    assert dialled == ["93.184.216.34"]
    assert resolver.asked == ["rebind.example"]
    # The next attempt finds the other address, and stops.
    error = refusal_of(f"https://rebind.example:{canary.port}/a.png", vendor_on(canary.port))
    assert error.kind is ErrorKind.NO_OUTPUT
    assert dialled == ["93.184.216.34"]


LOCATIONS = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "///127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1\\@cdn.example:{port}/",
    "http://cdn.example@127.0.0.1:{port}/",
    "\thttp://127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/",
    "data:image/png;base64,iVBORw0KGgo=",
    "http://[::1",
    "http://cdn.example:{port}/",
    "",
]


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_redirect_is_checked_like_the_first_address(
    canary: Canary, server: VendorServer, resolver: Resolver, location: str
) -> None:
    resolver.names["cdn.example"] = [["127.0.0.1"]]
    server.answer(302, {"Location": location.replace("{port}", str(canary.port))})
    own = Connection("openai", f"{server.url}/v1", key=KEY)
    assert refusal_of(f"{server.url}/a.png", own).kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) <= 4
