"""What `manage.py check` says of the providers' settings: what is missing, what cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

from generation.providers import registry
from pixelstream import encryption

MAX_ADDRESS = 200
"""As long as an address may be beside a stored key."""


@register(Tags.security)
def check_encryption_keys(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether people's own provider keys can be stored."""
    problem = encryption.find_problem()
    if not problem:
        return []
    hint = "Without it people cannot store keys of their own. `.env.example` shows its form."
    return [Warning(problem, hint=hint, id="generation.W001")]


@register(Tags.urls)
def check_base_urls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whether every address that the operator set can be one."""
    return [
        Error(
            f"{slug.upper()}_BASE_URL must be an http(s) address with a host, at most "
            f"{MAX_ADDRESS} characters, without a user name, a query or a fragment.",
            hint="People see the host; a password in the address would be shown.",
            id="generation.E001",
        )
        for slug, address in settings.PROVIDER_BASE_URLS.items()
        if address and not _is_base_url(address)
    ]


@register(Tags.compatibility)
def check_openai_dialect(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether OPENAI_DIALECT says something that the adapter understands."""
    from generation.providers.openai_compatible import dialects

    try:
        dialects.parse(settings.OPENAI_DIALECT, registry.base_url("openai"))
    except ValueError as error:
        return [Error(str(error), id="generation.E002")]
    return []


@register(Tags.security, deploy=True)
def check_provider_keys(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether any real model can be used on the operator's account."""
    remote = [info for info in registry.PROVIDERS.values() if info.is_remote]
    if any(registry.operator_connection(info.slug) for info in remote):
        return []
    first, *others = (info.key_variable for info in remote)
    return [
        Info(
            f"Missing required environment variable: {first} (or {', '.join(others)}). "
            "Only the built-in engine works, and what people bring keys of their own for.",
            id="generation.I001",
        )
    ]


def _is_base_url(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # a port that is no number, an unfinished IPv6 address
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port != 0
        and "@" not in parts.netloc
        and not parts.query
        and not parts.fragment
        and len(address) <= MAX_ADDRESS
        and not any(character.isspace() for character in address)
    )


@register(Tags.compatibility)
def check_download_networks(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether every entry of DOWNLOAD_ALLOWED_NETWORKS is a network."""
    return [
        Error(
            f"DOWNLOAD_ALLOWED_NETWORKS: {network!r} is not a network such as 10.1.0.0/16.",
            id="generation.E003",
        )
        for network in settings.DOWNLOAD_ALLOWED_NETWORKS
        if not _is_network(network)
    ]


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
