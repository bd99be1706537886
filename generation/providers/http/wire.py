"""The sockets under an exchange: one deadline over all, and only addresses that are admitted.

The time-outs of the library are for single reads; a server that sends a byte a second would
never run into one. So every read, write, look-up and handshake here gets what is left of the
whole exchange.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import httpcore2

from generation.providers.http.addresses import Endpoint, resolve
from generation.providers.http.problems import ExchangeError, Problem


class Call:
    """The limits of the exchange that this thread is busy with, and how far it came."""

    def __init__(self, seconds: float, admits: Callable[[str], bool]) -> None:
        self.deadline = time.monotonic() + seconds
        self.admits = admits
        """Whether an IP address may be called."""
        self.ip = ""
        """The address that was dialled."""
        self.is_sent = False
        """True from just before the first byte of the request on."""

    def left(self, timeout: float | None, expired: type[Exception]) -> float:
        """Seconds for the next step: the smaller of its own and the call's. Raises `expired`."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise expired("the time for the whole call is over")
        return left if timeout is None else min(left, timeout)


CURRENT: ContextVar[Call] = ContextVar("call")


class LimitedStream(httpcore2.NetworkStream):
    """A connected socket of one call."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock = sock
        self._call = call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to so many bytes; none at the end."""
        self._sock.settimeout(self._call.left(timeout, httpcore2.ReadTimeout))
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError:
            raise httpcore2.ReadTimeout("no answer in time") from None
        except OSError as error:
            raise httpcore2.ReadError(str(error)) from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        view = memoryview(buffer)
        while view:
            self._sock.settimeout(self._call.left(timeout, httpcore2.WriteTimeout))
            self._call.is_sent = True
            try:
                view = view[self._sock.send(view) :]
            except TimeoutError:
                raise httpcore2.WriteTimeout("not taken in time") from None
            except OSError as error:
                raise httpcore2.WriteError(str(error)) from None

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted. The certificate must be of the name, not the address."""
        self._sock.settimeout(self._call.left(timeout, httpcore2.ConnectTimeout))
        try:
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise ExchangeError(Problem.CERTIFICATE, error.verify_message) from None
        except TimeoutError:
            self.close()
            raise httpcore2.ConnectTimeout("no TLS handshake in time") from None
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore2.ConnectError(str(error)) from None
        return LimitedStream(sock, self._call)

    def get_extra_info(self, info: str) -> Any:
        """Nothing that the library asks for without HTTP/2 and kept connections."""
        return None


class LimitedBackend(httpcore2.NetworkBackend):
    """Dials addresses that the call admits, and none that were not looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve once, refuse unless every address is admitted, dial one of these very addresses.

        A name cannot come to mean another address between the check and the call.
        """
        call = CURRENT.get()
        budget = time.monotonic() + call.left(timeout, httpcore2.ConnectTimeout)
        endpoints = resolve(host, port, budget - time.monotonic())
        refused = [endpoint.ip for endpoint in endpoints if not call.admits(endpoint.ip)]
        if refused:
            raise ExchangeError(Problem.REFUSED, f"{host} has the address {refused[0]}")
        failure = "no address"
        for count, endpoint in enumerate(endpoints):
            # An address that swallows everything must leave time for the next one.
            share = (budget - time.monotonic()) / (len(endpoints) - count)
            try:
                sock = _dial(endpoint, max(share, 0.001))
            except OSError as error:
                failure = str(error)
                continue
            call.ip = endpoint.ip
            return LimitedStream(sock, call)
        raise httpcore2.ConnectError(failure)


def _dial(endpoint: Endpoint, timeout: float) -> socket.socket:
    sock = socket.socket(endpoint.family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(endpoint.sockaddr)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def pool() -> httpcore2.ConnectionPool:
    """This process's connections. A fork gets its own: locks and sockets are not shared."""
    return _pool_of(os.getpid())


@lru_cache(maxsize=1)
def _pool_of(pid: int) -> httpcore2.ConnectionPool:
    # No connection is ever used twice: the server may just have closed a kept one, and a paid
    # request that fails on it would be one of which nobody knows whether it was served.
    return httpcore2.ConnectionPool(
        ssl_context=httpcore2.default_ssl_context(),
        max_connections=None,
        max_keepalive_connections=0,
        retries=0,
        network_backend=LimitedBackend(),
    )
