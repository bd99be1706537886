"""The catalogue of models: what is offered, what is known but unavailable, and why.

The rows are `CatalogueEntry`; `catalogue.toml` is what ships. Every process reads the table at most
once in `MAX_AGE` seconds, and what each model last took and cost along with it.
"""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.models import CatalogueEntry, GenerationJob
from generation.providers import registry, style_transfer
from generation.providers.types import Kind, ModelSpec, Source
from generation.services import credits as credit_service
from generation.services.keys import KeyState

logger = logging.getLogger(__name__)

CATALOGUE_FILE = Path(__file__).with_name("catalogue.toml")
MAX_AGE = 15.0
"""Seconds until a change made by another process is seen here."""
MAX_SUCCESSIONS = 10

# Through text: out of a subquery SQLite gives a number, and Django reads JSON from text only.
_CLIP_SECONDS = Cast(KT("params__seconds"), IntegerField())

NEEDS_ADDRESS = gettext_lazy("Needs a public address of this server (https)")

Keys = Mapping[str, KeyState]
"""The state of a person's own key by provider; a provider without one is absent."""

NO_KEYS: Keys = {}


@dataclass(frozen=True)
class Offer:
    """A model as the forms show it: usable, or not with the reason."""

    spec: ModelSpec
    unavailable: Promise | str = ""
    is_own_key: bool = False
    """Used on the person's own key."""

    @property
    def provider_title(self) -> str:
        """What people call the model's provider."""
        return registry.title(self.spec.provider)

    @property
    def price_credits(self) -> int:
        """What a picture by it, or a second of a clip, costs the person in credits."""
        return credit_service.price_of(self.spec, on_own_key=self.is_own_key)

    @property
    def is_free(self) -> bool:
        """Whether it runs on this machine, for nothing."""
        return self.spec.provider in registry.ON_THIS_MACHINE


@dataclass(frozen=True)
class _Catalogue:
    specs: Mapping[str, ModelSpec]
    """By key, in the order of the lists."""
    defaults: frozenset[str]


_read: tuple[float, _Catalogue] | None = None


def _load() -> _Catalogue:
    global _read
    if _read is None or time.monotonic() - _read[0] > MAX_AGE:
        _read = (time.monotonic(), _read_table())
    return _read[1]


def forget() -> None:
    """Read the table again next time: this process just changed it."""
    global _read
    _read = None


def _read_table() -> _Catalogue:
    # As a range, and sorted by the model too: for an equal one PostgreSQL would rather walk all
    # jobs by their id, and for a model that made nothing yet it would come to their end.
    key = OuterRef("key")
    last = GenerationJob.objects.filter(
        model__gte=key, model__lte=key, status=GenerationJob.Status.COMPLETED
    ).order_by("model", "-id")
    entries = CatalogueEntry.objects.annotate(
        last_ms=Subquery(last.values("duration_ms")[:1]),
        last_cost=Subquery(last.values("cost")[:1]),
        last_seconds=Subquery(last.values(seconds=_CLIP_SECONDS)[:1]),
    )
    specs, defaults = {}, set()
    for entry in entries:
        try:
            spec = _within_reach(entry.to_spec())
        except (ValueError, TypeError):  # written past the admin's form
            logger.exception("The catalogue's entry %s makes no sense", entry.key)
            continue
        # Of the listed cost, not of the last one: a price is the same tomorrow.
        if spec.price_credits is None and spec.typical_cost is not None:
            spec = replace(spec, price_credits=credit_service.in_credits(spec.typical_cost))
        if entry.last_ms is not None:
            spec = replace(spec, typical_seconds=entry.last_ms / 1000)
        if entry.last_cost is not None:
            # A clip's is for a second of it, as its price is.
            units = entry.last_seconds if spec.supports(Kind.VIDEO) else 1
            spec = replace(spec, typical_cost=entry.last_cost / (units or 1))
        specs[entry.key] = spec
        if entry.is_default:
            defaults.add(entry.key)
    return _Catalogue(specs, frozenset(defaults))


def _within_reach(spec: ModelSpec) -> ModelSpec:
    """The model without its pictures where its provider fetches them and cannot reach us. One that
    works from pictures only stays as it is: it is not to be had (`unavailable_reason`).
    """
    able = spec.capabilities
    if not able.max_references or able.min_references or _is_reached_by(spec):
        return spec
    return replace(spec, capabilities=replace(able, max_references=0))


def _is_reached_by(spec: ModelSpec) -> bool:
    """Whether pictures can go along to the model's provider."""
    return spec.provider not in registry.PROVIDERS or registry.takes_our_pictures(spec.provider)


