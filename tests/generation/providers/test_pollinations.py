"""The Pollinations adapter against a server on loopback that answers as its documents say."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.providers import caption_prompt
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.pollinations import PollinationsProvider
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
from tests.generation.providers.rubbish import JSON, rubbish

KEY = "sk_canary0123456789"
POLLINATIONS = PollinationsProvider()
ABLE = Capabilities(
    kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
    aspect_ratios=("1:1",),
    max_references=2,
    seed=True,
    negative_prompt=True,
)
PLAIN = Capabilities(kinds=frozenset({Kind.IMAGE}))
REFERENCE = ImageInput(b"abc", "image/png")
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


def connection(server: VendorServer) -> Connection:
    return Connection("pollinations", server.url, key=KEY)


def request(
    kind: Kind = Kind.IMAGE,
    able: Capabilities = ABLE,
    prompt: str = "a jar of honey",
    prices: dict[str, str] | None = None,
    **fields: Any,
) -> GenerationRequest:
    model = ModelSpec(
        "pollinations/flux", "pollinations", "flux", "Flux", able, prices=prices or {}
    )
    size = {"width": 1152, "height": 896, "seed": 7}
    return GenerationRequest(kind, model, prompt, "job-1", **{**size, **fields})


def encoded(data: bytes) -> dict[str, Any]:
    return {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}]}


def error(code: str = "BAD_REQUEST", message: str = "No.", status: int = 400, **more: Any) -> Any:
    return {"status": status, "success": False, "error": {"code": code, "message": message, **more}}


def submit(server: VendorServer, asked: GenerationRequest) -> Done:
    done = POLLINATIONS.submit(asked, connection(server))
    assert isinstance(done, Done)
    return done


def fails(server: VendorServer, asked: GenerationRequest) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        POLLINATIONS.submit(asked, connection(server))
    return caught.value


GET = request()
GENERATE = request(prompt="x" * 1501)
EDIT = request(Kind.EDIT, references=(REFERENCE,))
CAPTION = request(Kind.CAPTION)
GOOD_CAPTION = {
    "id": "chat-1",
    "choices": [{"message": {"content": "A jar."}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 9},
}


# The cached route


def test_a_picture_is_one_address_with_everything_that_decides_it(server: VendorServer) -> None:
    server.answer(200, JPEG, picture_bytes())

    submit(server, request(prompt="50% off: a/b? #1 ü", negative_prompt="fog & rain"))

    address = urlsplit(server.request.path)
    assert server.request.method == "GET"
    assert address.path.count("/") == 2
    assert unquote(address.path) == "/image/50% off: a/b? #1 ü"
    assert parse_qs(address.query) == {
        "model": ["flux"],
        "seed": ["7"],
        "width": ["1152"],
        "height": ["896"],
        "negative_prompt": ["fog & rain"],
    }


def test_the_same_request_is_the_same_address(server: VendorServer) -> None:
    server.answer(200, JPEG, picture_bytes())

    submit(server, request())
    submit(server, request())

    assert server.requests[0].path == server.requests[1].path


def test_the_picture_comes_back_with_what_was_counted(server: VendorServer) -> None:
    told = {"X-Model-Used": "flux-2", "X-Usage-Completion-Image-Tokens": "1"}
    server.answer(200, {**JPEG, **told}, picture_bytes())

    done = submit(server, request())

    assert [picture.data for picture in done.artifacts] == [picture_bytes()]
    assert done.artifacts[0].media_type == "image/jpeg"
    assert done.served_by == "flux-2"
    assert (done.cost.amount, done.cost.basis) == (None, "unknown")
    assert done.cost.usage == {"x-usage-completion-image-tokens": "1"}
    assert done.ignored == ()


def test_a_price_of_the_catalogue_gives_an_estimate(server: VendorServer) -> None:
    server.answer(200, JPEG, picture_bytes())

    done = submit(server, request(prices={"images": "0.002"}))

    assert (str(done.cost.amount), done.cost.basis) == ("0.002", "estimated")


def test_what_the_model_does_not_honour_is_named_and_only_the_seed_is_sent(
    server: VendorServer,
) -> None:
    server.answer(200, JPEG, picture_bytes())

    done = submit(server, request(able=PLAIN, negative_prompt="fog"))

    assert done.ignored == ("seed", "negative_prompt")
    assert "seed=7" in server.request.path
    assert "negative" not in server.request.path


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("text/html", b"<html>hello</html>"),
        ("image/jpeg", b""),
        ("video/mp4", b"\x00\x00\x00\x18ftypmp42"),
        ("application/json", b'{"url": "https://example.org/x.jpg"}'),
        ("application/json", b"\xff\xd8\xff rubbish"),
    ],
)
def test_a_200_without_a_picture_is_no_output(
    server: VendorServer, content_type: str, body: bytes
) -> None:
    server.answer(200, {"Content-Type": content_type}, body)

    assert fails(server, GET).kind is ErrorKind.NO_OUTPUT


def test_a_lost_answer_of_the_cached_route_may_be_asked_for_again(server: VendorServer) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\xff\xd8", "reset")

    assert fails(server, GET).kind is ErrorKind.TRANSIENT
    assert len(server.requests) == 1


# The other routes


@pytest.mark.parametrize("prompt", ["x" * 1501, "ü" * 300, "..", "."])
def test_what_does_not_fit_into_an_address_is_posted(server: VendorServer, prompt: str) -> None:
    server.answer_json(encoded(picture_bytes()))

    done = submit(server, request(prompt=prompt, negative_prompt="fog"))

    assert (server.request.method, server.request.path) == ("POST", "/v1/images/generations")
    assert server.request.json == {
        "model": "flux",
        "prompt": prompt,
        "n": 1,
        "seed": 7,
        "response_format": "b64_json",
        "size": "1152x896",
        "negative_prompt": "fog",
    }
    assert done.artifacts[0].data == picture_bytes()


def test_references_are_posted_with_the_seed(server: VendorServer) -> None:
    server.answer_json(encoded(picture_bytes()), 200, {"X-Model-Used": "kontext"})

    done = submit(server, EDIT)

    assert (server.request.method, server.request.path) == ("POST", "/v1/images/edits")
    assert server.request.json["image"] == [{"image_url": "data:image/png;base64,YWJj"}]
    assert server.request.json["seed"] == 7
    assert (done.artifacts[0].data, done.served_by) == (picture_bytes(), "kontext")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": [None]},
        {"data": {"b64_json": "x"}},
        {"data": [{"url": "https://example.org/x.png"}]},
        {"data": [{"b64_json": 5}]},
        {"data": [{"b64_json": "not base64!"}]},
        encoded(b"<svg/>"),
    ],
)
@pytest.mark.parametrize("asked", [GENERATE, EDIT], ids=["generate", "edit"])
def test_a_posted_answer_without_a_picture_is_no_output(
    server: VendorServer, answer: Any, asked: GenerationRequest
) -> None:
    server.answer_json(answer)

    assert fails(server, asked).kind is ErrorKind.NO_OUTPUT


def test_a_caption_is_a_conversation_with_our_instruction(server: VendorServer) -> None:
    server.answer_json(GOOD_CAPTION)

    done = submit(server, CAPTION)

    assert (server.request.method, server.request.path) == ("POST", "/v1/chat/completions")
    assert server.request.json["model"] == "flux"
    assert server.request.json["messages"][0]["content"] == caption_prompt.SYSTEM
    assert (done.text, done.remote_id, done.artifacts) == ("A jar.", "chat-1", ())
    assert done.cost.usage == {"input_tokens": 5, "output_tokens": 9}


@pytest.mark.parametrize("asked", [GENERATE, EDIT, CAPTION], ids=["generate", "edit", "caption"])
@pytest.mark.parametrize("then", ["close", "reset"])
def test_a_lost_answer_of_a_post_is_ambiguous(
    server: VendorServer, asked: GenerationRequest, then: Any
) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", then)

    assert fails(server, asked).kind is ErrorKind.AMBIGUOUS
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "asked", [GET, GENERATE, EDIT, CAPTION], ids=["get", "generate", "edit", "caption"]
)
def test_the_key_travels_in_a_header_and_nowhere_else(
    server: VendorServer, asked: GenerationRequest
) -> None:
    server.answer_json(error(message=f"bad key {KEY}"), 401)

    failure = fails(server, asked)

    assert server.request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in server.request.path
    assert KEY.encode() not in server.request.body
    assert KEY not in failure.detail


def test_a_key_in_the_words_of_a_refusal_is_not_told(server: VendorServer) -> None:
    server.answer_json(error(message=f"no {KEY}", type="safety_error"), 400)

    failure = fails(server, GET)

    assert (failure.kind, failure.reason) == (ErrorKind.MODERATION, "safety")
    assert KEY not in failure.detail


# Errors

ROWS = [
    (400, error(), ErrorKind.INVALID),
    (400, error(type="safety_error"), ErrorKind.MODERATION),
    (400, error(code="content_policy_violation"), ErrorKind.MODERATION),
    (401, error("UNAUTHORIZED"), ErrorKind.AUTH),
    (402, error("PAYMENT_REQUIRED"), ErrorKind.QUOTA),
    (403, error("FORBIDDEN"), ErrorKind.AUTH),
    (404, error("NOT_FOUND"), ErrorKind.INVALID),
    (422, error("UNPROCESSABLE_ENTITY"), ErrorKind.INVALID),
    (429, error("RATE_LIMITED"), ErrorKind.RATE),
    (503, error("SERVICE_UNAVAILABLE"), ErrorKind.RATE),
    (403, "Forbidden", ErrorKind.AUTH),
    (400, {"error": "bad"}, ErrorKind.INVALID),
    (400, {"error": {"type": ["safety_error"], "message": None}}, ErrorKind.INVALID),
]


@pytest.mark.parametrize(("status", "body", "kind"), ROWS)
@pytest.mark.parametrize(
    "asked", [GET, GENERATE, EDIT, CAPTION], ids=["get", "generate", "edit", "caption"]
)
def test_every_error_has_its_kind_and_is_asked_once(
    server: VendorServer, asked: GenerationRequest, status: int, body: Any, kind: ErrorKind
) -> None:
    server.answer_json(body, status, {"Retry-After": "4"})

    failure = fails(server, asked)

    assert (failure.kind, failure.status) == (kind, status)
    assert failure.retry_after == (None if kind is ErrorKind.MODERATION else 4)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_leaves_a_post_open_and_the_cached_route_repeatable(
    server: VendorServer, status: int
) -> None:
    server.answer_json(error("INTERNAL_ERROR"), status)

    assert fails(server, GET).kind is ErrorKind.TRANSIENT
    assert fails(server, GENERATE).kind is ErrorKind.AMBIGUOUS
    assert fails(server, EDIT).kind is ErrorKind.AMBIGUOUS
    assert fails(server, CAPTION).kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize(
    "asked", [GET, GENERATE, EDIT, CAPTION], ids=["get", "generate", "edit", "caption"]
)
def test_an_error_behind_a_200_means_what_its_body_says(
    server: VendorServer, asked: GenerationRequest
) -> None:
    server.answer_json(error("PAYMENT_REQUIRED", status=402))
    assert fails(server, asked).kind is ErrorKind.QUOTA

    server.scripts.clear()
    server.answer_json(error(type="safety_error"))
    assert fails(server, asked).kind is ErrorKind.MODERATION


def test_an_error_behind_a_200_that_says_nothing_is_ambiguous_after_a_post(
    server: VendorServer,
) -> None:
    server.answer_json({"error": "oh"})

    assert fails(server, GENERATE).kind is ErrorKind.AMBIGUOUS
    assert fails(server, CAPTION).kind is ErrorKind.AMBIGUOUS
    assert fails(server, GET).kind is ErrorKind.NO_OUTPUT


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_whatever_comes_back_is_a_result_or_an_error(data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from([GET, GENERATE, EDIT, CAPTION]))
    good = data.draw(st.sampled_from([GOOD_CAPTION, encoded(picture_bytes()), error()]))
    with vendor_server() as server:
        server.answer_json(data.draw(rubbish(good)), data.draw(st.sampled_from([200, 400, 500])))
        try:
            outcome = POLLINATIONS.submit(asked, connection(server))
        except ProviderError:
            return
    assert isinstance(outcome, Done)
    assert outcome.text or outcome.artifacts


# The rest


def test_a_key_is_checked_by_asking_for_itself(server: VendorServer) -> None:
    server.answer_json({"valid": True, "type": "secret", "pollenBudget": 12.5})

    assert POLLINATIONS.check_key(connection(server)).remaining is None
    assert (server.request.method, server.request.path) == ("GET", "/account/key")
    assert server.request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("UNAUTHORIZED"), ErrorKind.AUTH),
        (200, {"valid": False}, ErrorKind.AUTH),
        (200, {}, ErrorKind.AUTH),
        (200, "<html>", ErrorKind.NO_OUTPUT),
        (500, {}, ErrorKind.TRANSIENT),
    ],
)
def test_a_check_that_fails_says_why(
    server: VendorServer, status: int, body: Any, kind: ErrorKind
) -> None:
    server.answer_json(body, status)

    with pytest.raises(ProviderError) as caught:
        POLLINATIONS.check_key(connection(server))
    assert caught.value.kind is kind


def test_discovery_needs_no_key_and_keeps_the_vendors_own_picture_models(
    server: VendorServer,
) -> None:
    server.answer_json(
        [
            "flux",
            {
                "name": "black-forest-labs/kontext",
                "title": "FLUX.1 Kontext",
                "description": "Edits.",
                "input_modalities": ["text", "image"],
                "output_modalities": ["image"],
                "max_reference_images": 4,
                "paid_only": True,
            },
            {"name": "old", "input_modalities": ["text", "image"], "max_reference_images": "many"},
            {"name": "veo", "output_modalities": ["video"]},
            {"name": "someone/model", "output_modalities": ["image"], "community": True},
            {"name": ""},
            {"name": "x" * 200},
            {"title": "nameless"},
            ["flux"],
            None,
            7,
        ]
    )

    found = {spec.key: spec for spec in POLLINATIONS.discover(connection(server))}

    assert list(found) == [
        "pollinations/flux",
        "pollinations/black-forest-labs/kontext",
        "pollinations/old",
    ]
    kontext = found["pollinations/black-forest-labs/kontext"]
    assert (kontext.name, kontext.remote_id) == ("FLUX.1 Kontext", "black-forest-labs/kontext")
    assert kontext.capabilities.kinds == {Kind.IMAGE, Kind.EDIT}
    assert kontext.capabilities.max_references == 4
    assert not kontext.capabilities.safe_retry
    assert found["pollinations/flux"].capabilities.kinds == {Kind.IMAGE}
    assert found["pollinations/flux"].capabilities.max_references == 0
    assert found["pollinations/flux"].capabilities.safe_retry
    assert found["pollinations/old"].capabilities.max_references == 1
    assert server.request.path == "/image/models?community=false"
    assert "authorization" not in server.request.headers


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"null", b"[" * 100_000])
def test_a_list_of_models_that_is_none_is_an_error(server: VendorServer, body: bytes) -> None:
    server.answer(200, {}, body)

    with pytest.raises(ProviderError) as caught:
        POLLINATIONS.discover(connection(server))
    assert caught.value.kind is ErrorKind.NO_OUTPUT


@given(answer=st.lists(JSON, max_size=4))
@settings(deadline=None, max_examples=30)
def test_discovery_skips_rubbish(answer: list[Any]) -> None:
    with vendor_server() as server:
        server.answer_json(answer)
        found = POLLINATIONS.discover(connection(server))
    assert all(spec.provider == "pollinations" for spec in found)


def test_there_is_nothing_to_poll(server: VendorServer) -> None:
    with pytest.raises(ProviderError) as caught:
        POLLINATIONS.poll(Pending("x", 0), connection(server))

    assert caught.value.kind is ErrorKind.INVALID
    assert server.requests == []
