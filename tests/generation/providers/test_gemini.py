"""The Gemini adapter against a server on loopback that answers as Google's documents say."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.providers import caption_prompt
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.gemini import GeminiProvider
from generation.providers.types import (
    Capabilities,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
    Source,
)
from tests.factories import picture_bytes
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.generation.providers.rubbish import rubbish

KEY = "AIza-canary-0123456789abcdefghij"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
GEMINI = GeminiProvider()
PAINTER = Capabilities(
    kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
    aspect_ratios=("1:1", "16:9"),
    resolutions=("1K", "2K", "4K"),
    max_references=3,
    seed=True,
)


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


def connection(server: VendorServer) -> Connection:
    return Connection("gemini", f"{server.url}/v1beta", key=KEY)


def spec(able: Capabilities = PAINTER, **fields: Any) -> ModelSpec:
    return ModelSpec("gemini/m", "gemini", "gemini-3-pro-image", "M", able, **fields)


def request(kind: Kind = Kind.IMAGE, model: ModelSpec | None = None, **fields: Any) -> Any:
    model = model or spec()
    return GenerationRequest(kind, model, "a jar of honey", "job-1", seed=7, **fields)


def inline(data: bytes) -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(data).decode()}}


def said(*parts: Any, finish: str = "STOP", **fields: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": list(parts)}
    return {"candidates": [{"content": content, "finishReason": finish}], **fields}


def error(status: str, message: str = "No.", details: Any = (), code: int = 400) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, "details": details}}


USAGE = {
    "promptTokenCount": 300,
    "promptTokensDetails": [
        {"modality": "TEXT", "tokenCount": 42},
        {"modality": "IMAGE", "tokenCount": 258},
    ],
    "candidatesTokenCount": 1310,
    "candidatesTokensDetails": [
        {"modality": "IMAGE", "tokenCount": 1290},
        {"modality": "TEXT", "tokenCount": 20},
    ],
    "thoughtsTokenCount": 100,
}
GOOD_PICTURE = said(
    {"text": "Here it is."}, inline(PNG), responseId="r-1", modelVersion="v-2", usageMetadata=USAGE
)
GOOD_CAPTION = said({"text": "A jar."}, usageMetadata=USAGE)


def fails(server: VendorServer, asked: GenerationRequest | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        GEMINI.submit(asked or request(), connection(server))
    return caught.value


# What is sent


def test_a_picture_is_asked_for_with_its_shape_size_and_seed(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)

    GEMINI.submit(request(aspect_ratio="16:9", resolution="2K"), connection(server))

    assert server.request.method == "POST"
    assert server.request.path == "/v1beta/models/gemini-3-pro-image:generateContent"
    assert server.request.json == {
        "contents": [{"role": "user", "parts": [{"text": "a jar of honey"}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
            "seed": 7,
        },
    }


def test_a_model_of_one_size_is_not_asked_for_a_size(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)
    able = Capabilities(frozenset({Kind.IMAGE}), aspect_ratios=("1:1",), resolutions=("1K",))

    GEMINI.submit(request(model=spec(able)), connection(server))

    assert server.request.json["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {"aspectRatio": "1:1"},
    }


def test_references_follow_the_text(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)
    pictures = (ImageInput(b"abc", "image/webp"), ImageInput(b"def", "image/jpeg"))

    GEMINI.submit(request(Kind.EDIT, references=pictures), connection(server))

    assert server.request.json["contents"][0]["parts"] == [
        {"text": "a jar of honey"},
        {"inlineData": {"mimeType": "image/webp", "data": "YWJj"}},
        {"inlineData": {"mimeType": "image/jpeg", "data": "ZGVm"}},
    ]


def test_a_caption_is_asked_for_with_our_instruction_and_without_pictures_to_come(
    server: VendorServer,
) -> None:
    server.answer_json(GOOD_CAPTION)

    GEMINI.submit(request(Kind.CAPTION), connection(server))

    assert server.request.json == {
        "contents": [{"role": "user", "parts": [{"text": "a jar of honey"}]}],
        "systemInstruction": {"parts": [{"text": caption_prompt.SYSTEM}]},
    }


def test_the_key_travels_in_its_own_header_and_nowhere_else(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)

    GEMINI.submit(request(), connection(server))

    assert server.request.headers["x-goog-api-key"] == KEY
    assert "authorization" not in server.request.headers
    assert KEY not in server.request.path
    assert KEY.encode() not in server.request.body


# What comes back


def test_a_picture_comes_back_with_what_is_known_of_it(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)

    done = GEMINI.submit(request(), connection(server))

    assert isinstance(done, Done)
    assert [(picture.data, picture.media_type) for picture in done.artifacts] == [
        (PNG, "image/png")
    ]
    assert (done.remote_id, done.served_by, done.ignored) == ("r-1", "v-2", ())


def test_snake_case_and_thoughts_are_understood(server: VendorServer) -> None:
    thought = {**inline(b"GIF89a a sketch"), "thought": True}
    data = base64.b64encode(picture_bytes()).decode()
    final = {"inline_data": {"mime_type": "image/png", "data": data}}
    server.answer_json(said(thought, {"text": "hm"}, final))

    done = GEMINI.submit(request(), connection(server))

    assert isinstance(done, Done)
    assert done.artifacts[0].data == picture_bytes()
    assert done.artifacts[0].media_type == "image/jpeg"


def test_a_caption_is_all_the_text_but_the_thoughts(server: VendorServer) -> None:
    server.answer_json(said({"text": "Hm.", "thought": True}, {"text": " A "}, {"text": "jar.\n"}))

    done = GEMINI.submit(request(Kind.CAPTION, negative_prompt="fog"), connection(server))

    assert isinstance(done, Done)
    assert (done.text, done.artifacts, done.ignored) == ("A jar.", (), ())


def test_what_the_model_cannot_take_is_named(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)
    able = Capabilities(frozenset({Kind.IMAGE}))

    done = GEMINI.submit(request(model=spec(able), negative_prompt="fog"), connection(server))

    assert isinstance(done, Done)
    assert done.ignored == ("seed", "negative_prompt")
    assert "seed" not in server.request.json["generationConfig"]


def test_the_cost_of_a_picture_is_estimated_from_its_own_tokens(server: VendorServer) -> None:
    server.answer_json(GOOD_PICTURE)
    prices = {"input_tokens": "1", "input_image_tokens": "2", "output_tokens": "30"}

    done = GEMINI.submit(request(model=spec(prices=prices)), connection(server))

    assert isinstance(done, Done)
    assert done.cost.basis == "estimated"
    assert done.cost.amount == Decimal(42 * 1 + 258 * 2 + 1290 * 30) / 1_000_000
    assert done.cost.usage == {
        "input_tokens": 42,
        "input_image_tokens": 258,
        "output_tokens": 1290,
        "images": 1,
    }


def test_thoughts_belong_to_the_cost_of_a_caption(server: VendorServer) -> None:
    server.answer_json(GOOD_CAPTION)

    done = GEMINI.submit(request(Kind.CAPTION), connection(server))

    assert isinstance(done, Done)
    assert done.cost.basis == "unknown"
    assert done.cost.usage["output_tokens"] == 1410


@pytest.mark.parametrize(
    "answer",
    [
        said(finish="IMAGE_SAFETY"),
        said({"text": "A ja"}, finish="SAFETY"),
        said(inline(PNG), finish="PROHIBITED_CONTENT"),
        {"promptFeedback": {"blockReason": "OTHER"}},
        {"promptFeedback": {"blockReason": "JAILBREAK"}, "candidates": []},
    ],
)
@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAPTION])
def test_a_verdict_on_the_content_is_moderation_with_its_word(
    server: VendorServer, answer: dict[str, Any], kind: Kind
) -> None:
    server.answer_json(answer)

    failure = fails(server, request(kind))

    assert failure.kind is ErrorKind.MODERATION
    assert failure.reason in {"IMAGE_SAFETY", "SAFETY", "PROHIBITED_CONTENT", "OTHER", "JAILBREAK"}
    assert failure.billed is Billed.UNKNOWN


def test_a_reason_that_is_no_constant_of_googles_is_not_shown(server: VendorServer) -> None:
    server.answer_json({"promptFeedback": {"blockReason": "you wrote: a jar of honey"}})

    failure = fails(server)

    assert (failure.kind, failure.reason) == (ErrorKind.NO_OUTPUT, "")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"candidates": None},
        {"candidates": []},
        {"candidates": [None]},
        {"candidates": [{"content": []}]},
        said(finish="NO_IMAGE"),
        said({"text": "I cannot draw."}),
        said({"inlineData": None}),
        said({"inlineData": {"data": "not base64!"}}),
        said(inline(b"<svg xmlns='http://www.w3.org/2000/svg'/>")),
        said({**inline(PNG), "thought": True}),
        {"promptFeedback": {"blockReason": "BLOCKED_REASON_UNSPECIFIED"}},
    ],
)
def test_an_answer_without_a_picture_is_no_output(
    server: VendorServer, answer: dict[str, Any]
) -> None:
    server.answer_json(answer)

    failure = fails(server)

    assert (failure.kind, failure.billed) == (ErrorKind.NO_OUTPUT, Billed.UNKNOWN)


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>", b"[1]", b'{"candidates": ['])
def test_a_body_that_is_no_json_object_is_no_output(server: VendorServer, body: bytes) -> None:
    server.answer(200, {"Content-Type": "text/html"}, body)

    assert fails(server).kind is ErrorKind.NO_OUTPUT


def test_a_caption_without_text_is_no_output(server: VendorServer) -> None:
    server.answer_json(said({"text": " "}, finish="MAX_TOKENS"))

    assert fails(server, request(Kind.CAPTION)).kind is ErrorKind.NO_OUTPUT


def test_an_error_behind_a_200_is_ambiguous(server: VendorServer) -> None:
    server.answer_json(error("INTERNAL"))

    assert fails(server).kind is ErrorKind.AMBIGUOUS


# Errors

QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"
PER_DAY = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "20"}
PER_MINUTE = {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": "10"}
NONE_AT_ALL = {"quotaId": "GenerateContentInputTokens-FreeTier", "quotaValue": "0"}
PLAN = "You exceeded your current quota, please check your plan and billing details."
WRONG_KEY = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]


@pytest.mark.parametrize(
    ("http_status", "body", "kind"),
    [
        (400, error("INVALID_ARGUMENT", "Bad aspect ratio."), ErrorKind.INVALID),
        (400, error("INVALID_ARGUMENT", "API key not valid.", WRONG_KEY), ErrorKind.AUTH),
        (400, error("FAILED_PRECONDITION", "Please enable billing."), ErrorKind.QUOTA),
        (400, error("FAILED_PRECONDITION", "User location is not supported."), ErrorKind.INVALID),
        (401, error("UNAUTHENTICATED"), ErrorKind.AUTH),
        (403, error("PERMISSION_DENIED"), ErrorKind.AUTH),
        (404, error("NOT_FOUND", "models/x is not found."), ErrorKind.RETIRED),
        (429, error("RESOURCE_EXHAUSTED", PLAN), ErrorKind.RATE),
        (429, error("RESOURCE_EXHAUSTED", PLAN, [{"violations": [PER_MINUTE]}]), ErrorKind.RATE),
        (429, error("RESOURCE_EXHAUSTED", PLAN, [{"violations": [PER_DAY]}]), ErrorKind.QUOTA),
        (429, error("RESOURCE_EXHAUSTED", PLAN, [{"violations": [NONE_AT_ALL]}]), ErrorKind.QUOTA),
        (429, error("RESOURCE_EXHAUSTED", f"{PLAN} limit: 0, model: x"), ErrorKind.QUOTA),
        (429, error("RESOURCE_EXHAUSTED", f"{PLAN} limit: 20, model: x"), ErrorKind.RATE),
        (
            429,
            error("RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
            ErrorKind.QUOTA,
        ),
        (503, error("UNAVAILABLE", "The model is overloaded."), ErrorKind.RATE),
        (500, error("INTERNAL"), ErrorKind.AMBIGUOUS),
        (504, error("DEADLINE_EXCEEDED"), ErrorKind.AMBIGUOUS),
        (499, error("CANCELLED"), ErrorKind.AMBIGUOUS),
        # Without Google's words the HTTP status decides.
        (502, {}, ErrorKind.AMBIGUOUS),
        (403, {"error": None}, ErrorKind.AUTH),
        (429, {"error": {"status": ["RESOURCE_EXHAUSTED"], "details": None}}, ErrorKind.RATE),
    ],
)
def test_every_error_has_its_kind_and_is_asked_once(
    server: VendorServer, http_status: int, body: dict[str, Any], kind: ErrorKind
) -> None:
    server.answer_json(body, http_status)

    failure = fails(server)

    assert (failure.kind, failure.status) == (kind, http_status)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("details", "headers", "seconds"),
    [
        ([{"retryDelay": "13s"}], {"Retry-After": "2"}, 13.0),
        ([{"violations": [PER_MINUTE]}, {"retryDelay": "38.2s"}], {}, 38.2),
        ([], {"Retry-After": "2"}, 2.0),
        ([{"retryDelay": "soon"}], {}, None),
        ([{"retryDelay": 13}], {}, None),
    ],
)
def test_the_wait_that_google_names_is_kept(
    server: VendorServer, details: Any, headers: dict[str, str], seconds: float | None
) -> None:
    server.answer_json(error("RESOURCE_EXHAUSTED", details=details), 429, headers)

    assert fails(server).retry_after == seconds


@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_lost_answer_is_ambiguous_and_asked_once(server: VendorServer, then: Any) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", then)

    failure = fails(server)

    assert (failure.kind, failure.billed) == (ErrorKind.AMBIGUOUS, Billed.UNKNOWN)
    assert len(server.requests) == 1


def test_a_key_that_google_repeats_is_not_told(server: VendorServer) -> None:
    server.answer_json(error("INVALID_ARGUMENT", f"Bad key {KEY}"), 400)

    assert KEY not in fails(server).detail


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_whatever_comes_back_is_a_result_or_an_error(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([Kind.IMAGE, Kind.CAPTION]))
    good = data.draw(
        st.sampled_from([GOOD_PICTURE, GOOD_CAPTION, error("RESOURCE_EXHAUSTED", PLAN, WRONG_KEY)])
    )
    status = data.draw(st.sampled_from([200, 400, 429, 500]))
    with vendor_server() as server:
        server.answer_json(data.draw(rubbish(good)), status)
        try:
            outcome = GEMINI.submit(request(kind), connection(server))
        except ProviderError:
            return
    assert isinstance(outcome, Done)
    assert outcome.text or outcome.artifacts


# The rest


def test_a_key_is_checked_with_a_call_that_costs_nothing(server: VendorServer) -> None:
    server.answer_json({"models": []})

    assert GEMINI.check_key(connection(server)).remaining is None
    assert (server.request.method, server.request.path) == ("GET", "/v1beta/models?pageSize=1")
    assert server.request.headers["x-goog-api-key"] == KEY


@pytest.mark.parametrize(
    ("http_status", "body", "kind"),
    [
        (400, error("INVALID_ARGUMENT", "API key not valid.", WRONG_KEY), ErrorKind.AUTH),
        (500, error("INTERNAL"), ErrorKind.TRANSIENT),
        (200, {}, ErrorKind.NO_OUTPUT),
        (200, {"models": "yes"}, ErrorKind.NO_OUTPUT),
    ],
)
def test_a_check_that_fails_says_why(
    server: VendorServer, http_status: int, body: dict[str, Any], kind: ErrorKind
) -> None:
    server.answer_json(body, http_status)

    with pytest.raises(ProviderError) as caught:
        GEMINI.check_key(connection(server))
    assert caught.value.kind is kind


def listed(name: Any, *methods: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "supportedGenerationMethods": list(methods), **fields}


def test_discovery_reads_page_by_page_and_keeps_what_makes_pictures(server: VendorServer) -> None:
    server.answer_json(
        {
            "models": [
                listed("models/gemini-3.5-flash", "generateContent"),
                listed("models/imagen-5", "predict"),
                listed("models/gemini-9-image", "generateContent", displayName="Nano 9"),
                listed(None, "generateContent"),
                {"name": "models/gemini-8-image", "supportedGenerationMethods": None},
                None,
            ],
            "nextPageToken": "p2",
        }
    )
    server.answer_json({"models": [listed("models/gemini-7-image", "generateContent")]})

    found = GEMINI.discover(connection(server))

    assert [(spec.key, spec.remote_id, spec.name) for spec in found] == [
        ("gemini/gemini-9-image", "gemini-9-image", "Nano 9"),
        ("gemini/gemini-7-image", "gemini-7-image", "gemini-7-image"),
    ]
    assert found[0].capabilities.kinds == {Kind.IMAGE, Kind.EDIT}
    assert found[0].source is Source.DISCOVERED
    assert [asked.path for asked in server.requests] == [
        "/v1beta/models?pageSize=200",
        "/v1beta/models?pageSize=200&pageToken=p2",
    ]


def test_discovery_ends_after_five_pages(server: VendorServer) -> None:
    server.answer_json({"models": [], "nextPageToken": "again"})

    assert GEMINI.discover(connection(server)) == []
    assert len(server.requests) == 5


def test_there_is_nothing_to_poll(server: VendorServer) -> None:
    with pytest.raises(ProviderError) as caught:
        GEMINI.poll(Pending("x", 0), connection(server))

    assert caught.value.kind is ErrorKind.INVALID
    assert server.requests == []
