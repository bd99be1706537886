"""What the list of models of an OpenAI-compatible server means for the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from generation.providers.openai_compatible.dialects import Dialect
from generation.providers.types import Capabilities, Connection, Kind, ModelSpec, Source

_RATIOS = ("1:1", "4:5", "3:4", "3:2", "16:9", "9:16")
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""A dated version of a model that is listed without the date as well."""
_PICTURE_MODEL = re.compile(
    r"flux|stable|diffusion|image|dall-?e|kandinsky|pixart|hidream|kolors|dreamshaper"
    r"|(?<![a-z])(?:sd(?:xl)?|wan|sana)(?![a-z])"
)
_OTHER_MODEL = re.compile(
    r"embed|whisper|rerank|transcri|moderation|(?<![a-z])(?:tts|stt|bge|vad|piper)(?![a-z])"
)


def is_gpt_image(model_id: str) -> bool:
    """Whether this is one of OpenAI's own picture models, by its name."""
    return model_id.startswith(("gpt-image", "chatgpt-image"))


def read(
    entries: Sequence[Mapping[str, Any]], connection: Connection, dialect: Dialect
) -> list[ModelSpec]:
    """The models of `GET /models` that are of use here; every entry has an `id`.

    Of OpenAI's only those that make pictures: what writes captions is chosen by hand. What kind
    another server's model is has to be guessed from its name.
    """
    if dialect.is_openai:
        specs = [_read_openai_model(entry, dialect) for entry in entries]
    else:
        is_free = not connection.key
        specs = [_read_server_model(entry, dialect, is_free=is_free) for entry in entries]
    return [spec for spec in specs if spec is not None]


def _read_openai_model(entry: Mapping[str, Any], dialect: Dialect) -> ModelSpec | None:
    """A model of OpenAI's that makes pictures; None for any other."""
    model_id = str(entry["id"])
    if not is_gpt_image(model_id) or _SNAPSHOT.search(model_id):
        return None
    version = re.match(r"gpt-image-(\d+)", model_id)
    is_any_size = version is not None and int(version[1]) >= 2
    words = (word.upper() if word == "gpt" else word.title() for word in model_id.split("-"))
    return ModelSpec(
        key=f"openai-api/{model_id}",
        provider="openai",
        remote_id=model_id,
        name=" ".join(words).replace("Chatgpt", "ChatGPT"),
        capabilities=Capabilities(
            kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
            aspect_ratios=_RATIOS if is_any_size else ("1:1", "3:2", "2:3"),
            resolutions=("1K", "2K") if is_any_size else ("1K",),
            max_references=dialect.max_references,
        ),
        options={"size": "any"} if is_any_size else {},
        source=Source.DISCOVERED,
        retired_on=_date(entry.get("shutdown_date")),
    )


def _read_server_model(
    entry: Mapping[str, Any], dialect: Dialect, *, is_free: bool
) -> ModelSpec | None:
    """A model of any other server; None when its name says that it is of no use here."""
    model_id = str(entry["id"])
    name = model_id.lower()
    if _OTHER_MODEL.search(name):
        return None
    if _PICTURE_MODEL.search(name):
        capabilities = Capabilities(
            kinds=frozenset({Kind.IMAGE, Kind.EDIT} if dialect.max_references else {Kind.IMAGE}),
            aspect_ratios=_RATIOS,
            resolutions=("1K",),
            max_references=dialect.max_references,
            seed=dialect.seed,
            negative_prompt=dialect.negative != "none",
            safe_retry=is_free,
        )
    else:
        capabilities = Capabilities(kinds=frozenset({Kind.CAPTION}), safe_retry=is_free)
    return ModelSpec(
        key=f"server/{model_id}",
        provider="openai",
        remote_id=model_id,
        name=model_id.rpartition("/")[2],
        capabilities=capabilities,
        source=Source.DISCOVERED,
        retired_on=_date(entry.get("shutdown_date")),
    )


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
