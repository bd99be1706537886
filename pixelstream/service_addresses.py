"""Addresses of services, as variables give them: what can be read, told in a sentence if not.

No message repeats an address: it may hold a password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import dj_email_url
from environs import ValidationError

IMPLICIT_TLS = {"smtp+ssl", "smtps"}
"""Encrypted from the first byte, on port 465 (RFC 8314). `dj_email_url` takes the second for
STARTTLS, unlike everybody else.
"""
STARTTLS = {"smtp+tls", "submission", "submit"}
NOT_BY_A_SERVER = {"console", "dummy", "file", "memory"}
UNREADABLE = (
    "It cannot be read: the port is no number, or the password has signs that must be quoted "
    "(%2F for /, %23 for #, %3F for ?)."
)
MAIL = ("smtp", *sorted(IMPLICIT_TLS | STARTTLS | NOT_BY_A_SERVER))
BROKER = ("redis", "rediss", "unix")


def of(*schemes: str) -> Callable[[str], None]:
    """A validator: an address has one of these schemes, and a port that is a number. None is an
    address as well.
    """

    def check(address: str) -> None:
        if not address:
            return
        try:
            parts = urlsplit(address)
            _ = parts.port
        except ValueError:
            raise ValidationError(UNREADABLE) from None
        if parts.scheme not in schemes:
            known = ", ".join(f"{scheme}:" for scheme in schemes)
            raise ValidationError(f"It begins with one of {known}")

    return check


def mail(address: str) -> dict[str, Any]:
    """Django's settings for a mail server; without an address mail is printed.

    `smtp+tls://` is STARTTLS (port 587), `smtp+ssl://` is TLS from the start (465), `smtp://` is
    neither unless `?tls=1` or `?ssl=1` says so (25).
    """
    parts = urlsplit(address or "console:")
    if parts.scheme in STARTTLS:
        parts = parts._replace(scheme="submission")
    elif parts.scheme in IMPLICIT_TLS:
        place = parts.netloc if parts.port else f"{parts.netloc}:465"
        query = f"{parts.query}&ssl=1" if parts.query else "ssl=1"
        parts = parts._replace(scheme="smtp", netloc=place, query=query)
    return dict(dj_email_url.parse(urlunsplit(parts)))


def for_celery(broker: str) -> str:
    """Celery's address of the same Redis. It spells unix sockets in its own way, and without a word
    about certificates it would take anybody's (redis-py's default is to look at them).
    """
    parts = urlsplit(broker)
    words = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={words.get('db', '0')}"
    if parts.scheme == "rediss":
        words.setdefault("ssl_cert_reqs", "required")
        return urlunsplit(parts._replace(query=urlencode(words)))
    return broker
