"""What is sent to OpenRouter, and what is made of its answers."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers import http
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.types import (
    Artifact,
    Capabilities,
    Connection,
    Cost,
    Done,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)
from tests.generation.providers.http.server import VendorServer
from tests.generation.providers.openrouter.examples import (
    CANARY,
    CHAT_PAINTER,
    PAINTER,
    PNG,
    PNG_TEXT,
    PROVIDER,
    USAGE,
    WRITER,
    drawn,
    failure,
    made,
    request,
    said,
)
from tests.generation.providers.rubbish import rubbish

# What is sent


def test_a_picture_is_asked_for_with_one_post_to_the_images_api(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}))

    PROVIDER.submit(request(), connection)

    sent = server.request
    assert (sent.method, sent.path) == ("POST", "/api/v1/images")
    assert sent.headers["authorization"] == f"Bearer {CANARY}"
    assert sent.headers["x-openrouter-title"] == "Pixelstream"
    assert sent.json == {
        "model": "vendor/painter-1",
        "prompt": "a jar of honey",
        "aspect_ratio": "16:9",
        "resolution": "2K",
        "seed": 11,
    }


def test_references_are_sent_as_data_urls(server: VendorServer, connection: Connection) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}))

    PROVIDER.submit(request(references=(ImageInput(PNG, "image/png"),)), connection)

    [reference] = server.request.json["input_references"]
    assert reference == {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{PNG_TEXT}"},
    }


def test_only_parameters_that_the_model_takes_are_sent_and_the_others_are_named(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}))
    model = replace(
        PAINTER,
        capabilities=Capabilities(frozenset({Kind.IMAGE}), ("1:1",), ("2K",)),
        options={"unsupported": "aspect_ratio resolution", "output_format": "png"},
    )

    done = PROVIDER.submit(request(model, negative_prompt="bees"), connection)

    assert server.request.json == {
        "model": "vendor/painter-1",
        "prompt": "a jar of honey",
        "output_format": "png",
    }
    assert isinstance(done, Done)
    assert done.ignored == ("aspect_ratio", "seed", "negative_prompt")


def test_a_negative_prompt_goes_to_the_one_provider_that_has_a_parameter_for_it(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}))
    model = replace(PAINTER, options={"negative_prompt": "black-forest-labs.negative_prompt"})

    done = PROVIDER.submit(request(model, negative_prompt="bees"), connection)

    assert server.request.json["provider"] == {
        "only": ["black-forest-labs"],
        "options": {"black-forest-labs": {"negative_prompt": "bees"}},
    }
    assert isinstance(done, Done)
    assert done.ignored == ()


def test_without_a_negative_prompt_nobody_is_preferred(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}))
    model = replace(PAINTER, options={"negative_prompt": "some.parameter"})

    PROVIDER.submit(request(model), connection)

    assert "provider" not in server.request.json


def test_the_other_dialect_asks_by_chat_completions(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(drawn(f"data:image/png;base64,{PNG_TEXT}"))
    wanted = request(
        CHAT_PAINTER, references=(ImageInput(PNG, "image/png"),), negative_prompt="bees"
    )

    done = PROVIDER.submit(wanted, connection)

    assert server.request.path == "/api/v1/chat/completions"
    assert server.request.json == {
        "model": "vendor/painter-1",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "a jar of honey"},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/png;base64,{PNG_TEXT}"},
                    },
                ],
            }
        ],
        "modalities": ["image", "text"],
        "image_config": {"aspect_ratio": "16:9", "image_size": "2K"},
        "seed": 11,
    }
    assert isinstance(done, Done)
    assert done.artifacts == (Artifact(PNG, "image/png"),)
    assert done.cost.amount == Decimal("0.04")
    assert done.ignored == ("negative_prompt",)
    assert (done.remote_id, done.served_by) == ("gen-1", "vendor/writer-1")


def test_models_that_only_draw_are_not_asked_for_words(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(drawn(f"data:image/png;base64,{PNG_TEXT}"))
    options = {"dialect": "chat", "modalities": "image", "unsupported": "aspect_ratio resolution"}

    PROVIDER.submit(request(replace(PAINTER, options=options)), connection)

    assert server.request.json["modalities"] == ["image"]
    assert "image_config" not in server.request.json


# What comes back


def test_a_picture_comes_back_with_its_reported_cost(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT, "media_type": "image/svg+xml"}))

    done = PROVIDER.submit(request(), connection)

    assert done == Done(
        artifacts=(Artifact(PNG, "image/png"),), cost=Cost(Decimal("0.04"), "reported", USAGE)
    )


def test_of_more_pictures_than_were_asked_for_the_first_is_taken(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}, *[{"b64_json": "rubbish"}] * 5000))

    done = PROVIDER.submit(request(), connection)

    assert isinstance(done, Done)
    assert len(done.artifacts) == 1


def test_a_caption_comes_back_with_its_cost_and_who_wrote_it(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({**said({"content": " A jar.\n"}), "provider": "Vendor"})

    done = PROVIDER.submit(request(WRITER), connection)

    assert done == Done(
        text="A jar.",
        cost=Cost(Decimal("0.04"), "reported", USAGE),
        remote_id="gen-1",
        served_by="Vendor",
    )
    assert set(server.request.json) == {"model", "messages"}


def test_a_caption_model_that_takes_a_seed_gets_it(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(said({"content": "A jar."}))
    able = Capabilities(frozenset({Kind.CAPTION}), seed=True)
    wanted = replace(request(WRITER), model=replace(WRITER, capabilities=able))

    PROVIDER.submit(wanted, connection)

    assert server.request.json["seed"] == 11


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (
            {
                "cost": 0.002,
                "is_byok": True,
                "cost_details": {"upstream_inference_cost": 0.04},
            },
            Cost(
                Decimal("0.042"),
                "reported",
                {"cost": 0.002, "is_byok": True, "upstream_inference_cost": 0.04},
            ),
        ),
        (
            {"cost": 0.04, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.03}},
            Cost(Decimal("0.04"), "reported", {"cost": 0.04, "is_byok": False}),
        ),
        ({"cost": 0}, Cost(Decimal(0), "reported", {"cost": 0})),
        ({"prompt_tokens": 7}, Cost(Decimal("0.05"), "estimated", {"prompt_tokens": 7})),
        ({"cost": None}, Cost(Decimal("0.05"), "estimated", {})),
        ({"cost": -1}, Cost(Decimal("0.05"), "estimated", {})),
        ({"cost": True}, Cost(Decimal("0.05"), "estimated", {"cost": True})),
        ({"cost": 10**400}, Cost(Decimal("0.05"), "estimated", {})),
        ({"cost": "0.04", "prompt_tokens": "7"}, Cost(Decimal("0.05"), "estimated", {})),
        ("rubbish", Cost(Decimal("0.05"), "estimated", {})),
        (None, Cost(Decimal("0.05"), "estimated", {})),
    ],
)
def test_a_cost_is_what_was_reported_and_else_an_estimate(
    server: VendorServer, connection: Connection, usage: Any, cost: Cost
) -> None:
    server.answer_json(made({"b64_json": PNG_TEXT}, usage=usage))

    done = PROVIDER.submit(request(replace(PAINTER, prices={"images": "0.05"})), connection)

    assert isinstance(done, Done)
    assert done.cost == cost


def test_a_picture_behind_an_address_is_fetched_by_poll_and_paid_only_once(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(drawn(f"{server.url}/result.png"))
    server.answer(503)
    server.answer(200, {"Content-Type": "text/plain"}, PNG)
    able = replace(CHAT_PAINTER.capabilities, seed=False)

    pending = PROVIDER.submit(request(replace(CHAT_PAINTER, capabilities=able)), connection)

    assert isinstance(pending, Pending)
    assert pending.poll_after == 0
    assert json.loads(json.dumps(dict(pending.state))) == pending.state
    with pytest.raises(ProviderError) as caught:
        PROVIDER.poll(pending, connection)
    assert caught.value.kind is ErrorKind.TRANSIENT
    assert PROVIDER.poll(pending, connection) == Done(
        artifacts=(Artifact(PNG, "image/png"),),
        cost=Cost(Decimal("0.04"), "reported", USAGE),
        remote_id="gen-1",
        ignored=("seed",),
        served_by="vendor/writer-1",
    )
    assert [sent.method for sent in server.requests] == ["POST", "GET", "GET"]


# Answers that are no pictures


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": {}},
        {"data": "rubbish"},
        made("rubbish"),
        made(None),
        made({}),
        made({"b64_json": None}),
        made({"b64_json": ""}),
        made({"b64_json": 7}),
        made({"b64_json": PNG_TEXT[:-3]}),
        made({"b64_json": "no base64!"}),
        made({"b64_json": base64.b64encode(b"<svg xmlns='...'/>").decode()}),
        made({"b64_json": base64.b64encode(b"<html>").decode()}),
        made({"url": "https://example.com/a.png"}),
    ],
)
def test_a_success_without_a_picture_is_no_output(
    server: VendorServer, connection: Connection, content: Any
) -> None:
    server.answer_json(content)

    error = failure(PAINTER, connection)

    assert error.kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "content",
    [
        said({"content": "I would rather talk."}),
        said({"images": []}),
        said({"images": None}),
        said({"images": "rubbish"}),
        said({"images": [None]}),
        said({"images": [{"image_url": "rubbish"}]}),
        drawn(None),
        drawn(""),
        drawn("data:image/svg+xml;utf8,<svg/>"),
        drawn(f"data:image/png;base64,{PNG_TEXT[:-3]}"),
        drawn("file:///etc/passwd"),
        drawn("javascript:alert(1)"),
    ],
)
def test_a_chat_without_a_picture_is_no_output(
    server: VendorServer, connection: Connection, content: Any
) -> None:
    server.answer_json(content)

    assert failure(CHAT_PAINTER, connection).kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("usage", "billed"),
    [({"cost": 0}, Billed.NO), ({"cost": 0.04}, Billed.YES), ({}, Billed.UNKNOWN)],
)
def test_a_missing_picture_says_whether_it_was_paid(
    server: VendorServer, connection: Connection, usage: Any, billed: Billed
) -> None:
    server.answer_json(made(usage=usage))

    assert failure(PAINTER, connection).billed is billed


@pytest.mark.parametrize("model", [PAINTER, CHAT_PAINTER, WRITER])
@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b"", b"[]", b'"text"', b'{"data": [', b"\xff\xfe", b"null"]
)
def test_a_success_that_is_no_json_object_is_no_output(
    server: VendorServer, connection: Connection, model: ModelSpec, body: bytes
) -> None:
    server.answer(200, {"Content-Type": "text/html"}, body)

    assert failure(model, connection).kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 1


@given(st.data())
def test_rubbish_ends_in_a_result_or_a_provider_error(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from([PAINTER, CHAT_PAINTER, WRITER]))
    good = {
        **made({"b64_json": PNG_TEXT, "media_type": "image/png"}),
        **drawn(f"data:image/png;base64,{PNG_TEXT}"),
        "provider": "Vendor",
        "error": None,
    }
    status = data.draw(st.sampled_from([200, 400, 402, 403, 404, 429, 500, 503]))
    answer = Answer(status, {}, json.dumps(data.draw(rubbish(good))).encode())

    with mock.patch.object(http, "send", autospec=True, return_value=answer) as send:
        try:
            result = PROVIDER.submit(request(model), Connection("openrouter", "http://x"))
        except ProviderError:
            result = None

    assert send.call_count == 1
    assert result is None or status == 200
    if isinstance(result, Done):
        assert result.text or result.artifacts
        assert len(result.remote_id) <= 200
        json.dumps(dict(result.cost.usage), allow_nan=False)
        assert result.cost.amount is None or 0 <= result.cost.amount <= 1_000_000


# Keys


def test_a_key_is_checked_without_spending_anything(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({"data": {"label": "x", "limit_remaining": 74.5}})

    assert PROVIDER.check_key(connection).remaining == Decimal("74.5")
    assert (server.request.method, server.request.path) == ("GET", "/api/v1/key")


@pytest.mark.parametrize("remaining", [None, "much", -1, True])
def test_a_key_without_a_sound_limit_has_none(
    server: VendorServer, connection: Connection, remaining: Any
) -> None:
    server.answer_json({"data": {"limit_remaining": remaining}})

    assert PROVIDER.check_key(connection).remaining is None


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (401, {"error": {"code": 401, "message": "no"}}, ErrorKind.AUTH),
        (403, {"error": {"code": 403, "message": "no"}}, ErrorKind.AUTH),
        (200, {"error": {"code": 401, "message": "no"}}, ErrorKind.AUTH),
        (200, {"data": {"is_management_key": True}}, ErrorKind.AUTH),
        (404, {"error": {"code": 404, "message": "no"}}, ErrorKind.INVALID),
        (429, {"error": {"code": 429, "message": "no"}}, ErrorKind.RATE),
        (500, {"error": {"code": 500, "message": "no"}}, ErrorKind.TRANSIENT),
        (502, {"error": {"metadata": {"error_type": "timeout"}}}, ErrorKind.TRANSIENT),
        (200, {}, ErrorKind.NO_OUTPUT),
        (200, {"data": "rubbish"}, ErrorKind.NO_OUTPUT),
    ],
)
def test_a_key_check_that_fails_says_how(
    server: VendorServer, connection: Connection, status: int, content: Any, kind: ErrorKind
) -> None:
    server.answer_json(content, status)

    with pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(connection)

    assert caught.value.kind is kind
