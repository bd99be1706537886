"""One noun a file; this is the shop window."""

from generation.models.catalogue import CatalogueEntry
from generation.models.credits import CreditAccount, CreditEntry
from generation.models.jobs import GenerationJob
from generation.models.keys import ProviderKey
from generation.models.webhooks import WebhookEvent

__all__ = [
    "CatalogueEntry",
    "CreditAccount",
    "CreditEntry",
    "GenerationJob",
    "ProviderKey",
    "WebhookEvent",
]
