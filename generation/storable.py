"""Vendors' text as a database takes it: PostgreSQL knows no NUL and no half of a surrogate."""

from __future__ import annotations

from typing import Any


def text(value: str, limit: int | None = None) -> str:
    """The text without what cannot be stored, cut to a limit of characters."""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()[:limit]


def json(value: Any) -> Any:
    """The same for a JSON value, in every string and every name of it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(str(name)): json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json(item) for item in value]
    return value
