"""Clips by OpenRouter against its own spec (Prism), and from submission to content (aimock)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
import yaml

from generation import catalogue
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.openrouter import OpenRouterProvider
from generation.providers.openrouter.discovery import read_clip_models
from generation.providers.types import (
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
    Pending,
)
from tests.contracts import peers
from tests.contracts.conftest import Prefer, Wire
from tests.factories import picture_bytes

PROVIDER = OpenRouterProvider()
FILMERS = [
    spec
    for spec in catalogue.builtin_specs()
    if spec.provider == "openrouter" and spec.supports(Kind.VIDEO)
]
CALLBACK = "https://pictures.example/api/video-callback/openrouter/?t=abc"
FETCHED = ImageInput(picture_bytes(), "image/jpeg", "https://pictures.example/api/inputs/abc/")
ENCLOSED = ImageInput(picture_bytes(), "image/jpeg")
ASKED = Pending("job-abc123", 10, {"waited": "0", "ignored": "", "estimate": ""})

SUBMITTED = {
    400: ErrorKind.INVALID,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    404: ErrorKind.RETIRED,
    429: ErrorKind.RATE,
    500: ErrorKind.AMBIGUOUS,
}
"""What every error status of the spec means for a job that was to be submitted."""

QUESTIONED = {
    401: ErrorKind.AUTH,
    404: ErrorKind.NO_OUTPUT,
    500: ErrorKind.TRANSIENT,
}
"""And for a question after one."""

each_filmer = pytest.mark.parametrize("spec", FILMERS, ids=lambda spec: spec.key)


@pytest.fixture
def connection(openrouter_prism: str) -> Connection:
    return Connection("openrouter", openrouter_prism, key="sk-or-v1-contract")


@pytest.fixture
def at_aimock(aimock: str) -> Connection:
    return Connection("openrouter", f"{aimock}/api/v1", key="sk-or-v1-contract")


def request(spec: ModelSpec, **changes: Any) -> GenerationRequest:
    values = {
        "prompt": "A jar of honey on an oak table; the bees come – 🍯",
        "request_id": "job-1",
        "seed": 2**31 - 1,
        "seconds": spec.capabilities.durations[0],
        "aspect_ratio": "16:9",
        "resolution": "720p",
        **changes,
    }
    return GenerationRequest(kind=Kind.VIDEO, model=spec, **values)


def every_request(spec: ModelSpec) -> list[GenerationRequest]:
    """Whatever a form can ask of the model."""
    able = spec.capabilities
    frames = [(), (FETCHED,), (ENCLOSED, FETCHED)][: able.max_references + 1]
    return [
        request(
            spec, aspect_ratio=ratio, resolution=size, references=pictures, callback_url=address
        )
        for ratio, size, pictures, address in product(
            able.aspect_ratios, able.resolutions, frames, ("", CALLBACK)
        )
    ] + [request(spec, seconds=seconds) for seconds in able.durations]


@each_filmer
def test_everything_that_a_form_can_ask_for_is_a_valid_request(
    spec: ModelSpec, connection: Connection, wire: Wire
) -> None:
    wanted = every_request(spec)

    for one in wanted:
        pending = PROVIDER.submit(one, connection)
        assert isinstance(pending, Pending)
        assert pending.remote_id == "job-abc123"

    assert [answer.status for answer in wire.answers] == [202] * len(wanted)


@pytest.mark.parametrize(
    "change", [{"aspect_ratio": "7:3"}, {"resolution": "999p"}, {"seconds": 0}]
)
def test_the_peer_does_refuse_what_the_spec_forbids(
    connection: Connection, wire: Wire, change: dict[str, Any]
) -> None:
    wire.may_violate = True
    able = replace(FILMERS[0].capabilities, aspect_ratios=("7:3", "16:9"), resolutions=("999p",))

    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(replace(FILMERS[0], capabilities=able), **change), connection)

    assert caught.value.kind is ErrorKind.INVALID
    assert len(wire.violations) == 1


def operation(path: str) -> dict[str, Any]:
    """What the spec says of this path."""
    file = peers.CONTRACTS_DIR / "spec" / "openrouter-slim.yaml"
    found: dict[str, Any]
    [found] = yaml.safe_load(file.read_text("utf-8"))["paths"][path].values()
    return found


def statuses_of(path: str) -> set[int]:
    """The error statuses that the spec offers for this path."""
    return {int(code) for code in operation(path)["responses"] if int(code) >= 300}


@pytest.mark.usefixtures("connection")
def test_no_error_status_of_the_spec_is_forgotten() -> None:
    assert statuses_of("/videos") == set(SUBMITTED)
    assert statuses_of("/videos/{jobId}") == set(QUESTIONED)
    assert statuses_of("/videos/{jobId}/content") == {*QUESTIONED, 400, 502}


@pytest.mark.parametrize("code", SUBMITTED)
def test_every_error_status_of_a_submission_ends_in_its_kind(
    code: int, connection: Connection, wire: Wire, prefer: Prefer
) -> None:
    with prefer(code=code), pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(FILMERS[0]), connection)

    assert caught.value.kind is SUBMITTED[code]
    assert [answer.status for answer in wire.answers] == [code]


@pytest.mark.parametrize("code", QUESTIONED)
def test_every_error_status_of_a_question_ends_in_its_kind(
    code: int, connection: Connection, prefer: Prefer
) -> None:
    with prefer(code=code), pytest.raises(ProviderError) as caught:
        PROVIDER.poll(ASKED, connection)

    assert (caught.value.kind, caught.value.billed) == (QUESTIONED[code], Billed.UNKNOWN)


def test_a_finished_job_of_the_spec_is_fetched_at_its_content(
    connection: Connection, wire: Wire
) -> None:
    # The example of the content is the word for it and not a film.
    with pytest.raises(ProviderError) as caught:
        PROVIDER.poll(ASKED, connection)

    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert "not an MP4 file" in caught.value.detail
    assert [answer.status for answer in wire.answers] == [200, 200]
    assert wire.answers[1].media_type == "video/mp4"


def test_the_specs_own_list_of_models_is_read_and_can_be_asked_for(connection: Connection) -> None:
    # The peer cannot give this example: two fields are missing that the spec demands.
    listed = operation("/videos/models")["responses"]["200"]["content"]["application/json"]
    [spec] = read_clip_models(listed["example"])

    assert spec.remote_id == "google/veo-3.1"
    assert spec.capabilities.durations == (5, 8)
    assert spec.capabilities.max_references == 2
    assert spec.typical_cost is None, "its only price is not one of a second"
    for one in every_request(spec):
        assert PROVIDER.submit(one, connection)


# From the submission to the film


def followed(pending: Pending, connection: Connection) -> Done:
    """The answer at the end, asked for as often as it takes."""
    answer: Done | Pending = pending
    for _question in range(10):
        if isinstance(answer, Done):
            return answer
        answer = PROVIDER.poll(answer, connection)
    raise AssertionError("it never ended")


def test_a_clip_goes_from_pending_to_its_content_with_its_cost(
    at_aimock: Connection, aimock: str, wire: Wire
) -> None:
    word = uuid4().hex
    pending = PROVIDER.submit(request(FILMERS[0], prompt=f"the bees {word}"), at_aimock)
    assert isinstance(pending, Pending)

    done = followed(pending, at_aimock)

    [film] = done.artifacts
    assert film.media_type == "video/mp4"
    assert film.data[4:8] == b"ftyp"
    assert (done.cost.amount, done.cost.basis) == (Decimal("0.25"), "reported")
    [entry] = peers.journal(aimock, containing=word)
    assert entry["method"] == "POST"
    assert {answer.status for answer in wire.answers[1:]} == {200}
    assert len(wire.answers) >= 3, "submitted, asked, fetched"


def test_a_job_that_nobody_knows_is_no_output(at_aimock: Connection) -> None:
    with pytest.raises(ProviderError) as caught:
        PROVIDER.poll(replace(ASKED, remote_id=uuid4().hex), at_aimock)

    assert caught.value.kind is ErrorKind.NO_OUTPUT
