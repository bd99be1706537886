"""Google's Gemini API over REST: pictures, edits and captions by `generateContent`.

One address does it all: what comes back is decided by `responseModalities`. A refusal is not an
HTTP error here but an answer without a picture, with a reason beside it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from generation.providers import caption_prompt, http, pictures, prices
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import (
    Capabilities,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
    Source,
)

REFUSED = frozenset(
    {
        "SAFETY",
        "PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "RECITATION",
        "MODEL_ARMOR",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)
"""Finish reasons that are a verdict on the content. Others without a picture are NO_OUTPUT."""

UNSPECIFIED = "BLOCKED_REASON_UNSPECIFIED"

_KINDS = {
    "INVALID_ARGUMENT": ErrorKind.INVALID,
    "OUT_OF_RANGE": ErrorKind.INVALID,
    "FAILED_PRECONDITION": ErrorKind.INVALID,
    "UNAUTHENTICATED": ErrorKind.AUTH,
    "PERMISSION_DENIED": ErrorKind.AUTH,
    "NOT_FOUND": ErrorKind.RETIRED,
    "RESOURCE_EXHAUSTED": ErrorKind.RATE,
    "UNAVAILABLE": ErrorKind.RATE,
}
"""What `error.status` means by itself. Statuses that leave open whether the model ran (INTERNAL,
DEADLINE_EXCEEDED, CANCELLED, UNKNOWN) are not among them."""

OPEN = frozenset({"INTERNAL", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "ABORTED", "DATA_LOSS"})

# The text of every 429 speaks of "plan and billing details": those words prove nothing.
_USED_UP = re.compile(r"\blimit: 0(?![.\d])|credits are depleted|spending (?:cap|limit)")

ASPECT_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
DISCOVERED_REFERENCES = 3
"""The list of models does not say how many references one takes; the smallest of them takes 3."""
MAX_PAGES = 5


class GeminiProvider:
    """Maps to `generateContent`, one call a picture or caption."""

    slug = "gemini"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Send one paid call and read the picture or the caption from its answer."""
        answer = http.send(
            connection,
            "POST",
            f"/models/{quote(request.model.remote_id, safe='')}:generateContent",
            paid=True,
            json=_body(request),
            auth=http.Auth.GOOGLE,
            timeout=(http.CAPTION_SECONDS if request.kind is Kind.CAPTION else http.TOTAL_SECONDS),
        )
        if not answer.is_ok:
            raise _failure(answer, paid=True)
        content = answer.json()
        if content.get("error"):
            # The status says that it worked, the body that it did not.
            raise ProviderError(ErrorKind.AMBIGUOUS, f"200: {answer.excerpt}", status=200)
        return _read(content, request)

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Never needed: every answer is given at once."""
        raise ProviderError(ErrorKind.INVALID, "Gemini has nothing to poll")

    def check_key(self, connection: Connection) -> KeyStatus:
        """List one model. Google names no balance."""
        content = _list_models(connection, {"pageSize": "1"})
        if not isinstance(content.get("models"), list):
            raise ProviderError(ErrorKind.NO_OUTPUT, "the list of models has no models")
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """The models that make pictures. Text models are left to the catalogue and its editors."""
        found: dict[str, ModelSpec] = {}
        params = {"pageSize": "200"}
        for _page in range(MAX_PAGES):
            content = _list_models(connection, params)
            specs = map(_spec, _objects(content.get("models")))
            found |= {spec.key: spec for spec in specs if spec}
            token = content.get("nextPageToken")
            if not isinstance(token, str) or not token:
                break
            params = {**params, "pageToken": token}
        return list(found.values())


def _body(request: GenerationRequest) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": request.prompt}]
    for picture in request.references:
        data = base64.b64encode(picture.data).decode()
        parts.append({"inlineData": {"mimeType": picture.media_type, "data": data}})
    body: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}]}
    if request.kind is Kind.CAPTION:
        body["systemInstruction"] = {"parts": [{"text": caption_prompt.SYSTEM}]}
        return body
    body["generationConfig"] = config = {"responseModalities": ["TEXT", "IMAGE"]}
    able = request.model.capabilities
    image_config = {}
    if able.aspect_ratios:
        image_config["aspectRatio"] = request.aspect_ratio
    # Models that only know 1K refuse the field itself.
    if set(able.resolutions) - {"1K"}:
        image_config["imageSize"] = request.resolution
    if image_config:
        config["imageConfig"] = image_config  # type: ignore[assignment]
    if able.seed:
        config["seed"] = request.seed  # type: ignore[assignment]
    return body


def _ignored(request: GenerationRequest) -> tuple[str, ...]:
    if request.kind is Kind.CAPTION:
        return ()
    negative = ("negative_prompt",) if request.negative_prompt else ()
    return negative if request.model.capabilities.seed else ("seed", *negative)


def _read(content: Mapping[str, Any], request: GenerationRequest) -> Done:
    """The picture or the caption in the answer, or the reason why there is none."""
    _raise_if_blocked(content)
    candidate = next(_objects(content.get("candidates")), {})
    finish = _word(candidate.get("finishReason"))
    if finish in REFUSED:
        raise _refused(finish)
    parts = list(_objects(_object(candidate.get("content")).get("parts")))
    parts = [part for part in parts if not part.get("thought")]
    if request.kind is Kind.CAPTION:
        text = "".join(_text(part.get("text")) for part in parts).strip()
        if not text:
            raise _nothing("no text", finish)
        return replace(_done(content, request), text=text)
    blob = next((blob for blob in map(_blob, parts) if blob), None)
    if blob is None:
        raise _nothing("no picture", finish)
    picture = pictures.from_base64(blob.get("data"))
    return replace(_done(content, request), artifacts=(picture,))


def _done(content: Mapping[str, Any], request: GenerationRequest) -> Done:
    """What is the same for pictures and captions."""
    return Done(
        cost=_cost(content, request),
        remote_id=_text(content.get("responseId"))[:200],
        ignored=_ignored(request),
        served_by=_text(content.get("modelVersion"))[:120],
    )


def _blob(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture of a part. Some gateways in front of Google write snake case."""
    return _object(part.get("inlineData")) or _object(part.get("inline_data"))


