"""People's own keys for providers: kept encrypted, sent to one address only, never shown again.

A decrypted key lives in a `Connection` and nowhere else. It is no task argument, no log line, no
part of a page. See docs/decisions.md, "Provider keys".
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from gallery.models import AuditEvent
from generation.models import ProviderKey
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Connection
from pixelstream import encryption
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

MOST_SHOWN = 4
BATCH = 200


def tests_counter(person: User, minute: int) -> str:
    """The name in the cache of how often the person tested keys in that minute (since 1970)."""
    return f"key-tests:{person.pk}:{minute}"


def forget_tests(person: User) -> None:
    """Forget the counters that the cache may still have."""
    now = int(time.time() // 60)
    cache.delete_many([tests_counter(person, now - ago) for ago in range(4)])


class KeyState(StrEnum):
    """What is known of a stored key without decrypting it."""

    USABLE = "usable"
    REFUSED = "refused"
    OTHER_HOST = "other_host"
    """The operator has changed the provider's address since. The key is not sent there."""


class Why(StrEnum):
    """Why there is no connection with a person's own key."""

    MISSING = "missing"
    OTHER_HOST = "other_host"
    UNREADABLE = "unreadable"


class KeyUnavailableError(ProviderError):
    """There is no key of the person's that could be sent. Nothing was sent."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(ErrorKind.AUTH, detail)
        self.why = why


class Outcome(StrEnum):
    """What came of testing a key."""

    ACCEPTED = "accepted"
    NO_CREDIT = "no_credit"
    """The provider knows the key, but nothing can be spent on it."""
    REFUSED = "refused"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
    """The provider answered something that says nothing about the key."""
    MISSING = "missing"
    OTHER_HOST = "other_host"
    UNREADABLE = "unreadable"


ACCEPTING = frozenset({Outcome.ACCEPTED, Outcome.NO_CREDIT})

_OUTCOMES = {
    ErrorKind.AUTH: Outcome.REFUSED,
    ErrorKind.QUOTA: Outcome.NO_CREDIT,
    ErrorKind.RATE: Outcome.BUSY,
    ErrorKind.TRANSIENT: Outcome.UNREACHABLE,
}


@dataclass(frozen=True)
class KeyTest:
    """The result of a test."""

    outcome: Outcome
    remaining: Decimal | None = None
    """US dollars that may still be spent; None when the provider does not say."""


@dataclass
class Rotation:
    """What `rotate` did, in numbers of keys."""

    renewed: int = 0
    current: int = 0
    overtaken: int = 0
    """Replaced, deleted or renewed by somebody else at the same moment."""
    unreadable: list[int] = field(default_factory=list)
    """Ids of those that could not be decrypted."""


@sensitive_variables("key")
def store(owner: User, provider: str, key: str) -> ProviderKey:
    """Keep a person's key for a provider, in place of any they had, for its present address.

    Raises ImproperlyConfigured when the installation has no key to encrypt it with.
    """
    base_url = registry.base_url(provider)
    values = {
        "base_url": base_url,
        "ciphertext": encryption.encrypt(key, _context(owner.pk, provider, base_url)),
        # Of a very short key four characters would be half of it.
        "last_four": key[-min(MOST_SHOWN, len(key) // 4) :],
        "status": ProviderKey.Status.UNTESTED,
        "tested_at": None,
        "created_at": timezone.now(),
    }
    with transaction.atomic():
        row, is_new = ProviderKey.objects.update_or_create(
            owner=owner, provider=provider, defaults=values
        )
        action = "key.store" if is_new else "key.replace"
        AuditEvent.objects.record(action, actor=owner, target=row)
    return row


def delete(owner: User, provider: str) -> bool:
    """Forget a person's key; whether there was one."""
    with transaction.atomic():
        row = ProviderKey.objects.owned_by(owner).filter(provider=provider).first()
        if row is None:
            return False
        AuditEvent.objects.record("key.delete", actor=owner, target=row)
        row.delete()
    return True


def own_keys(owner: User) -> dict[str, ProviderKey]:
    """A person's keys by provider, without their ciphertexts. One query."""
    rows = ProviderKey.objects.owned_by(owner).defer("ciphertext")
    return {row.provider: row for row in rows if row.provider in registry.PROVIDERS}


def states(owner: User) -> dict[str, KeyState]:
    """What is known of a person's keys, by provider. One query, nothing is decrypted."""
    return {provider: state_of(row) for provider, row in own_keys(owner).items()}


def state_of(row: ProviderKey) -> KeyState:
    """What is known of a stored key."""
    if row.base_url != registry.base_url(row.provider):
        return KeyState.OTHER_HOST
    if row.status == ProviderKey.Status.REFUSED:
        return KeyState.REFUSED
    return KeyState.USABLE


