"""The catalogue of models: what is offered, what is known but unavailable, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from generation.providers import registry
from generation.providers.types import Capabilities, Kind, ModelSpec, SourceType

CATALOGUE_FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Offer:
    """A model as the forms show it: usable, or not with the reason."""

    spec: ModelSpec
    unavailable: Promise | str = ""


@dataclass(frozen=True)
class _Catalogue:
    specs: Mapping[str, ModelSpec]
    defaults: frozenset[str]


def _read_spec(entry: Mapping[str, Any]) -> ModelSpec:
    cost = entry.get("typical_cost")
    return ModelSpec(
        key=entry["key"],
        provider=entry["provider"],
        remote_id=entry.get("remote_id", entry["key"]),
        name=entry["name"],
        description=entry.get("description", ""),
        capabilities=Capabilities(
            kinds=frozenset(Kind(kind) for kind in entry["kinds"]),
            aspect_ratios=tuple(entry.get("aspect_ratios", ())),
            resolutions=tuple(entry.get("resolutions", ())),
            max_references=entry.get("max_references", 0),
            seed=entry.get("seed", False),
            negative_prompt=entry.get("negative_prompt", False),
            safe_retry=entry.get("safe_retry", False),
        ),
        typical_seconds=entry.get("typical_seconds"),
        typical_cost=Decimal(cost) if cost is not None else None,
        source_type=SourceType(entry.get("source_type", SourceType.TRAINED)),
        retired_on=entry.get("retired_on"),
        replaced_by=entry.get("replaced_by", ""),
        hidden=entry.get("fault", False),
    )


@cache
def _load() -> _Catalogue:
    entries = tomllib.loads(CATALOGUE_FILE.read_text("utf-8"))["model"]
    specs = {entry["key"]: _read_spec(entry) for entry in entries}
    return _Catalogue(specs, frozenset(e["key"] for e in entries if e.get("default")))


def find(key: str) -> ModelSpec | None:
    """The model with this key, retired and unavailable ones included; None when unknown."""
    return _load().specs.get(key)


def everything() -> list[ModelSpec]:
    """Every model of the catalogue, retired and hidden ones included."""
    return list(_load().specs.values())


def display_name(key: str) -> str:
    """A model's name; of an unknown one the last part of its key; of none the empty string."""
    spec = find(key)
    return spec.name if spec else key.rpartition("/")[2]


def unavailable_reason(spec: ModelSpec) -> Promise | str:
    """Why the model cannot be used now; empty when it can."""
    if spec.hidden and not settings.BUILTIN_ENGINE_FAULTS:
        return _("Only for tests.")
    return registry.unavailable_reason(spec.provider)


def offers(kind: Kind) -> list[Offer]:
    """The models to show for this kind of work, usable ones first."""
    shown = [
        Offer(spec, unavailable_reason(spec))
        for spec in _load().specs.values()
        if spec.supports(kind) and (not spec.hidden or settings.BUILTIN_ENGINE_FAULTS)
    ]
    return sorted(shown, key=lambda offer: bool(offer.unavailable))


def usable(kind: Kind) -> list[ModelSpec]:
    """The models that can be used for this kind of work now."""
    return [offer.spec for offer in offers(kind) if not offer.unavailable]


def defaults(kind: Kind) -> list[ModelSpec]:
    """What is chosen when nobody chose: the usable defaults, else the first usable model."""
    candidates = usable(kind)
    chosen = [spec for spec in candidates if spec.key in _load().defaults]
    return chosen or candidates[:1]


def aspect_ratios(specs: Iterable[ModelSpec]) -> list[str]:
    """Every ratio that at least one of these models can make, in the catalogue's order."""
    return list(dict.fromkeys(r for spec in specs for r in spec.capabilities.aspect_ratios))


def resolutions(specs: Iterable[ModelSpec]) -> list[str]:
    """Every resolution that at least one of these models can make."""
    return sorted({r for spec in specs for r in spec.capabilities.resolutions})
