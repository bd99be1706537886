"""What is sent to OpenAI and its likes, and what their answers come to."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import sizes
from generation.providers import http
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.openai_compatible import OpenAICompatibleProvider, dialects, errors
from generation.providers.types import (
    Capabilities,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)
from tests.factories import picture_bytes
from tests.generation.providers.http.server import Request, VendorServer, vendor_server
from tests.generation.providers.rubbish import rubbish

PROVIDER = OpenAICompatibleProvider()
JPEG = picture_bytes()
PICTURE = {"data": [{"b64_json": base64.b64encode(JPEG).decode()}]}
ERROR = {"error": {"message": "no", "type": "x", "param": "model", "code": 404}}
TEXT = {"choices": [{"message": {"content": "Honey. #honey"}, "finish_reason": "stop"}]}


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as server:
        yield server


def connect(server: VendorServer, dialect: str = "", *, key: str = "sk-test-1234") -> Connection:
    return Connection("openai", f"{server.url}/v1", key=key, options={"dialect": dialect})


def model(model_id: str = "flux-dev", **changes: Any) -> ModelSpec:
    capabilities = Capabilities(
        kinds=frozenset({Kind.IMAGE, Kind.EDIT, Kind.CAPTION}),
        seed=changes.pop("seed", True),
        negative_prompt=True,
    )
    return ModelSpec(f"server/{model_id}", "openai", model_id, model_id, capabilities, **changes)


def request(spec: ModelSpec | None = None, **changes: Any) -> GenerationRequest:
    values = {
        "kind": Kind.IMAGE,
        "model": spec or model(),
        "prompt": "a jar of honey",
        "request_id": "job-1",
        "seed": 7,
        "width": 1024,
        "height": 1024,
        **changes,
    }
    return GenerationRequest(**values)


def references(*media_types: str) -> tuple[ImageInput, ...]:
    return tuple(ImageInput(JPEG + kind.encode(), kind) for kind in media_types)


def submit(server: VendorServer, wanted: GenerationRequest, dialect: str = "") -> Done:
    done = PROVIDER.submit(wanted, connect(server, dialect))
    assert isinstance(done, Done)
    return done


def failure(
    server: VendorServer, wanted: GenerationRequest | None = None, dialect: str = ""
) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(wanted or request(), connect(server, dialect))
    assert len(server.requests) <= 1
    return caught.value


def form_parts(sent: Request) -> list[Message]:
    """The parts of a multipart form, read by somebody else's parser."""
    head = f"Content-Type: {sent.headers['content-type']}\r\n\r\n".encode()
    return message_from_bytes(head + sent.body).get_payload()  # type: ignore[return-value]


def form_fields(sent: Request) -> list[tuple[str, str | None, str]]:
    """Field name, file name and content type of every part of a multipart form."""
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part.get_content_type(),
        )
        for part in form_parts(sent)
    ]


# What is sent


def test_openai_is_asked_for_png_and_neither_seed_nor_format_of_the_answer(
    server: VendorServer,
) -> None:
    server.answer_json(PICTURE)
    done = submit(server, request(model("gpt-image-1.5"), negative_prompt="blur"), "openai")
    assert (server.request.method, server.request.path) == ("POST", "/v1/images/generations")
    assert server.request.json == {
        "model": "gpt-image-1.5",
        "prompt": "a jar of honey",
        "n": 1,
        "size": "1024x1024",
        "output_format": "png",
    }
    assert server.request.headers["authorization"] == "Bearer sk-test-1234"
    assert done.ignored == ("seed", "negative_prompt")
    assert (done.artifacts[0].data, done.artifacts[0].media_type) == (JPEG, "image/jpeg")


