"""Brings the catalogue up to what the providers say they offer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from generation import catalogue, tasks
from generation.models import CatalogueEntry
from generation.providers import registry
from generation.providers.errors import ProviderError
from generation.providers.types import Connection, ModelSpec, Source

logger = logging.getLogger(__name__)

DUE_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Outcome:
    """What asking one provider changed."""

    provider: str
    found: int = 0
    added: int = 0
    retired: int = 0
    error: str = ""


def refresh(slugs: Iterable[str] | None = None) -> list[Outcome]:
    """Ask the operator's providers (or these) what they offer, and bring the table up to it.

    New models of a vendor are added but not offered: an administrator decides what people may
    spend money on. Those of the operator's own server are offered at once. A provider that
    cannot be asked changes nothing. Safe to repeat.
    """
    wanted = registry.PROVIDERS if slugs is None else slugs
    connections = [(slug, registry.operator_connection(slug)) for slug in wanted]
    outcomes = [
        _refresh(connection)
        for slug, connection in connections
        if connection is not None and registry.PROVIDERS[slug].is_remote
    ]
    catalogue.forget()
    return outcomes


def refresh_due() -> list[Outcome]:
    """Refresh what was not seen for a day. Returns what was asked."""
    since = timezone.now() - DUE_AFTER
    fresh = CatalogueEntry.objects.filter(seen_at__gte=since).values_list("provider", flat=True)
    return refresh(sorted(set(registry.PROVIDERS) - set(fresh)))


def refresh_soon() -> bool:
    """Let a worker ask all providers. False when the broker could not be reached."""
    try:
        tasks.refresh_catalogue.delay(everything=True)
    except OperationalError as error:
        logger.warning("The broker is away, the providers are not asked: %s", error)
        return False
    return True


def _refresh(connection: Connection) -> Outcome:
    slug = connection.provider
    try:
        specs = registry.get(slug).discover(connection)
    except ProviderError as error:
        logger.warning("The models of %s could not be listed: %s", slug, error)
        return Outcome(slug, error=str(error))
    if not specs:
        return Outcome(slug)
    with transaction.atomic():
        added = sum(_bring_in(spec, connection) for spec in specs)
        retired = _retire_missing(slug, {spec.remote_id for spec in specs})
    logger.info("%s lists %s models, %s are new, %s gone", slug, len(specs), added, retired)
    return Outcome(slug, found=len(specs), added=added, retired=retired)


def _bring_in(spec: ModelSpec, connection: Connection) -> bool:
    """One model of a provider's list. True when it is new."""
    entry = CatalogueEntry.objects.filter(
        provider=connection.provider, remote_id=spec.remote_id
    ).first()
    if entry is None:
        is_own_server = connection.base_url != registry.PROVIDERS[connection.provider].base_url
        entry, is_new = CatalogueEntry.objects.get_or_create(
            key=spec.key[:120],
            defaults={
                "provider": connection.provider,
                "source": Source.DISCOVERED,
                "is_offered": is_own_server,
                "seen_at": timezone.now(),
                **_fields(spec),
            },
        )
        return is_new
    changes: dict[str, Any] = {"seen_at": timezone.now()}
    if entry.source == Source.DISCOVERED:
        changes |= _fields(spec)
    elif spec.retired_on is not None:
        changes["retired_on"] = spec.retired_on
    for name, value in changes.items():
        if name not in entry.edited_fields:
            setattr(entry, name, value)
    entry.save()
    return False


def _fields(spec: ModelSpec) -> dict[str, Any]:
    """What a list says of a model, as fields of an entry."""
    able = spec.capabilities
    return {
        "remote_id": spec.remote_id[:200],
        "name": spec.name[:80],
        "description": spec.description[:200],
        "kinds": sorted(able.kinds),
        "aspect_ratios": list(able.aspect_ratios),
        "resolutions": list(able.resolutions),
        "min_references": able.min_references,
        "max_references": able.max_references,
        "max_input_edge": able.max_input_edge,
        "durations": list(able.durations),
        "seed": able.seed,
        "negative_prompt": able.negative_prompt,
        "safe_retry": able.safe_retry,
        "typical_cost": spec.typical_cost,
        "prices": dict(spec.prices),
        "options": dict(spec.options),
        "retired_on": spec.retired_on,
    }


def _retire_missing(slug: str, listed: set[str]) -> int:
    """What was once found and is not listed any more is gone from today on."""
    gone = CatalogueEntry.objects.filter(
        provider=slug, source=Source.DISCOVERED, retired_on__isnull=True
    ).exclude(remote_id__in=listed)
    return gone.update(retired_on=timezone.localdate())
