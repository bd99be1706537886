"""Programs that call the API for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from pixelstream.accounts.models import User
from pixelstream.api import entry, limits, tokens
from pixelstream.api.models import Scope
from tests.pixelstream.api import sample

Program = Callable[..., Client]


@pytest.fixture(autouse=True)
def _cache_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test leaves it alone because the one before stopped it."""
    monkeypatch.setattr(limits, "_is_away_until", 0.0)


@pytest.fixture
def program() -> Program:
    """Makes a client with a token of this person; all scopes unless some are named."""

    def make(owner: User, *scopes: Scope, **fields: Any) -> Client:
        token, text = tokens.make(owner, name="a script", scopes=scopes or list(Scope), **fields)
        client = Client(headers={"Authorization": f"Bearer {text}"}, enforce_csrf_checks=True)
        client.token = token  # type: ignore[attr-defined]
        client.text = text  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[sample.Watched]:
    """Puts the sample in the place of the real API, and watches it."""
    monkeypatch.setattr(entry, "_addresses", lambda: sample.addresses)
    sample.watched.__init__()  # type: ignore[misc]
    yield sample.watched
    sample.watched.__init__()  # type: ignore[misc]
