"""The catalogue in the admin."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import redis
from django.test import Client
from django.urls import reverse

from gallery.models import AuditEvent
from generation import catalogue
from generation.models import CatalogueEntry
from generation.providers.types import Kind
from generation.services import shipped_models
from tests.conftest import BrokerServer

pytestmark = pytest.mark.django_db

LIST = reverse("admin:generation_catalogueentry_changelist")
REFRESH = reverse("admin:catalogue-refresh")


@pytest.fixture
def flux() -> CatalogueEntry:
    return CatalogueEntry.objects.get(key="black-forest-labs/flux.2-flex")


def form_of(entry: CatalogueEntry, **changes: Any) -> dict[str, Any]:
    """What the page would send for this entry."""
    names = (
        "provider remote_id name description position min_references max_references max_input_edge"
        " typical_seconds typical_cost price_credits source_type replaced_by"
    )
    form: dict[str, Any] = {name: getattr(entry, name) or "" for name in names.split()}
    for name in ("position", "min_references", "max_references", "max_input_edge"):
        form[name] = getattr(entry, name)
    if entry.price_credits is not None:
        form["price_credits"] = entry.price_credits
    form |= {
        "kinds": entry.kinds,
        "aspect_ratios": ", ".join(entry.aspect_ratios),
        "resolutions": ", ".join(entry.resolutions),
        "durations": ", ".join(map(str, entry.durations)),
        "prices": json.dumps(entry.prices),
        "initial-prices": json.dumps(entry.prices),
        "options": json.dumps(entry.options),
        "initial-options": json.dumps(entry.options),
        "retired_on": entry.retired_on or "",
    }
    ticks = ("seed", "negative_prompt", "safe_retry", "is_offered", "is_default")
    form |= {name: "on" for name in ticks if getattr(entry, name)}
    return {**form, **changes}


def change(client: Client, entry: CatalogueEntry, **changes: Any) -> Any:
    address = reverse("admin:generation_catalogueentry_change", args=[entry.pk])
    return client.post(address, form_of(entry, **changes))


def test_an_edit_is_seen_at_once_written_down_and_stays_through_upgrades(
    as_sam: Client, flux: CatalogueEntry
) -> None:
    assert change(as_sam, flux, name="House Flux", price_credits="3").status_code == 302
    shipped_models.load()
    flux.refresh_from_db()
    assert (flux.name, flux.price_credits) == ("House Flux", 3)
    assert flux.edited_fields == ["name", "price_credits"]
    assert catalogue.display_name(flux.key) == "House Flux"
    assert AuditEvent.objects.filter(action="catalogue.edit", target_id=flux.pk).exists()


def test_saving_without_a_change_keeps_the_entry_as_shipped(
    as_sam: Client, flux: CatalogueEntry
) -> None:
    assert change(as_sam, flux).status_code == 302
    flux.refresh_from_db()
    assert flux.edited_fields == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("aspect_ratios", "1:1 banana", "“banana” is not an aspect ratio."),
        ("aspect_ratios", "0:1", "“0:1” is not an aspect ratio."),
        ("resolutions", "9K", "“9K” is not a resolution."),
        ("resolutions", "720p", "“720p” is not a resolution."),
        ("durations", "5", "Only for models that make clips."),
        ("prices", '{"images": "cheap"}', "“cheap” is not an amount."),
        ("prices", '{"images": "-1"}', "“-1” is not an amount."),
        ("prices", "[1]", "Write it as {&quot;name&quot;: &quot;value&quot;}."),
        ("options", '{"a": 1}', "Write it as {&quot;name&quot;: &quot;value&quot;}."),
        ("replaced_by", "no/such-model", "There is no model with this key."),
        ("min_references", "99", "Not more than the most references."),
        ("provider", "nobody", "Select a valid choice."),
        ("kinds", "smell", "Select a valid choice."),
    ],
)
def test_what_no_model_can_be_is_refused_in_words(
    as_sam: Client, flux: CatalogueEntry, field: str, value: str, message: str
) -> None:
    answer = change(as_sam, flux, **{field: value})
    assert answer.status_code == 200
    assert message in answer.content.decode()


@pytest.fixture
def veo() -> CatalogueEntry:
    return CatalogueEntry.objects.get(key="google/veo-3.1")


def test_how_long_clips_are_can_be_edited_and_stays_through_upgrades(
    as_sam: Client, veo: CatalogueEntry
) -> None:
    answer = change(as_sam, veo, durations="10 5, 5 3", resolutions="1080p 480p")
    assert answer.status_code == 302
    shipped_models.load()
    veo.refresh_from_db()
    assert (veo.durations, veo.resolutions) == ([3, 5, 10], ["1080p", "480p"])
    assert veo.edited_fields == ["durations", "resolutions"]
    spec = catalogue.find(veo.key)
    assert spec is not None
    assert spec.capabilities.durations == (3, 5, 10)


@pytest.mark.parametrize("entry_key", ["google/veo-3.1", "kie/wan-3.0", "builtin/drift"])
def test_saving_a_model_for_clips_without_a_change_keeps_it_as_shipped(
    as_sam: Client, entry_key: str
) -> None:
    entry = CatalogueEntry.objects.get(key=entry_key)
    assert change(as_sam, entry).status_code == 302
    entry.refresh_from_db()
    assert entry.edited_fields == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("durations", "", "Say how long its clips can be."),
        ("durations", "0", "Write whole seconds from 1 to 60."),
        ("durations", "5 61", "Write whole seconds from 1 to 60."),
        ("durations", "-5", "Write whole seconds from 1 to 60."),
        ("durations", "2.5", "Write whole seconds from 1 to 60."),
        ("durations", "five", "Write whole seconds from 1 to 60."),
        ("durations", "٥", "Write whole seconds from 1 to 60."),
        ("durations", "9" * 5000, "Write whole seconds from 1 to 60."),
        ("resolutions", "1K", "“1K” is not a resolution."),
        ("resolutions", "720P", "“720P” is not a resolution."),
        ("kinds", ["video", "image"], "A model for clips does nothing else."),
    ],
)
def test_what_no_model_for_clips_can_be_is_refused_in_words(
    as_sam: Client, veo: CatalogueEntry, field: str, value: Any, message: str
) -> None:
    answer = change(as_sam, veo, **{field: value})
    assert answer.status_code == 200
    assert message in answer.content.decode()


@pytest.mark.parametrize(
    "broken",
    [{"durations": [5, "x"]}, {"durations": 5}, {"kinds": ["smell"]}],
)
def test_an_entry_that_was_broken_by_hand_is_left_out_and_breaks_no_page(
    as_alice: Client, veo: CatalogueEntry, broken: dict[str, Any]
) -> None:
    CatalogueEntry.objects.filter(pk=veo.pk).update(**broken)
    catalogue.forget()
    assert catalogue.find(veo.key) is None
    for address in (reverse("studio"), reverse("animate")):
        assert as_alice.get(address).status_code == 200


def test_a_model_can_be_added_by_hand(as_sam: Client, flux: CatalogueEntry) -> None:
    form = form_of(flux, key="house/new", remote_id="new", name="New", is_default="")
    answer = as_sam.post(reverse("admin:generation_catalogueentry_add"), form)
    assert answer.status_code == 302
    spec = catalogue.find("house/new")
    assert spec is not None
    assert spec.source == "admin"


def test_models_are_taken_out_of_the_forms_and_put_back(
    as_sam: Client, flux: CatalogueEntry
) -> None:
    def is_offered() -> bool:
        return flux.key in {offer.spec.key for offer in catalogue.offers(Kind.IMAGE)}

    for action, expected in (("stop_offering", False), ("offer", True)):
        as_sam.post(LIST, {"action": action, "_selected_action": [flux.pk]})
        assert is_offered() is expected
    shipped_models.load()
    assert is_offered()


def test_a_retirement_date_is_shown_and_takes_effect(as_sam: Client, flux: CatalogueEntry) -> None:
    change(as_sam, flux, retired_on="2026-01-01", replaced_by="bytedance-seed/seedream-4.5")
    spec = catalogue.find(flux.key)
    assert spec is not None
    assert spec.retired_on == date(2026, 1, 1)
    following = catalogue.successor(spec)
    assert following is not None
    assert following.key == "bytedance-seed/seedream-4.5"


def test_the_models_that_fail_on_purpose_are_not_listed(as_sam: Client) -> None:
    assert "builtin/fault-" not in as_sam.get(LIST).content.decode()


def test_asking_the_providers_rings_a_worker(as_sam: Client, broker: redis.Redis) -> None:
    assert "Ask the providers" in as_sam.get(LIST).content.decode()
    answer = as_sam.post(REFRESH, follow=True)
    assert "The providers are being asked." in answer.content.decode()
    assert broker.llen("celery") == 1


def test_without_a_broker_asking_says_so(as_sam: Client, broker_server: BrokerServer) -> None:
    broker_server.stop()
    try:
        answer = as_sam.post(REFRESH)
    finally:
        broker_server.start()
    assert answer.status_code == 302
    assert "The broker cannot be reached." in as_sam.get(LIST).content.decode()


@pytest.mark.parametrize("method", ["get", "put"])
def test_asking_is_a_post(as_sam: Client, method: str) -> None:
    assert getattr(as_sam, method)(REFRESH).status_code == 405


def test_who_is_not_staff_does_not_ask(as_alice: Client, broker: redis.Redis) -> None:
    as_alice.post(REFRESH)
    assert broker.llen("celery") == 0
