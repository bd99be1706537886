"""Takes secrets out of what is written into the log: keys, tokens and passwords.

Most never get that far (the code logs no headers and no bodies). This is the net below, for what
libraries and exceptions quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings

MASK = "***"

QUERY = re.compile(
    r"(?i)([?&;](?:t|token|key|api_?key|access_token|code|password|secret|sig|signature"
    r"|x-amz-(?:signature|credential|security-token))=)[^&\s\"'<>#]+"
)
"""`?t=…` opens live streams and the callbacks of vendors; signed addresses open storage."""

HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|x-api-key|x-csrftoken)"
    r"(['\"]?\s*[:=,]\s*(?:b(?=['\"]))?['\"]?)(?:(?:bearer|basic|token|key)\s+)?[^\s'\",]+"
)
COOKIES = re.compile(r"(?i)\b((?:set-)?cookie)(['\"]?\s*[:=,]\s*(?:b(?=['\"]))?['\"]?)[^'\"\r\n]+")
BEARER = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}")
PASSWORD = re.compile(r"(\w://[^\s/:@]*:)[^\s/@]+(@)")
"""Of an address such as that of a database."""

KEY = re.compile(r"\b(pxs_|sk-(?:or-v1-)?|AIza|whsec_)[\w-]{8,}")
"""What tokens of ours and the keys of vendors begin with."""

SEGMENT = re.compile(r"(?<=/)[\w.:=~-]{16,}(?=/|$)")
"""Of a path: long enough to be a token, such as that of a shared post. Words of ours are shorter,
or have letters and hyphens only.
"""

WORDS = re.compile(r"[a-z-]+(?:\.[a-z0-9]{2,5})?")

NAMES = (
    *("SECRET_KEY", "METRICS_TOKEN", "R2_SECRET_ACCESS_KEY", "CDN_PURGE_TOKEN"),
    *("ADMIN_PASSWORD", "EMAIL_HOST_PASSWORD", "FIELD_ENCRYPTION_KEYS"),
    *("PROVIDER_KEYS", "WEBHOOK_SECRETS"),
)
"""Settings whose values are masked wherever they stand; of FIELD_ENCRYPTION_KEYS each by itself."""

SHORTEST = 8
"""Shorter values are no secrets, and might be part of a word."""


def masked(text: str) -> str:
    """The text without what opens anything."""
    text = QUERY.sub(rf"\1{MASK}", text)
    text = HEADER.sub(rf"\1\2{MASK}", text)
    text = COOKIES.sub(rf"\1\2{MASK}", text)
    text = BEARER.sub(rf"\1{MASK}", text)
    text = PASSWORD.sub(rf"\1{MASK}\2", text)
    text = KEY.sub(rf"\1{MASK}", text)
    ours = _our_secrets()
    return text if ours is None else ours.sub(MASK, text)


def masked_path(path: str) -> str:
    """A path whose tokens only begin: enough to tell two apart, too little to open anything."""
    return SEGMENT.sub(_beginning, path)


def _beginning(match: re.Match[str]) -> str:
    segment = match[0]
    return segment if WORDS.fullmatch(segment) else f"{segment[:4]}{MASK}"


@cache
def _our_secrets() -> re.Pattern[str] | None:
    values = {text for name in NAMES for text in _texts(getattr(settings, name, ""))}
    # `2:BASE64,1:BASE64`: an error names the one that it could not use.
    values |= {one.rpartition(":")[2].strip() for one in settings.FIELD_ENCRYPTION_KEYS.split(",")}
    secrets = sorted((v for v in values if len(v) >= SHORTEST), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, secrets))) if secrets else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
