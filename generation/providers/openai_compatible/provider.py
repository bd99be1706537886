"""OpenAI, and every server that speaks its image API: LocalAI, vLLM-Omni, sd-server and others.

How such servers differ is a `Dialect` (dialects.py), what their errors mean stands in
errors.py, and what its list of models says in models.py. The base URL ends in `/v1`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urljoin

from generation.providers import by_address, chat, http, pictures, prices
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import Answer, Auth
from generation.providers.openai_compatible import dialects, errors, models
from generation.providers.openai_compatible.dialects import Dialect
from generation.providers.types import (
    Artifact,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    ImageInput,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class OpenAICompatibleProvider:
    """Pictures by `/images/generations` and `/images/edits`, captions by `/chat/completions`."""

    slug = "openai"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Send one call and read its answer; a picture given as an address is Pending."""
        dialect = _dialect(connection)
        if request.kind is Kind.CAPTION:
            return _caption(request, connection, dialect)
        answer = _send_picture_request(request, connection, dialect)
        content = _content(answer, paid=True)
        answered = Done(
            cost=_cost(request.model, connection, _picture_usage(content)),
            remote_id=answer.headers.get("x-request-id", "")[:200],
            ignored=_ignored(request, dialect),
        )
        result = _first_result(content)
        if isinstance(result, Artifact):
            return replace(answered, artifacts=(result,))
        return by_address.put_aside(_absolute(result, connection), answered)

    def poll(self, pending: Pending, connection: Connection) -> Done:
        """Fetch the picture from the address that the answer gave."""
        return by_address.take_up(pending, connection)

    def check_key(self, connection: Connection) -> KeyStatus:
        """Ask for the list of models, which needs a key and costs nothing."""
        _list_models(connection)
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """The models of the server; of OpenAI only those that make pictures.

        What kind a server's model is has to be guessed from its name.
        """
        dialect = _dialect(connection)
        return models.read(_list_models(connection), connection, dialect)


def _dialect(connection: Connection) -> Dialect:
    try:
        return dialects.parse(connection.options.get("dialect", ""), connection.base_url)
    except ValueError as error:
        raise ProviderError(ErrorKind.INVALID, str(error)) from error


def _auth(connection: Connection, dialect: Dialect) -> Auth:
    return Auth.BEARER if connection.key and dialect.auth == "bearer" else Auth.NONE


def _content(answer: Answer, *, paid: bool) -> dict[str, Any]:
    """The JSON of an answer that worked. Raises ProviderError for one that did not."""
    if not answer.is_ok:
        raise errors.from_answer(answer, paid=paid)
    content = answer.json()
    if content.get("error"):
        raise errors.from_answer(answer, paid=paid)
    return content


# Captions


def _caption(request: GenerationRequest, connection: Connection, dialect: Dialect) -> Done:
    answer = http.send(
        connection,
        "POST",
        "/chat/completions",
        paid=True,
        json=chat.body(request, request.model.remote_id),
        auth=_auth(connection, dialect),
        timeout=http.CAPTION_SECONDS,
    )
    content = _content(answer, paid=True)
    return Done(
        text=chat.read_text(content, partial(errors.in_answer, answer)),
        cost=_cost(request.model, connection, chat.read_usage(content)),
        remote_id=_text(content.get("id"))[:200],
        served_by=_text(content.get("model")),
    )


# Pictures


def _send_picture_request(
    request: GenerationRequest, connection: Connection, dialect: Dialect
) -> Answer:
    if len(request.references) > dialect.most_references:
        raise ProviderError(
            ErrorKind.INVALID,
            f"OPENAI_DIALECT has a way to send {dialect.most_references} pictures along, and these"
            f" are {len(request.references)}",
        )
    path = "/images/generations"
    body: dict[str, Any] = {**_picture_fields(request, dialect), "n": 1}
    files: list[tuple[str, tuple[str, bytes, str]]] = []
    if request.references and dialect.edit == "json_file":
        body["file"] = base64.b64encode(request.references[0].data).decode()
    elif request.references:
        path = "/images/edits"
        if dialect.edit == "json":
            body["images"] = [
                {"image_url": pictures.data_url(picture.data, picture.media_type)}
                for picture in request.references
            ]
        else:
            files = _files(request.references, dialect)
    return http.send(
        connection,
        "POST",
        path,
        paid=True,
        json=None if files else body,
        form={name: str(value) for name, value in body.items()} if files else None,
        files=files or None,
        auth=_auth(connection, dialect),
    )


