"""Alice's and Bob's scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models.functions import Now
from django.test import Client

from pixelstream.accounts.models import User
from pixelstream.api import limits, tokens
from pixelstream.api.models import ApiToken, Scope

Program = Callable[..., Client]


@pytest.fixture(autouse=True)
def _cache_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test leaves it alone because the one before stopped it."""
    monkeypatch.setattr(limits, "_is_away_until", 0.0)


@pytest.fixture(autouse=True)
def _without_limits(settings: object) -> None:
    """Tests send faster than people's scripts; how limits work is tested with them."""
    for kind in ("READS", "WRITES", "GENERATES"):
        setattr(settings, f"API_{kind}_PER_MINUTE", 1_000_000)


@pytest.fixture
def program() -> Program:
    """Makes a client with a token of this person; all scopes unless some are named. That it is used
    was written down a moment ago, so that its requests make the queries of most requests.
    """

    def make(owner: User, *scopes: Scope) -> Client:
        token, text = tokens.make(owner, name="a script", scopes=scopes or list(Scope))
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=Now())
        return Client(headers={"Authorization": f"Bearer {text}"}, enforce_csrf_checks=True)

    return make


@pytest.fixture
def alices(alice: User, program: Program) -> Client:
    """A script of Alice's that may do everything."""
    return program(alice)


@pytest.fixture
def bobs(bob: User, program: Program) -> Client:
    """A script of Bob's that may do everything."""
    return program(bob)
