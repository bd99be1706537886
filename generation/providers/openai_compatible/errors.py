"""What errors in OpenAI's shape mean, from OpenAI and from servers that only resemble it.

The shape is `{"error": {"message", "type", "param", "code"}}`. Other servers put a text there, or
numbers, or something of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation.providers import http
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer

_MODERATION = {"moderation_blocked", "content_policy_violation", "content_filter"}
_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_NOT_ALLOWED = {
    "invalid_request_error",
    "request_forbidden",
    "unsupported_country_region_territory",
}
"""With status 403: the key is good, and this is not for it (a model, a country)."""
_MODEL_GONE = {"model_not_found", "model_deprecated"}
_IN_ANSWER = {
    "invalid_api_key": ErrorKind.AUTH,
    "rate_limit_exceeded": ErrorKind.RATE,
    "rate_limit_error": ErrorKind.RATE,
    "invalid_request_error": ErrorKind.INVALID,
    "image_generation_user_error": ErrorKind.INVALID,
}
"""Names that say enough without a status."""
_SAFETY = re.compile(r"safety system|usage polic|content policy|content management", re.I)
_VIOLATIONS = re.compile(r"safety_violations=\[([a-z/, _-]{1,80})\]")


def from_answer(answer: Answer, *, paid: bool) -> ProviderError:
    """The error that this answer is: one with a bad status, or a 200 with an error inside.

    `paid` says whether the request may have cost something.
    """
    content = answer.json_or_empty()
    error = content.get("error") or content
    if isinstance(error, str):
        error = {"message": f"{error} {_text(content.get('message'))}".strip()}
    return _read(answer, error, paid=paid)


def in_answer(answer: Answer, error: Any) -> ProviderError:
    """What an `error` somewhere inside this answer to a paid request means."""
    return _read(answer, error, paid=True)


def _read(answer: Answer, error: Any, *, paid: bool) -> ProviderError:
    told = error if isinstance(error, Mapping) else {"message": error}
    message = _text(told.get("message")) or _text(told.get("detail"))
    names = {_text(told.get("code")), _text(told.get("type"))}
    status = _status(told) if answer.is_ok else answer.status
    found = http.refusal(replace(answer, status=status), message[:300], paid=paid)
    kind = _named(names, message, _text(told.get("param")), status) or found.kind
    billed = None
    if kind is ErrorKind.MODERATION and answer.is_ok:
        billed = Billed.UNKNOWN  # it was made and then withheld
    return ProviderError(
        kind,
        f"{found.detail} ({' '.join(sorted(filter(None, names)))})" if any(names) else found.detail,
        reason=_reason(message) if kind is ErrorKind.MODERATION else "",
        retry_after=found.retry_after,
        status=answer.status,
        billed=billed,
    )


def _named(names: set[str], message: str, param: str, status: int) -> ErrorKind | None:
    """What the vendor's own words say; None when only the status says something."""
    is_refusal = status in {200, 400, 403}
    if names & _MODERATION or (is_refusal and _SAFETY.search(message)):
        return ErrorKind.MODERATION
    if names & _QUOTA:
        return ErrorKind.QUOTA
    if status == 403:
        is_key_good = names & (_NOT_ALLOWED | _MODEL_GONE)
        return ErrorKind.INVALID if is_key_good else ErrorKind.AUTH
    is_about_model = param == "model" or "model" in message.lower()
    if names & _MODEL_GONE or (status == 404 and is_about_model):
        return ErrorKind.RETIRED
    if status == 200:
        return next((_IN_ANSWER[name] for name in sorted(names) if name in _IN_ANSWER), None)
    return None


def _status(told: Mapping[str, Any]) -> int:
    """The status that an error inside a 200 names as its code; 200 when it names none."""
    code = _text(told.get("code"))
    return int(code) if re.fullmatch(r"[45]\d\d", code) else 200


def _reason(message: str) -> str:
    """Which rules were broken, where OpenAI says it: `violence, sexual`."""
    found = _VIOLATIONS.search(message)
    return found[1] if found else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
