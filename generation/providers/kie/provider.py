"""Kie (api.kie.ai): a task is created, asked after, and its picture or clip fetched.

Kie answers nearly everything with HTTP 200 and says in `code` what happened. What a model calls its
fields differs from model to model, so the catalogue's `options` name them (bodies.py).

Pictures go along as addresses only: Kie's uploads live on another host, to which a key that was
entered for this one is not sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from gallery.imaging.formats import MAX_CLIP_BYTES
from generation.providers import http, pictures
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.kie.bodies import ignored, task_body
from generation.providers.types import (
    Artifact,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)

FIRST_WAIT = 5.0
WAIT_STEP = 2.5
LONGEST_WAIT = 20.0
"""Seconds between two questions after a task. Kie asks for patience that grows."""

WAITING = ("waiting", "queuing", "generating")

_REFUSED = re.compile(
    r"nsfw|sensitive|moderat|prohibited|inappropriate|flagged|safety|content polic|usage polic",
    re.IGNORECASE,
)
"""Kie has no code for a refusal. Only the words of its message tell."""

_CREATE_KINDS = {
    400: ErrorKind.INVALID,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.INVALID,
    422: ErrorKind.INVALID,
    429: ErrorKind.RATE,
    # Some limit; Kie's documents do not explain it. Read as one that waiting does not lift.
    433: ErrorKind.QUOTA,
    # Maintenance.
    455: ErrorKind.RATE,
    501: ErrorKind.NO_OUTPUT,
    505: ErrorKind.RETIRED,
}
"""What a `code` means when a task was to be created. Others (408, 500) leave it open."""

_READ_KINDS = {
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.NO_OUTPUT,
    429: ErrorKind.RATE,
    433: ErrorKind.RATE,
    455: ErrorKind.RATE,
    505: ErrorKind.RETIRED,
}
"""The same for questions, which cost nothing: others are worth asking again. 422 is among those,
because a task that was created just now is at first not found ("recordInfo is null")."""


class KieProvider:
    """Maps to `createTask` and `recordInfo`. A model's `options`, all of them optional:

    `aspect_field`, `resolution_field`, `seed_field`, `duration_field`, `negative_field`
        What the model calls these; what has no name is not sent.
    `first_frame_field`, `last_frame_field`
        Where the address of a clip's first and last frame goes.
    `pictures_field`
        Where a list of addresses of pictures goes instead.
    `resolution_spelling`
        "upper" sends 720P for 720p.
    `duration_type`
        "text" sends "5" for 5.
    `output_format`
        A value that is passed on as it stands.
    `usd_per_credit`
        Turns the credits that Kie counts into US dollars.
    """

    slug = "kie"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Create one task. Always a `Pending`."""
        if request.kind is Kind.CAPTION:
            raise ProviderError(ErrorKind.INVALID, "Kie writes no captions")
        answer = http.send(
            connection,
            "POST",
            "/jobs/createTask",
            paid=True,
            json=task_body(request),
        )
        code, content = _read(answer)
        if code != 200:
            raise _refusal(answer, code, content)
        task_id = _object(content.get("data")).get("taskId")
        if not isinstance(task_id, str) or not 0 < len(task_id) <= 200:
            # It may well have been created; its id is lost.
            raise ProviderError(
                ErrorKind.AMBIGUOUS, f"no taskId: {answer.excerpt}", status=answer.status
            )
        return Pending(task_id, FIRST_WAIT, _state(request))

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Ask after the task; fetch its first picture, or its clip, once it is there."""
        answer = http.send(
            connection,
            "GET",
            "/jobs/recordInfo",
            paid=False,
            params={"taskId": pending.remote_id},
            timeout=60,
        )
        code, content = _read(answer)
        task = _object(content.get("data"))
        state = task.get("state")
        # 501 is the code of a task that failed.
        if code not in {200, 501}:
            # The task was accepted: whatever goes wrong now, it may be charged.
            raise _question_failure(answer, code, content, Billed.UNKNOWN)
        if code == 501 or state == "fail":
            told = _message(answer, task, "failMsg") or _message(answer, content, "msg")
            raise _task_failure(task, told)
        if state == "success":
            return Done(
                artifacts=(_fetch(task, pending, connection),),
                cost=_cost(task, pending.state.get("usd_per_credit")),
                remote_id=pending.remote_id,
                ignored=tuple(filter(None, pending.state.get("ignored", "").split(","))),
            )
        if state in WAITING:
            return _again(pending)
        raise ProviderError(ErrorKind.TRANSIENT, "a task in no known state", status=200)

    def check_key(self, connection: Connection) -> KeyStatus:
        """Ask for the balance. It is in credits, and Kie does not say there what one costs."""
        answer = http.send(
            connection, "GET", "/chat/credit", paid=False, timeout=http.QUESTION_SECONDS
        )
        code, content = _read(answer)
        if code != 200:
            raise _question_failure(answer, code, content)
        if _amount(content.get("data")) is None:
            raise ProviderError(ErrorKind.NO_OUTPUT, f"no balance: {answer.excerpt}")
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """Nothing: Kie publishes no list that says which fields a model takes."""
        return []


def _state(request: GenerationRequest) -> dict[str, str]:
    """What only the request knows and the answer to the last question needs."""
    return {
        "polls": "0",
        "kind": request.kind.value,
        "ignored": ",".join(ignored(request)),
        "usd_per_credit": request.model.options.get("usd_per_credit", ""),
    }


def _again(pending: Pending) -> Pending:
    count = int(pending.state.get("polls", "0")) + 1
    wait = min(LONGEST_WAIT, FIRST_WAIT + WAIT_STEP * count)
    return Pending(pending.remote_id, wait, {**pending.state, "polls": str(count)})


def _read(answer: http.Answer) -> tuple[int, dict[str, Any]]:
    """The `code` of an answer, else its HTTP status, and the body."""
    content = answer.json_or_empty()
    code = content.get("code")
    if isinstance(code, int) and not isinstance(code, bool):
        return code, content
    # Something else than Kie may have answered, and its 200 says nothing about a task.
    return (0 if answer.is_ok else answer.status), content


def _refusal(answer: http.Answer, code: int, content: Mapping[str, Any]) -> ProviderError:
    """Why no task was created, or AMBIGUOUS where nobody knows whether one was."""
    message = _message(answer, content, "msg")
    by_status = ErrorKind.AMBIGUOUS if answer.is_ok else http.refusal(answer, paid=True).kind
    kind = _CREATE_KINDS.get(code, by_status)
    reason = ""
    if kind in {ErrorKind.INVALID, ErrorKind.NO_OUTPUT} and (found := _REFUSED.search(message)):
        kind, reason = ErrorKind.MODERATION, found[0].lower()
    return ProviderError(
        kind,
        f"code {code}: {message or answer.excerpt}",
        reason=reason,
        retry_after=http.parse_retry_after(answer.headers),
        status=answer.status,
    )


def _question_failure(
    answer: http.Answer, code: int, content: Mapping[str, Any], billed: Billed | None = None
) -> ProviderError:
    return ProviderError(
        _READ_KINDS.get(code, ErrorKind.TRANSIENT),
        f"code {code}: {_message(answer, content, 'msg') or answer.excerpt}",
        retry_after=http.parse_retry_after(answer.headers),
        status=answer.status,
        billed=billed,
    )


def _task_failure(task: Mapping[str, Any], message: str) -> ProviderError:
    """Why a task failed, and whether it was charged: Kie says so in credits."""
    code = str(task.get("failCode"))
    credits_used = _amount(task.get("creditsConsumed"))
    billed = Billed.UNKNOWN
    if credits_used is not None:
        billed = Billed.YES if credits_used else Billed.NO
    found = _REFUSED.search(message)
    if found:
        kind = ErrorKind.MODERATION
    else:
        kind = ErrorKind.INVALID if code in {"400", "422"} else ErrorKind.NO_OUTPUT
    return ProviderError(
        kind,
        f"the task failed, code {code[:40]}: {message}",
        reason=found[0].lower() if found else "",
        billed=billed,
    )


def _fetch(task: Mapping[str, Any], pending: Pending, connection: Connection) -> Artifact:
    url = _result_url(task)
    if pending.state.get("kind") != Kind.VIDEO:
        return pictures.artifact(http.download(url, connection))
    data = http.download(
        url, connection, timeout=http.CLIP_DOWNLOAD_SECONDS, max_bytes=MAX_CLIP_BYTES
    )
    return pictures.clip(data)


def _result_url(task: Mapping[str, Any]) -> str:
    """The first address in `resultJson`, which is JSON inside a string."""
    result = task.get("resultJson")
    if isinstance(result, str):
        try:
            result = json.loads(result)
        except (ValueError, RecursionError):
            result = None
    urls = _object(result).get("resultUrls")
    first = urls[0] if isinstance(urls, list) and urls else None
    if not isinstance(first, str) or not first:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the task succeeded without a result")
    return first


def _cost(task: Mapping[str, Any], usd_per_credit: str | None) -> Cost:
    """Credits as Kie counted them; dollars only where the catalogue knows what a credit costs."""
    credits_used = _amount(task.get("creditsConsumed"))
    if credits_used is None:
        return Cost()
    usage = {"credits": str(credits_used)}
    price = _amount(usd_per_credit)
    if price is None:
        return Cost(usage=usage)
    return Cost(credits_used * price, "estimated", usage)


def _amount(value: object) -> Decimal | None:
    """A number that can be an amount, from JSON or text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() and 0 <= amount < 1_000_000_000 else None


def _message(answer: http.Answer, content: Mapping[str, Any], name: str) -> str:
    text = content.get(name)
    return http.redact(text, *answer.secrets)[:300] if isinstance(text, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