def test_an_unknown_server_gets_fields_for_seed_and_negative_prompt(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    done = submit(server, request(negative_prompt="blur"))
    assert server.request.json == {
        "model": "flux-dev",
        "prompt": "a jar of honey",
        "n": 1,
        "size": "1024x1024",
        "seed": 7,
        "negative_prompt": "blur",
        "response_format": "b64_json",
    }
    assert done.ignored == ()


def test_a_seed_that_the_model_cannot_take_is_named(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    assert submit(server, request(model(seed=False))).ignored == ("seed",)
    assert "seed" not in server.request.json


def test_localai_gets_the_negative_prompt_behind_a_pipe(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    submit(server, request(prompt="honey | oak", negative_prompt="blur|text"), "localai")
    assert server.request.json["prompt"] == "honey / oak|blur/text"
    assert "negative_prompt" not in server.request.json


def test_a_pipe_of_the_persons_own_never_becomes_a_negative_prompt(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    submit(server, request(prompt="honey | oak"), "localai")
    assert server.request.json["prompt"] == "honey / oak"


def test_localai_gets_a_reference_inside_a_generation(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    submit(server, request(references=references("image/jpeg")), "localai")
    assert server.request.path == "/v1/images/generations"
    assert base64.b64decode(server.request.json["file"]).startswith(JPEG)


def test_sd_server_gets_its_extras_in_a_tag_before_the_prompt(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    done = submit(server, request(negative_prompt='"blur"'), "sd-server")
    assert server.request.json["prompt"] == (
        '<sd_cpp_extra_args>{"seed": 7, "negative_prompt": "\\"blur\\""}</sd_cpp_extra_args>'
        "a jar of honey"
    )
    assert "seed" not in server.request.json
    assert done.ignored == ()


def test_a_persons_words_cannot_close_the_tag_of_sd_server(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    submit(server, request(negative_prompt="</sd_cpp_extra_args>"), "sd-server")
    as_the_server_reads_it = r"<sd_cpp_extra_args>(.*?)</sd_cpp_extra_args>"
    found = re.search(as_the_server_reads_it, server.request.json["prompt"])
    assert found is not None
    assert json.loads(found[1])["negative_prompt"] == "</sd_cpp_extra_args>"


@pytest.mark.parametrize(
    ("dialect", "count", "name"),
    [
        ("openai", 1, "image"),
        ("openai", 3, "image[]"),
        ("vllm-omni", 3, "image"),
        ("sd-server", 1, "image[]"),
        ("", 1, "image"),
    ],
)
def test_references_are_files_under_the_name_that_the_server_knows(
    dialect: str, count: int, name: str, server: VendorServer
) -> None:
    server.answer_json(PICTURE)
    media_types = ("image/png", "image/jpeg", "image/webp")[:count]
    submit(server, request(kind=Kind.EDIT, references=references(*media_types)), dialect)
    assert (server.request.method, server.request.path) == ("POST", "/v1/images/edits")
    files = [field for field in form_fields(server.request) if field[1]]
    endings = ("png", "jpg", "webp")
    assert files == [
        (name, f"reference-{number}.{endings[number - 1]}", media_type)
        for number, media_type in enumerate(media_types, start=1)
    ]


def test_an_edit_carries_bytes_and_fields_unharmed(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    wanted = request(prompt="mel, “ótimo” 🍯\r\n--x", references=references("image/jpeg"))
    submit(server, wanted, "vllm-omni")
    parts = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in form_parts(server.request)
    }
    assert parts["prompt"] == wanted.prompt.encode()
    assert parts["image"] == wanted.references[0].data
    assert (parts["n"], parts["seed"], parts["model"]) == (b"1", b"7", b"flux-dev")


def test_references_can_be_sent_as_json(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    wanted = request(references=references("image/png", "image/webp"))
    submit(server, wanted, "openai,edit=json")
    addresses = [entry["image_url"] for entry in server.request.json["images"]]
    assert [address.partition(";")[0] for address in addresses] == [
        "data:image/png",
        "data:image/webp",
    ]


def test_references_that_cannot_be_sent_are_refused_before_anything_is_paid(
    server: VendorServer,
) -> None:
    two = request(references=references("image/png", "image/png"))
    for dialect in ("generic,edit=none", "localai,references=2"):
        assert failure(server, two, dialect).kind is ErrorKind.INVALID
    assert server.requests == []


def test_no_key_is_sent_where_the_dialect_wants_none(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    submit(server, request(), "generic,auth=none")
    assert "authorization" not in server.request.headers


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("1:1", "1024x1024"), ("3:2", "1536x1024"), ("2:3", "1024x1536"), ("9:16", "1024x1536")],
)
def test_older_models_of_openai_get_the_nearest_of_their_sizes(ratio: str, size: str) -> None:
    width, height = sizes.pixel_size(ratio, "1K")
    wanted = request(model("gpt-image-1.5"), width=width, height=height, aspect_ratio=ratio)
    assert dialects.size(wanted, dialects.PRESETS["openai"]) == size
    without_pixels = request(model("gpt-image-1.5"), width=0, height=0, aspect_ratio=ratio)
    assert dialects.size(without_pixels, dialects.PRESETS["openai"]) == size


@pytest.mark.parametrize("resolution", ["1K", "2K", "4K"])
@pytest.mark.parametrize(
    "ratio", ["1:1", "4:5", "5:4", "3:2", "2:3", "16:9", "9:16", "21:9", "1:3", "8:1", "1:100"]
)
def test_any_size_stays_within_what_openai_takes(ratio: str, resolution: str) -> None:
    width, height = sizes.pixel_size(ratio, resolution)
    spec = model("gpt-image-2", options={"size": "any"})
    wanted = request(spec, width=width, height=height, aspect_ratio=ratio)
    text = dialects.size(wanted, dialects.PRESETS["openai"])
    wide, high = map(int, text.split("x"))
    assert wide % 16 == high % 16 == 0
    assert 655_360 <= wide * high <= 8_294_400
    assert max(wide, high) <= 3840
    assert 1 / 3 <= wide / high <= 3
    if 1 / 2.9 <= width / height <= 2.9:
        assert wide / high == pytest.approx(width / height, rel=0.03)


@pytest.mark.parametrize("ratio", ["1:1", "16:9", "4:5", "3:1"])
def test_a_size_below_openais_limit_is_enlarged(ratio: str) -> None:
    wide, high = map(int, ratio.split(":"))
    spec = model("gpt-image-2", options={"size": "any"})
    wanted = request(spec, width=60 * wide, height=60 * high, aspect_ratio=ratio)
    width, height = map(int, dialects.size(wanted, dialects.PRESETS["openai"]).split("x"))
    assert 655_360 <= width * height < 700_000


# What comes back


def test_an_address_is_fetched_later_and_can_be_fetched_again(server: VendorServer) -> None:
    server.answer_json(
        {"data": [{"url": f"{server.url}/generated/1.png"}], "usage": {"output_tokens": 1000}},
        headers={"x-request-id": "req_1"},
    )
    spec = model(prices={"output_tokens": "32"}, seed=False)
    connection = connect(server, "generic,result=url")
    pending = PROVIDER.submit(request(spec), connection)
    assert isinstance(pending, Pending)
    assert (pending.remote_id, pending.poll_after) == ("req_1", 0)
    assert all(isinstance(value, str) for value in pending.state.values())
    assert server.request.json["response_format"] == "url"

    server.scripts.clear()
    server.answer(503)
    with pytest.raises(ProviderError) as caught:
        PROVIDER.poll(pending, connection)
    assert caught.value.kind is ErrorKind.TRANSIENT

    server.scripts.clear()
    server.answer(200, {"Content-Type": "image/jpeg"}, JPEG)
    done = PROVIDER.poll(pending, connection)
    assert done.artifacts[0].data == JPEG
    assert (done.cost.amount, done.cost.basis) == (Decimal("0.032"), "estimated")
    assert done.cost.usage == {"images": 1, "output_tokens": 1000}
    assert (done.remote_id, done.ignored) == ("req_1", ("seed",))
    assert "authorization" not in server.requests[-1].headers


def test_an_address_without_a_host_lies_on_the_server(server: VendorServer) -> None:
    server.answer_json({"data": [{"url": "/generated/1.png"}]})
    pending = PROVIDER.submit(request(), connect(server))
    assert isinstance(pending, Pending)
    assert pending.state["url"] == f"{server.url}/generated/1.png"


def test_an_address_that_is_none_is_no_picture(server: VendorServer) -> None:
    server.answer_json({"data": [{"url": "http://[::1"}]})
    assert failure(server).kind is ErrorKind.NO_OUTPUT


def test_a_data_url_is_a_picture_already(server: VendorServer) -> None:
    server.answer_json(
        {"data": [{"url": f"data:image/jpeg;base64,{PICTURE['data'][0]['b64_json']}"}]}
    )
    assert submit(server, request()).artifacts[0].data == JPEG


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"data": []},
        {"data": None},
        {"data": ["x"]},
        {"data": [{}]},
        {"data": [{"b64_json": "%%%"}]},
        {"data": [{"b64_json": base64.b64encode(b"<svg/>").decode()}]},
        {"data": [{"b64_json": 7}]},
        [],
    ],
)
def test_an_answer_without_a_picture_is_an_error(content: Any, server: VendorServer) -> None:
    server.answer_json(content)
    error = failure(server)
    assert (error.kind, error.billed) == (ErrorKind.NO_OUTPUT, Billed.UNKNOWN)


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"", b"{", b"\xff\xfe"])
def test_a_page_or_rubbish_instead_of_json_is_an_error(body: bytes, server: VendorServer) -> None:
    server.answer(200, {"Content-Type": "text/html"}, body)
    assert failure(server).kind is ErrorKind.NO_OUTPUT


def test_a_lost_answer_is_ambiguous(server: VendorServer) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "reset")
    assert failure(server).kind is ErrorKind.AMBIGUOUS


def test_a_server_that_is_not_there_can_be_asked_again() -> None:
    with vendor_server() as gone:
        connection = connect(gone)
    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(), connection)
    assert caught.value.kind is ErrorKind.TRANSIENT


