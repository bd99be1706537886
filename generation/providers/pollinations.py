"""Pollinations (gen.pollinations.ai): pictures, edits and captions.

Three routes for a picture. A plain address, `GET /image/{prompt}`, is answered from a cache: the
same address, seed included, is generated and billed once. What does not fit into an address goes to
the routes in OpenAI's shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from generation.providers import chat, http, pictures, prices
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import (
    Artifact,
    Capabilities,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
    Source,
)

LONGEST_PATH = 1500
"""Bytes of an encoded prompt in an address; servers and proxies cut or refuse long ones."""

MAX_LIST_BYTES = 4 * 1024 * 1024

REFUSED = chat.MODERATION_CODES | {"safety_error"}

ASPECT_RATIOS = ("1:1", "4:5", "3:4", "3:2", "16:9", "9:16")
"""Offered for discovered models: the routes take any width and height."""


class PollinationsProvider:
    """Maps to one request a picture or caption."""

    slug = "pollinations"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Ask once, by the route that the request fits into."""
        if request.kind is Kind.CAPTION:
            return _caption(request, connection)
        if request.references:
            return _edit(request, connection)
        path = quote(request.prompt, safe="")
        # A path of dots alone would be read as a step up, whatever follows it.
        if len(path) > LONGEST_PATH or not path.strip("."):
            return _generate(request, connection)
        return _cached(request, connection, path)

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Never needed: every answer is given at once."""
        raise ProviderError(ErrorKind.INVALID, "Pollinations has nothing to poll")

    def check_key(self, connection: Connection) -> KeyStatus:
        """Ask for the key itself. What it tells of a budget is in pollen, not in dollars."""
        answer = http.send(
            connection, "GET", "/account/key", paid=False, timeout=http.QUESTION_SECONDS
        )
        if not answer.is_ok:
            raise _failure(answer, paid=False)
        if answer.json().get("valid") is not True:
            raise ProviderError(ErrorKind.AUTH, "the key is not valid", status=answer.status)
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """The picture models of Pollinations' own; those on other people's servers are left out."""
        answer = http.send(
            connection,
            "GET",
            "/image/models",
            paid=False,
            params={"community": "false"},
            auth=http.Auth.NONE,
            timeout=30,
            max_bytes=MAX_LIST_BYTES,
        )
        if not answer.is_ok:
            raise _failure(answer, paid=False)
        specs = (_spec(entry) for entry in _list(answer))
        return list({spec.key: spec for spec in specs if spec}.values())


def _cached(request: GenerationRequest, connection: Connection, path: str) -> Done:
    params = {"model": request.model.remote_id, "seed": str(request.seed)}
    if request.width and request.height:
        params |= {"width": str(request.width), "height": str(request.height)}
    if negative := _negative(request):
        params["negative_prompt"] = negative
    # Not "paid": the same address again waits for the generation that is under way, or gets its
    # picture, and only the generation is billed. So a lost answer can be asked for again.
    answer = http.send(connection, "GET", f"/image/{path}", paid=False, params=params)
    if not answer.is_ok:
        raise _failure(answer, paid=False)
    if answer.media_type == "application/json":
        raise _failure(answer, paid=False)
    return _picture(pictures.artifact(answer.body), answer, request)


def _generate(request: GenerationRequest, connection: Connection) -> Done:
    return _by_post(request, connection, "/v1/images/generations", {})


def _edit(request: GenerationRequest, connection: Connection) -> Done:
    # JSON and not a form: the form of this route has no seed.
    images = [
        {"image_url": pictures.data_url(picture.data, picture.media_type)}
        for picture in request.references
    ]
    return _by_post(request, connection, "/v1/images/edits", {"image": images})


def _by_post(
    request: GenerationRequest, connection: Connection, path: str, extra: Mapping[str, Any]
) -> Done:
    body: dict[str, Any] = {
        "model": request.model.remote_id,
        "prompt": request.prompt,
        "n": 1,
        "seed": request.seed,
        "response_format": "b64_json",
        **extra,
    }
    if request.width and request.height:
        body["size"] = f"{request.width}x{request.height}"
    if negative := _negative(request):
        body["negative_prompt"] = negative
    answer = http.send(connection, "POST", path, paid=True, json=body)
    if not answer.is_ok:
        raise _failure(answer, paid=True)
    content = answer.json()
    if content.get("error"):
        raise _failure(answer, paid=True)
    data = content.get("data")
    first = data[0] if isinstance(data, list) and data else None
    if not isinstance(first, dict):
        raise ProviderError(ErrorKind.NO_OUTPUT, "the answer has no data", status=answer.status)
    return _picture(pictures.from_base64(first.get("b64_json")), answer, request)


def _caption(request: GenerationRequest, connection: Connection) -> Done:
    body = chat.body(request, request.model.remote_id)
    answer = http.send(
        connection,
        "POST",
        "/v1/chat/completions",
        paid=True,
        json=body,
        timeout=http.CAPTION_SECONDS,
    )
    if not answer.is_ok:
        raise _failure(answer, paid=True)
    content = answer.json()
    if content.get("error"):
        raise _failure(answer, paid=True)
    return Done(
        text=chat.read_text(content),
        cost=prices.estimate(request.model, chat.read_usage(content)),
        remote_id=_short(content.get("id"), 200),
        served_by=_served_by(answer),
    )


def _picture(artifact: Artifact, answer: http.Answer, request: GenerationRequest) -> Done:
    return Done(
        artifacts=(artifact,),
        cost=_cost(answer, request.model),
        ignored=_ignored(request),
        served_by=_served_by(answer),
    )


def _negative(request: GenerationRequest) -> str:
    return request.negative_prompt if request.model.capabilities.negative_prompt else ""


def _ignored(request: GenerationRequest) -> tuple[str, ...]:
    """The seed is always sent, because the cache goes by it; not every model paints by it."""
    able = request.model.capabilities
    seed = () if able.seed else ("seed",)
    left_out = request.negative_prompt and not able.negative_prompt
    return (*seed, "negative_prompt") if left_out else seed


def _cost(answer: http.Answer, spec: ModelSpec) -> Cost:
    """Unknown, unless the catalogue has a price: the answer names only what was counted."""
    told = {name: text for name, text in answer.headers.items() if name.startswith("x-usage-")}
    return replace(prices.estimate(spec, {"images": 1}), usage=told)


def _served_by(answer: http.Answer) -> str:
    return answer.headers.get("x-model-used", "")[:120]


def _failure(answer: http.Answer, *, paid: bool) -> ProviderError:
    """What an answer without a result means.

    The body repeats the status in `status`, so that an error behind a 200 can be read as well.
    """
    content = answer.json_or_empty()
    error = content.get("error")
    told = error if isinstance(error, dict) else {"message": error}
    message = told.get("message")
    message = http.redact(message, *answer.secrets) if isinstance(message, str) else ""
    status = content.get("status") if answer.is_ok else answer.status
    if {str(told.get("type")), str(told.get("code"))} & REFUSED:
        detail = f"{answer.status}: {message[:300]}"
        return ProviderError(ErrorKind.MODERATION, detail, reason="safety", status=answer.status)
    if isinstance(status, int) and 300 <= status < 600:
        return http.refusal(replace(answer, status=status), message, paid=paid)
    kind = ErrorKind.AMBIGUOUS if error and paid else ErrorKind.NO_OUTPUT
    return ProviderError(kind, f"no result: {answer.excerpt}", status=answer.status)


def _list(answer: http.Answer) -> list[Any]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderError(ErrorKind.NO_OUTPUT, "the list of models is not JSON") from error
    if not isinstance(content, list):
        raise ProviderError(ErrorKind.NO_OUTPUT, "the list of models is no list")
    return content


def _spec(entry: object) -> ModelSpec | None:
    """An entry of the list, which was a bare name once; None for videos and rubbish."""
    told = entry if isinstance(entry, dict) else {"name": entry}
    name = told.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 100 or told.get("community") is True:
        return None
    if "image" not in _words(told.get("output_modalities"), default="image"):
        return None
    takes_images = "image" in _words(told.get("input_modalities"), default="text")
    most = told.get("max_reference_images")
    references = most if isinstance(most, int) and 0 < most <= 16 else 1
    kinds = {Kind.IMAGE, Kind.EDIT} if takes_images else {Kind.IMAGE}
    return ModelSpec(
        key=f"pollinations/{name}",
        provider="pollinations",
        remote_id=name,
        name=_short(told.get("title"), 80) or name[:80],
        description=_short(told.get("description"), 200),
        capabilities=Capabilities(
            kinds=frozenset(kinds),
            aspect_ratios=ASPECT_RATIOS,
            resolutions=("1K",),
            max_references=references if takes_images else 0,
            # Edits go by a route that the vendor does not name among the cached ones.
            safe_retry=not takes_images,
        ),
        source=Source.DISCOVERED,
    )


def _words(value: object, *, default: str) -> list[object]:
    return value if isinstance(value, list) else [default]


def _short(value: object, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""
