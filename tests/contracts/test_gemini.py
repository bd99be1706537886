"""The Gemini adapter against aimock, whose Gemini half others wrote.

It checks the shape of a request and answers text; it has no pictures for `generateContent`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from generation.providers import caption_prompt, http
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.gemini import GeminiProvider
from generation.providers.http import Answer
from generation.providers.types import (
    Capabilities,
    Connection,
    Done,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
)
from tests.contracts import peers
from tests.factories import picture_bytes

KEY = "AIza-canary-0123456789abcdefghij"
GEMINI = GeminiProvider()
ABLE = Capabilities(
    kinds=frozenset({Kind.CAPTION, Kind.IMAGE, Kind.EDIT}),
    aspect_ratios=("1:1", "16:9"),
    resolutions=("1K", "4K"),
    max_references=2,
    seed=True,
)
PICTURE = ImageInput(picture_bytes(), "image/jpeg")


def connection(aimock: str) -> Connection:
    return Connection("gemini", f"{aimock}/v1beta", key=KEY)


def request(prompt: str, kind: Kind = Kind.CAPTION, **fields: Any) -> GenerationRequest:
    model = ModelSpec("gemini/m", "gemini", "gemini-3-pro-image", "M", ABLE)
    return GenerationRequest(kind, model, prompt, "job-1", seed=7, **fields)


def unique(prompt: str) -> str:
    """A prompt that nobody sent before: the peer's journal outlives a run of the tests."""
    return f"{prompt} {uuid.uuid4()}"


def with_header(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Have aimock misbehave in a way of its own, chosen by a header."""
    send: Callable[..., Answer] = http.send
    monkeypatch.setattr(
        http, "send", lambda *place, **options: send(*place, **options, headers={name: value})
    )


@pytest.mark.parametrize("references", [(), (PICTURE,)])
def test_a_caption_is_written(aimock: str, references: tuple[ImageInput, ...]) -> None:
    done = GEMINI.submit(request("a caption", references=references), connection(aimock))

    assert isinstance(done, Done)
    assert done.text == "A lovely honey jar. #honey"


def test_the_request_is_understood_as_it_was_meant_and_sent_once(aimock: str) -> None:
    prompt = unique("a caption")
    GEMINI.submit(request(prompt), connection(aimock))

    [entry] = peers.journal(aimock, prompt)
    assert entry["path"] == "/v1beta/models/gemini-3-pro-image:generateContent"
    assert entry["body"]["messages"] == [
        {"role": "system", "content": caption_prompt.SYSTEM},
        {"role": "user", "content": prompt},
    ]
    # The journal hides keys itself; that it has one to hide shows where it was.
    assert "x-goog-api-key" in entry["headers"]
    assert KEY not in entry["path"]


@pytest.mark.parametrize("references", [(), (PICTURE, PICTURE)])
def test_a_request_for_a_picture_is_well_formed(
    aimock: str, references: tuple[ImageInput, ...]
) -> None:
    # "caption" is what aimock answers to, and only ever with text.
    asked = request("a caption", Kind.IMAGE, references=references, aspect_ratio="16:9")

    with pytest.raises(ProviderError) as caught:
        GEMINI.submit(asked, connection(aimock))

    assert (caught.value.kind, caught.value.detail) == (
        ErrorKind.NO_OUTPUT,
        "the answer has no picture (finishReason STOP)",
    )


def test_a_busy_server_is_a_rate_error(aimock: str) -> None:
    # Strict aimock answers 503 UNAVAILABLE to what no fixture matches.
    prompt = unique("nothing known")

    with pytest.raises(ProviderError) as caught:
        GEMINI.submit(request(prompt), connection(aimock))

    assert (caught.value.kind, caught.value.status) == (ErrorKind.RATE, 503)
    assert len(peers.journal(aimock, prompt)) == 1


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("X-AIMock-Chaos-RateLimit", ErrorKind.RATE),
        ("X-AIMock-Chaos-Drop", ErrorKind.AMBIGUOUS),
        ("X-AIMock-Chaos-Malformed", ErrorKind.NO_OUTPUT),
        ("X-AIMock-Chaos-Disconnect", ErrorKind.AMBIGUOUS),
    ],
)
def test_a_misbehaving_server_is_asked_once(
    aimock: str, monkeypatch: pytest.MonkeyPatch, header: str, kind: ErrorKind
) -> None:
    with_header(monkeypatch, header, "1")
    prompt = unique("a caption")

    with pytest.raises(ProviderError) as caught:
        GEMINI.submit(request(prompt), connection(aimock))

    assert caught.value.kind is kind
    assert len(peers.journal(aimock, prompt)) == 1


def test_a_request_of_a_wrong_shape_is_invalid(
    aimock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send: Callable[..., Answer] = http.send

    def spoilt(*place: Any, **options: Any) -> Answer:
        return send(*place, **{**options, "json": {"contents": "a jar"}})

    monkeypatch.setattr(http, "send", spoilt)

    with pytest.raises(ProviderError) as caught:
        GEMINI.submit(request("a caption"), connection(aimock))

    assert (caught.value.kind, caught.value.status) == (ErrorKind.INVALID, 400)
