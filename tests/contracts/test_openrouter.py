"""The OpenRouter adapter against OpenRouter's own spec (Prism) and a scripted peer (aimock)."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
import yaml
from PIL import Image

from generation import catalogue
from generation.providers import http
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.openrouter import OpenRouterProvider
from generation.providers.openrouter.discovery import read_models
from generation.providers.types import (
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
)
from tests.contracts import peers
from tests.contracts.conftest import Prefer, Wire

PROVIDER = OpenRouterProvider()
MODELS = [spec for spec in catalogue.builtin_specs() if spec.provider == "openrouter"]
PAINTERS = [spec for spec in MODELS if spec.supports(Kind.IMAGE) or spec.supports(Kind.EDIT)]
WRITERS = [spec for spec in MODELS if spec.supports(Kind.CAPTION)]
HONEY = "A jar of honey on an oak table, “Mel da Serra”, 4:5 – 🍯"

STATUSES = {
    400: ErrorKind.INVALID,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.RETIRED,
    408: ErrorKind.AMBIGUOUS,
    413: ErrorKind.INVALID,
    422: ErrorKind.INVALID,
    429: ErrorKind.RATE,
    500: ErrorKind.AMBIGUOUS,
    502: ErrorKind.AMBIGUOUS,
    503: ErrorKind.RATE,
    524: ErrorKind.AMBIGUOUS,
    529: ErrorKind.RATE,
}
"""What every error status of the spec means after a request that may cost something."""

ONLY_CHAT = {408, 422, 503}
"""The images API does not have them."""

each_painter = pytest.mark.parametrize("spec", PAINTERS, ids=lambda spec: spec.key)
each_writer = pytest.mark.parametrize("spec", WRITERS, ids=lambda spec: spec.key)


@pytest.fixture
def connection(openrouter_prism: str) -> Connection:
    return Connection("openrouter", openrouter_prism, key="sk-or-v1-contract")


def picture(image_format: str = "PNG") -> ImageInput:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "#b04a2f").save(buffer, image_format)
    return ImageInput(buffer.getvalue(), f"image/{image_format.lower()}")


PICTURES = tuple(picture(name) for name in ("PNG", "JPEG", "WEBP"))


def request(spec: ModelSpec, **changes: Any) -> GenerationRequest:
    values = {
        "kind": Kind.CAPTION if spec in WRITERS else Kind.IMAGE,
        "prompt": HONEY,
        "request_id": "job-1",
        "seed": 2**31 - 1,
        **changes,
    }
    return GenerationRequest(model=spec, **values)


def every_request(spec: ModelSpec) -> list[GenerationRequest]:
    """Whatever a form can ask of the model."""
    able = spec.capabilities
    counts = sorted({able.min_references, min(1, able.max_references), able.max_references})
    return [
        request(
            spec,
            kind=Kind.EDIT if count else Kind.IMAGE,
            aspect_ratio=ratio,
            resolution=resolution,
            references=tuple(PICTURES[index % 3] for index in range(count)),
            negative_prompt=negative_prompt,
            seed=seed,
        )
        for ratio, resolution, count, negative_prompt, seed in product(
            able.aspect_ratios,
            able.resolutions,
            counts,
            ("", "bees, wasps"),
            (0, 2**31 - 1) if able.seed else (7,),
        )
    ]


@each_painter
def test_everything_that_a_form_can_ask_for_is_a_valid_request(
    spec: ModelSpec, connection: Connection, wire: Wire
) -> None:
    wanted = every_request(spec)

    for one in wanted:
        done = PROVIDER.submit(one, connection)

        assert isinstance(done, Done)
        assert done.artifacts[0].media_type == "image/png"
        assert done.cost.amount == Decimal("0.04")

    assert len(wire.answers) == len(wanted)
    assert {answer.status for answer in wire.answers} == {200}


@each_painter
def test_the_other_dialect_is_valid_for_everything_too(
    spec: ModelSpec, connection: Connection, wire: Wire
) -> None:
    wanted = every_request(replace(spec, options={**spec.options, "dialect": "chat"}))

    for one in wanted:
        # The spec's example of an answer has words and no picture.
        with pytest.raises(ProviderError) as caught:
            PROVIDER.submit(one, connection)
        assert caught.value.kind is ErrorKind.NO_OUTPUT

    assert {answer.status for answer in wire.answers} == {200}
    assert wire.violations == []


@pytest.mark.parametrize("count", [0, 1, 3])
@each_writer
def test_a_caption_is_a_valid_request(
    spec: ModelSpec, connection: Connection, wire: Wire, count: int
) -> None:
    done = PROVIDER.submit(request(spec, references=PICTURES[:count]), connection)

    assert isinstance(done, Done)
    assert done.text == "The capital of France is Paris."
    assert done.served_by == "openai/gpt-4"
    assert len(wire.answers) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"output_format": "webp"},
        {"negative_prompt": "black-forest-labs.negative_prompt"},
        {"unsupported": "aspect_ratio resolution"},
    ],
)
def test_every_option_of_a_model_makes_a_valid_request(
    connection: Connection, options: dict[str, str]
) -> None:
    spec = replace(PAINTERS[0], options=options)

    assert PROVIDER.submit(request(spec, negative_prompt="bees"), connection)


@pytest.mark.parametrize(
    ("options", "aspect_ratio"),
    [({}, "7:3"), ({"dialect": "chat", "modalities": "image smell"}, "1:1")],
)
def test_the_peer_does_refuse_what_the_spec_forbids(
    connection: Connection, wire: Wire, options: dict[str, str], aspect_ratio: str
) -> None:
    wire.may_violate = True
    spec = replace(PAINTERS[0], options=options)

    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(spec, aspect_ratio=aspect_ratio), connection)

    assert caught.value.kind is ErrorKind.INVALID
    assert len(wire.violations) == 1


def statuses_of(path: str) -> set[int]:
    """The error statuses that the spec offers for this path."""
    file = peers.CONTRACTS_DIR / "spec" / "openrouter-slim.yaml"
    [operation] = yaml.safe_load(file.read_text("utf-8"))["paths"][path].values()
    return {int(code) for code in operation["responses"] if code != "200"}


@pytest.mark.usefixtures("connection")
def test_no_error_status_of_the_spec_is_forgotten() -> None:
    assert statuses_of("/images") == set(STATUSES) - ONLY_CHAT
    assert statuses_of("/chat/completions") == set(STATUSES)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        *((PAINTERS[0], code) for code in STATUSES if code not in ONLY_CHAT),
        *((WRITERS[0], code) for code in STATUSES),
    ],
    ids=lambda value: value.key if isinstance(value, ModelSpec) else str(value),
)
def test_every_error_status_ends_in_its_kind(
    spec: ModelSpec, code: int, connection: Connection, wire: Wire, prefer: Prefer
) -> None:
    with prefer(code=code), pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(spec), connection)

    assert caught.value.kind is STATUSES[code]
    assert [answer.status for answer in wire.answers] == [code]


@pytest.mark.parametrize("spec", [PAINTERS[0], WRITERS[0]], ids=lambda spec: spec.key)
def test_a_call_without_a_key_is_refused(
    spec: ModelSpec, connection: Connection, wire: Wire
) -> None:
    wire.may_violate = True

    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(spec), replace(connection, key=""))

    assert caught.value.kind is ErrorKind.AUTH
    [violation] = wire.violations
    assert "security scheme" in violation.lower()


def test_a_key_that_works_says_what_may_still_be_spent(connection: Connection) -> None:
    assert PROVIDER.check_key(connection).remaining == Decimal("74.5")


@pytest.mark.parametrize(("code", "kind"), [(401, ErrorKind.AUTH), (500, ErrorKind.TRANSIENT)])
def test_a_key_check_ends_in_the_right_kind(
    connection: Connection, prefer: Prefer, code: int, kind: ErrorKind
) -> None:
    with prefer(code=code), pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(connection)

    assert caught.value.kind is kind


def painters_of(connection: Connection) -> list[ModelSpec]:
    """What the peer lists of models for pictures. Of those for clips it cannot give its own
    example: two fields are missing that the spec demands.
    """
    return read_models(http.send(connection, "GET", "/images/models", paid=False).json())


def test_the_specs_own_list_of_models_is_read(connection: Connection) -> None:
    [spec] = painters_of(connection)

    assert spec.remote_id == "bytedance-seed/seedream-4.5"
    assert spec.capabilities.resolutions == ("1K", "2K", "4K")


def test_what_was_discovered_can_be_asked_for(connection: Connection) -> None:
    [spec] = painters_of(connection)

    for one in every_request(spec):
        assert PROVIDER.submit(one, connection)


def test_a_list_of_models_that_fails_is_worth_another_try(
    connection: Connection, prefer: Prefer
) -> None:
    with prefer(code=500), pytest.raises(ProviderError) as caught:
        PROVIDER.discover(connection)

    assert caught.value.kind is ErrorKind.TRANSIENT


def test_one_caption_is_one_post_in_the_peers_journal(aimock: str) -> None:
    word = uuid4().hex
    connection = Connection("openrouter", f"{aimock}/v1", key="sk-or-v1-contract")

    done = PROVIDER.submit(request(WRITERS[0], prompt=f"a caption for {word}"), connection)

    assert isinstance(done, Done)
    assert done.text == "A lovely honey jar. #honey"
    [entry] = peers.journal(aimock, containing=word)
    assert entry["method"] == "POST"
