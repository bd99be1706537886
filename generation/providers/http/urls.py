"""Takes addresses apart once, so that what was checked is what is called."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from generation.providers.http.problems import ExchangeError, Problem

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?|[0-9A-Fa-f:.]{2,45}")
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_KEPT = string.punctuation


@dataclass(frozen=True)
class Url:
    """An http(s) address in parts. The target (path and query) is sent exactly as it is here."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What makes two addresses the same server."""
        return self.scheme, self.host, self.port

    @property
    def host_header(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.target}"


def parse(url: str) -> Url:
    """An address in parts. Raises ExchangeError (REFUSED) unless it is plain http or https.

    Refused: other schemes, user names, backslashes and white space, names that are not ASCII
    (an international name is written as `xn--...`).
    """
    if _CONTROL.search(url):
        raise ExchangeError(Problem.REFUSED, "an address with white space or a backslash")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ExchangeError(Problem.REFUSED, "an address that cannot be read") from None
    if parts.scheme not in _PORTS:
        raise ExchangeError(Problem.REFUSED, f"not http or https: {parts.scheme!r}")
    if "@" in parts.netloc:
        raise ExchangeError(Problem.REFUSED, "an address with a user name")
    if not _NAME.fullmatch(host) or port == 0:
        raise ExchangeError(Problem.REFUSED, f"not a host: {parts.netloc!r}")
    target = quote(parts.path or "/", safe=_KEPT)
    if parts.query:
        target += "?" + quote(parts.query, safe=_KEPT)
    return Url(parts.scheme, host, port or _PORTS[parts.scheme], target)


def join(base_url: str, path: str, params: Mapping[str, str] | None) -> Url:
    """The address of `path` at a server. Raises ExchangeError (REFUSED).

    The path begins with a slash and cannot name another server; what is percent-encoded in it
    stays exactly so.
    """
    base = parse(base_url)
    route, _, query = path.partition("?")
    if (
        not path.startswith("/")
        or not path.isascii()
        or _CONTROL.search(path)
        or any(forbidden in path for forbidden in ("//", "@", "#"))
        or any(segment in {".", ".."} for segment in route.split("/"))
    ):
        raise ExchangeError(Problem.REFUSED, "not a path that can be sent")
    added = urlencode(params or {}, quote_via=quote)
    query = "&".join(part for part in (query, added) if part)
    target = base.target.partition("?")[0].rstrip("/") + route + (f"?{query}" if query else "")
    return Url(base.scheme, base.host, base.port, target)
