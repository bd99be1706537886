"""Every operation of the API against its own description, with what Schemathesis makes up.

It reads `/api/openapi.json` as a stranger would, and sends what the schema allows and what it does
not: in `make test` a little, in `make prove` much more, always the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from generation.api import waiting
from pixelstream.accounts.models import User
from pixelstream.api import limits, tokens
from pixelstream.api.models import Scope
from pixelstream.wsgi import application
from tests.pixelstream.api.fuzzed import World

THOROUGH = "FAULTS_REPORT" in os.environ
"""Whether `make prove` asks."""

MADE_UP = settings(
    max_examples=300 if THOROUGH else 15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1800 if THOROUGH else 180)]


api = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture
def _one_connection(db: None) -> Iterator[None]:
    """Requests share the transaction of the test: no connection is given up between them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def _unhindered(
    _one_connection: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """Nobody is counted, and nobody waits."""
    settings.API_READS_PER_MINUTE = 0
    settings.API_WRITES_PER_MINUTE = 0
    settings.API_GENERATES_PER_MINUTE = 0
    monkeypatch.setattr(limits, "FAILURES_PER_MINUTE", 0)
    monkeypatch.setattr(waiting, "MOST_SECONDS", 0)


@pytest.fixture
def world(alice: User, bob: User) -> World:
    """What there is."""
    return World(alice, bob)


@pytest.fixture
def bearer(alice: User) -> dict[str, str]:
    """A token of Alice's that may do everything."""
    _token, text = tokens.make(alice, name="made-up requests", scopes=list(Scope))
    return {"Authorization": f"Bearer {text}"}


def failures_have_their_envelope(ctx: CheckContext, response: Response, case: Case) -> None:
    """Whatever is refused says so in the one way."""
    if response.status_code < 400:
        return
    told = response.json()
    assert set(told) == {"success", "error"}
    assert told["success"] is False
    assert set(told["error"]) == {"code", "message"}
    code, message = told["error"]["code"], told["error"]["message"]
    assert code == code.upper() != "INTERNAL"
    assert message


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    failures_have_their_envelope,
]


@pytest.fixture
def answered() -> Iterator[set[int]]:
    """The statuses that an operation answered with. If it never did what it is for, nothing was
    shown.
    """
    statuses: set[int] = set()
    yield statuses
    assert any(status < 400 for status in statuses), statuses


@api.parametrize()
@MADE_UP
@pytest.mark.usefixtures("_unhindered")
def test_every_operation_is_as_described(
    case: Case, world: World, bearer: dict[str, str], answered: set[int]
) -> None:
    """One request of many, each into the same world."""
    world.aim(case)
    with transaction.atomic():
        response = case.call_and_validate(headers=bearer, checks=CHECKS)
        transaction.set_rollback(True)
    answered.add(response.status_code)
