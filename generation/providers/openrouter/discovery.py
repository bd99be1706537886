"""OpenRouter's lists of models for pictures and for clips, as entries of the catalogue."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from generation.providers.openrouter import clip_prices
from generation.providers.types import Capabilities, Kind, ModelSpec, Source
from generation.sizes import CLIP_EDGE, CLIP_SECONDS, RESOLUTION_EDGE, parse_ratio

logger = logging.getLogger(__name__)

MOST_REFERENCES = 16
"""What the images API takes at most."""

MOST_KEY, MOST_NAME, MOST_DESCRIPTION = 120, 80, 200
"""Lengths that the catalogue keeps, in letters."""


def read_models(content: Mapping[str, Any]) -> list[ModelSpec]:
    """The models of an answer to `GET /images/models`. Entries that make no sense are left out."""
    entries = content.get("data")
    entries = entries if isinstance(entries, list) else []
    specs = [spec for entry in entries if (spec := _read_model(entry)) is not None]
    found = {spec.key: spec for spec in specs}
    if len(found) < len(entries) or not entries:
        logger.warning("OpenRouter listed %d models, %d usable", len(entries), len(found))
    return list(found.values())


def read_clip_models(content: Mapping[str, Any]) -> list[ModelSpec]:
    """The models of an answer to `GET /videos/models`. Left out are those that make no sense, and
    those that make a clip out of another one.
    """
    entries = content.get("data")
    entries = entries if isinstance(entries, list) else []
    specs = [spec for entry in entries if (spec := _read_clip_model(entry)) is not None]
    found = {spec.key: spec for spec in specs}
    if len(found) < len(entries):
        logger.info("OpenRouter listed %d models for clips, %d usable", len(entries), len(found))
    return list(found.values())


def _read_clip_model(entry: object) -> ModelSpec | None:
    """One entry; None when it names no model, or no length that we can ask for."""
    if not isinstance(entry, dict):
        return None
    key = entry.get("id")
    durations = _durations(entry.get("supported_durations"))
    if not isinstance(key, str) or not 0 < len(key) <= MOST_KEY or not durations:
        return None
    resolutions = [name for name in _texts(entry.get("supported_resolutions")) if name in CLIP_EDGE]
    price = clip_prices.most_a_second(entry.get("pricing_skus"), resolutions)
    name = entry.get("name")
    description = entry.get("description")
    return ModelSpec(
        key=key,
        provider="openrouter",
        remote_id=key,
        name=(name if isinstance(name, str) and name else key)[:MOST_NAME],
        description=description[:MOST_DESCRIPTION] if isinstance(description, str) else "",
        capabilities=Capabilities(
            kinds=frozenset({Kind.VIDEO}),
            aspect_ratios=tuple(
                ratio for ratio in _texts(entry.get("supported_aspect_ratios")) if _is_ratio(ratio)
            ),
            resolutions=tuple(resolutions),
            durations=durations,
            max_references=_frames(entry.get("supported_frame_images")),
            seed=entry.get("seed") is True,
        ),
        typical_cost=price,
        prices={} if price is None else {"seconds": str(price)},
        source=Source.DISCOVERED,
        retired_on=_date(entry.get("expiration_date")),
    )


def _durations(told: object) -> tuple[int, ...]:
    """Whole seconds that a clip may last here, each once, shortest first."""
    values = told if isinstance(told, list) else []
    return tuple(
        sorted({value for value in values if type(value) is int and value in CLIP_SECONDS})
    )


def _frames(told: object) -> int:
    """How many frames the model takes: a last one counts only where there is a first one."""
    places = _texts(told)
    if "first_frame" not in places:
        return 0
    return 2 if "last_frame" in places else 1


def _read_model(entry: object) -> ModelSpec | None:
    """One entry; None when it names no model, or one that makes no pictures we can show."""
    if not isinstance(entry, dict):
        return None
    key = entry.get("id")
    if not isinstance(key, str) or not 0 < len(key) <= MOST_KEY:
        return None
    able = entry.get("supported_parameters")
    able = able if isinstance(able, dict) else {}
    formats = _values(able, "output_format")
    if formats and not {"png", "jpeg", "webp"} & set(formats):
        return None
    ratios = [ratio for ratio in _values(able, "aspect_ratio") if _is_ratio(ratio)]
    resolutions = [name for name in _values(able, "resolution") if name in RESOLUTION_EDGE]
    least, most = _references(able, entry.get("architecture"))
    name = entry.get("name")
    description = entry.get("description")
    return ModelSpec(
        key=key,
        provider="openrouter",
        remote_id=key,
        name=(name if isinstance(name, str) and name else key)[:MOST_NAME],
        description=description[:MOST_DESCRIPTION] if isinstance(description, str) else "",
        capabilities=Capabilities(
            kinds=_kinds(least, most),
            aspect_ratios=tuple(ratios) or ("1:1",),
            resolutions=tuple(resolutions) or ("1K",),
            min_references=least,
            max_references=most,
            seed="seed" in able,
        ),
        options=_options(ratios, resolutions, formats),
        source=Source.DISCOVERED,
        retired_on=_date(entry.get("expiration_date")),
    )


def _kinds(least: int, most: int) -> frozenset[Kind]:
    if least:
        return frozenset({Kind.EDIT})
    return frozenset({Kind.IMAGE, Kind.EDIT} if most else {Kind.IMAGE})


def _options(ratios: list[str], resolutions: list[str], formats: list[str]) -> dict[str, str]:
    """What the adapter has to know besides: a parameter that is not listed would be refused."""
    unsupported = []
    if not ratios:
        unsupported.append("aspect_ratio")
    if not resolutions:
        unsupported.append("resolution")
    options = {"unsupported": " ".join(unsupported)} if unsupported else {}
    if "png" in formats:
        options["output_format"] = "png"
    return options


def _references(able: Mapping[str, Any], architecture: object) -> tuple[int, int]:
    """How many pictures the model takes along, at least and at most."""
    told = able.get("input_references")
    if isinstance(told, dict) and told.get("type") == "range":
        least, most = _count(told.get("min")), _count(told.get("max"))
        if least is not None and most is not None and least <= most:
            return least, most
    inputs = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    return 0, 1 if isinstance(inputs, list) and "image" in inputs else 0


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        return None
    return int(min(value, MOST_REFERENCES))


def _values(able: Mapping[str, Any], name: str) -> list[str]:
    """What an enumerated parameter may be; empty for one that is not there."""
    told = able.get(name)
    return _texts(told.get("values") if isinstance(told, dict) else None)


def _texts(values: object) -> list[str]:
    """The texts of a list, each once; empty for anything else."""
    if not isinstance(values, list):
        return []
    return list(dict.fromkeys(value for value in values if isinstance(value, str)))


def _is_ratio(text: str) -> bool:
    try:
        parse_ratio(text)
    except ValueError:
        return False
    return True


def _date(value: object) -> date | None:
    """The day of an ISO date or moment; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
