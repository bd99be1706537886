"""The OpenAI adapter against OpenAI's own spec (Prism) and a scripted, stateful peer (aimock)."""

from __future__ import annotations

import io
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from generation import catalogue, sizes
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.openai_compatible import OpenAICompatibleProvider
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

MODELS = [spec for spec in catalogue.builtin_specs() if spec.provider == "openai"]
PAINTERS = [spec for spec in MODELS if spec.supports(Kind.IMAGE)]
WRITERS = [spec for spec in MODELS if spec.supports(Kind.CAPTION)]
PROVIDER = OpenAICompatibleProvider()
HONEY = "A jar of honey on an oak table, “Mel da Serra”, 4:5 – 🍯"

by_key = pytest.mark.parametrize("spec", PAINTERS, ids=lambda spec: spec.remote_id)


def picture(image_format: str = "PNG") -> ImageInput:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "#b04a2f").save(buffer, image_format)
    return ImageInput(buffer.getvalue(), f"image/{image_format.lower()}")


def request(spec: ModelSpec, **changes: Any) -> GenerationRequest:
    kind = changes.pop("kind", Kind.CAPTION if spec in WRITERS else Kind.IMAGE)
    ratio, resolution = changes.pop("shape", ("1:1", "1K"))
    width, height = sizes.pixel_size(ratio, resolution)
    values: dict[str, Any] = {
        "prompt": HONEY,
        "request_id": "job-1",
        "seed": 2**31 - 1,
        "width": width,
        "height": height,
        "aspect_ratio": ratio,
        "resolution": resolution,
        **changes,
    }
    return GenerationRequest(kind, spec, **values)


def shapes(spec: ModelSpec) -> list[tuple[str, str]]:
    return list(product(spec.capabilities.aspect_ratios, spec.capabilities.resolutions))


def submit(wanted: GenerationRequest, connection: Connection) -> Done:
    done = PROVIDER.submit(wanted, connection)
    assert isinstance(done, Done)
    return done


def failure(wanted: GenerationRequest, connection: Connection) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(wanted, connection)
    return caught.value


# Prism: what OpenAI's spec allows, and every answer that it describes


@pytest.fixture
def at_prism(openai_prism: str) -> Connection:
    return Connection("openai", openai_prism, key="sk-test", options={"dialect": "openai"})


@by_key
def test_every_picture_that_a_form_can_ask_for_keeps_to_the_spec(
    spec: ModelSpec, at_prism: Connection, wire: Wire
) -> None:
    for shape, negative in product(shapes(spec), ("", "blur")):
        done = submit(request(spec, shape=shape, negative_prompt=negative), at_prism)
        assert done.artifacts[0].media_type == "image/png"
        assert done.ignored == (("seed", "negative_prompt") if negative else ("seed",))
    assert {answer.status for answer in wire.answers} == {200}


@by_key
@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_every_edit_that_a_form_can_ask_for_keeps_to_the_spec(
    spec: ModelSpec, image_format: str, at_prism: Connection, wire: Wire
) -> None:
    for shape in shapes(spec):
        wanted = request(spec, kind=Kind.EDIT, shape=shape, references=(picture(image_format),))
        assert submit(wanted, at_prism).artifacts
    assert {answer.status for answer in wire.answers} == {200}


@by_key
def test_many_references_in_json_keep_to_the_spec(
    spec: ModelSpec, openai_prism: str, wire: Wire
) -> None:
    json_edits = Connection(
        "openai", openai_prism, key="sk-test", options={"dialect": "openai,edit=json"}
    )
    pictures = tuple(picture() for _ in range(spec.capabilities.max_references))
    # The spec lists only the three older sizes for edits in JSON.
    for ratio in {"1:1", "3:2"} if spec.options.get("size") != "any" else {"1:1"}:
        assert submit(request(spec, shape=(ratio, "1K"), references=pictures), json_edits).artifacts
    assert {answer.status for answer in wire.answers} == {200}


@pytest.mark.parametrize("spec", WRITERS, ids=lambda spec: spec.remote_id)
@pytest.mark.parametrize("references", [(), (picture(),), (picture(), picture("JPEG"))])
def test_captions_keep_to_the_spec(
    spec: ModelSpec, references: tuple[ImageInput, ...], at_prism: Connection, wire: Wire
) -> None:
    # Prism fills in every field of the schema, so its answer has a refusal beside the text.
    assert failure(request(spec, references=references), at_prism).kind is ErrorKind.MODERATION
    assert [answer.status for answer in wire.answers] == [200]


def test_the_spec_is_really_enforced(at_prism: Connection, wire: Wire) -> None:
    wire.may_violate = True
    assert failure(request(PAINTERS[0], prompt=7), at_prism).kind is ErrorKind.INVALID
    assert "prompt" in wire.violations[0]


STATUSES = [
    (400, "bad", ErrorKind.INVALID),
    (400, "moderation_blocked", ErrorKind.MODERATION),
    (401, "", ErrorKind.AUTH),
    (403, "", ErrorKind.AUTH),
    (429, "", ErrorKind.RATE),
    (500, "", ErrorKind.AMBIGUOUS),
    (503, "", ErrorKind.RATE),
]
CALLS = {
    "picture": request(PAINTERS[0]),
    "edit": request(PAINTERS[0], kind=Kind.EDIT, references=(picture(),)),
    "caption": request(WRITERS[0]),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("code", "example", "kind"), STATUSES)
