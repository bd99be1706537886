"""Which providers there are. A row a provider; its module is imported on first use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from generation.providers.base import Provider
from generation.providers.types import Connection


@dataclass(frozen=True)
class ProviderInfo:
    """What is known of a provider without loading its module."""

    slug: str
    title: str
    path: str
    """Dotted path of its class."""
    base_url: str = ""
    """Where the vendor is reached unless `<SLUG>_BASE_URL` says otherwise; empty for local code."""
    key_url: str = ""
    """The vendor's page where a person makes a key."""
    takes_addresses_only: bool = False
    """Whether it fetches the pictures that go along with a request, and takes none in it."""

    @property
    def is_remote(self) -> bool:
        """Whether it is reached over the network."""
        return bool(self.base_url)

    @property
    def key_variable(self) -> str:
        """The environment variable of the operator's key."""
        return f"{self.slug.upper()}_API_KEY"


PROVIDERS = {
    info.slug: info
    for info in (
        ProviderInfo(
            "openrouter",
            "OpenRouter",
            "generation.providers.openrouter.OpenRouterProvider",
            "https://openrouter.ai/api/v1",
            "https://openrouter.ai/settings/keys",
        ),
        ProviderInfo(
            "openai",
            "OpenAI",
            "generation.providers.openai_compatible.OpenAICompatibleProvider",
            "https://api.openai.com/v1",
            "https://platform.openai.com/api-keys",
        ),
        ProviderInfo(
            "gemini",
            "Gemini",
            "generation.providers.gemini.GeminiProvider",
            "https://generativelanguage.googleapis.com/v1beta",
            "https://aistudio.google.com/apikey",
        ),
        ProviderInfo(
            "pollinations",
            "Pollinations",
            "generation.providers.pollinations.PollinationsProvider",
            "https://gen.pollinations.ai",
            "https://enter.pollinations.ai",
        ),
        ProviderInfo(
            "kie",
            "Kie",
            "generation.providers.kie.KieProvider",
            "https://api.kie.ai/api/v1",
            "https://kie.ai/api-key",
            takes_addresses_only=True,
        ),
        ProviderInfo(
            "local",
            "Local",
            "generation.providers.style_transfer.StyleTransferProvider",
        ),
        ProviderInfo(
            "builtin", "Built-in", "generation.providers.builtin.provider.BuiltinProvider"
        ),
    )
}

ON_THIS_MACHINE = frozenset(info.slug for info in PROVIDERS.values() if not info.is_remote)
"""Providers that are code of ours: they cost nothing."""


@cache
def get(slug: str) -> Provider:
    """The provider of that name. Raises KeyError for an unknown one."""
    provider: Provider = import_string(PROVIDERS[slug].path)()
    return provider


def title(slug: str) -> str:
    """What people call the provider."""
    return PROVIDERS[slug].title if slug in PROVIDERS else slug


def base_url(slug: str) -> str:
    """Where the provider is reached on this instance, without a slash at the end."""
    configured = settings.PROVIDER_BASE_URLS.get(slug, "")
    return (configured or PROVIDERS[slug].base_url).rstrip("/")


def operator_connection(slug: str) -> Connection | None:
    """The connection that the operator set up; None when a key is missing.

    A server at an address of the operator's own (`OPENAI_BASE_URL` of a LocalAI, say) may need
    none; the vendors themselves always do.
    """
    info = PROVIDERS.get(slug)
    if info is None:
        return None
    key = settings.PROVIDER_KEYS.get(slug, "")
    address = base_url(slug)
    if info.is_remote and not key and address == info.base_url:
        return None
    return Connection(slug, address, key=key, options=options(slug))


def takes_our_pictures(slug: str) -> bool:
    """Whether pictures can go along to this provider: where it only fetches them, this instance
    has to be reached by https.
    """
    return settings.HTTPS or not PROVIDERS[slug].takes_addresses_only


def options(slug: str) -> dict[str, str]:
    """How the server behind this provider differs from others of its dialect."""
    return {"dialect": settings.OPENAI_DIALECT} if slug == "openai" else {}


def host(slug: str) -> str:
    """The host that keys of this provider are sent to, for people."""
    return urlsplit(base_url(slug)).netloc
