"""OpenRouter: many vendors' models behind one key."""

from generation.providers.openrouter.provider import OpenRouterProvider

__all__ = ["OpenRouterProvider"]
