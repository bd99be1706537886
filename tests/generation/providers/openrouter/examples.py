"""Requests to OpenRouter and answers of its kind, for the tests of the adapter."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from generation.providers.errors import ProviderError
from generation.providers.openrouter import OpenRouterProvider
from generation.providers.types import Capabilities, Connection, GenerationRequest, Kind, ModelSpec


def _png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#b04a2f").save(file, "PNG")
    return file.getvalue()


PROVIDER = OpenRouterProvider()
CANARY = "canary-7f3a91"
PNG = _png()
PNG_TEXT = base64.b64encode(PNG).decode()
USAGE = {"prompt_tokens": 5, "completion_tokens": 4175, "total_tokens": 4180, "cost": 0.04}

PAINTER = ModelSpec(
    key="vendor/painter",
    provider="openrouter",
    remote_id="vendor/painter-1",
    name="Painter",
    capabilities=Capabilities(
        kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
        aspect_ratios=("1:1", "16:9"),
        resolutions=("1K", "2K"),
        max_references=2,
        seed=True,
    ),
)
WRITER = ModelSpec(
    "vendor/writer", "openrouter", "vendor/writer-1", "W", Capabilities(frozenset({Kind.CAPTION}))
)
CHAT_PAINTER = replace(PAINTER, options={"dialect": "chat"})


def request(model: ModelSpec = PAINTER, **fields: Any) -> GenerationRequest:
    kind = Kind.CAPTION if model is WRITER else Kind.IMAGE
    wanted = {"seed": 11, "aspect_ratio": "16:9", "resolution": "2K", **fields}
    return GenerationRequest(kind, model, "a jar of honey", "job-1", **wanted)


def made(*entries: Any, **more: Any) -> dict[str, Any]:
    return {"created": 1, "data": list(entries), "usage": USAGE, **more}


def said(message: Any, **choice: Any) -> dict[str, Any]:
    return {
        "id": "gen-1",
        "model": "vendor/writer-1",
        "choices": [{"finish_reason": "stop", "message": message, **choice}],
        "usage": USAGE,
    }


def drawn(url: Any) -> dict[str, Any]:
    return said({"content": "", "images": [{"type": "image_url", "image_url": {"url": url}}]})


def failure(model: ModelSpec, connection: Connection) -> ProviderError:
    """How a call ends that has to fail."""
    with pytest.raises(ProviderError) as caught:
        PROVIDER.submit(request(model), connection)
    return caught.value
