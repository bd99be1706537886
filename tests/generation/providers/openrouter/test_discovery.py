"""OpenRouter's list of models, sound and unsound."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers import http
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.http import Answer
from generation.providers.types import Capabilities, Connection, Kind, ModelSpec, Source
from generation.sizes import pixel_size
from tests.generation.providers.http.server import VendorServer
from tests.generation.providers.openrouter.examples import PROVIDER
from tests.generation.providers.rubbish import rubbish


def listed(**fields: Any) -> dict[str, Any]:
    return {
        "id": "vendor/painter-1",
        "name": "Vendor: Painter",
        "description": "Paints.",
        "architecture": {"input_modalities": ["text"], "output_modalities": ["image"]},
        "supported_parameters": {},
        **fields,
    }


def discovered(server: VendorServer, connection: Connection, *entries: Any) -> list[ModelSpec]:
    server.answer_json({"data": list(entries)})
    return PROVIDER.discover(connection)


def test_a_listed_model_becomes_an_entry_of_the_catalogue(
    server: VendorServer, connection: Connection
) -> None:
    entry = listed(
        architecture={"input_modalities": ["text", "image"], "output_modalities": ["image"]},
        supported_parameters={
            "aspect_ratio": {"type": "enum", "values": ["1:1", "21:9", "9:19.5", "auto", "21:9"]},
            "resolution": {"type": "enum", "values": ["512", "1K", "1.5K", "4K"]},
            "input_references": {"type": "range", "min": 0, "max": 14},
            "output_format": {"type": "enum", "values": ["png", "webp"]},
            "seed": {"type": "boolean"},
        },
        expiration_date="2027-01-31",
    )

    [spec] = discovered(server, connection, entry)

    assert [sent.path for sent in server.requests] == [
        "/api/v1/images/models",
        "/api/v1/videos/models",
    ]
    assert spec == ModelSpec(
        key="vendor/painter-1",
        provider="openrouter",
        remote_id="vendor/painter-1",
        name="Vendor: Painter",
        description="Paints.",
        capabilities=Capabilities(
            kinds=frozenset({Kind.IMAGE, Kind.EDIT}),
            aspect_ratios=("1:1", "21:9"),
            resolutions=("1K", "4K"),
            max_references=14,
            seed=True,
        ),
        options={"output_format": "png"},
        source=Source.DISCOVERED,
        retired_on=date(2027, 1, 31),
    )


def test_a_model_that_lists_no_sizes_is_offered_in_one_and_not_sent_any(
    server: VendorServer, connection: Connection
) -> None:
    [spec] = discovered(server, connection, listed())

    assert spec.capabilities == Capabilities(frozenset({Kind.IMAGE}), ("1:1",), ("1K",))
    assert spec.options == {"unsupported": "aspect_ratio resolution"}


@pytest.mark.parametrize(
    ("parameter", "inputs", "least", "most", "kinds"),
    [
        (None, ["text"], 0, 0, {Kind.IMAGE}),
        (None, ["text", "image"], 0, 1, {Kind.IMAGE, Kind.EDIT}),
        ({"type": "range", "min": 0, "max": 40}, ["text"], 0, 16, {Kind.IMAGE, Kind.EDIT}),
        ({"type": "range", "min": 1, "max": 2}, ["image"], 1, 2, {Kind.EDIT}),
        ({"type": "range", "min": 0, "max": 0}, ["image"], 0, 0, {Kind.IMAGE}),
        ({"type": "range", "min": 3, "max": 1}, ["image"], 0, 1, {Kind.IMAGE, Kind.EDIT}),
        ({"type": "range", "min": "a", "max": None}, ["text"], 0, 0, {Kind.IMAGE}),
        ("rubbish", "rubbish", 0, 0, {Kind.IMAGE}),
    ],
)
def test_how_many_references_a_model_takes(
    server: VendorServer,
    connection: Connection,
    parameter: Any,
    inputs: Any,
    least: int,
    most: int,
    kinds: set[Kind],
) -> None:
    parameters = {} if parameter is None else {"input_references": parameter}
    entry = listed(architecture={"input_modalities": inputs}, supported_parameters=parameters)

    [spec] = discovered(server, connection, entry)

    able = spec.capabilities
    assert (able.min_references, able.max_references, able.kinds) == (least, most, kinds)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "rubbish",
        {},
        listed(id=None),
        listed(id=""),
        listed(id="x" * 121),
        listed(supported_parameters={"output_format": {"type": "enum", "values": ["svg"]}}),
    ],
)
def test_an_entry_that_makes_no_sense_is_left_out_and_counted(
    server: VendorServer, connection: Connection, entry: Any, caplog: pytest.LogCaptureFixture
) -> None:
    specs = discovered(server, connection, entry, listed(id="vendor/good"))

    assert [spec.key for spec in specs] == ["vendor/good"]
    assert "listed 2 models, 1 usable" in caplog.text


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None, "description": 5, "expiration_date": "soon"},
        {"name": 7, "architecture": None, "expiration_date": 20270131},
        {"supported_parameters": None},
        {"supported_parameters": {"aspect_ratio": None, "resolution": {"values": 5}}},
        {"supported_parameters": {"resolution": {"type": "enum", "values": [1, None, []]}}},
    ],
)
def test_a_model_with_rubbish_around_it_is_kept(
    server: VendorServer, connection: Connection, fields: dict[str, Any]
) -> None:
    [spec] = discovered(server, connection, listed(**fields))

    assert spec.key == "vendor/painter-1"
    assert spec.name
    assert spec.retired_on is None


def test_a_model_that_is_listed_twice_is_one(server: VendorServer, connection: Connection) -> None:
    assert len(discovered(server, connection, listed(), listed())) == 1


def test_long_texts_are_cut_to_what_the_catalogue_keeps(
    server: VendorServer, connection: Connection
) -> None:
    [spec] = discovered(server, connection, listed(name="n" * 500, description="d" * 5000))

    assert (len(spec.name), len(spec.description)) == (80, 200)


@pytest.mark.parametrize("content", [{}, {"data": None}, {"data": "rubbish"}, {"data": []}])
def test_a_list_without_models_is_empty(
    server: VendorServer, connection: Connection, content: Any
) -> None:
    server.answer_json(content)

    assert PROVIDER.discover(connection) == []


def test_a_list_that_is_refused_is_an_error(server: VendorServer, connection: Connection) -> None:
    server.answer_json({"error": {"code": 500, "message": "no"}}, 500)

    with pytest.raises(ProviderError) as caught:
        PROVIDER.discover(connection)

    assert caught.value.kind is ErrorKind.TRANSIENT


@given(st.data())
def test_a_rubbish_list_is_read_or_is_a_provider_error(data: st.DataObject) -> None:
    able = {
        "aspect_ratio": {"type": "enum", "values": ["1:1", "16:9"]},
        "resolution": {"type": "enum", "values": ["1K"]},
        "input_references": {"type": "range", "min": 0, "max": 4},
    }
    good = {"data": [listed(supported_parameters=able, expiration_date="2027-01-31")]}
    answer = Answer(200, {}, json.dumps(data.draw(rubbish(good))).encode())

    with mock.patch.object(http, "send", autospec=True, return_value=answer):
        try:
            specs = PROVIDER.discover(Connection("openrouter", "http://x"))
        except ProviderError:
            specs = []

    for spec in specs:
        for ratio in spec.capabilities.aspect_ratios:
            assert all(pixel_size(ratio, name) for name in spec.capabilities.resolutions)
        assert spec.capabilities.min_references <= spec.capabilities.max_references <= 16