def test_every_error_of_the_spec_has_its_kind(
    code: int,
    example: str,
    kind: ErrorKind,
    call: str,
    at_prism: Connection,
    prefer: Prefer,
    wire: Wire,
) -> None:
    with prefer(code=code, example=example):
        error = failure(CALLS[call], at_prism)
    assert (error.kind, error.status) == (kind, code)
    assert [answer.status for answer in wire.answers] == [code]


def test_a_rate_limit_names_its_wait(at_prism: Connection, prefer: Prefer) -> None:
    with prefer(code=429):
        assert failure(CALLS["picture"], at_prism).retry_after == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, ErrorKind.AUTH), (429, ErrorKind.RATE), (500, ErrorKind.TRANSIENT)],
)
def test_a_failed_key_check_cost_nothing_and_may_be_repeated(
    code: int, kind: ErrorKind, at_prism: Connection, prefer: Prefer
) -> None:
    with prefer(code=code), pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(at_prism)
    assert caught.value.kind is kind


def test_a_key_is_checked_and_models_are_listed_as_the_spec_says(at_prism: Connection) -> None:
    assert PROVIDER.check_key(at_prism).remaining is None
    assert PROVIDER.discover(at_prism) == []  # the one model of the example makes no pictures


def test_a_missing_key_is_refused(openai_prism: str, wire: Wire) -> None:
    wire.may_violate = True
    keyless = Connection("openai", openai_prism, options={"dialect": "openai"})
    with pytest.raises(ProviderError) as caught:
        PROVIDER.check_key(keyless)
    assert caught.value.kind is ErrorKind.AUTH


# aimock: what was really sent, and answers in sequence


@pytest.fixture
def at_aimock(aimock: str) -> Connection:
    return Connection("openai", f"{aimock}/v1", key="sk-canary-7", options={"dialect": "openai"})


@pytest.fixture
def word() -> str:
    """What marks the calls of one test in the journal."""
    return uuid4().hex


def test_moderation_is_told_from_a_bad_request(
    at_aimock: Connection, aimock: str, word: str
) -> None:
    error = failure(request(PAINTERS[0], prompt=f"refuse me {word}"), at_aimock)
    assert error.kind is ErrorKind.MODERATION
    assert word not in error.detail + error.reason
    assert len(peers.journal(aimock, word)) == 1


def test_the_wait_of_a_rate_limit_is_kept(at_aimock: Connection, aimock: str, word: str) -> None:
    error = failure(request(PAINTERS[0], prompt=f"rate limit me {word}"), at_aimock)
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, 3)
    assert len(peers.journal(aimock, word)) == 1


def test_a_server_error_is_ambiguous_and_never_repeated(
    at_aimock: Connection, aimock: str, word: str
) -> None:
    flaky = request(PAINTERS[0], prompt=f"flaky {word}")
    assert failure(flaky, at_aimock).kind is ErrorKind.AMBIGUOUS
    assert [entry["response"]["status"] for entry in peers.journal(aimock, word)] == [500]
    assert submit(flaky, at_aimock).artifacts[0].media_type == "image/png"
    assert [entry["response"]["status"] for entry in peers.journal(aimock, word)] == [500, 200]


@pytest.mark.parametrize("count", [1, 2, 16])
def test_references_go_into_one_edit(
    count: int, at_aimock: Connection, aimock: str, word: str
) -> None:
    pictures = tuple(picture() for _ in range(count))
    wanted = request(PAINTERS[0], kind=Kind.EDIT, prompt=f"edit {word}", references=pictures)
    assert submit(wanted, at_aimock).artifacts
    [entry] = peers.journal(aimock, word)
    assert (entry["method"], entry["path"]) == ("POST", "/v1/images/edits")
    assert entry["headers"]["content-type"].startswith("multipart/form-data")


def test_a_caption_comes_back_as_text(at_aimock: Connection, aimock: str, word: str) -> None:
    wanted = request(WRITERS[0], prompt=f"caption {word}", references=(picture(),))
    assert submit(wanted, at_aimock).text == "A lovely honey jar. #honey"
    [entry] = peers.journal(aimock, word)
    assert entry["body"]["model"] == WRITERS[0].remote_id


def test_a_server_without_a_key_is_asked_without_one(aimock: str, word: str) -> None:
    keyless = Connection("openai", f"{aimock}/v1")
    done = submit(request(PAINTERS[0], prompt=f"a picture {word}"), keyless)
    assert done.artifacts
    [entry] = peers.journal(aimock, word)
    assert "authorization" not in entry["headers"]


def test_the_models_of_a_server_are_listed(aimock: str) -> None:
    found = PROVIDER.discover(Connection("openai", f"{aimock}/v1"))
    keys = [spec.key for spec in found]
    assert "server/gpt-4o" in keys
    assert not [key for key in keys if "embedding" in key]
