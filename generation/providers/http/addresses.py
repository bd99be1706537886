"""Names to addresses, and which addresses belong to the public internet."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import cast

from generation.providers.http.problems import ExchangeError, Problem

# Own tables: `is_global` of the standard library differs between its patch versions.
_CLOSED_V4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; metadata of one cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # metadata of one cloud, inside a public range
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; metadata of one cloud
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # sink holes
        "192.52.193.0/24",  # multicast relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # sink holes
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_OPEN_V6 = ip_network("2000::/3")
_CLOSED_V6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # sink holes
        "3fff::/20",  # documentation
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


@dataclass(frozen=True)
class Endpoint:
    """One address that a name resolved to, ready to be dialled without asking again."""

    family: int
    ip: str
    sockaddr: tuple[str, int] | tuple[str, int, int, int]


_Found = list[Endpoint] | OSError | UnicodeError


def is_public(ip: str) -> bool:
    """Whether an IP address belongs to the public internet; False for anything unreadable.

    An IPv4 address inside an IPv6 one counts by itself where such a form is still in use
    (mapped, NAT64). Old tunnels (6to4, Teredo, compatible, translated) are not public.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.ipv4_mapped is not None:
        return is_public(str(address.ipv4_mapped))
    if address in _NAT64:
        return is_public(_last_32_bits(address))
    if address not in _OPEN_V6 or any(address in network for network in _CLOSED_V6):
        return False
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return is_public(_last_32_bits(address))
    return True


def is_in(ip: str, networks: Sequence[str]) -> bool:
    """Whether an IP address lies in one of the networks (CIDR). A mapped IPv4 counts by itself."""
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ip_network(network, strict=False) for network in networks)


def _last_32_bits(address: IPv6Address) -> str:
    return str(IPv4Address(int(address) & 0xFFFFFFFF))


def resolve(host: str, port: int, timeout: float) -> list[Endpoint]:
    """All addresses of a name. Raises ExchangeError (UNREACHABLE) when there is none in time."""
    if _is_literal(host):
        answer = _look_up(host, port)
    else:
        # The resolver of the C library knows no time limit: it runs beside us and may be left.
        answers: queue.SimpleQueue[_Found] = queue.SimpleQueue()
        looking = threading.Thread(target=lambda: answers.put(_look_up(host, port)), daemon=True)
        looking.start()
        try:
            answer = answers.get(timeout=timeout)
        except queue.Empty:
            answer = TimeoutError("no answer in time")
    if isinstance(answer, Exception):
        raise ExchangeError(Problem.UNREACHABLE, f"{host} was not resolved: {answer}")
    return answer


def _is_literal(host: str) -> bool:
    """Whether the host is an address already, so that nobody has to be asked for it."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int) -> _Found:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return [
        Endpoint(family, cast(str, sockaddr[0]), cast("tuple[str, int]", sockaddr))
        for family, _, _, _, sockaddr in found
        if family in {socket.AF_INET, socket.AF_INET6}
    ]
