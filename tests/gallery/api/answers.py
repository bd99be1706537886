"""What the API answers, taken out of its envelope."""

from __future__ import annotations

from typing import Any

from django.test import Client


def data_of(response: Any, status: int = 200) -> Any:
    """What went well."""
    content = response.json()
    assert response.status_code == status, content
    assert set(content) == {"success", "data"}
    assert content["success"] is True
    return content["data"]


def error_of(response: Any) -> tuple[int, str, str]:
    """Status, code and message of what did not."""
    content = response.json()
    assert set(content) == {"success", "error"}, content
    assert content["success"] is False
    assert set(content["error"]) == {"code", "message"}
    return response.status_code, content["error"]["code"], content["error"]["message"]


def refused(response: Any) -> tuple[int, str]:
    """Status and code of what did not go well."""
    return error_of(response)[:2]


def walk(client: Client, path: str, **parameters: Any) -> list[list[Any]]:
    """All pages of a list, one after the other."""
    pages, cursor = [], ""
    while cursor is not None:
        data = data_of(client.get(path, {**parameters, "cursor": cursor}))
        pages.append(data["items"])
        cursor = data["nextCursor"]
        assert len(pages) < 50, "it ends"
    return pages


def ids(items: list[Any]) -> list[int]:
    """Their ids in their order."""
    return [item["id"] for item in items]
