"""Every way in which OpenRouter says no."""

from __future__ import annotations

from typing import Any

import pytest

from generation.providers import http
from generation.providers.errors import Billed, ErrorKind
from generation.providers.http import Answer
from generation.providers.types import Connection, ModelSpec
from tests.generation.providers.http.server import VendorServer
from tests.generation.providers.openrouter.examples import (
    CANARY,
    CHAT_PAINTER,
    PAINTER,
    PNG_TEXT,
    WRITER,
    failure,
    made,
    said,
)


@pytest.mark.parametrize("model", [PAINTER, CHAT_PAINTER, WRITER])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.INVALID),
        (401, ErrorKind.AUTH),
        (402, ErrorKind.QUOTA),
        (403, ErrorKind.AUTH),
        (404, ErrorKind.RETIRED),
        (408, ErrorKind.AMBIGUOUS),
        (413, ErrorKind.INVALID),
        (422, ErrorKind.INVALID),
        (429, ErrorKind.RATE),
        (500, ErrorKind.AMBIGUOUS),
        (502, ErrorKind.AMBIGUOUS),
        (503, ErrorKind.RATE),
        (504, ErrorKind.AMBIGUOUS),
        (524, ErrorKind.AMBIGUOUS),
        (529, ErrorKind.RATE),
    ],
)
def test_every_error_status_has_its_kind_and_is_not_repeated(
    server: VendorServer, connection: Connection, model: ModelSpec, status: int, kind: ErrorKind
) -> None:
    server.answer_json({"error": {"code": status, "message": f"key {CANARY}"}}, status)

    error = failure(model, connection)

    assert error.kind is kind
    assert error.status == status
    assert CANARY not in error.detail
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("error_type", "kind"),
    [
        ("context_length_exceeded", ErrorKind.INVALID),
        ("max_tokens_exceeded", ErrorKind.INVALID),
        ("token_limit_exceeded", ErrorKind.INVALID),
        ("string_too_long", ErrorKind.INVALID),
        ("authentication", ErrorKind.AUTH),
        ("permission_denied", ErrorKind.AUTH),
        ("payment_required", ErrorKind.QUOTA),
        ("rate_limit_exceeded", ErrorKind.RATE),
        ("provider_overloaded", ErrorKind.RATE),
        ("provider_unavailable", ErrorKind.AMBIGUOUS),
        ("invalid_request", ErrorKind.INVALID),
        ("invalid_prompt", ErrorKind.INVALID),
        ("not_found", ErrorKind.RETIRED),
        ("precondition_failed", ErrorKind.INVALID),
        ("payload_too_large", ErrorKind.INVALID),
        ("unprocessable", ErrorKind.INVALID),
        ("content_policy_violation", ErrorKind.MODERATION),
        ("refusal", ErrorKind.MODERATION),
        ("invalid_image", ErrorKind.INVALID),
        ("image_too_large", ErrorKind.INVALID),
        ("image_too_small", ErrorKind.INVALID),
        ("unsupported_image_format", ErrorKind.INVALID),
        ("image_not_found", ErrorKind.INVALID),
        ("image_download_failed", ErrorKind.INVALID),
        ("server", ErrorKind.AMBIGUOUS),
        ("timeout", ErrorKind.AMBIGUOUS),
        ("unmapped", ErrorKind.QUOTA),
        ("a word of tomorrow", ErrorKind.QUOTA),
        (["rubbish"], ErrorKind.QUOTA),
    ],
)
@pytest.mark.parametrize("status", [200, 402])
def test_openrouters_own_word_counts_more_than_the_code(
    server: VendorServer, connection: Connection, status: int, error_type: Any, kind: ErrorKind
) -> None:
    error = {"code": 402, "message": "no", "metadata": {"error_type": error_type}}
    server.answer_json({"error": error}, status)

    assert failure(PAINTER, connection).kind is kind


@pytest.mark.parametrize("model", [PAINTER, CHAT_PAINTER, WRITER])
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "slow down"}, ErrorKind.RATE),
        ({"code": "429"}, ErrorKind.RATE),
        ({"code": 400}, ErrorKind.INVALID),
        ({"code": 502}, ErrorKind.AMBIGUOUS),
        ({"code": 200}, ErrorKind.AMBIGUOUS),
        ({"code": "rubbish"}, ErrorKind.AMBIGUOUS),
        ({"message": None, "metadata": 5, "availability": []}, ErrorKind.AMBIGUOUS),
        ("it broke", ErrorKind.AMBIGUOUS),
        (["it broke"], ErrorKind.AMBIGUOUS),
    ],
)
def test_an_error_in_a_success_is_read_like_any_other(
    server: VendorServer, connection: Connection, model: ModelSpec, error: Any, kind: ErrorKind
) -> None:
    server.answer_json({"error": error, **made({"b64_json": PNG_TEXT}), "choices": None})

    assert failure(model, connection).kind is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize("model", [CHAT_PAINTER, WRITER])
