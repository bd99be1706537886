"""What the built-in engine calls back arrives at the endpoint, without a server in between."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from generation.providers.errors import ErrorKind, ProviderError


@dataclass
class Callbacks:
    """The calls of this test. While it is not `is_open` nobody answers, as at a wrong address."""

    is_open: bool = True
    statuses: list[int] = field(default_factory=list)
    """How each was answered."""
    kept: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Address, headers and body of each that was not answered."""

    def notify(self, address: str, headers: Mapping[str, str], body: bytes) -> None:
        """In the place of `generation.providers.http.notify`."""
        if not self.is_open:
            self.kept.append((address, dict(headers), body))
            raise ProviderError(ErrorKind.TRANSIENT, "nobody answers")
        self.deliver(address, headers, body)
        if threading.current_thread() is not threading.main_thread():
            connection.close()  # a slow clip's: nobody else does

    def deliver(self, address: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send it to the endpoint."""
        assert address.startswith(settings.SITE_URL)
        parts = urlsplit(address)
        answer = Client().post(
            f"{parts.path}?{parts.query}",
            body,
            content_type=headers["content-type"],
            headers={name: value for name, value in headers.items() if name != "content-type"},
            secure=settings.HTTPS,
        )
        self.statuses.append(answer.status_code)

    def deliver_kept(self) -> None:
        """Send what was not answered, late."""
        for address, headers, body in self.kept:
            self.deliver(address, headers, body)