def connection(owner: User, provider: str) -> Connection:
    """The connection to a provider with the person's own key.

    Raises KeyUnavailableError (a ProviderError of kind AUTH) when there is no key, when it was
    entered for another address, and when it cannot be decrypted.
    """
    return _connect(_find(owner, provider))


def test(owner: User, provider: str) -> KeyTest:
    """Ask the provider whether it accepts the person's key, and note what it says.

    Waits for the network; nothing is spent. Whatever says nothing about the key leaves its status.
    """
    try:
        row = _find(owner, provider)
        own = _connect(row)
    except KeyUnavailableError as error:
        return KeyTest(Outcome(error.why))
    result = _ask(own)
    if result.outcome in ACCEPTING:
        _note(row, ProviderKey.Status.ACCEPTED)
    elif result.outcome is Outcome.REFUSED:
        _note(row, ProviderKey.Status.REFUSED)
    return result


def mark_refused(owner: User, provider: str, *, used_since: datetime | None) -> None:
    """Note that the provider refused the person's key while it was used.

    A key that was stored after `used_since` is another one, of which nothing was said.
    """
    rows = ProviderKey.objects.owned_by(owner).filter(provider=provider)
    if used_since is not None:
        rows = rows.filter(created_at__lte=used_since)
    rows.update(status=ProviderKey.Status.REFUSED, tested_at=timezone.now())


def rotate(*, limit: int | None = None) -> Rotation:
    """Encrypt what is stored under older keys with the newest one, at most `limit` keys of it.

    Safe to repeat, to interrupt and to run twice at once: a row is only changed while it still
    holds what was decrypted. Raises ImproperlyConfigured without a usable key.
    """
    done = Rotation()
    encryption.newest_key_id()
    last = 0
    while batch := list(ProviderKey.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in batch:
            if limit is not None and done.renewed >= limit:
                return done
            _renew(row, done)
        last = batch[-1].pk
    return done


def _renew(row: ProviderKey, done: Rotation) -> None:
    context = _context(row.owner_id, row.provider, row.base_url)
    try:
        if encryption.is_current(row.ciphertext):
            done.current += 1
            return
        renewed = encryption.encrypt(encryption.decrypt(row.ciphertext, context), context)
    except encryption.UndecryptableError:
        done.unreadable.append(row.pk)
        return
    unchanged = ProviderKey.objects.filter(pk=row.pk, ciphertext=row.ciphertext)
    if unchanged.update(ciphertext=renewed):
        done.renewed += 1
    else:
        done.overtaken += 1


def _find(owner: User, provider: str) -> ProviderKey:
    row = ProviderKey.objects.owned_by(owner).filter(provider=provider).first()
    if row is None:
        raise KeyUnavailableError(Why.MISSING, f"person {owner.pk} has no {provider} key")
    return row


@sensitive_variables("key")
def _connect(row: ProviderKey) -> Connection:
    if state_of(row) is KeyState.OTHER_HOST:
        raise KeyUnavailableError(
            Why.OTHER_HOST, f"{row.provider} key {row.pk} was entered for another address"
        )
    try:
        key = encryption.decrypt(row.ciphertext, _context(row.owner_id, row.provider, row.base_url))
    except (encryption.UndecryptableError, ImproperlyConfigured) as error:
        logger.error("%s key %s cannot be decrypted: %s", row.provider, row.pk, error)
        raise KeyUnavailableError(
            Why.UNREADABLE, f"{row.provider} key {row.pk} cannot be decrypted"
        ) from None
    return Connection(
        row.provider,
        row.base_url,
        key=key,
        is_own=True,
        options=registry.options(row.provider),
    )


def _ask(own: Connection) -> KeyTest:
    from generation.providers.http import redact  # loads the HTTP library: not with every process

    try:
        status = registry.get(own.provider).check_key(own)
    except ProviderError as error:
        outcome = _OUTCOMES.get(error.kind, Outcome.UNCLEAR)
        if outcome is not Outcome.REFUSED:
            # Vendors like to repeat the key in what they say of it.
            logger.warning("Testing a %s key: %s", own.provider, redact(str(error), own.key))
        return KeyTest(outcome)
    return KeyTest(Outcome.ACCEPTED, status.remaining)


def _note(row: ProviderKey, status: str) -> None:
    """Write the status down, unless the key was replaced while the provider was asked."""
    ProviderKey.objects.filter(pk=row.pk, ciphertext=row.ciphertext).update(
        status=status, tested_at=timezone.now()
    )


def _context(owner_id: int, provider: str, base_url: str) -> str:
    """What a ciphertext is bound to: this column, its owner, the provider, the address."""
    table = ProviderKey._meta.db_table
    return f"{table}:ciphertext:{owner_id}:{provider}:{base_url}"
