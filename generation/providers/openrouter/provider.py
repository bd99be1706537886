"""OpenRouter: captions by chat completions, pictures by its images API or, where a model's options
say so, by chat completions too, clips by its videos API.
https://openrouter.ai/docs/api-reference/overview
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from generation.providers import by_address, chat, http, pictures
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.openrouter import videos
from generation.providers.openrouter.bodies import picture_body, picture_chat_body
from generation.providers.openrouter.costs import read_cost, read_dollars
from generation.providers.openrouter.discovery import read_clip_models, read_models
from generation.providers.openrouter.errors import read_error
from generation.providers.types import (
    Artifact,
    Connection,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)

TITLE = {"X-OpenRouter-Title": "Pixelstream"}
"""Names the program on the operator's activity page; where it runs is not told."""

LIST_SECONDS = 30.0

MOST_LETTERS = 200

NOT_THERE = 404


class OpenRouterProvider:
    """Asks OpenRouter. A model's `options`, all of them optional:

    `dialect`
        "chat" asks for pictures by chat completions; else the images API is used.
    `modalities`
        For that dialect: "image" for models that only draw; else "image text".
    `unsupported`
        Which of `aspect_ratio` and `resolution` the model does not take, separated by spaces.
        OpenRouter refuses a parameter that a model does not know.
    `output_format`
        "png", "jpeg" or "webp", for models that take it; else the model decides.
    `negative_prompt`
        A provider's own parameter for it, as "provider.parameter". The call is then kept to that
        provider, because others would drop it in silence. A clip's call is kept to nobody: the
        videos API does not offer that.
    """

    slug = "openrouter"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Ask for one caption, one picture or one clip. Raises ProviderError."""
        if request.kind is Kind.CAPTION:
            return self._caption(request, connection)
        if request.kind is Kind.VIDEO:
            return videos.submit(request, connection, TITLE)
        if request.model.options.get("dialect") == "chat":
            return self._picture_by_chat(request, connection)
        return self._picture(request, connection)

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Ask after a clip, or fetch the picture that an answer named. Raises ProviderError."""
        if videos.is_clip(pending):
            return videos.poll(pending, connection, TITLE)
        return by_address.take_up(pending, connection)

    def check_key(self, connection: Connection) -> KeyStatus:
        """Ask about the key. Raises ProviderError: AUTH when it is refused or cannot generate."""
        answer = http.send(
            connection,
            "GET",
            "/key",
            paid=False,
            headers=TITLE,
            timeout=http.QUESTION_SECONDS,
        )
        about = _content(answer, paid=False).get("data")
        if not isinstance(about, dict):
            raise ProviderError(ErrorKind.NO_OUTPUT, f"/key: {answer.excerpt}", status=200)
        if about.get("is_management_key") is True:
            raise ProviderError(ErrorKind.AUTH, "a management key cannot generate", status=200)
        return KeyStatus(remaining=read_dollars(about.get("limit_remaining")))

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """The models that make pictures or clips. Captions stay with the catalogue's own choice."""
        painters = _list(connection, "/images/models")
        films = _list(connection, "/videos/models")
        specs = read_models(_content(painters, paid=False))
        if films.status != NOT_THERE:  # a gateway in OpenRouter's place may have no clips
            specs += read_clip_models(_content(films, paid=False))
        return specs

    def _caption(self, request: GenerationRequest, connection: Connection) -> Done:
        body = chat.body(request, request.model.remote_id)
        if request.model.capabilities.seed:
            body["seed"] = request.seed
        answer = _post(connection, "/chat/completions", body, timeout=http.CAPTION_SECONDS)
        content = _content(answer, paid=True)
        text = chat.read_text(content, lambda error: read_error(answer, paid=True, error=error))
        return Done(
            text=text,
            cost=read_cost(content, request.model),
            remote_id=_name(content.get("id")),
            served_by=_served_by(content),
        )

    def _picture(self, request: GenerationRequest, connection: Connection) -> Done:
        body, ignored = picture_body(request)
        answer = _post(connection, "/images", body)
        content = _content(answer, paid=True)
        made = content.get("data")
        first = made[0] if isinstance(made, list) and made else None
        picture = _decoded(first.get("b64_json") if isinstance(first, dict) else None, content)
        return Done(
            artifacts=(picture,), cost=read_cost(content, request.model, 1), ignored=ignored
        )

    def _picture_by_chat(
        self, request: GenerationRequest, connection: Connection
    ) -> Done | Pending:
        body, ignored = picture_chat_body(request)
        answer = _post(connection, "/chat/completions", body)
        content = _content(answer, paid=True)
        message = chat.read_message(
            content, lambda error: read_error(answer, paid=True, error=error)
        )
        address = _first_address(message)
        answered = Done(
            cost=read_cost(content, request.model, 1),
            remote_id=_name(content.get("id")),
            ignored=ignored,
            served_by=_served_by(content),
        )
        if address.startswith(("https://", "http://")):
            return by_address.put_aside(address, answered)
        return replace(answered, artifacts=(_decoded(address, content),))


def _list(connection: Connection, path: str) -> Answer:
    return http.send(connection, "GET", path, paid=False, headers=TITLE, timeout=LIST_SECONDS)


def _post(
    connection: Connection,
    path: str,
    body: Mapping[str, Any],
    timeout: float = http.TOTAL_SECONDS,
) -> Answer:
    return http.send(connection, "POST", path, paid=True, json=body, headers=TITLE, timeout=timeout)


def _content(answer: Answer, *, paid: bool) -> dict[str, Any]:
    """The answer as JSON, once neither its status nor its `error` says that it failed."""
    if not answer.is_ok:
        raise read_error(answer, paid=paid)
    content = answer.json()
    if content.get("error"):
        raise read_error(answer, paid=paid)
    return content


def _decoded(encoded: object, content: Mapping[str, Any]) -> Artifact:
    try:
        return pictures.from_base64(encoded)
    except ProviderError as error:
        billed = chat.read_billed(content)
        raise ProviderError(error.kind, error.detail, status=200, billed=billed) from error


def _first_address(message: Mapping[str, Any]) -> str:
    """Where the first picture of a message is; empty when it has none."""
    found = message.get("images")
    first = found[0] if isinstance(found, list) and found else None
    link = first.get("image_url") if isinstance(first, dict) else None
    address = link.get("url") if isinstance(link, dict) else None
    return address if isinstance(address, str) else ""


def _served_by(content: Mapping[str, Any]) -> str:
    """The provider that did the work, else the model that answered."""
    return _name(content.get("provider")) or _name(content.get("model"))


def _name(value: object) -> str:
    return value[:MOST_LETTERS] if isinstance(value, str) else ""