def _raise_if_blocked(content: Mapping[str, Any]) -> None:
    feedback = _object(content.get("promptFeedback"))
    reason = _word(feedback.get("blockReason"))
    if reason and reason != UNSPECIFIED:
        raise _refused(reason)


def _refused(reason: str) -> ProviderError:
    """A verdict on the content. Google does not say whether it charges for those."""
    return ProviderError(
        ErrorKind.MODERATION,
        f"refused: {reason}",
        reason=reason,
        status=200,
        billed=Billed.UNKNOWN,
    )


def _nothing(what: str, finish: str) -> ProviderError:
    detail = f"the answer has {what} (finishReason {finish or 'not named'})"
    return ProviderError(ErrorKind.NO_OUTPUT, detail, status=200)


def _cost(content: Mapping[str, Any], request: GenerationRequest) -> Cost:
    """Estimated from the token counts; Google reports no money.

    The price of a picture is the price of its own tokens. Text and thoughts beside it cost a
    twentieth of that a token and are left out of the estimate.
    """
    usage = _object(content.get("usageMetadata"))
    shown = _modality(usage.get("promptTokensDetails"), "IMAGE")
    counts = {
        "input_tokens": max(0, _count(usage.get("promptTokenCount")) - shown),
        "input_image_tokens": shown,
        "output_tokens": _count(usage.get("candidatesTokenCount")),
    }
    if request.kind is Kind.CAPTION:
        counts["output_tokens"] += _count(usage.get("thoughtsTokenCount"))
    else:
        painted = _modality(usage.get("candidatesTokensDetails"), "IMAGE")
        counts["output_tokens"] = painted or counts["output_tokens"]
        counts["images"] = 1
    return prices.estimate(request.model, {unit: n for unit, n in counts.items() if n})


