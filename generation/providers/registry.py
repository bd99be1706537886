"""Which providers there are. A dotted path a line, imported on first use."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from generation.providers.base import Provider

PROVIDERS = {
    "builtin": "generation.providers.builtin.provider.BuiltinProvider",
}

TITLES = {
    "openrouter": "OpenRouter",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "pollinations": "Pollinations",
    "kie": "Kie",
}


@cache
def get(slug: str) -> Provider:
    """The provider of that name. Raises KeyError for one that is not implemented."""
    provider: Provider = import_string(PROVIDERS[slug])()
    return provider


def unavailable_reason(slug: str) -> Promise | str:
    """Why models of this provider cannot be used now; empty when they can."""
    if slug in PROVIDERS:
        return get(slug).unavailable_reason()
    title = TITLES.get(slug, slug)
    if not settings.PROVIDER_KEYS.get(slug):
        return format_lazy(_("No {provider} key is set"), provider=title)
    return format_lazy(_("{provider} is not supported yet"), provider=title)
