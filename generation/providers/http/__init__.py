"""The one door to vendors: time-outs, size caps, redirects, safe downloads, no secrets in logs.

Adapters call `send` and `download` and nothing else of the network. Both raise `ProviderError`.
"""

from generation.providers.http.answers import Answer, Auth, parse_retry_after, refusal
from generation.providers.http.client import CAPTION_SECONDS, QUESTION_SECONDS, TOTAL_SECONDS, send
from generation.providers.http.downloads import download
from generation.providers.http.redaction import redact

__all__ = [
    "CAPTION_SECONDS",
    "QUESTION_SECONDS",
    "TOTAL_SECONDS",
    "Answer",
    "Auth",
    "download",
    "parse_retry_after",
    "redact",
    "refusal",
    "send",
]