def _modality(details: object, name: str) -> int:
    return sum(
        _count(entry.get("tokenCount"))
        for entry in _objects(details)
        if entry.get("modality") == name
    )


def _failure(answer: http.Answer, *, paid: bool) -> ProviderError:
    """What an error answer means, by Google's own status where it names one."""
    error = _object(answer.json_or_empty().get("error"))
    status = _word(error.get("status"))
    message = _text(error.get("message"))
    details = list(_objects(error.get("details")))
    plain = http.refusal(answer, message, paid=paid)
    return ProviderError(
        _kind(status, message, details, paid=paid) or plain.kind,
        f"{status} {plain.detail}".strip(),
        retry_after=_retry_delay(details) or plain.retry_after,
        status=answer.status,
    )


def _kind(
    status: str, message: str, details: Sequence[Mapping[str, Any]], *, paid: bool
) -> ErrorKind | None:
    """The kind that Google's words ask for; None when only the HTTP status is left to go by."""
    if any(entry.get("reason") == "API_KEY_INVALID" for entry in details):
        # The status beside it is INVALID_ARGUMENT.
        return ErrorKind.AUTH
    if status == "RESOURCE_EXHAUSTED" and _is_used_up(message, details):
        return ErrorKind.QUOTA
    if status == "FAILED_PRECONDITION" and "billing" in message.lower():
        return ErrorKind.QUOTA
    if status in OPEN:
        return ErrorKind.AMBIGUOUS if paid else ErrorKind.TRANSIENT
    return _KINDS.get(status)


def _is_used_up(message: str, details: Sequence[Mapping[str, Any]]) -> bool:
    """Whether waiting a minute does not help: the day's quota, a plan without any, the balance."""
    violations = [found for entry in details for found in _objects(entry.get("violations"))]
    return bool(_USED_UP.search(message)) or any(
        "PerDay" in _text(violation.get("quotaId")) or violation.get("quotaValue") == "0"
        for violation in violations
    )


def _retry_delay(details: Sequence[Mapping[str, Any]]) -> float | None:
    """Seconds of the `RetryInfo` among the details, written as "13s" or "13.5s"."""
    for entry in details:
        found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)s", _text(entry.get("retryDelay")))
        if found:
            return float(found[1])
    return None


def _list_models(connection: Connection, params: Mapping[str, str]) -> dict[str, Any]:
    answer = http.send(
        connection,
        "GET",
        "/models",
        paid=False,
        params=params,
        auth=http.Auth.GOOGLE,
        timeout=http.QUESTION_SECONDS,
    )
    if not answer.is_ok:
        raise _failure(answer, paid=False)
    return answer.json()


def _spec(entry: Mapping[str, Any]) -> ModelSpec | None:
    """An entry of the list as a model; None unless it makes pictures by `generateContent`."""
    model_id = _text(entry.get("name")).removeprefix("models/")
    methods = entry.get("supportedGenerationMethods")
    if "image" not in model_id or not isinstance(methods, list):
        return None
    if "generateContent" not in methods or len(model_id) > 100:
        return None
    return ModelSpec(
        key=f"gemini/{model_id}",
        provider="gemini",
        remote_id=model_id,
        name=(_text(entry.get("displayName")) or model_id)[:80],
        description=_text(entry.get("description"))[:200],
        capabilities=Capabilities(
            kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
            aspect_ratios=ASPECT_RATIOS,
            resolutions=("1K",),
            max_references=DISCOVERED_REFERENCES,
        ),
        source=Source.DISCOVERED,
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    entries = value if isinstance(value, list) else []
    return (entry for entry in entries if isinstance(entry, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _word(value: object) -> str:
    """One of Google's constants; empty for anything that does not look like one."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Z_]{1,60}", value) else ""


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value < 1_000_000_000 else 0
