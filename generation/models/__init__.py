"""One noun a file; this is the shop window."""

from generation.models.catalogue import CatalogueEntry
from generation.models.jobs import GenerationJob
from generation.models.keys import ProviderKey

__all__ = ["CatalogueEntry", "GenerationJob", "ProviderKey"]
