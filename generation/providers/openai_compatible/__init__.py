"""OpenAI, and servers that speak its dialect: LocalAI, vLLM-Omni, sd-server and others."""

from generation.providers.openai_compatible.provider import OpenAICompatibleProvider

__all__ = ["OpenAICompatibleProvider"]
