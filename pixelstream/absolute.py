"""Addresses with the host, as other sites, mail and caches need them."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings


def absolute(address: str) -> str:
    """The whole address of one that may be a path of this site."""
    return urljoin(f"{settings.SITE_URL}/", address)
