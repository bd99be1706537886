"""The Kie adapter against a server on loopback that answers as Kie's documents say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.kie import KieProvider
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
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.generation.providers.rubbish import rubbish

KEY = "c0ffee0123456789c0ffee0123456789"
KIE = KieProvider()
ABLE = Capabilities(
    kinds=frozenset({Kind.IMAGE}), aspect_ratios=("1:1", "16:9"), resolutions=("1K", "2K")
)
OPTIONS = {
    "aspect_field": "aspect_ratio",
    "resolution_field": "resolution",
    "output_format": "png",
}


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


def connection(server: VendorServer) -> Connection:
    return Connection("kie", f"{server.url}/api/v1", key=KEY)


def request(
    kind: Kind = Kind.IMAGE, options: dict[str, str] | None = None, **fields: Any
) -> GenerationRequest:
    options = OPTIONS if options is None else options
    model = ModelSpec("kie/nano", "kie", "nano-banana-2", "Nano", ABLE, options=options)
    shape = {"aspect_ratio": "16:9", "resolution": "2K", "seed": 7}
    return GenerationRequest(kind, model, "a jar of honey", "job-1", **{**shape, **fields})


def said(code: int, data: Any = None, msg: str = "said") -> dict[str, Any]:
    return {"code": code, "msg": msg, "data": data}


def task(state: str, **fields: Any) -> dict[str, Any]:
    param = json.dumps({"input": {"prompt": "a sensitive jar of honey"}})
    return said(200, {"taskId": "task-1", "state": state, "param": param, **fields})


def finished(url: str, **fields: Any) -> dict[str, Any]:
    return task("success", resultJson=json.dumps({"resultUrls": [url]}), **fields)


CREATED = said(200, {"taskId": "task-1"})
ASKED = Pending("task-1", 5, {"polls": "0", "ignored": "seed,negative_prompt"})


def submit(server: VendorServer, asked: GenerationRequest | None = None) -> Pending:
    pending = KIE.submit(asked or request(), connection(server))
    assert isinstance(pending, Pending)
    return pending


def submit_fails(server: VendorServer, asked: GenerationRequest | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        KIE.submit(asked or request(), connection(server))
    return caught.value


def poll_fails(server: VendorServer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        KIE.poll(ASKED, connection(server))
    return caught.value


# Creating a task


def test_a_task_is_created_with_the_fields_that_the_catalogue_names(server: VendorServer) -> None:
    server.answer_json(CREATED)

    pending = submit(server)

    assert (server.request.method, server.request.path) == ("POST", "/api/v1/jobs/createTask")
    assert server.request.json == {
        "model": "nano-banana-2",
        "input": {
            "prompt": "a jar of honey",
            "aspect_ratio": "16:9",
            "resolution": "2K",
            "output_format": "png",
        },
    }
    assert (pending.remote_id, pending.poll_after) == ("task-1", 5)


def test_other_models_call_their_fields_otherwise(server: VendorServer) -> None:
    server.answer_json(CREATED)

    pending = submit(server, request(options={"aspect_field": "image_size", "seed_field": "seed"}))

    assert server.request.json["input"] == {
        "prompt": "a jar of honey",
        "image_size": "16:9",
        "seed": 7,
    }
    assert pending.state["ignored"] == ""


def test_a_model_without_named_fields_gets_the_prompt_alone(server: VendorServer) -> None:
    server.answer_json(CREATED)

    submit(server, request(options={}))

    assert server.request.json["input"] == {"prompt": "a jar of honey"}


def test_what_goes_with_the_task_is_text(server: VendorServer) -> None:
    server.answer_json(CREATED)

    state = submit(server, request(negative_prompt="fog")).state

    assert state == {
        "polls": "0",
        "kind": "image",
        "ignored": "seed,negative_prompt",
        "usd_per_credit": "",
    }


def test_the_key_travels_in_a_header_and_nowhere_else(server: VendorServer) -> None:
    server.answer_json(said(401, msg=f"wrong key {KEY}"))

    failure = submit_fails(server)

    assert server.request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in server.request.path
    assert KEY.encode() not in server.request.body
    assert KEY not in failure.detail


@pytest.mark.parametrize(
    "asked",
    [
        request(Kind.CAPTION),
        request(Kind.EDIT, references=(ImageInput(b"abc", "image/png"),)),
    ],
    ids=["caption", "edit"],
)
def test_what_kie_cannot_do_is_not_asked_for(
    server: VendorServer, asked: GenerationRequest
) -> None:
    assert submit_fails(server, asked).kind is ErrorKind.INVALID
    assert server.requests == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, ErrorKind.INVALID),
        (401, ErrorKind.AUTH),
        (402, ErrorKind.QUOTA),
        (404, ErrorKind.INVALID),
        (408, ErrorKind.AMBIGUOUS),
        (422, ErrorKind.INVALID),
        (429, ErrorKind.RATE),
        (433, ErrorKind.QUOTA),
        (455, ErrorKind.RATE),
        (500, ErrorKind.AMBIGUOUS),
        (501, ErrorKind.NO_OUTPUT),
        (505, ErrorKind.RETIRED),
        (999, ErrorKind.AMBIGUOUS),
    ],
)
def test_every_code_of_a_refused_task_has_its_kind(
    server: VendorServer, code: int, kind: ErrorKind
) -> None:
    server.answer_json(said(code), 200, {"Retry-After": "9"})

    failure = submit_fails(server)

    assert (failure.kind, failure.retry_after, failure.reason) == (kind, 9, "")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ErrorKind.AUTH),
        (413, ErrorKind.INVALID),
        (429, ErrorKind.RATE),
        (502, ErrorKind.AMBIGUOUS),
        (503, ErrorKind.RATE),
    ],
)
def test_a_status_without_a_code_is_understood(
    server: VendorServer, status: int, kind: ErrorKind
) -> None:
    server.answer(status, {"Content-Type": "text/html"}, b"<html>No</html>")

    assert submit_fails(server).kind is kind


@pytest.mark.parametrize("code", [400, 422, 501])
def test_words_of_a_refusal_are_moderation(server: VendorServer, code: int) -> None:
    server.answer_json(said(code, msg="Your prompt 'a jar' was flagged by our Content Policy."))

    failure = submit_fails(server)

    assert (failure.kind, failure.reason) == (ErrorKind.MODERATION, "flagged")


@pytest.mark.parametrize(
    "answer",
    [
        said(200),
        said(200, {}),
        said(200, {"taskId": None}),
        said(200, {"taskId": ""}),
        said(200, ["task-1"]),
        said(200, {"taskId": "x" * 500}),
        {"data": {"taskId": "task-1"}},
        {"code": "200", "data": {"taskId": "task-1"}},
        {"code": True},
        [],
        "<html>",
    ],
)
def test_a_task_whose_id_is_lost_is_ambiguous(server: VendorServer, answer: Any) -> None:
    server.answer_json(answer)

    failure = submit_fails(server)

    assert (failure.kind, failure.billed) == (ErrorKind.AMBIGUOUS, Billed.UNKNOWN)
    assert len(server.requests) == 1


@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_lost_answer_is_ambiguous_and_asked_once(server: VendorServer, then: Any) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", then)

    assert submit_fails(server).kind is ErrorKind.AMBIGUOUS
    assert len(server.requests) == 1


# Asking after it


@pytest.mark.parametrize("state", ["waiting", "queuing", "generating"])
def test_a_task_in_work_is_asked_after_later(server: VendorServer, state: str) -> None:
    server.answer_json(task(state))

    again = KIE.poll(ASKED, connection(server))

    assert again == Pending("task-1", 7.5, {**ASKED.state, "polls": "1"})
    assert server.request.method == "GET"
    assert server.request.path == "/api/v1/jobs/recordInfo?taskId=task-1"


def test_the_waits_grow_to_twenty_seconds_and_no_further(server: VendorServer) -> None:
    server.answer_json(CREATED)
    server.answer_json(task("generating"))
    pending: Any = submit(server)
    waits = [pending.poll_after]

    for _ in range(9):
        pending = KIE.poll(pending, connection(server))
        waits.append(pending.poll_after)

    assert waits == [5, 7.5, 10, 12.5, 15, 17.5, 20, 20, 20, 20]


def test_a_finished_task_gives_its_first_picture(server: VendorServer) -> None:
    server.answer_json(finished(f"{server.url}/r/1.png", creditsConsumed=8))
    server.answer(200, {"Content-Type": "application/octet-stream"}, picture_bytes())

    done = KIE.poll(ASKED, connection(server))

    assert isinstance(done, Done)
    assert [(picture.data, picture.media_type) for picture in done.artifacts] == [
        (picture_bytes(), "image/jpeg")
    ]
    assert done.remote_id == "task-1"
    assert done.ignored == ("seed", "negative_prompt")
    assert (done.cost.amount, done.cost.basis) == (None, "unknown")
    assert done.cost.usage == {"credits": "8"}


def test_the_key_is_not_sent_to_where_the_picture_lies(server: VendorServer) -> None:
    server.answer_json(finished(f"{server.url}/r/1.png"))
    server.answer(200, {}, picture_bytes())

    KIE.poll(ASKED, connection(server))

    assert "authorization" in server.requests[0].headers
    assert "authorization" not in server.requests[1].headers


def test_credits_become_dollars_where_the_catalogue_knows_their_price(server: VendorServer) -> None:
    server.answer_json(CREATED)
    server.answer_json(finished(f"{server.url}/r/1.png", creditsConsumed=8.5))
    server.answer(200, {}, picture_bytes())
    pending = submit(server, request(options={"usd_per_credit": "0.004"}))

    done = KIE.poll(pending, connection(server))

    assert isinstance(done, Done)
    assert (done.cost.amount, done.cost.basis) == (Decimal("0.0340"), "estimated")


@pytest.mark.parametrize("counted", [None, "many", -1, True, [8], 10**30])
def test_credits_that_are_no_amount_leave_the_cost_unknown(
    server: VendorServer, counted: Any
) -> None:
    server.answer_json(finished(f"{server.url}/r/1.png", creditsConsumed=counted))
    server.answer(200, {}, picture_bytes())

    done = KIE.poll(ASKED, connection(server))

    assert isinstance(done, Done)
    assert (done.cost.amount, done.cost.basis, done.cost.usage) == (None, "unknown", {})


def test_a_download_that_failed_can_be_repeated_without_a_new_task(server: VendorServer) -> None:
    server.answer_json(finished(f"{server.url}/r/1.png"))
    server.answer(503)
    server.answer_json(finished(f"{server.url}/r/1.png"))
    server.answer(200, {}, picture_bytes())

    assert poll_fails(server).kind is ErrorKind.TRANSIENT
    assert isinstance(KIE.poll(ASKED, connection(server)), Done)
    assert {asked.method for asked in server.requests} == {"GET"}


@pytest.mark.parametrize(
    "result",
    [
        None,
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"resultUrls": null}',
        '{"resultUrls": []}',
        '{"resultUrls": [null]}',
        '{"resultUrls": {"0": "https://example.org"}}',
        '{"resultUrls": ["ftp://example.org/x.png"]}',
        '{"resultUrls": ["http://169.254.169.254/latest"]}',
        "[" * 100_000,
        7,
    ],
)
def test_success_without_a_result_is_no_output(server: VendorServer, result: Any) -> None:
    server.answer_json(task("success", resultJson=result))

    failure = poll_fails(server)

    assert (failure.kind, failure.billed) == (ErrorKind.NO_OUTPUT, Billed.UNKNOWN)


def test_a_result_that_is_no_picture_is_no_output(server: VendorServer) -> None:
    server.answer_json(finished(f"{server.url}/r/1.png"))
    server.answer(200, {"Content-Type": "image/png"}, b"<html>expired</html>")

    assert poll_fails(server).kind is ErrorKind.NO_OUTPUT


@pytest.mark.parametrize(
    ("failed", "kind", "reason", "billed"),
    [
        (
            {"failMsg": "Internal Error", "failCode": "500", "creditsConsumed": 0},
            ErrorKind.NO_OUTPUT,
            "",
            Billed.NO,
        ),
        (
            {"failMsg": "Bad aspect ratio", "failCode": "422", "creditsConsumed": 0},
            ErrorKind.INVALID,
            "",
            Billed.NO,
        ),
        (
            {"failMsg": "Detected as NSFW content", "failCode": "400", "creditsConsumed": 0.0},
            ErrorKind.MODERATION,
            "nsfw",
            Billed.NO,
        ),
        (
            {"failMsg": "upstream", "failCode": 500, "creditsConsumed": 4},
            ErrorKind.NO_OUTPUT,
            "",
            Billed.YES,
        ),
        # The echo of the request says "sensitive"; the vendor does not.
        ({}, ErrorKind.NO_OUTPUT, "", Billed.UNKNOWN),
        ({"failMsg": ["x"], "failCode": None}, ErrorKind.NO_OUTPUT, "", Billed.UNKNOWN),
    ],
)
def test_a_failed_task_says_why_and_whether_it_was_charged(
    server: VendorServer, failed: dict[str, Any], kind: ErrorKind, reason: str, billed: Billed
) -> None:
    server.answer_json(task("fail", **failed))

    failure = poll_fails(server)

    assert (failure.kind, failure.reason, failure.billed) == (kind, reason, billed)
    assert "honey" not in failure.detail


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, ErrorKind.AUTH),
        (402, ErrorKind.QUOTA),
        (404, ErrorKind.NO_OUTPUT),
        (408, ErrorKind.TRANSIENT),
        # "recordInfo is null", just after the task was created.
        (422, ErrorKind.TRANSIENT),
        (429, ErrorKind.RATE),
        (433, ErrorKind.RATE),
        (455, ErrorKind.RATE),
        (500, ErrorKind.TRANSIENT),
        (501, ErrorKind.NO_OUTPUT),
        (505, ErrorKind.RETIRED),
    ],
)
def test_every_code_of_a_question_has_its_kind(
    server: VendorServer, code: int, kind: ErrorKind
) -> None:
    server.answer_json(said(code))

    failure = poll_fails(server)

    assert (failure.kind, failure.billed) == (kind, Billed.UNKNOWN)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "<html>",
        said(200),
        said(200, []),
        task("resting"),
        said(200, {"state": None}),
        said(200, {"state": ["success"]}),
    ],
)
def test_an_answer_without_a_known_state_is_asked_for_again(
    server: VendorServer, answer: Any
) -> None:
    server.answer_json(answer)

    assert poll_fails(server).kind is ErrorKind.TRANSIENT


def test_a_lost_answer_to_a_question_is_asked_for_again(server: VendorServer) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", "reset")

    assert poll_fails(server).kind is ErrorKind.TRANSIENT


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_comes_back_is_a_result_a_wait_or_an_error(data: st.DataObject) -> None:
    is_question = data.draw(st.booleans())
    with vendor_server() as server:
        goods = [
            CREATED,
            task("generating"),
            task("fail", failCode="500", failMsg="no", creditsConsumed=0),
            finished(f"{server.url}/r/1.png", creditsConsumed=8),
        ]
        answer = data.draw(rubbish(data.draw(st.sampled_from(goods))))
        server.answer_json(answer, data.draw(st.sampled_from([200, 200, 429, 500])))
        server.answer(200, {}, picture_bytes())
        try:
            if is_question:
                outcome = KIE.poll(ASKED, connection(server))
            else:
                outcome = KIE.submit(request(), connection(server))
        except ProviderError:
            return
    assert isinstance(outcome, Pending) or outcome.artifacts


# The rest


def test_a_key_is_checked_by_its_balance_which_is_no_money(server: VendorServer) -> None:
    server.answer_json(said(200, 100))

    assert KIE.check_key(connection(server)).remaining is None
    assert (server.request.method, server.request.path) == ("GET", "/api/v1/chat/credit")
    assert server.request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, said(401), ErrorKind.AUTH),
        (401, {}, ErrorKind.AUTH),
        (200, said(500), ErrorKind.TRANSIENT),
        (200, said(200), ErrorKind.NO_OUTPUT),
        (200, "<html>", ErrorKind.TRANSIENT),
    ],
)
def test_a_check_that_fails_says_why(
    server: VendorServer, status: int, body: Any, kind: ErrorKind
) -> None:
    server.answer_json(body, status)

    with pytest.raises(ProviderError) as caught:
        KIE.check_key(connection(server))
    assert caught.value.kind is kind


def test_there_is_nothing_to_discover(server: VendorServer) -> None:
    assert KIE.discover(connection(server)) == []
    assert server.requests == []
