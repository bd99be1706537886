"""Clips by OpenRouter: what is sent, and what is made of the answers."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.imaging.formats import MAX_CLIP_BYTES
from generation.providers import http
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.openrouter import videos
from generation.providers.types import (
    Artifact,
    Capabilities,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.generation.providers.openrouter.examples import CANARY, PROVIDER
from tests.generation.providers.rubbish import rubbish

FILMER = ModelSpec(
    key="vendor/filmer",
    provider="openrouter",
    remote_id="vendor/filmer-1",
    name="Filmer",
    capabilities=Capabilities(
        kinds=frozenset({Kind.VIDEO}),
        aspect_ratios=("16:9", "9:16"),
        resolutions=("720p",),
        durations=(4, 8),
        max_references=2,
        seed=True,
    ),
    prices={"seconds": "0.10"},
)
FILM = b"\0\0\0\x20ftypisom" + b"\0" * 400
CALLBACK = "https://pictures.example/api/video-callback/openrouter/?t=secret"
ADDRESS = "https://pictures.example/api/inputs/one/"
ACCEPTED = {"id": "job-1", "polling_url": "https://evil.example/steal", "status": "pending"}
ASKED = Pending("job-1", 10, {"waited": "0", "ignored": "seed", "estimate": "0.80"})


def request(model: ModelSpec = FILMER, **fields: Any) -> GenerationRequest:
    wanted = {"seconds": 8, "aspect_ratio": "16:9", "resolution": "720p", "seed": 11, **fields}
    return GenerationRequest(Kind.VIDEO, model, "the bees fly", "job-7", **wanted)


def submit(server: VendorServer, connection: Connection, asked: GenerationRequest) -> Pending:
    server.answer_json(ACCEPTED, 202)
    pending = PROVIDER.submit(asked, connection)
    assert isinstance(pending, Pending)
    return pending


def submit_fails(connection: Connection) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(), connection)
    return caught.value


def poll_fails(connection: Connection) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        PROVIDER.poll(ASKED, connection)
    return caught.value


def job(status: str, **fields: Any) -> dict[str, Any]:
    return {**ACCEPTED, "status": status, **fields}


# What is sent


def test_a_clip_from_words_is_one_post_to_the_videos_api(
    server: VendorServer, connection: Connection
) -> None:
    pending = submit(server, connection, request())

    sent = server.request
    assert (sent.method, sent.path) == ("POST", "/api/v1/videos")
    assert sent.headers["authorization"] == f"Bearer {CANARY}"
    assert sent.json == {
        "model": "vendor/filmer-1",
        "prompt": "the bees fly",
        "duration": 8,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "seed": 11,
    }
    assert (pending.remote_id, pending.poll_after) == ("job-1", 10)
    assert json.loads(json.dumps(dict(pending.state))) == pending.state


def test_frames_go_along_by_address_where_there_is_one_and_else_in_the_request(
    server: VendorServer, connection: Connection
) -> None:
    frames = (ImageInput(b"one", "image/jpeg", ADDRESS), ImageInput(b"two", "image/webp"))

    submit(server, connection, request(references=frames, callback_url=CALLBACK))

    sent = server.request.json
    data_url = f"data:image/webp;base64,{base64.b64encode(b'two').decode()}"
    assert sent["frame_images"] == [
        {"type": "image_url", "image_url": {"url": ADDRESS}, "frame_type": "first_frame"},
        {"type": "image_url", "image_url": {"url": data_url}, "frame_type": "last_frame"},
    ]
    assert sent["callback_url"] == CALLBACK


def test_what_the_model_does_not_list_is_not_sent_but_named(
    server: VendorServer, connection: Connection
) -> None:
    able = replace(FILMER.capabilities, seed=False)
    asked = request(
        replace(FILMER, capabilities=able),
        aspect_ratio="1:1",
        resolution="480p",
        negative_prompt="fog",
    )

    pending = submit(server, connection, asked)

    assert set(server.request.json) == {"model", "prompt", "duration"}
    assert pending.state["ignored"] == "aspect_ratio resolution seed negative_prompt"


def test_a_model_that_lists_no_shape_is_told_none_and_nothing_is_missing(
    server: VendorServer, connection: Connection
) -> None:
    able = replace(FILMER.capabilities, aspect_ratios=(), resolutions=())

    pending = submit(server, connection, request(replace(FILMER, capabilities=able)))

    assert set(server.request.json) == {"model", "prompt", "duration", "seed"}
    assert pending.state["ignored"] == ""


def test_a_negative_prompt_goes_to_the_parameter_that_the_catalogue_names(
    server: VendorServer, connection: Connection
) -> None:
    model = replace(FILMER, options={"negative_prompt": "google-vertex.negativePrompt"})

    pending = submit(server, connection, request(model, negative_prompt="fog"))

    assert server.request.json["provider"] == {
        "options": {"google-vertex": {"parameters": {"negativePrompt": "fog"}}}
    }
    assert pending.state["ignored"] == ""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.INVALID),
        (401, ErrorKind.AUTH),
        (402, ErrorKind.QUOTA),
        (404, ErrorKind.RETIRED),
        (429, ErrorKind.RATE),
        (500, ErrorKind.AMBIGUOUS),
        (502, ErrorKind.AMBIGUOUS),
    ],
)
def test_a_refused_job_has_its_kind_and_is_sent_once(
    server: VendorServer, connection: Connection, status: int, kind: ErrorKind
) -> None:
    error = {"error": {"code": status, "message": "no"}}
    server.answer_json(error, status, {"Retry-After": "7"})

    failure = submit_fails(connection)

    assert (failure.kind, failure.retry_after) == (kind, 7)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "<html>",
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": "x" * 500},
        {"id": "../keys"},
        {"id": "a/b"},
        {"id": "a?b"},
        {"id": ".."},
        {"id": "job\n1"},
    ],
)
def test_a_job_whose_id_is_lost_is_ambiguous_and_never_sent_again(
    server: VendorServer, connection: Connection, answer: Any
) -> None:
    server.answer_json(answer, 202)

    failure = submit_fails(connection)

    assert (failure.kind, failure.billed) == (ErrorKind.AMBIGUOUS, Billed.UNKNOWN)
    assert len(server.requests) == 1


def test_a_lost_answer_is_ambiguous(server: VendorServer, connection: Connection) -> None:
    server.raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\n{", "reset")

    assert submit_fails(connection).kind is ErrorKind.AMBIGUOUS
    assert len(server.requests) == 1


# Asking after it


@pytest.mark.parametrize("status", ["pending", "in_progress"])
def test_a_job_in_work_is_asked_after_later_at_our_own_address(
    server: VendorServer, connection: Connection, status: str
) -> None:
    server.answer_json(job(status))

    again = PROVIDER.poll(ASKED, connection)

    assert again == Pending("job-1", 15, {**ASKED.state, "waited": "1"})
    assert (server.request.method, server.request.path) == ("GET", "/api/v1/videos/job-1")


def test_the_waits_grow_to_half_a_minute_and_no_further(
    server: VendorServer, connection: Connection
) -> None:
    pending: Any = submit(server, connection, request())
    server.scripts.clear()
    server.answer_json(job("in_progress"))
    waits = [pending.poll_after]

    for _ in range(6):
        pending = PROVIDER.poll(pending, connection)
        waits.append(pending.poll_after)

    assert waits == [10, 15, 20, 25, 30, 30, 30]


def test_a_finished_job_gives_its_clip_and_what_it_cost(
    server: VendorServer, connection: Connection
) -> None:
    usage = {"cost": 0.5, "is_byok": False}
    told = job("completed", unsigned_urls=["https://evil.example/1.mp4"], usage=usage)
    server.answer_json(told)
    server.answer(200, {"Content-Type": "video/mp4"}, FILM)

    done = PROVIDER.poll(ASKED, connection)

    assert done == Done(
        artifacts=(Artifact(FILM, "video/mp4"),),
        cost=Cost(Decimal("0.5"), "reported", usage),
        remote_id="job-1",
        ignored=("seed",),
    )
    fetched = server.requests[1]
    assert fetched.path == "/api/v1/videos/job-1/content?index=0"
    assert fetched.headers["authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (None, Cost(Decimal("0.80"), "estimated", {})),
        ({"cost": None}, Cost(Decimal("0.80"), "estimated", {})),
        ({"cost": -1, "is_byok": "x"}, Cost(Decimal("0.80"), "estimated", {})),
        ({"cost": 0}, Cost(Decimal(0), "reported", {"cost": 0})),
    ],
)
def test_without_a_reported_cost_it_is_the_catalogues_price_of_its_seconds(
    server: VendorServer, connection: Connection, usage: Any, cost: Cost
) -> None:
    pending = submit(server, connection, request())
    server.scripts.clear()
    server.answer_json(job("completed", usage=usage))
    server.answer(200, {}, FILM)

    done = PROVIDER.poll(pending, connection)

    assert isinstance(done, Done)
    assert done.cost == cost


def test_a_model_without_a_price_of_a_second_costs_nobody_knows_what(
    server: VendorServer, connection: Connection
) -> None:
    unpriced = replace(FILMER, prices={}, typical_cost=Decimal("0.3"))

    pending = submit(server, connection, request(unpriced))

    assert pending.state["estimate"] == ""


def test_where_openrouter_sends_us_to_another_host_the_key_stays_behind(
    server: VendorServer, connection: Connection
) -> None:
    with vendor_server() as storage:
        # Another port of this machine: admitted by its own rule only, so the base stands for it.
        storage.answer(200, {}, FILM)
        elsewhere = replace(connection, base_url=f"{storage.url}/api/v1")
        storage.scripts.clear()
        storage.answer_json(job("completed"))
        storage.answer(302, {"Location": f"{storage.url}/files/1.mp4"})
        storage.answer(200, {}, FILM)

        done = PROVIDER.poll(ASKED, elsewhere)

        assert isinstance(done, Done)
        assert "authorization" in storage.requests[1].headers
        assert storage.requests[2].path == "/files/1.mp4"
        assert "authorization" not in storage.requests[2].headers


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "file:///etc/passwd", "/other", ""]
)
def test_a_redirect_to_where_no_clip_can_be_is_not_followed(
    server: VendorServer, connection: Connection, location: str
) -> None:
    server.answer_json(job("completed", usage={"cost": 0.5}))
    server.answer(302, {"Location": location})

    assert poll_fails(connection).kind is ErrorKind.NO_OUTPUT
    assert len(server.requests) == 2


def test_a_download_that_failed_is_repeated_without_a_new_job(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json(job("completed", usage={"cost": 0.5}))
    server.answer(502)
    server.answer_json(job("completed", usage={"cost": 0.5}))
    server.answer(200, {}, FILM)

    failure = poll_fails(connection)

    assert (failure.kind, failure.billed) == (ErrorKind.TRANSIENT, Billed.YES)
    assert isinstance(PROVIDER.poll(ASKED, connection), Done)
    assert {sent.method for sent in server.requests} == {"GET"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\x1aE\xdf\xa3webm"])
def test_content_that_is_no_clip_is_no_output(
    server: VendorServer, connection: Connection, body: bytes
) -> None:
    server.answer_json(job("completed"))
    server.answer(200, {"Content-Type": "video/mp4"}, body)

    assert poll_fails(connection).kind is ErrorKind.NO_OUTPUT


def test_a_clip_has_a_cap_and_a_deadline(
    server: VendorServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[tuple[float, int]] = []
    send = http.send

    def noting(*place: Any, **options: Any) -> Answer:
        limits.append((options["timeout"], options.get("max_bytes", 0)))
        return send(*place, **options)

    monkeypatch.setattr(http, "send", noting)
    server.answer_json(job("completed"))
    server.answer(200, {"Content-Length": str(MAX_CLIP_BYTES + 1)}, FILM)

    assert poll_fails(connection).kind is ErrorKind.NO_OUTPUT
    assert limits == [(60.0, 0), (http.CLIP_DOWNLOAD_SECONDS, MAX_CLIP_BYTES)]


@pytest.mark.parametrize("status", ["failed", "cancelled", "expired"])
@pytest.mark.parametrize(
    ("told", "kind", "reason", "billed"),
    [
        ({}, ErrorKind.NO_OUTPUT, "", Billed.UNKNOWN),
        ({"error": "upstream went away"}, ErrorKind.NO_OUTPUT, "", Billed.UNKNOWN),
        (
            {"error": "Flagged by a safety filter: the bees fly", "usage": {"cost": 0}},
            ErrorKind.MODERATION,
            "flagged",
            Billed.NO,
        ),
        ({"error": "boom", "usage": {"cost": 0.2}}, ErrorKind.NO_OUTPUT, "", Billed.YES),
        ({"error": {"message": "NSFW"}}, ErrorKind.MODERATION, "nsfw", Billed.UNKNOWN),
        ({"error": ["x"], "usage": "rubbish"}, ErrorKind.NO_OUTPUT, "", Billed.UNKNOWN),
    ],
)
def test_a_job_that_ended_badly_says_why_and_whether_it_was_charged(
    server: VendorServer,
    connection: Connection,
    status: str,
    told: dict[str, Any],
    kind: ErrorKind,
    reason: str,
    billed: Billed,
) -> None:
    server.answer_json(job(status, **told))

    failure = poll_fails(connection)

    assert (failure.kind, failure.reason, failure.billed) == (kind, reason, billed)
    assert "bees" not in failure.detail
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.NO_OUTPUT),
        (401, ErrorKind.AUTH),
        (404, ErrorKind.NO_OUTPUT),
        (429, ErrorKind.RATE),
        (500, ErrorKind.TRANSIENT),
        (503, ErrorKind.RATE),
    ],
)
def test_a_question_that_fails_costs_nothing_and_says_so_of_the_job(
    server: VendorServer, connection: Connection, status: int, kind: ErrorKind
) -> None:
    server.answer_json({"error": {"code": status, "message": "no"}}, status)

    failure = poll_fails(connection)

    assert (failure.kind, failure.billed) == (kind, Billed.UNKNOWN)


@pytest.mark.parametrize("answer", [{}, [], "<html>", job("resting"), {"status": ["failed"]}])
def test_an_answer_without_a_known_state_is_asked_for_again(
    server: VendorServer, connection: Connection, answer: Any
) -> None:
    server.answer_json(answer)

    assert poll_fails(connection).kind is ErrorKind.TRANSIENT


def test_an_error_in_a_success_is_the_answer_to_the_question(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({"error": {"code": 404, "message": "no such job"}})

    failure = poll_fails(connection)

    assert (failure.kind, failure.billed) == (ErrorKind.NO_OUTPUT, Billed.UNKNOWN)


def test_the_key_is_in_no_error(server: VendorServer, connection: Connection) -> None:
    server.answer_json(job("failed", error=f"key {CANARY} is odd"))

    assert CANARY not in poll_fails(connection).detail


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_whatever_comes_back_is_a_clip_a_wait_or_an_error(data: st.DataObject) -> None:
    is_question = data.draw(st.booleans())
    goods = [
        ACCEPTED,
        job("in_progress"),
        job("completed", usage={"cost": 0.5, "is_byok": True}),
        job("failed", error="no"),
    ]
    with vendor_server() as server:
        connection = Connection("openrouter", f"{server.url}/api/v1", key=CANARY)
        answer = data.draw(rubbish(data.draw(st.sampled_from(goods))))
        server.answer_json(answer, data.draw(st.sampled_from([200, 202, 429, 500])))
        server.answer(200, {}, FILM)
        try:
            if is_question:
                outcome = PROVIDER.poll(ASKED, connection)
            else:
                outcome = PROVIDER.submit(request(), connection)
        except ProviderError:
            return
    assert isinstance(outcome, Pending) or outcome.artifacts


def test_a_picture_that_lies_at_an_address_is_told_from_a_clip() -> None:
    assert videos.is_clip(ASKED)
    assert not videos.is_clip(Pending("", 0, {"url": "https://a.example/x.png"}))
