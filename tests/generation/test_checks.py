"""What `manage.py check` says of the providers' settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks

ADDRESSES = {"openrouter": "", "openai": "", "gemini": "", "pollinations": "", "kie": ""}


def found(identity: str, *, deploy: bool = False) -> list[CheckMessage]:
    messages = run_checks(include_deployment_checks=deploy)
    return [message for message in messages if message.id == f"generation.{identity}"]


def test_a_sound_configuration_is_silent(settings: Any) -> None:
    settings.PROVIDER_KEYS = {"openai": "sk-only-for-tests"}
    ids = [message.id for message in run_checks(include_deployment_checks=True)]
    assert not [identity for identity in ids if str(identity).startswith("generation.")]


def test_missing_encryption_keys_are_a_warning_with_the_variables_name(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ""
    (message,) = found("W001")
    assert message.msg == "Missing required environment variable: FIELD_ENCRYPTION_KEYS"


def test_malformed_encryption_keys_are_not_printed(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = "1:c2VjcmV0LWNhbmFyeQ=="
    (message,) = found("W001")
    assert "entry 1" in message.msg
    assert "c2VjcmV0" not in str(message)


@pytest.mark.parametrize(
    "address",
    [
        "localhost:8080",
        "api.openai.com",
        "ftp://files.example",
        "https://",
        "http:///v1",
        "https://user:secret-canary@host.example/v1",
        "https://host.example/v1?key=secret-canary",
        "https://host.example/v1#secret-canary",
        "https://host.example:port/",
        "http://[::1",
        "https://host .example",
        "https://host.example/" + "x" * 200,
    ],
)
def test_an_address_that_cannot_be_one_is_an_error_that_names_the_variable(
    settings: Any, address: str
) -> None:
    settings.PROVIDER_BASE_URLS = {**ADDRESSES, "openai": address}
    (message,) = found("E001")
    assert message.msg.startswith("OPENAI_BASE_URL must be an http(s) address")
    assert "secret-canary" not in str(message)


@pytest.mark.parametrize(
    "address",
    ["", "http://localhost:8080/v1", "https://gateway.example/a/b/", "http://[::1]:4010"],
)
def test_other_addresses_are_fine(settings: Any, address: str) -> None:
    settings.PROVIDER_BASE_URLS = {**ADDRESSES, "openai": address}
    assert found("E001") == []


def test_a_dialect_that_cannot_be_read_is_an_error(settings: Any) -> None:
    settings.OPENAI_DIALECT = "no such thing, at=all"
    (message,) = found("E002")
    assert message.msg.startswith("OPENAI_DIALECT cannot be read")


@pytest.mark.parametrize("dialect", ["", "localai"])
def test_a_known_dialect_is_fine(settings: Any, dialect: str) -> None:
    settings.OPENAI_DIALECT = dialect
    assert found("E002") == []


def test_in_production_it_is_said_when_no_provider_key_is_set(settings: Any) -> None:
    settings.PROVIDER_KEYS = {}
    (message,) = found("I001", deploy=True)
    assert message.msg.startswith("Missing required environment variable: OPENROUTER_API_KEY (or ")
    assert not message.is_serious()
    assert found("I001") == []


def test_a_server_of_ones_own_needs_no_key(settings: Any) -> None:
    settings.PROVIDER_BASE_URLS = {**ADDRESSES, "openai": "http://localhost:8080/v1"}
    assert found("I001", deploy=True) == []


@pytest.mark.parametrize("network", ["10.1.0.0/99", "intranet", "10.1.0.0-10.1.0.9"])
def test_what_is_no_network_is_an_error(settings: Any, network: str) -> None:
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["10.1.0.0/16", network]
    (message,) = found("E003")
    assert network in message.msg


def test_networks_and_single_addresses_are_silent(settings: Any) -> None:
    settings.DOWNLOAD_ALLOWED_NETWORKS = ["10.1.0.0/16", "10.2.0.1/16", "fd00::/8", "10.3.0.4"]
    assert not found("E003")