@given(rubbish({**PICTURE, "usage": {"input_tokens": 1, "input_tokens_details": {}}}))
def test_rubbish_is_an_error_or_a_picture_and_never_a_crash(content: Any) -> None:
    answer = http.Answer(200, {}, json.dumps(content).encode())
    with mock.patch.object(http, "send", autospec=True, return_value=answer):
        try:
            result = PROVIDER.submit(request(), Connection("openai", "http://127.0.0.1:1/v1"))
        except ProviderError:
            return
    if isinstance(result, Done):
        assert result.artifacts[0].data == JPEG
    else:
        assert result.state["url"]


@given(rubbish({"data": [{"id": "flux", "shutdown_date": "2026-12-01"}, {"id": "gpt-image-2"}]}))
def test_a_list_of_models_that_is_rubbish_is_never_a_crash(content: Any) -> None:
    answer = http.Answer(200, {}, json.dumps(content).encode())
    with mock.patch.object(http, "send", autospec=True, return_value=answer):
        for dialect in ("openai", "generic"):
            connection = Connection("openai", "http://127.0.0.1:1/v1", options={"dialect": dialect})
            try:
                found = PROVIDER.discover(connection)
            except ProviderError:
                continue
            assert all(spec.remote_id and spec.capabilities.kinds for spec in found)


