"""The catalogue of models."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation import catalogue, sizes
from generation.models import CatalogueEntry, GenerationJob
from generation.providers.builtin.pictures import MODELS
from generation.providers.types import Kind
from generation.services import shipped_models
from generation.services.keys import KeyState
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.planner import Count

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("google/gemini-2.5-flash-image", "Nano Banana"),
        ("google/gemini-3-pro-image-preview", "Nano Banana Pro"),
        ("bytedance-seed/seedream-4.5", "SeeDream v4.5"),
        ("black-forest-labs/flux.2-flex", "Flux 2 Flex"),
        ("openai/gpt-5-image", "GPT Image 1.5"),
        ("some-vendor/new-thing-2", "new-thing-2"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_display_names(key: str, name: str) -> None:
    assert catalogue.display_name(key) == name


def test_without_any_key_the_built_in_models_are_usable_and_others_say_why() -> None:
    offers = catalogue.offers(Kind.IMAGE)
    usable = [offer.spec.key for offer in offers if not offer.unavailable]
    assert len(usable) >= 4
    assert all(key.startswith("builtin/") for key in usable)
    reasons = {offer.spec.provider: str(offer.unavailable) for offer in offers if offer.unavailable}
    assert reasons["openrouter"] == "No OpenRouter key is set"
    assert reasons["openai"] == "No OpenAI key is set"
    assert [bool(offer.unavailable) for offer in offers] == sorted(
        bool(offer.unavailable) for offer in offers
    ), "usable ones come first"


def test_the_operators_key_makes_the_models_of_its_provider_usable_and_the_first_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(settings.PROVIDER_KEYS, "openrouter", "sk-or-1")
    usable = catalogue.usable(Kind.IMAGE)
    assert {spec.provider for spec in usable} == {"openrouter", "builtin"}
    assert {spec.provider for spec in catalogue.defaults(Kind.IMAGE)} == {"openrouter"}
    assert catalogue.defaults(Kind.CAPTION)[0].name == "GPT 4.1"


def test_a_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, "openai", "http://localhost:8080/v1")
    assert {spec.provider for spec in catalogue.usable(Kind.IMAGE)} == {"openai", "builtin"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (KeyState.USABLE, ""),
        (KeyState.REFUSED, "OpenRouter refused your key"),
        (KeyState.OTHER_HOST, "Your OpenRouter key has to be entered again"),
    ],
)
def test_a_persons_own_key_decides_even_where_the_operator_has_one(
    monkeypatch: pytest.MonkeyPatch, state: KeyState, reason: str
) -> None:
    monkeypatch.setitem(settings.PROVIDER_KEYS, "openrouter", "sk-or-1")
    spec = catalogue.find("black-forest-labs/flux.2-flex")
    assert spec is not None
    assert str(catalogue.unavailable_reason(spec, {"openrouter": state})) == reason


def test_retired_models_are_not_offered_but_keep_their_names() -> None:
    offered = {offer.spec.key for offer in catalogue.offers(Kind.IMAGE)}
    assert "google/gemini-2.5-flash-image" not in offered
    assert "google/gemini-3.1-flash-image" in offered
    assert catalogue.display_name("google/gemini-2.5-flash-image") == "Nano Banana"


def test_a_retired_model_falls_forward_along_its_line_of_successors() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    CatalogueEntry.objects.filter(key="google/gemini-3.1-flash-image").update(
        retired_on=yesterday, replaced_by="google/gemini-3-pro-image"
    )
    catalogue.forget()
    retired = catalogue.find("google/gemini-2.5-flash-image")
    assert retired is not None
    following = catalogue.successor(retired)
    assert following is not None
    assert following.key == "google/gemini-3-pro-image"
    notice = catalogue.succession_notice(retired, following)
    assert notice == "Nano Banana was retired on Oct. 2, 2026. Nano Banana Pro takes its place."


def test_a_circle_of_successors_leads_nowhere() -> None:
    CatalogueEntry.objects.filter(key="google/gemini-3.1-flash-image").update(
        retired_on=date(2026, 1, 1), replaced_by="google/gemini-2.5-flash-image"
    )
    catalogue.forget()
    retired = catalogue.find("google/gemini-2.5-flash-image")
    assert retired is not None
    assert catalogue.successor(retired) is None


def test_every_successor_that_ships_exists_and_is_of_the_same_provider() -> None:
    shipped = {spec.key: spec for spec in catalogue.builtin_specs()}
    for spec in shipped.values():
        if spec.replaced_by:
            assert shipped[spec.replaced_by].provider == spec.provider
            assert shipped[spec.replaced_by].capabilities.kinds >= spec.capabilities.kinds


def test_what_a_model_last_took_and_cost_here_is_shown(alice: User) -> None:
    post = create_post(owner=alice)
    for seconds, cost in ((20, "0.05"), (9, "0.04")):
        GenerationJob.objects.create(
            post=post,
            kind="image",
            slot=seconds,
            model="black-forest-labs/flux.2-flex",
            status="completed",
            finished_at=timezone.now(),
            duration_ms=seconds * 1000,
            cost=Decimal(cost),
        )
    catalogue.forget()
    spec = catalogue.find("black-forest-labs/flux.2-flex")
    assert spec is not None
    assert (spec.typical_seconds, spec.typical_cost) == (9, Decimal("0.04"))


def test_what_models_last_took_is_found_by_their_index_however_many_jobs_there_are(
    alice: User, count_rows: Count
) -> None:
    post = create_post(owner=alice)
    made = {"kind": "image", "status": "completed", "finished_at": timezone.now()}
    GenerationJob.objects.bulk_create(
        GenerationJob(post=post, slot=slot, model="builtin/sketch", **made) for slot in range(2000)
    )
    count_rows()
    catalogue.forget()
    with CaptureQueriesContext(connection) as captured:
        catalogue.find("builtin/sketch")
    [asked] = [query["sql"] for query in captured if "generation_generationjob" in query["sql"]]
    with connection.cursor() as cursor:
        word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{word} {asked}")
        steps = [str(row[-1]) for row in cursor.fetchall()]
    walks = [step for step in steps if "generation_generationjob" in step or " U0 " in step]
    assert len(walks) == 3
    assert all("job_completed_model" in step for step in walks), walks


def test_what_a_clip_last_cost_is_known_for_a_second_of_it(alice: User) -> None:
    GenerationJob.objects.create(
        post=create_post(owner=alice),
        kind="video",
        slot=0,
        model="builtin/drift",
        status="completed",
        finished_at=timezone.now(),
        duration_ms=4000,
        cost=Decimal("0.40"),
        params={"seconds": 8},
    )
    catalogue.forget()
    spec = catalogue.find("builtin/drift")
    assert spec is not None
    assert (spec.typical_seconds, spec.typical_cost) == (4, Decimal("0.05"))


def test_loading_what_ships_leaves_alone_what_an_administrator_edited() -> None:
    entry = CatalogueEntry.objects.get(key="black-forest-labs/flux.2-flex")
    entry.name, entry.typical_seconds = "Our Flux", 1
    entry.edited_fields = ["name"]
    entry.save()
    assert shipped_models.load() == 1
    entry.refresh_from_db()
    assert (entry.name, entry.typical_seconds) == ("Our Flux", 20)
    assert shipped_models.load() == 0, "nothing is left to do"


def test_the_catalogue_is_read_in_one_query(django_assert_num_queries: object) -> None:
    catalogue.forget()
    with django_assert_num_queries(1):  # type: ignore[operator]
        catalogue.offers(Kind.IMAGE)
        catalogue.defaults(Kind.CAPTION)


def test_every_built_in_model_of_the_catalogue_can_be_painted_and_says_it_is_not_ai() -> None:
    specs = [s for s in catalogue.usable(Kind.IMAGE) if s.provider == "builtin"]
    assert {spec.key for spec in specs} == set(MODELS)
    for spec in specs:
        assert spec.description.startswith("Built-in, not AI")
        assert spec.source_type == "algorithmicMedia"
        assert spec.capabilities.safe_retry


def test_fault_models_are_offered_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def keys() -> set[str]:
        return {offer.spec.key for offer in catalogue.offers(Kind.IMAGE)}

    faults = {f"builtin/fault-{name}" for name in ("fail", "hang", "slow", "rate", "garbage")}
    assert not keys() & faults
    monkeypatch.setattr(settings, "BUILTIN_ENGINE_FAULTS", True)
    assert faults <= keys()


def test_there_is_always_a_default() -> None:
    assert len(catalogue.defaults(Kind.IMAGE)) == 3
    assert [spec.key for spec in catalogue.defaults(Kind.CAPTION)] == ["builtin/copywriter"]


def test_what_the_catalogue_offers_can_be_made() -> None:
    specs = [offer.spec for offer in catalogue.offers(Kind.IMAGE)]
    for ratio in catalogue.aspect_ratios(specs):
        width, height = sizes.parse_ratio(ratio)
        for resolution in catalogue.resolutions(specs):
            pixels = sizes.pixel_size(ratio, resolution)
            assert pixels[0] * height == pixels[1] * width, "exactly of the ratio"
            assert pixels[0] % 2 == pixels[1] % 2 == 0
            edge = sizes.RESOLUTION_EDGE[resolution]
            assert 0.97 < pixels[0] * pixels[1] / edge**2 < 1.03


@pytest.mark.parametrize(("ratio", "resolution"), [("1:1", "8K"), ("1:1", ""), ("wide", "1K")])
def test_nonsense_has_no_size(ratio: str, resolution: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        sizes.pixel_size(ratio, resolution)


@pytest.mark.parametrize(
    "text", ["", "1", "1:", ":1", "a:b", "0:1", "1:0", "-1:2", "1:2:3", "1.5:1", "999:1", "１:１"]
)
def test_nonsense_is_no_ratio(text: str) -> None:
    with pytest.raises(ValueError, match="not an aspect ratio"):
        sizes.parse_ratio(text)
