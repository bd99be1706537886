"""Where the next page of a public list begins, without saying the id of anything.

An id tells how many posts there are and how fast they come. Its cipher is the same each time, so
that an address stays an address, and needs no row: it leads on when the post it came from is gone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.crypto import salted_hmac

from gallery.keyset import Page

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

ID_BYTES = 8


@cache
def _cipher() -> AESSIV:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # slow: not at every start

    key = salted_hmac("gallery.public_cursors", "", algorithm="sha256").digest()
    return AESSIV(key)


def seal(pk: int) -> str:
    """The id as 32 characters of an address."""
    sealed = _cipher().encrypt(pk.to_bytes(ID_BYTES, "big"), None)
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(text: str) -> int | None:
    """The id; None for anything that `seal` did not make."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.urlsafe_b64decode(text.encode())
        return int.from_bytes(_cipher().decrypt(sealed, None), "big")
    except (UnicodeEncodeError, binascii.Error, ValueError, InvalidTag):
        return None


def next_href(page: Page[Any], parameters: Mapping[str, str]) -> str:
    """The end of the address of the page after it, `?q=…`; empty at the end."""
    ends = {"before": page.before, "after": page.after}
    cursors = {name: seal(pk) for name, pk in ends.items() if pk is not None}
    return "?" + urlencode({**parameters, **cursors}) if cursors else ""