@given(st.sampled_from([400, 403, 404, 429, 500, 200]), rubbish(ERROR))
def test_an_error_that_is_rubbish_still_has_a_kind(status: int, content: Any) -> None:
    answer = http.Answer(status, {}, json.dumps(content).encode())
    assert errors.from_answer(answer, paid=True).kind in ErrorKind


# What errors mean


def error_body(message: str = "no", **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **fields}}


ERRORS = [
    (400, error_body(), ErrorKind.INVALID),
    (400, error_body(code="moderation_blocked"), ErrorKind.MODERATION),
    (400, error_body(code="content_policy_violation"), ErrorKind.MODERATION),
    (
        400,
        error_body("rejected by the safety system", type="image_generation_user_error"),
        ErrorKind.MODERATION,
    ),
    (400, error_body("bad mask", type="image_generation_user_error"), ErrorKind.INVALID),
    (400, error_body(code="billing_hard_limit_reached"), ErrorKind.QUOTA),
    (401, error_body(code="invalid_api_key"), ErrorKind.AUTH),
    (402, {"detail": "pay"}, ErrorKind.QUOTA),
    (403, error_body(type="permission_error"), ErrorKind.AUTH),
    (403, error_body("Must be verified", type="invalid_request_error"), ErrorKind.INVALID),
    (403, error_body(code="unsupported_country_region_territory"), ErrorKind.INVALID),
    (403, error_body(code="model_not_found"), ErrorKind.INVALID),
    (404, error_body(code="model_not_found"), ErrorKind.RETIRED),
    (404, error_body(type="NotFoundError", param="model", code=404), ErrorKind.RETIRED),
    (404, {"object": "error", "message": "The model `x` does not exist."}, ErrorKind.RETIRED),
    (404, {"detail": "Not Found"}, ErrorKind.INVALID),
    (413, {}, ErrorKind.INVALID),
    (422, {"detail": [{"loc": ["body"], "msg": "bad"}]}, ErrorKind.INVALID),
    (429, error_body(code="rate_limit_exceeded"), ErrorKind.RATE),
    (429, error_body(code="insufficient_quota", type="insufficient_quota"), ErrorKind.QUOTA),
    (429, {}, ErrorKind.RATE),
    (500, error_body(type="server_error"), ErrorKind.AMBIGUOUS),
    (500, {"error": "server_error", "message": "out of memory"}, ErrorKind.AMBIGUOUS),
    (500, {"error": "could not load model"}, ErrorKind.AMBIGUOUS),
    (502, [], ErrorKind.AMBIGUOUS),
    (503, error_body(code="overloaded"), ErrorKind.RATE),
    (504, {}, ErrorKind.AMBIGUOUS),
    (200, error_body(code="moderation_blocked"), ErrorKind.MODERATION),
    (200, error_body(code="rate_limit_exceeded"), ErrorKind.RATE),
    (200, error_body(code="invalid_api_key"), ErrorKind.AUTH),
    (200, error_body(code=404, message="no such model"), ErrorKind.RETIRED),
    (200, error_body(code=503), ErrorKind.RATE),
    (200, error_body(code=7), ErrorKind.AMBIGUOUS),
    (200, {"error": "boom"}, ErrorKind.AMBIGUOUS),
    (200, {"error": ["boom"]}, ErrorKind.AMBIGUOUS),
]


