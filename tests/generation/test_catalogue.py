"""The catalogue of models."""

from __future__ import annotations

import pytest
from django.conf import settings

from generation import catalogue, sizes
from generation.providers.builtin.pictures import MODELS
from generation.providers.types import Kind


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
    reasons = {str(offer.unavailable) for offer in offers if offer.unavailable}
    assert reasons == {"No OpenRouter key is set"}
    assert [bool(offer.unavailable) for offer in offers] == sorted(
        bool(offer.unavailable) for offer in offers
    ), "usable ones come first"


def test_a_key_for_a_provider_that_is_not_there_yet_does_not_make_its_models_usable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(settings.PROVIDER_KEYS, "openrouter", "sk-or-1")
    spec = catalogue.find("bytedance-seed/seedream-4.5")
    assert spec is not None
    assert "not supported yet" in str(catalogue.unavailable_reason(spec))


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


@pytest.mark.parametrize(
    "text", ["", "1", "1:", ":1", "a:b", "0:1", "1:0", "-1:2", "1:2:3", "1.5:1", "999:1", "１:１"]
)
def test_nonsense_is_no_ratio(text: str) -> None:
    with pytest.raises(ValueError, match="not an aspect ratio"):
        sizes.parse_ratio(text)
