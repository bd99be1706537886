"""OpenRouter's API for clips: a job is submitted, asked after, and its clip fetched.

https://openrouter.ai/docs/api_reference/videos. The address to ask at is made from the id of the
job; those in an answer are not followed, because the key goes along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from gallery.imaging.formats import MAX_CLIP_BYTES
from generation.providers import http, pictures, prices
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.openrouter.bodies import clip_body
from generation.providers.openrouter.costs import COUNTS, is_count, read_dollars
from generation.providers.openrouter.errors import read_error
from generation.providers.types import Connection, Cost, Done, GenerationRequest, Pending

SUBMIT_SECONDS = 120.0
"""A job is accepted at once; frames that go along in the request take a moment."""

POLL_SECONDS = 60.0

FIRST_WAIT = 10.0
WAIT_STEP = 5.0
LONGEST_WAIT = 30.0
"""Seconds between two questions after a job, as OpenRouter advises."""

WAITING = ("pending", "in_progress")
ENDED = ("failed", "cancelled", "expired")

MOST_WAITED = 10**6

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,199}")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_REFUSED = re.compile(
    r"nsfw|sensitive|moderat|prohibited|inappropriate|flagged|safety|content.polic|usage.polic"
    r"|refus",
    re.IGNORECASE,
)
"""A job that failed says why in free words only."""


def submit(
    request: GenerationRequest, connection: Connection, headers: Mapping[str, str]
) -> Pending:
    """Submit one job. Raises ProviderError."""
    body, ignored = clip_body(request)
    answer = http.send(
        connection,
        "POST",
        "/videos",
        paid=True,
        json=body,
        headers=headers,
        timeout=SUBMIT_SECONDS,
    )
    if not answer.is_ok:
        raise read_error(answer, paid=True)
    content = answer.json_or_empty()
    if content.get("error"):
        raise read_error(answer, paid=True)
    job_id = content.get("id")
    if not isinstance(job_id, str) or not _ID.fullmatch(job_id):
        # It may well have been accepted; its id is lost.
        raise ProviderError(
            ErrorKind.AMBIGUOUS, f"no id of a job: {answer.excerpt}", status=answer.status
        )
    return Pending(job_id, FIRST_WAIT, _state(request, ignored))


def poll(pending: Pending, connection: Connection, headers: Mapping[str, str]) -> Done | Pending:
    """Ask after the job; fetch its clip once it is there. Raises ProviderError."""
    path = f"/videos/{pending.remote_id}"
    answer = http.send(connection, "GET", path, paid=False, headers=headers, timeout=POLL_SECONDS)
    if not answer.is_ok:
        raise _question_failure(answer, Billed.UNKNOWN)
    job = answer.json_or_empty()
    status = job.get("status")
    if status in WAITING:
        return _again(pending)
    if status in ENDED:
        raise _job_failure(job, str(status), answer)
    if status == "completed":
        cost = _cost(job, pending.state)
        data = _fetch(path, connection, headers, _billed(job))
        return Done(
            artifacts=(pictures.clip(data),),
            cost=cost,
            remote_id=pending.remote_id,
            ignored=tuple(pending.state.get("ignored", "").split()),
        )
    if isinstance(job.get("error"), dict):
        raise _question_failure(answer, Billed.UNKNOWN)
    raise ProviderError(
        ErrorKind.TRANSIENT, "a job in no known state", status=answer.status, billed=Billed.UNKNOWN
    )


def is_clip(pending: Pending) -> bool:
    """Whether this work is a job of this API, and not a picture that lies at an address."""
    return "waited" in pending.state


def _state(request: GenerationRequest, ignored: tuple[str, ...]) -> dict[str, str]:
    """What only the request knows and the answer to the last question needs."""
    estimate = ""
    if "seconds" in request.model.prices:
        amount = prices.estimate(request.model, {"seconds": request.seconds}).amount
        estimate = "" if amount is None else str(amount)
    return {"waited": "0", "ignored": " ".join(ignored), "estimate": estimate}


def _again(pending: Pending) -> Pending:
    waited = min(int(pending.state.get("waited", "0")) + 1, MOST_WAITED)
    seconds = min(LONGEST_WAIT, FIRST_WAIT + WAIT_STEP * waited)
    return Pending(pending.remote_id, seconds, {**pending.state, "waited": str(waited)})


def _fetch(path: str, connection: Connection, headers: Mapping[str, str], billed: Billed) -> bytes:
    """The clip, from OpenRouter itself, or without the key from where it sends us to."""
    answer = http.send(
        connection,
        "GET",
        f"{path}/content",
        paid=False,
        params={"index": "0"},
        headers=headers,
        timeout=http.CLIP_DOWNLOAD_SECONDS,
        max_bytes=MAX_CLIP_BYTES,
    )
    if answer.is_ok:
        return answer.body
    location = answer.headers.get("location", "")
    if answer.status in _REDIRECTS and location.startswith(("https://", "http://")):
        return http.download(
            location, connection, timeout=http.CLIP_DOWNLOAD_SECONDS, max_bytes=MAX_CLIP_BYTES
        )
    raise _question_failure(answer, billed)


def _question_failure(answer: Answer, billed: Billed) -> ProviderError:
    """OpenRouter has the work, or had it: what is refused now was a question, not the request."""
    error = read_error(answer, paid=False)
    if error.kind is ErrorKind.INVALID:
        error.kind = ErrorKind.NO_OUTPUT
    error.billed = billed
    return error


def _job_failure(job: Mapping[str, Any], status: str, answer: Answer) -> ProviderError:
    said = job.get("error")
    if isinstance(said, dict):
        said = said.get("message")
    words = http.redact(said, *answer.secrets)[:300] if isinstance(said, str) else ""
    found = _REFUSED.search(words)
    return ProviderError(
        ErrorKind.MODERATION if found else ErrorKind.NO_OUTPUT,
        f"the job is {status}" + ("" if found or not words else f": {words}"),
        reason=found[0].lower() if found else "",
        status=answer.status,
        billed=_billed(job),
    )


def _billed(job: Mapping[str, Any]) -> Billed:
    cost = read_dollars(_usage(job).get("cost"))
    if cost is None:
        return Billed.UNKNOWN
    return Billed.YES if cost else Billed.NO


def _cost(job: Mapping[str, Any], state: Mapping[str, str]) -> Cost:
    """What OpenRouter says it cost; else what the catalogue's price of a second comes to."""
    usage = _usage(job)
    counts = {name: usage[name] for name in COUNTS if is_count(usage.get(name))}
    amount = read_dollars(usage.get("cost"))
    if amount is not None:
        return Cost(amount, "reported", counts)
    if state.get("estimate"):
        return Cost(Decimal(state["estimate"]), "estimated", counts)
    return Cost(usage=counts)


def _usage(job: Mapping[str, Any]) -> Mapping[str, Any]:
    usage = job.get("usage")
    return usage if isinstance(usage, dict) else {}