@pytest.mark.parametrize("kind", [Kind.IMAGE, Kind.CAPTION])
@pytest.mark.parametrize(("status", "content", "expected"), ERRORS)
def test_errors_have_their_kind(
    status: int, content: Any, expected: ErrorKind, kind: Kind, server: VendorServer
) -> None:
    server.answer_json(content, status)
    error = failure(server, request(kind=kind))
    assert (error.kind, error.status) == (expected, status)


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"null", b'"text"', b"7"])
def test_a_bad_status_counts_whatever_the_body_is(body: bytes, server: VendorServer) -> None:
    server.answer(502, {"Content-Type": "text/html"}, body)
    assert failure(server).kind is ErrorKind.AMBIGUOUS


def test_a_rate_limit_keeps_its_wait(server: VendorServer) -> None:
    server.answer_json(error_body(), 429, headers={"Retry-After": "12"})
    assert failure(server).retry_after == 12


def test_a_refusal_names_the_broken_rules_and_never_the_prompt(server: VendorServer) -> None:
    message = "Rejected by the safety system. safety_violations=[sexual, violence]. a jar of honey"
    server.answer_json(error_body(message, code="moderation_blocked"), 400)
    error = failure(server)
    assert (error.reason, error.billed) == ("sexual, violence", Billed.NO)


