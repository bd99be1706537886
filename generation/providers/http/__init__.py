"""The one door to vendors: time-outs, size caps, redirects, safe downloads, no secrets in logs.

Adapters call `send`, `download` and `notify` and nothing else of the network. They raise
`ProviderError`.
"""

from generation.providers.http.answers import Answer, Auth, parse_retry_after, refusal
from generation.providers.http.client import (
    CAPTION_SECONDS,
    CLIP_DOWNLOAD_SECONDS,
    QUESTION_SECONDS,
    TOTAL_SECONDS,
    send,
)
from generation.providers.http.downloads import download
from generation.providers.http.notices import notify
from generation.providers.http.redaction import redact

__all__ = [
    "CAPTION_SECONDS",
    "CLIP_DOWNLOAD_SECONDS",
    "QUESTION_SECONDS",
    "TOTAL_SECONDS",
    "Answer",
    "Auth",
    "download",
    "notify",
    "parse_retry_after",
    "redact",
    "refusal",
    "send",
]
