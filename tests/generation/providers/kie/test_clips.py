"""Clips by Kie: what is sent for each model of the catalogue, and what is made of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.imaging.formats import MAX_CLIP_BYTES
from generation import catalogue
from generation.providers import http
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.kie import KieProvider
from generation.providers.types import (
    Artifact,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.generation.providers.rubbish import rubbish

KIE = KieProvider()
FILM = b"\0\0\0\x20ftypisom" + b"\0" * 400
CREATED = {"code": 200, "msg": "success", "data": {"taskId": "task-1"}}
CALLBACK = "https://pictures.example/api/video-callback/kie/?t=secret"
FIRST = ImageInput(b"first", "image/jpeg", "https://pictures.example/api/inputs/one/")
LAST = ImageInput(b"last", "image/jpeg", "https://pictures.example/api/inputs/two/")
ASKED = Pending("task-1", 5, {"polls": "0", "kind": "video", "ignored": "", "usd_per_credit": ""})


def shipped(key: str) -> ModelSpec:
    [spec] = [spec for spec in catalogue.builtin_specs() if spec.key == key]
    return spec


WAN = shipped("kie/wan-3.0")
KLING = shipped("kie/kling-2.5-turbo")
KLING_FRAMES = shipped("kie/kling-2.5-turbo-frames")


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


@pytest.fixture
def connection(server: VendorServer) -> Connection:
    return Connection("kie", f"{server.url}/api/v1", key="c0ffee")


def request(model: ModelSpec, **fields: Any) -> GenerationRequest:
    wanted = {"seconds": 5, "aspect_ratio": "16:9", "resolution": "720p", "seed": 7, **fields}
    return GenerationRequest(Kind.VIDEO, model, "the bees fly", "job-1", **wanted)


def sent(server: VendorServer, connection: Connection, asked: GenerationRequest) -> dict[str, Any]:
    server.answer_json(CREATED)
    KIE.submit(asked, connection)
    body: dict[str, Any] = server.request.json
    return body


def failure(connection: Connection, asked: GenerationRequest) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        KIE.submit(asked, connection)
    return caught.value


def ended(state: str, **fields: Any) -> dict[str, Any]:
    return {"code": 200, "msg": "", "data": {"taskId": "task-1", "state": state, **fields}}


def finished(url: str, **fields: Any) -> dict[str, Any]:
    return ended("success", resultJson=json.dumps({"resultUrls": [url]}), **fields)


# What is sent


def test_a_model_of_every_feature_gets_all_of_it_by_its_own_names(
    server: VendorServer, connection: Connection
) -> None:
    asked = request(WAN, references=(FIRST, LAST), callback_url=CALLBACK)

    assert sent(server, connection, asked) == {
        "model": "wan/3-0-video",
        "callBackUrl": CALLBACK,
        "input": {
            "prompt": "the bees fly",
            "aspect_ratio": "16:9",
            "resolution": "720P",
            "duration": 5,
            "seed": 7,
            "first_frame_url": FIRST.address,
            "last_frame_url": LAST.address,
        },
    }


def test_a_clip_from_words_has_no_frames_and_where_nobody_listens_no_callback(
    server: VendorServer, connection: Connection
) -> None:
    body = sent(server, connection, request(WAN))

    assert set(body) == {"model", "input"}
    assert not [name for name in body["input"] if "frame" in name]


def test_some_models_want_their_seconds_as_text(
    server: VendorServer, connection: Connection
) -> None:
    asked = request(KLING, negative_prompt="fog", seconds=10)

    assert sent(server, connection, asked)["input"] == {
        "prompt": "the bees fly",
        "aspect_ratio": "16:9",
        "duration": "10",
        "negative_prompt": "fog",
    }


def test_a_model_that_keeps_the_shape_of_its_frame_is_told_none(
    server: VendorServer, connection: Connection
) -> None:
    asked = request(KLING_FRAMES, references=(FIRST,))

    assert sent(server, connection, asked)["input"] == {
        "prompt": "the bees fly",
        "duration": "5",
        "image_url": FIRST.address,
    }


def test_pictures_can_go_into_a_list(server: VendorServer, connection: Connection) -> None:
    model = replace(WAN, options={"pictures_field": "image_urls"})

    fields = sent(server, connection, request(model, references=(FIRST, LAST)))["input"]

    assert fields["image_urls"] == [FIRST.address, LAST.address]


def test_what_a_model_has_no_field_for_is_named(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(CREATED)
    bare = replace(WAN, options={})

    pending = KIE.submit(
        request(bare, negative_prompt="fog", aspect_ratio="5:4", resolution="2K"), connection
    )

    assert isinstance(pending, Pending)
    assert pending.state["ignored"] == "seed,negative_prompt,aspect_ratio,resolution"


@pytest.mark.parametrize(("language", "word"), [("en", "public address"), ("pt-br", "")])
def test_a_picture_without_an_address_is_refused_before_anything_is_sent(
    server: VendorServer, connection: Connection, language: str, word: str
) -> None:
    nowhere = replace(LAST, address="")

    refused = failure(connection, request(WAN, references=(FIRST, nowhere), language=language))

    assert (refused.kind, refused.billed) == (ErrorKind.INVALID, Billed.NO)
    assert refused.reason
    assert word in refused.reason
    assert server.requests == []


@pytest.mark.parametrize(
    ("model", "frames"), [(KLING, (FIRST,)), (WAN, (FIRST, LAST, LAST))], ids=["none", "too many"]
)
def test_pictures_that_the_catalogue_has_no_field_for_are_refused_unsent(
    server: VendorServer,
    connection: Connection,
    model: ModelSpec,
    frames: tuple[ImageInput, ...],
) -> None:
    assert failure(connection, request(model, references=frames)).kind is ErrorKind.INVALID
    assert server.requests == []


# What comes back


def test_a_finished_task_gives_its_clip_and_what_it_cost(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(CREATED)
    server.answer_json(finished(f"{server.url}/r/1.mp4", creditsConsumed=80))
    server.answer(200, {"Content-Type": "application/octet-stream"}, FILM)
    pending = KIE.submit(request(WAN), connection)
    assert isinstance(pending, Pending)

    done = KIE.poll(pending, connection)

    assert isinstance(done, Done)
    assert done.artifacts == (Artifact(FILM, "video/mp4"),)
    assert (done.cost.amount, done.cost.basis) == (Decimal("0.400"), "estimated")
    assert "authorization" not in server.requests[2].headers


@pytest.mark.parametrize("body", [b"<html>", b"\x89PNG\r\n\x1a\n", b"ftyp", b"\x1aE\xdf\xa3webm"])
def test_a_result_that_is_no_clip_is_no_output(
    server: VendorServer, connection: Connection, body: bytes
) -> None:
    server.answer_json(finished(f"{server.url}/r/1.mp4"))
    server.answer(200, {"Content-Type": "video/mp4"}, body)

    with pytest.raises(ProviderError) as caught:
        KIE.poll(ASKED, connection)
    assert (caught.value.kind, caught.value.billed) == (ErrorKind.NO_OUTPUT, Billed.UNKNOWN)


def test_a_clip_may_be_much_larger_than_a_picture_and_no_larger_than_a_clip(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(http, "download", lambda *place, **limits: asked.append(limits) or FILM)
    server.answer_json(finished("https://files.example/1.mp4"))

    KIE.poll(ASKED, connection)

    assert asked == [{"timeout": http.CLIP_DOWNLOAD_SECONDS, "max_bytes": MAX_CLIP_BYTES}]


@given(data=st.data())
@settings(deadline=None, max_examples=100)
def test_whatever_comes_back_is_a_clip_a_wait_or_an_error(data: st.DataObject) -> None:
    with vendor_server() as server:
        goods = [ended("generating"), finished(f"{server.url}/r/1.mp4", creditsConsumed=8)]
        server.answer_json(data.draw(rubbish(data.draw(st.sampled_from(goods)))))
        server.answer(200, {}, FILM)
        try:
            outcome = KIE.poll(ASKED, Connection("kie", f"{server.url}/api/v1", key="c0ffee"))
        except ProviderError:
            return
    assert isinstance(outcome, Pending) or outcome.artifacts