def test_an_error_of_a_choice_is_read_like_any_other(
    server: VendorServer, connection: Connection, model: ModelSpec
) -> None:
    error = {"code": 502, "message": "no", "metadata": {"error_type": "rate_limit_exceeded"}}
    server.answer_json(said({"content": "half"}, finish_reason="error", error=error))

    assert failure(model, connection).kind is ErrorKind.RATE


def test_a_moderators_reasons_are_shown_and_the_flagged_prompt_is_not(
    server: VendorServer, connection: Connection
) -> None:
    metadata = {
        "reasons": ["violence", "self-harm/intent", 7, "x" * 500],
        "flagged_input": "a jar of honey",
        "provider_name": "OpenAI",
        "raw": "a jar of honey",
    }
    server.answer_json({"error": {"code": 403, "message": "Flagged", "metadata": metadata}}, 403)

    error = failure(PAINTER, connection)

    assert error.kind is ErrorKind.MODERATION
    assert error.reason == "violence, self-harm/intent"
    assert error.billed is Billed.NO
    assert "honey" not in error.detail
    assert "provider_name=OpenAI" in error.detail


@pytest.mark.parametrize("code", ["model_deprecated", "no_endpoints"])
@pytest.mark.parametrize("status", [200, 400, 404, 503])
def test_a_model_that_is_gone_names_its_successors(
    server: VendorServer, connection: Connection, status: int, code: str
) -> None:
    availability = {"code": code, "fallback_models": ["vendor/painter-2", {"x": 1}, "v/b:free"]}
    server.answer_json({"error": {"message": "gone", "availability": availability}}, status)

    error = failure(PAINTER, connection)

    assert error.kind is ErrorKind.RETIRED
    assert error.reason == "vendor/painter-2, v/b:free"


def test_a_404_that_is_not_openrouters_is_a_wrong_address(
    server: VendorServer, connection: Connection
) -> None:
    server.answer(404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>")

    assert failure(PAINTER, connection).kind is ErrorKind.INVALID


@pytest.mark.parametrize(
    ("headers", "limit_source", "kind"),
    [
        ({"Retry-After": "4"}, "openrouter_in_flight_budget", ErrorKind.RATE),
        ({}, "openrouter_in_flight_budget", ErrorKind.QUOTA),
        ({"Retry-After": "4"}, "openrouter_credits", ErrorKind.QUOTA),
        ({"Retry-After": "4"}, None, ErrorKind.QUOTA),
    ],
)
def test_credits_that_are_only_set_aside_are_worth_waiting_for(
    server: VendorServer,
    connection: Connection,
    headers: dict[str, str],
    limit_source: str | None,
    kind: ErrorKind,
) -> None:
    error = {"code": 402, "message": "no", "metadata": {"limit_source": limit_source}}
    server.answer_json({"error": error}, 402, headers)

    assert failure(PAINTER, connection).kind is kind


@pytest.mark.parametrize(
    ("headers", "availability", "seconds"),
    [
        ({"Retry-After": "7"}, {}, 7),
        ({"Retry-After": "7"}, {"retry_after": 9}, 7),
        ({}, {"retry_after": 9}, 9),
        ({}, {"retry_after": -1}, None),
        ({}, {"retry_after": "soon"}, None),
        ({}, {}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_rate_error_carries_the_wait_that_was_named(
    server: VendorServer,
    connection: Connection,
    status: int,
    headers: dict[str, str],
    availability: dict[str, Any],
    seconds: float | None,
) -> None:
    error = {"code": status, "message": "slow", "availability": availability}
    server.answer_json({"error": error}, status, headers)

    assert failure(PAINTER, connection).retry_after == seconds


def test_operators_see_the_upstream_error_without_secrets(
    server: VendorServer, connection: Connection
) -> None:
    metadata = {"provider_name": "Azure", "raw": f"upstream said {CANARY}", "provider_code": 17}
    server.answer_json(
        {"error": {"code": 502, "message": "Provider returned error", "metadata": metadata}}, 502
    )

    detail = failure(PAINTER, connection).detail

    assert "502: Provider returned error" in detail
    assert "provider_name=Azure" in detail
    assert "provider_code=17" in detail
    assert "raw=upstream said [hidden]" in detail


@pytest.mark.parametrize("model", [PAINTER, CHAT_PAINTER, WRITER])
def test_a_lost_answer_is_ambiguous_and_the_call_is_not_repeated(
    server: VendorServer, connection: Connection, model: ModelSpec
) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", then="reset")

    error = failure(model, connection)

    assert error.kind is ErrorKind.AMBIGUOUS
    assert error.billed is Billed.UNKNOWN
    assert server.connections == 1


def test_a_vendor_that_keeps_silent_is_ambiguous(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.raw(b"", then="hang")
    send = http.send

    def impatient(*args: Any, **options: Any) -> Answer:
        return send(*args, **{**options, "timeout": 0.2})

    monkeypatch.setattr(http, "send", impatient)

    assert failure(PAINTER, connection).kind is ErrorKind.AMBIGUOUS
    assert len(server.requests) == 1
