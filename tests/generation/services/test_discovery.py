"""What the providers list comes into the catalogue, and what they drop goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from generation import catalogue
from generation.models import CatalogueEntry
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Capabilities, Connection, Kind, ModelSpec, Source
from generation.services import discovery
from tests.providers import ScriptedProvider, spec

pytestmark = pytest.mark.django_db

NEW = replace(spec("vendor/new"), name="New", source=Source.DISCOVERED)


@pytest.fixture
def vendor(scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> ScriptedProvider:
    """A vendor with a list, reached with the operator's key."""
    info = registry.ProviderInfo("scripted", "Scripted", "", "https://vendor.example")
    monkeypatch.setitem(registry.PROVIDERS, "scripted", info)
    monkeypatch.setitem(settings.PROVIDER_KEYS, "scripted", "sk-operator")
    scripted.models = [NEW]
    return scripted


def entry() -> CatalogueEntry:
    return CatalogueEntry.objects.get(key="vendor/new")


def test_a_new_model_of_a_vendor_is_known_but_not_offered(vendor: ScriptedProvider) -> None:
    [outcome] = discovery.refresh(["scripted"])
    assert (outcome.found, outcome.added, outcome.error) == (1, 1, "")
    found = catalogue.find("vendor/new")
    assert found is not None
    assert not found.is_offered
    assert found.capabilities.aspect_ratios == NEW.capabilities.aspect_ratios


def test_what_is_said_of_a_model_for_clips_is_kept(vendor: ScriptedProvider) -> None:
    able = Capabilities(
        frozenset({Kind.VIDEO}), ("16:9",), ("720p",), max_references=2, durations=(4, 8)
    )
    vendor.models = [
        replace(NEW, capabilities=able, typical_cost=Decimal("0.4"), prices={"seconds": "0.4000"})
    ]
    discovery.refresh(["scripted"])
    found = catalogue.find("vendor/new")
    assert found is not None
    assert found.capabilities == able
    assert (found.typical_cost, found.prices) == (Decimal("0.4"), {"seconds": "0.4000"})


def test_the_models_of_the_operators_own_server_are_offered_at_once(
    vendor: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, "scripted", "http://localhost:8080/v1")
    discovery.refresh(["scripted"])
    assert entry().is_offered


def test_refreshing_again_updates_what_nobody_edited(vendor: ScriptedProvider) -> None:
    discovery.refresh(["scripted"])
    CatalogueEntry.objects.filter(key="vendor/new").update(
        name="Ours", is_offered=True, edited_fields=["name", "is_offered"]
    )
    vendor.models = [replace(NEW, name="Theirs", description="better")]
    [outcome] = discovery.refresh(["scripted"])
    assert outcome.added == 0
    assert (entry().name, entry().description, entry().is_offered) == ("Ours", "better", True)


def test_what_is_not_listed_any_more_is_retired_and_comes_back_when_it_is(
    vendor: ScriptedProvider,
) -> None:
    discovery.refresh(["scripted"])
    vendor.models = [replace(NEW, key="vendor/other", remote_id="vendor/other")]
    [outcome] = discovery.refresh(["scripted"])
    assert outcome.retired == 1
    assert entry().retired_on == timezone.localdate()
    vendor.models = [NEW]
    discovery.refresh(["scripted"])
    assert entry().retired_on is None


@pytest.mark.parametrize("models", [[], None])
def test_a_provider_that_lists_nothing_or_cannot_be_asked_changes_nothing(
    vendor: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, models: list[ModelSpec] | None
) -> None:
    discovery.refresh(["scripted"])

    def away(connection: Connection) -> list[ModelSpec]:
        raise ProviderError(ErrorKind.TRANSIENT, "away")

    if models is None:
        monkeypatch.setattr(vendor, "discover", away)
    else:
        vendor.models = models
    [outcome] = discovery.refresh(["scripted"])
    assert bool(outcome.error) == (models is None)
    assert entry().retired_on is None


def test_a_shutdown_date_reaches_a_model_that_ships(vendor: ScriptedProvider) -> None:
    CatalogueEntry.objects.create(
        key="vendor/shipped", provider="scripted", remote_id="vendor/new", source=Source.BUILTIN
    )
    vendor.models = [replace(NEW, retired_on=date(2027, 3, 1))]
    discovery.refresh(["scripted"])
    shipped = CatalogueEntry.objects.get(key="vendor/shipped")
    assert shipped.retired_on == date(2027, 3, 1)
    assert shipped.kinds == [], "what it can do is what was shipped"
    assert not CatalogueEntry.objects.filter(key="vendor/new").exists()


def test_only_what_was_not_seen_for_a_day_is_asked_by_itself(vendor: ScriptedProvider) -> None:
    assert [outcome.provider for outcome in discovery.refresh_due()] == ["scripted"]
    assert discovery.refresh_due() == []
    CatalogueEntry.objects.filter(key="vendor/new").update(
        seen_at=timezone.now() - timedelta(hours=25)
    )
    assert len(discovery.refresh_due()) == 1


def test_providers_without_the_operators_key_are_not_asked() -> None:
    assert discovery.refresh() == []


def test_the_command_says_what_it_did_and_fails_when_a_provider_is_away(
    vendor: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = StringIO()
    call_command("refresh_catalogue", "--provider", "scripted", stdout=out)
    assert out.getvalue() == "Scripted: 1 models, 1 new, 0 gone\n"

    def away(connection: Connection) -> list[ModelSpec]:
        raise ProviderError(ErrorKind.AUTH, "401")

    monkeypatch.setattr(vendor, "discover", away)
    with pytest.raises(CommandError):
        call_command("refresh_catalogue", stdout=out)
    assert "Scripted: auth: 401" in out.getvalue()
