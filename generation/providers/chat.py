"""The dialect of chat completions: how a caption is asked for and how its answer is read.

OpenRouter and every OpenAI-compatible server speak it. A status of 200 says little here: an answer
may still carry an error, a refusal, a filter's verdict, only thoughts, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from generation.providers import caption_prompt
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer, redact, refusal
from generation.providers.types import GenerationRequest

Failure = Callable[[Any], ProviderError]
"""Reads the `error` of an answer with status 200, in a vendor's own words."""

_THOUGHTS = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
"""Servers without a parser for a model's reasoning leave it at the head of the text."""

_TOKENS = {"input_tokens": "prompt_tokens", "output_tokens": "completion_tokens"}

MOST_LETTERS = 300
"""Of a vendor's own words, in a detail."""

MOST_TOKENS = 10**9
"""A count above it is rubbish, not a count."""

MODERATION_CODES = frozenset({"content_filter", "content_policy_violation", "moderation_blocked"})


def body(request: GenerationRequest, model_id: str, **extra: Any) -> dict[str, Any]:
    """The request for one caption. `extra` are further fields of the vendor's."""
    return {"model": model_id, "messages": caption_prompt.messages(request), **extra}


def error_in_answer(error: Any, *secrets: str) -> ProviderError:
    """What the `error` in an answer with status 200 means by itself.

    `secrets` (`Answer.secrets`) are kept out of the detail.

    A code that is an HTTP status means what that status means after a paid request. Anything else
    is AMBIGUOUS: the vendor took the request, and nobody knows how far it came.
    """
    told = error if isinstance(error, Mapping) else {"message": error}
    message = redact(str(told.get("message") or "no message"), *secrets)[:MOST_LETTERS]
    code = str(told.get("code"))
    kind = ErrorKind.AMBIGUOUS
    if {code, str(told.get("type"))} & MODERATION_CODES:
        kind = ErrorKind.MODERATION
    elif re.fullmatch(r"[345]\d\d", code):
        kind = refusal(Answer(int(code), {}, b""), paid=True).kind
    code = redact(code, *secrets)[:MOST_LETTERS]
    return ProviderError(kind, f"an error in an answer with 200: {code}: {message}", status=200)


def read_message(content: Mapping[str, Any], failure: Failure = error_in_answer) -> dict[str, Any]:
    """The message of the first choice, once nothing in the answer says that it failed.

    Raises ProviderError: what `failure` makes of an error, MODERATION for a refusal or a filter's
    verdict, NO_OUTPUT when there is no choice or no message.
    """
    if content.get("error"):
        raise failure(content["error"])
    choices = content.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise ProviderError(ErrorKind.NO_OUTPUT, "the answer has no choices", status=200)
    if choice.get("error"):
        raise failure(choice["error"])
    finish = choice.get("finish_reason")
    if finish == "content_filter":
        raise _refused(content, "stopped by a content filter", choice.get("native_finish_reason"))
    if finish == "error":
        raise ProviderError(ErrorKind.AMBIGUOUS, "the model stopped with an error", status=200)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise ProviderError(ErrorKind.NO_OUTPUT, "the choice has no message", status=200)
    if message.get("refusal") or any("refusal" in part for part in _parts(message)):
        raise _refused(content, "the model refused")
    return message


def read_text(content: Mapping[str, Any], failure: Failure = error_in_answer) -> str:
    """The text of the answer, without a model's thoughts.

    Raises ProviderError as `read_message` does, and NO_OUTPUT when there is no text.
    """
    message = read_message(content, failure)
    text = message.get("content")
    if not isinstance(text, str):
        text = "".join(
            part["text"]
            for part in _parts(message)
            if part.get("type", "text") in {"text", "output_text"}
            and isinstance(part.get("text"), str)
        )
    text = _THOUGHTS.sub("", text, count=1) if text.lstrip().startswith("<think>") else text
    if not text.strip():
        finish = content["choices"][0].get("finish_reason")
        raise ProviderError(
            ErrorKind.NO_OUTPUT,
            f"the answer has no text (finish_reason {str(finish)[:40]})",
            status=200,
            billed=read_billed(content),
        )
    return text.strip()


def read_usage(content: Mapping[str, Any]) -> dict[str, int]:
    """How many tokens went in and came out, under the names of prices.py; empty if not told."""
    usage = content.get("usage")
    told = usage if isinstance(usage, dict) else {}
    counts = {unit: told.get(name) for unit, name in _TOKENS.items()}
    return {
        unit: count
        for unit, count in counts.items()
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST_TOKENS
    }


def read_billed(content: Mapping[str, Any]) -> Billed:
    """Whether an answer without a result has to be paid: known only where it names its cost."""
    usage = content.get("usage")
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if not isinstance(cost, int | float) or isinstance(cost, bool):
        return Billed.UNKNOWN
    return Billed.YES if cost > 0 else Billed.NO


def _parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = message.get("content")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _refused(content: Mapping[str, Any], detail: str, reason: object = "") -> ProviderError:
    """A refusal. Its own words stay out: they like to repeat the prompt."""
    short = reason if isinstance(reason, str) and re.fullmatch(r"\w{1,40}", reason) else ""
    return ProviderError(
        ErrorKind.MODERATION, detail, reason=short, status=200, billed=read_billed(content)
    )
