"""Kie (api.kie.ai): many vendors' models; a task is created and asked after."""

from generation.providers.kie.provider import KieProvider

__all__ = ["KieProvider"]