@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_key_in_an_error_never_reaches_the_detail(status: int, server: VendorServer) -> None:
    key = "plain-words-as-a-key"
    server.answer_json(error_body(f"We do not know {key}", code="invalid_api_key"), status)
    with pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(connect(server, key=key))
    assert key not in f"{caught.value} {caught.value.detail} {caught.value.reason}"
    assert "We do not know" in caught.value.detail


# Captions


def test_a_caption_is_asked_for_once_with_the_references(server: VendorServer) -> None:
    server.answer_json(
        {**TEXT, "id": "chatcmpl-1", "model": "gpt-4.1-2025", "usage": {"prompt_tokens": 9}}
    )
    done = submit(server, request(kind=Kind.CAPTION, references=references("image/png")))
    assert (server.request.method, server.request.path) == ("POST", "/v1/chat/completions")
    content = server.request.json["messages"][-1]["content"]
    assert [part["type"] for part in content] == ["text", "image_url"]
    assert done.text == "Honey. #honey"
    assert (done.remote_id, done.served_by) == ("chatcmpl-1", "gpt-4.1-2025")
    assert done.cost.usage == {"input_tokens": 9}


def test_a_caption_that_a_filter_stopped_is_moderation(server: VendorServer) -> None:
    choice = {"message": {"content": ""}, "finish_reason": "content_filter"}
    server.answer_json({"choices": [choice]})
    assert failure(server, request(kind=Kind.CAPTION)).kind is ErrorKind.MODERATION


# Money


def test_tokens_of_text_and_pictures_are_priced_apart(server: VendorServer) -> None:
    usage = {
        "input_tokens": 1100,
        "output_tokens": 4000,
        "input_tokens_details": {"text_tokens": 100, "image_tokens": 1000},
    }
    server.answer_json({**PICTURE, "usage": usage})
    prices = {"input_tokens": "5", "input_image_tokens": "8", "output_tokens": "32"}
    cost = submit(server, request(model("gpt-image-1.5", prices=prices)), "openai").cost
    assert (cost.amount, cost.basis) == (Decimal("0.1365"), "estimated")
    assert cost.usage["input_image_tokens"] == 1000


def test_a_server_without_a_key_costs_nothing(server: VendorServer) -> None:
    server.answer_json(PICTURE)
    done = PROVIDER.submit(request(), connect(server, key=""))
    assert isinstance(done, Done)
    assert (done.cost.amount, done.cost.basis) == (0, "estimated")


def test_a_server_with_a_key_and_no_prices_has_an_unknown_cost(server: VendorServer) -> None:
    server.answer_json({**PICTURE, "usage": {"output_tokens": "many", "input_tokens": True}})
    cost = submit(server, request()).cost
    assert (cost.amount, cost.basis, cost.usage) == (None, "unknown", {"images": 1})


# Keys and models


def test_a_key_is_checked_with_a_question_that_costs_nothing(server: VendorServer) -> None:
    server.answer_json({"data": []})
    assert PROVIDER.check_key(connect(server)).remaining is None
    assert (server.request.method, server.request.path) == ("GET", "/v1/models")
    assert server.request.headers["authorization"] == "Bearer sk-test-1234"


def test_a_page_instead_of_the_list_of_models_is_no_accepted_key(server: VendorServer) -> None:
    server.answer(200, {"Content-Type": "text/html"}, b"<html>Welcome</html>")
    with pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(connect(server))
    assert caught.value.kind is ErrorKind.NO_OUTPUT


