"""OpenRouter's list of models for clips, sound and unsound."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers import http
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.openrouter.clip_prices import most_a_second
from generation.providers.types import Capabilities, Connection, Kind, ModelSpec, Source
from generation.sizes import CLIP_SECONDS, clip_size
from tests.generation.providers.http.server import VendorServer
from tests.generation.providers.openrouter.examples import PROVIDER
from tests.generation.providers.rubbish import rubbish


def listed(**fields: Any) -> dict[str, Any]:
    return {
        "id": "vendor/filmer-1",
        "name": "Vendor: Filmer",
        "description": "Films.",
        "supported_durations": [8, 4, 6, 8],
        "supported_resolutions": ["480p", "720p", "768p", "4K"],
        "supported_aspect_ratios": ["16:9", "9:16", "auto"],
        "supported_frame_images": ["first_frame", "last_frame"],
        "seed": True,
        "pricing_skus": {
            "duration_seconds_with_audio": "0.40",
            "duration_seconds_without_audio": "0.20",
            "duration_seconds_with_audio_4k": "0.60",
        },
        **fields,
    }


def discovered(server: VendorServer, connection: Connection, *entries: Any) -> list[ModelSpec]:
    server.answer_json({"data": []})
    server.answer_json({"data": list(entries)})
    return PROVIDER.discover(connection)


def test_a_listed_model_becomes_an_entry_of_the_catalogue(
    server: VendorServer, connection: Connection
) -> None:
    [spec] = discovered(server, connection, listed())

    assert spec == ModelSpec(
        key="vendor/filmer-1",
        provider="openrouter",
        remote_id="vendor/filmer-1",
        name="Vendor: Filmer",
        description="Films.",
        capabilities=Capabilities(
            kinds=frozenset({Kind.VIDEO}),
            aspect_ratios=("16:9", "9:16"),
            resolutions=("480p", "720p"),
            durations=(4, 6, 8),
            max_references=2,
            seed=True,
        ),
        typical_cost=Decimal("0.4000"),
        prices={"seconds": "0.4000"},
        source=Source.DISCOVERED,
    )


def test_models_for_pictures_and_for_clips_are_found_together(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({"data": [{"id": "vendor/painter-1"}]})
    server.answer_json({"data": [listed()]})

    found = PROVIDER.discover(connection)

    assert [spec.key for spec in found] == ["vendor/painter-1", "vendor/filmer-1"]


@pytest.mark.parametrize(
    ("frames", "most"),
    [
        (["first_frame", "last_frame"], 2),
        (["first_frame"], 1),
        (["last_frame"], 0),
        (["middle"], 0),
        ([], 0),
        (None, 0),
        ("first_frame", 0),
    ],
)
def test_a_last_frame_counts_where_there_is_a_first_one(
    server: VendorServer, connection: Connection, frames: Any, most: int
) -> None:
    [spec] = discovered(server, connection, listed(supported_frame_images=frames))

    assert (spec.capabilities.min_references, spec.capabilities.max_references) == (0, most)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "rubbish",
        [],
        {},
        listed(id=None),
        listed(id=""),
        listed(id="x" * 500),
        listed(supported_durations=None),
        listed(supported_durations=[]),
        listed(supported_durations=[0, -1, 61, 5.5, "8", True, None]),
        listed(supported_durations=8),
    ],
)
def test_an_entry_that_makes_no_sense_is_left_out(
    server: VendorServer, connection: Connection, entry: Any
) -> None:
    assert [spec.key for spec in discovered(server, connection, entry, listed())] == [
        "vendor/filmer-1"
    ]


def test_a_gateway_without_clips_still_lists_its_pictures(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({"data": [{"id": "vendor/painter-1"}]})
    server.answer_json({"detail": "Not Found"}, 404)

    assert [spec.key for spec in PROVIDER.discover(connection)] == ["vendor/painter-1"]


def test_a_list_of_clips_that_fails_is_no_list_without_clips(
    server: VendorServer, connection: Connection
) -> None:
    server.answer_json({"data": [{"id": "vendor/painter-1"}]})
    server.answer_json({"error": {"code": 500, "message": "no"}}, 500)

    with pytest.raises(ProviderError) as caught:
        PROVIDER.discover(connection)
    assert caught.value.kind is ErrorKind.TRANSIENT


@given(st.data())
def test_a_rubbish_list_is_read_or_is_a_provider_error(data: st.DataObject) -> None:
    answer = Answer(200, {}, json.dumps(data.draw(rubbish({"data": [listed()]}))).encode())

    with mock.patch.object(http, "send", autospec=True, return_value=answer):
        try:
            specs = PROVIDER.discover(Connection("openrouter", "http://x"))
        except ProviderError:
            specs = []

    for spec in specs:
        able = spec.capabilities
        if not spec.supports(Kind.VIDEO):
            continue
        assert able.durations
        assert set(able.durations) <= set(CLIP_SECONDS)
        assert all(clip_size(r, name) for r in able.aspect_ratios for name in able.resolutions)


# What a second costs


@pytest.mark.parametrize(
    ("told", "price"),
    [
        ({"duration_seconds": "0.08", "duration_seconds_480p": "0.05"}, "0.0800"),
        ({"duration_seconds_480p": "0.05", "duration_seconds_1080p": "0.2"}, "0.0500"),
        ({"cents_per_second_output": "12"}, "0.1200"),
        ({"cents_per_video_output_second_720p": "3", "cents_per_image_input": "9"}, "0.0300"),
        ({"image_to_video_duration_seconds_720p": "0.07"}, "0.0700"),
        ({"text_to_video_duration_seconds_720p": "0.06"}, "0.0600"),
        ({"generate": "0.50"}, None),
        ({"video_tokens": "0.000007"}, None),
        ({"reference_images": "0.01"}, None),
        ({"duration_seconds": "-1"}, None),
        ({"duration_seconds": "NaN"}, None),
        ({"duration_seconds": "1e999999999"}, None),
        ({"duration_seconds": "free"}, None),
        ({"duration_seconds": 0.5}, None),
        ({7: "0.5"}, None),
        ({}, None),
        (None, None),
        (["duration_seconds"], None),
    ],
)
def test_the_dearest_second_that_can_be_asked_for_is_the_price(
    told: Any, price: str | None
) -> None:
    expected = None if price is None else Decimal(price)
    assert most_a_second(told, ["480p", "720p"]) == expected
