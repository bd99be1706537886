"""Secrets at rest: text sealed with AES-256-GCM and bound to the place where it lies.

The keys are the setting FIELD_ENCRYPTION_KEYS, apart from SECRET_KEY. It is read at use only, so
that an installation which stores no secrets needs none. The format of what is stored is
`v1:<id of the key>:<base64 of nonce and ciphertext>`.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
MISSING = "Missing required environment variable: FIELD_ENCRYPTION_KEYS"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class UndecryptableError(Exception):
    """A stored text cannot be read: another key, another place, or damage. Never says the text."""


@sensitive_variables()
def encrypt(text: str, context: str) -> str:
    """Seal a text under the newest key.

    `context` names the place where the result will lie; only who names the same can decrypt it.
    Raises ImproperlyConfigured when there is no usable key.
    """
    # Here and below: whoever starts a process that seals nothing need not load the library.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    newest, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound_to(newest, context))
    return f"{VERSION}:{newest}:{base64.b64encode(nonce + sealed).decode()}"


@sensitive_variables()
def decrypt(stored: str, context: str) -> str:
    """Open what `encrypt` sealed for the same context.

    Raises UndecryptableError, and ImproperlyConfigured when there is no usable key at all.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    name, sealed = _parts(stored)
    key = _keys().get(name)
    if key is None:
        raise UndecryptableError(f"The key {name} is not among FIELD_ENCRYPTION_KEYS.")
    try:
        opened = AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(name, context)
        )
    except InvalidTag:
        raise UndecryptableError(
            f"Not sealed under this key {name}, or not for this place."
        ) from None
    return opened.decode()


def key_id(stored: str) -> str:
    """The id of the key that sealed it. Raises UndecryptableError for what is no stored secret."""
    return _parts(stored)[0]


def is_current(stored: str) -> bool:
    """Whether it is sealed under the newest key. Raises as `key_id` and `newest_key_id` do."""
    return key_id(stored) == newest_key_id()


def newest_key_id() -> str:
    """The id of the key that seals from now on. Raises ImproperlyConfigured without one."""
    return next(iter(_keys()))


def fingerprints() -> dict[str, str]:
    """The beginning of each key's SHA-256, by id: to tell whether two places have the same keys.
    Empty without a usable setting. The keys are random: a digest says nothing about them.
    """
    if find_problem():
        return {}
    return {name: hashlib.sha256(key).hexdigest()[:16] for name, key in _keys().items()}


def find_problem() -> str:
    """What is wrong with the setting, in words for operators; empty when nothing is."""
    try:
        _keys()
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def _bound_to(name: str, context: str) -> bytes:
    return f"{VERSION}:{name}:{context}".encode()


def _parts(stored: str) -> tuple[str, bytes]:
    version, _, rest = stored.partition(":")
    name, _, encoded = rest.partition(":")
    if version != VERSION or not _KEY_ID.fullmatch(name):
        raise UndecryptableError("Not a stored secret.")
    try:
        sealed = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error, and what is not even ASCII
        raise UndecryptableError("Damaged.") from None
    if len(sealed) <= NONCE_BYTES:
        raise UndecryptableError("Damaged.")
    return name, sealed


@sensitive_variables()
def _keys() -> dict[str, bytes]:
    """Every key by its id, the newest first."""
    text: str = settings.FIELD_ENCRYPTION_KEYS
    if not text.strip():
        raise ImproperlyConfigured(MISSING)
    return _parse(text)


@lru_cache(maxsize=8)
@sensitive_variables()
def _parse(text: str) -> dict[str, bytes]:
    """Read the setting. Its errors name an entry by its place, never by what stands there."""
    keys: dict[str, bytes] = {}
    for place, entry in enumerate(text.split(","), start=1):
        name, _, encoded = entry.strip().partition(":")
        where = f"FIELD_ENCRYPTION_KEYS: entry {place}"
        if not _KEY_ID.fullmatch(name):
            raise ImproperlyConfigured(
                f"{where} does not begin with an id (letters, digits, - and _) and a colon."
            )
        if name in keys:
            raise ImproperlyConfigured(f"{where} has the id of an entry before it.")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"{where} is not {KEY_BYTES} bytes in base64 after the id.")
        keys[name] = key
    return keys