def test_of_openai_only_its_picture_models_are_listed(server: VendorServer) -> None:
    ids = ["gpt-image-2", "gpt-image-2-2026-04-21", "gpt-4.1", "dall-e-3", "gpt-image-1.5"]
    entries = [{"id": model_id, "shutdown_date": None} for model_id in ids]
    entries[-1]["shutdown_date"] = "2026-12-01"
    server.answer_json({"data": [*entries, {"no": "id"}, "text"]})
    newer, older = PROVIDER.discover(connect(server, "openai"))
    assert (newer.key, newer.name) == ("openai-api/gpt-image-2", "GPT Image 2")
    assert (newer.options, newer.retired_on) == ({"size": "any"}, None)
    assert newer.capabilities.max_references == 16
    assert (older.remote_id, older.retired_on) == ("gpt-image-1.5", date(2026, 12, 1))
    assert not older.capabilities.safe_retry


KINDS_BY_NAME = {
    "flux-1-dev": Kind.IMAGE,
    "Qwen/Qwen-Image-Edit": Kind.IMAGE,
    "stabilityai/sd3.5-large": Kind.IMAGE,
    "sdxl-turbo": Kind.IMAGE,
    "wan2.2": Kind.IMAGE,
    "llama-3.3-70b": Kind.CAPTION,
    "taiwan-llm": Kind.CAPTION,
    "wander-7b": Kind.CAPTION,
    "gpt-oss-20b": Kind.CAPTION,
}


@pytest.mark.parametrize(("model_id", "kind"), KINDS_BY_NAME.items())
def test_the_kind_of_a_servers_model_is_guessed_from_its_name(
    model_id: str, kind: Kind, server: VendorServer
) -> None:
    server.answer_json({"data": [{"id": model_id}]})
    [spec] = PROVIDER.discover(connect(server, key=""))
    assert (spec.key, spec.remote_id) == (f"server/{model_id}", model_id)
    assert spec.supports(kind)
    assert spec.capabilities.safe_retry


@pytest.mark.parametrize(
    "model_id", ["text-embedding-3-small", "whisper-1", "tts-1", "bge-reranker-v2", "voice-tts"]
)
def test_models_that_are_of_no_use_are_left_out(model_id: str, server: VendorServer) -> None:
    server.answer_json({"data": [{"id": model_id}]})
    assert PROVIDER.discover(connect(server)) == []


def test_a_servers_dialect_shows_in_what_its_models_can_do(server: VendorServer) -> None:
    server.answer_json({"data": [{"id": "flux"}]})
    dialect = "vllm-omni,edit=none,seed=no,negative=none"
    [spec] = PROVIDER.discover(connect(server, dialect))
    assert spec.capabilities.kinds == {Kind.IMAGE}
    assert not spec.capabilities.max_references
    assert not spec.capabilities.seed
    assert not spec.capabilities.negative_prompt
    assert not spec.capabilities.safe_retry


# Dialects


@pytest.mark.parametrize(
    ("address", "preset"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("http://localhost:8080/v1", "generic"),
        ("https://api.openai.com.example.net/v1", "generic"),
        ("", "generic"),
    ],
)
def test_without_a_dialect_the_address_decides(address: str, preset: str) -> None:
    assert dialects.parse("", address) == dialects.PRESETS[preset]


def test_a_dialect_is_a_preset_and_its_differences() -> None:
    dialect = dialects.parse(" localai , seed=no, edit = none,references=3")
    assert (dialect.preset, dialect.negative) == ("localai", "pipe")
    assert (dialect.seed, dialect.edit) == (False, "none")
    assert dialect.max_references == 0
    assert dialects.parse(",seed=no").preset == "generic"


@pytest.mark.parametrize(
    "text",
    [
        "lokalai",
        "localai,seed",
        "localai,seed=perhaps",
        "localai,edit=fax",
        "localai,colour=red",
        "localai,preset=openai",
        "localai,references=0",
        "localai,references=many",
        "localai,",
    ],
)
def test_a_dialect_that_cannot_be_read_names_the_setting(text: str, server: VendorServer) -> None:
    with pytest.raises(ValueError, match=r"OPENAI_DIALECT") as caught:
        dialects.parse(text)
    assert re.search(re.escape(repr(text)), str(caught.value))
    assert failure(server, dialect=text).kind is ErrorKind.INVALID
    assert server.requests == []