@cache
def shipped_entries() -> list[dict[str, Any]]:
    """What `catalogue.toml` says, an entry a dictionary of CatalogueEntry's fields."""
    entries = tomllib.loads(CATALOGUE_FILE.read_text("utf-8"))["model"]
    fields = {field.name: field for field in CatalogueEntry._meta.concrete_fields}
    return [
        {
            "remote_id": entry["key"],
            "position": position,
            "source": Source.BUILTIN,
            **{name: fields[name].to_python(value) for name, value in entry.items()},
        }
        for position, entry in enumerate(entries, start=1)
    ]


def builtin_specs() -> list[ModelSpec]:
    """The models that ship with Pixelstream, without a look at the database."""
    return [CatalogueEntry(**entry).to_spec() for entry in shipped_entries()]


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


def is_retired(spec: ModelSpec) -> bool:
    """Whether the provider has stopped offering it, as far as is known."""
    return spec.retired_on is not None and spec.retired_on <= timezone.localdate()


def is_shown(spec: ModelSpec) -> bool:
    """Whether the forms list it: offered, not retired, there at all, and no test model unless
    asked for."""
    if spec.hidden:
        return settings.BUILTIN_ENGINE_FAULTS
    if spec.provider == "local" and not style_transfer.is_installed():
        return False
    return spec.is_offered and not is_retired(spec)


def unavailable_reason(spec: ModelSpec, keys: Keys = NO_KEYS) -> Promise | str:
    """Why the person with these keys cannot use the model now; empty when they can."""
    info = registry.PROVIDERS.get(spec.provider)
    if info is None:
        return gettext_lazy("Its provider is not known.")
    if spec.hidden and not settings.BUILTIN_ENGINE_FAULTS:
        return gettext_lazy("Only for tests.")
    if spec.provider == "local" and not style_transfer.is_installed():
        return gettext_lazy("Not installed on this server")
    state = keys.get(spec.provider)
    if state is KeyState.REFUSED:
        return format_lazy(gettext_lazy("{provider} refused your key"), provider=info.title)
    if state is KeyState.OTHER_HOST:
        return format_lazy(
            gettext_lazy("Your {provider} key has to be entered again"), provider=info.title
        )
    if state is None and registry.operator_connection(spec.provider) is None:
        return format_lazy(gettext_lazy("No {provider} key is set"), provider=info.title)
    if spec.capabilities.min_references and not _is_reached_by(spec):
        return NEEDS_ADDRESS
    return ""


def offers(*kinds: Kind, keys: Keys = NO_KEYS) -> list[Offer]:
    """The models to show for any of these kinds of work, usable ones first."""
    shown = [
        Offer(spec, unavailable_reason(spec, keys), is_own_key=spec.provider in keys)
        for spec in everything()
        if is_shown(spec) and any(spec.supports(kind) for kind in kinds)
    ]
    return sorted(shown, key=lambda offer: bool(offer.unavailable))


def usable(*kinds: Kind, keys: Keys = NO_KEYS) -> list[ModelSpec]:
    """The models that the person with these keys can use for this kind of work now."""
    return [offer.spec for offer in offers(*kinds, keys=keys) if not offer.unavailable]


def defaults(kind: Kind, keys: Keys = NO_KEYS) -> list[ModelSpec]:
    """What is chosen when nobody chose: the usable defaults of the first provider that has any.

    Providers come in the catalogue's order, the built-in engine last: who sets a key wants real
    models. Without a usable default it is the first usable model.
    """
    candidates = usable(kind, keys=keys)
    chosen = [spec for spec in candidates if spec.key in _load().defaults]
    return [spec for spec in chosen if spec.provider == chosen[0].provider] or candidates[:1]


def successor(spec: ModelSpec) -> ModelSpec | None:
    """What takes a retired model's place: the first in its line that is not retired, or None."""
    following: ModelSpec | None = spec
    for _step in range(MAX_SUCCESSIONS):
        if following is None or not is_retired(following):
            break
        following = find(following.replaced_by)
    return None if following is None or is_retired(following) else following


def succession_notice(retired: ModelSpec, following: ModelSpec) -> str:
    """A sentence that says which model was taken instead of which, and why."""
    day = date_format(retired.retired_on, "DATE_FORMAT") if retired.retired_on else ""
    return _("%(old)s was retired on %(day)s. %(new)s takes its place.") % {
        "old": retired.name,
        "day": day,
        "new": following.name,
    }


def aspect_ratios(specs: Iterable[ModelSpec]) -> list[str]:
    """Every ratio that at least one of these models can make, in the catalogue's order."""
    return list(dict.fromkeys(r for spec in specs for r in spec.capabilities.aspect_ratios))


def resolutions(specs: Iterable[ModelSpec]) -> list[str]:
    """Every resolution that at least one of these models can make."""
    return sorted({r for spec in specs for r in spec.capabilities.resolutions})
