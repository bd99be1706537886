"""Takes secrets out of text before it reaches a log, a database row or a page."""

from __future__ import annotations

import re
from urllib.parse import quote

DETAIL_LENGTH = 300
HIDDEN = "[hidden]"
BASE64 = "[base64]"

# Vendors choose these texts. Every repetition is possessive or behind a fixed word, so that none
# takes more than linear time (tested with 100,000 characters).
_NAMES = (
    r"(?:proxy-)?authorization|x-goog-api-key|x-api-key|x-key|api[-_ ]?key|"
    r"(?:access|auth|refresh|secret|session)[-_ ]?(?:token|key)|client[-_ ]?secret|password"
)
_PATTERNS = (
    # "name: value" in headers, JSON, query strings and sentences.
    (
        re.compile(
            rf"(?ai)((?:{_NAMES})\\?[\"']?\s*+[:=]\s*+\\?[\"']?)"
            r"(?:(?:bearer|basic|token|key)\s++)?[^\s\"'\\,;&<>]++"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?ai)\b(bearer|basic)\s++[\w.~+/=-]{6,}+"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?ai)([?&](?:key|token|sig|signature|policy|credential|x-(?:amz|goog)-[a-z-]++)=)"
            r"[^&\s\"'\\<>#]++"
        ),
        rf"\1{HIDDEN}",
    ),
    # Keys by how they begin.
    (re.compile(r"(?a)\b(?:sk|pk|rk)[-_][\w-]{8,}+"), HIDDEN),
    (re.compile(r"(?a)\b(?:AIza|hf_|gsk_|xai-|r8_|AKIA|ghp_)[\w-]{12,}+"), HIDDEN),
    (re.compile(r"(?a)(?<![\w.-])eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?"), HIDDEN),
    # Pictures: nobody reads them, and the log keeps them for ever.
    (re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{70,}+={0,2}"), BASE64),
)


def redact(text: str, *secrets: str) -> str:
    """The text without anything that looks like a key, and without these very secrets.

    Long base64 (pictures) goes as well.
    """
    for secret in map(str.strip, secrets):
        # As it is, in an address, and in JSON as some servers write it.
        for form in {secret, quote(secret, safe=""), secret.replace("/", r"\/")} - {""}:
            # In any case of letters: names of headers and encodings come back in lower case.
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def detail(text: str, *secrets: str) -> str:
    """The beginning of the text without secrets. Hidden first: half a key is not recognised."""
    return redact(text, *secrets)[:DETAIL_LENGTH]
