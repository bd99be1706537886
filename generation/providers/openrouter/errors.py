"""What OpenRouter's errors mean: its own word first, then the code, then the HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import Answer, redact, refusal

_KINDS = {
    "authentication": ErrorKind.AUTH,
    "permission_denied": ErrorKind.AUTH,
    "payment_required": ErrorKind.QUOTA,
    "rate_limit_exceeded": ErrorKind.RATE,
    "provider_overloaded": ErrorKind.RATE,
    "content_policy_violation": ErrorKind.MODERATION,
    "refusal": ErrorKind.MODERATION,
    "not_found": ErrorKind.RETIRED,
    "context_length_exceeded": ErrorKind.INVALID,
    "max_tokens_exceeded": ErrorKind.INVALID,
    "token_limit_exceeded": ErrorKind.INVALID,
    "string_too_long": ErrorKind.INVALID,
    "invalid_request": ErrorKind.INVALID,
    "invalid_prompt": ErrorKind.INVALID,
    "precondition_failed": ErrorKind.INVALID,
    "payload_too_large": ErrorKind.INVALID,
    "unprocessable": ErrorKind.INVALID,
    "invalid_image": ErrorKind.INVALID,
    "image_too_large": ErrorKind.INVALID,
    "image_too_small": ErrorKind.INVALID,
    "unsupported_image_format": ErrorKind.INVALID,
    "image_not_found": ErrorKind.INVALID,
    "image_download_failed": ErrorKind.INVALID,
    # "The provider gave an invalid or empty answer, or hung up": it may have done the work.
    "provider_unavailable": ErrorKind.AMBIGUOUS,
    "server": ErrorKind.AMBIGUOUS,
    "timeout": ErrorKind.AMBIGUOUS,
}
"""By `error.metadata.error_type`. "unmapped" says nothing, so the code decides."""

_WHEN_FREE = {ErrorKind.AMBIGUOUS: ErrorKind.TRANSIENT, ErrorKind.RETIRED: ErrorKind.INVALID}
"""A question that costs nothing loses nothing, and asks for no model."""

_GONE = frozenset({"model_deprecated", "no_endpoints"})

_IN_FLIGHT = "openrouter_in_flight_budget"

_MOST_WORDS = 5


def read_error(answer: Answer, *, paid: bool, error: object = None) -> ProviderError:
    """The error that an answer carries, whatever its status.

    `error` is the one to read where it is not the top-level one (that of a choice). `paid` says
    whether the request may have cost something: only then can its end be AMBIGUOUS.
    """
    told = _mapping(error or answer.json_or_empty().get("error"))
    metadata = _mapping(told.get("metadata"))
    availability = _mapping(told.get("availability"))
    status = _status(told.get("code")) or _failed(answer.status)
    by_status = refusal(replace(answer, status=status), _message(told), paid=paid)
    kind = _kind(status, told, by_status.kind)
    if kind is ErrorKind.QUOTA and _waits_for_others(metadata, by_status):
        kind = ErrorKind.RATE
    if not paid:
        kind = _WHEN_FREE.get(kind, kind)
    reasons = {
        ErrorKind.MODERATION: metadata.get("reasons"),
        ErrorKind.RETIRED: availability.get("fallback_models"),
    }
    retry_after = by_status.retry_after
    if retry_after is None:
        retry_after = _seconds(availability.get("retry_after"))
    return ProviderError(
        kind,
        _detail(answer, by_status.detail, metadata, with_raw=kind is not ErrorKind.MODERATION),
        reason=_words(reasons.get(kind)),
        retry_after=retry_after,
        status=answer.status,
    )


def _kind(status: int, error: Mapping[str, Any], by_status: ErrorKind) -> ErrorKind:
    metadata = _mapping(error.get("metadata"))
    word = metadata.get("error_type")
    if status == 403 and metadata.get("reasons"):
        return ErrorKind.MODERATION
    if _mapping(error.get("availability")).get("code") in _GONE:
        return ErrorKind.RETIRED
    if isinstance(word, str) and word in _KINDS:
        return _KINDS[word]
    # Without an error of OpenRouter's a 404 is a wrong address, not a model that is gone.
    return ErrorKind.RETIRED if status == 404 and error else by_status


def _waits_for_others(metadata: Mapping[str, Any], by_status: ProviderError) -> bool:
    """Whether the credits are only set aside for calls that are still running."""
    return metadata.get("limit_source") == _IN_FLIGHT and by_status.retry_after is not None


def _detail(answer: Answer, detail: str, metadata: Mapping[str, Any], *, with_raw: bool) -> str:
    """A line for operators. What a moderator flagged is the prompt, and stays out."""
    names = ["error_type", "provider_name", "provider_code", "limit_source"]
    if with_raw:
        names.append("raw")
    facts = [
        f"{name}={redact(str(metadata[name]), *answer.secrets)[:200]}"
        for name in names
        if metadata.get(name) not in (None, "")
    ]
    where = "in an answer with 200: " if answer.is_ok else ""
    return " ".join([where + detail, *facts])


def _message(error: Mapping[str, Any]) -> str:
    """Its words; where there is an error without words, something else than the whole body."""
    return str(error.get("message") or "no message") if error else ""


def _status(code: object) -> int | None:
    """The HTTP status that an `error.code` is; None for anything else."""
    if isinstance(code, str) and re.fullmatch(r"[45]\d\d", code):
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool) and 400 <= code <= 599:
        return code
    return None


def _failed(status: int) -> int:
    """The answer's own status; an error in a success is a server's error."""
    return status if status >= 300 else 500


def _words(values: object) -> str:
    """A list of short words as one line for people; nothing that could be more than that."""
    if not isinstance(values, list):
        return ""
    words = [v for v in values if isinstance(v, str) and re.fullmatch(r"[\w~:./ -]{1,80}", v)]
    return ", ".join(words[:_MOST_WORDS])


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return float(value)
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
