"""One noun a file; this is the shop window."""

from generation.models.jobs import GenerationJob

__all__ = ["GenerationJob"]