def _picture_fields(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    prompt = request.prompt
    extras: dict[str, Any] = {}
    if _takes_seed(request, dialect):
        extras["seed"] = request.seed
    if request.negative_prompt and dialect.negative == "field":
        extras["negative_prompt"] = request.negative_prompt
    if dialect.negative == "pipe":
        # A pipe of the person's own would end the prompt there.
        prompt = prompt.replace("|", "/")
        if request.negative_prompt:
            prompt = f"{prompt}|{request.negative_prompt.replace('|', '/')}"
    if extras and dialect.extras == "prompt_tag":
        # Only the first tag counts, so ours comes before anything that a person wrote.
        told = json.dumps(extras).replace("<", "\\u003c")
        prompt = f"<sd_cpp_extra_args>{told}</sd_cpp_extra_args>{prompt}"
        extras = {}
    fields = {
        "model": request.model.remote_id,
        "prompt": prompt,
        "size": dialects.size(request, dialect),
        **extras,
    }
    if models.is_gpt_image(request.model.remote_id):
        fields["output_format"] = "png"  # they refuse response_format and always give base64
    else:
        fields["response_format"] = "b64_json" if dialect.result == "b64" else "url"
    return fields


def _files(
    references: tuple[ImageInput, ...], dialect: Dialect
) -> list[tuple[str, tuple[str, bytes, str]]]:
    is_array = dialect.edit == "multipart_array" or (
        dialect.edit == "multipart" and len(references) > 1
    )
    name = "image[]" if is_array else "image"
    return [
        (
            name,
            (
                f"reference-{number}.{_EXTENSIONS.get(picture.media_type, 'bin')}",
                picture.data,
                picture.media_type,
            ),
        )
        for number, picture in enumerate(references, start=1)
    ]


def _takes_seed(request: GenerationRequest, dialect: Dialect) -> bool:
    return dialect.seed and request.model.capabilities.seed


def _ignored(request: GenerationRequest, dialect: Dialect) -> tuple[str, ...]:
    ignored = [] if _takes_seed(request, dialect) else ["seed"]
    if request.negative_prompt and dialect.negative == "none":
        ignored.append("negative_prompt")
    return tuple(ignored)


def _first_result(content: Mapping[str, Any]) -> Artifact | str:
    """The first picture, or the address where it lies. Raises ProviderError (NO_OUTPUT)."""
    data = content.get("data")
    item = data[0] if isinstance(data, list) and data else None
    if not isinstance(item, dict):
        raise ProviderError(ErrorKind.NO_OUTPUT, "the answer has no picture", status=200)
    address = _text(item.get("url"))
    if not item.get("b64_json") and address and not address.startswith("data:"):
        return address
    return pictures.from_base64(item.get("b64_json") or address)


def _absolute(address: str, connection: Connection) -> str:
    """The address of a picture; servers may leave out their own host."""
    try:
        return urljoin(f"{connection.base_url}/", address)
    except ValueError as error:
        raise ProviderError(
            ErrorKind.NO_OUTPUT, f"the picture's address is none: {error}", status=200
        ) from error


# Money


def _cost(spec: ModelSpec, connection: Connection, usage: Mapping[str, int]) -> Cost:
    """What the call cost. Nobody can send a bill to a server that asks for no key.

    That is a conclusion of ours and not the server's word, so it counts as an estimate.
    """
    if not connection.key and not spec.prices and spec.typical_cost is None:
        return Cost(Decimal(0), "estimated", dict(usage))
    return prices.estimate(spec, usage)


def _picture_usage(content: Mapping[str, Any]) -> dict[str, int]:
    """The counts under the names of prices.py. Tokens of text and of pictures cost differently."""
    usage = content.get("usage")
    told = usage if isinstance(usage, dict) else {}
    details = told.get("input_tokens_details")
    split = details if isinstance(details, dict) else {}
    counts = {
        "images": 1,
        "input_tokens": split.get("text_tokens", told.get("input_tokens")),
        "input_image_tokens": split.get("image_tokens"),
        "output_tokens": told.get("output_tokens"),
    }
    return {
        unit: count
        for unit, count in counts.items()
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0
    }


def _list_models(connection: Connection) -> list[dict[str, Any]]:
    answer = http.send(
        connection,
        "GET",
        "/models",
        paid=False,
        auth=_auth(connection, _dialect(connection)),
        timeout=http.QUESTION_SECONDS,
    )
    entries = _content(answer, paid=False).get("data")
    if not isinstance(entries, list):
        raise ProviderError(
            ErrorKind.NO_OUTPUT, f"no list of models: {answer.excerpt}", status=answer.status
        )
    return [entry for entry in entries if isinstance(entry, dict) and _text(entry.get("id"))]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
