"""What can be asked for, and what is left to pay it with."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.providers.errors import ErrorKind, ProviderError
from generation.services import credits
from pixelstream.accounts.models import User
from pixelstream.api.models import Scope
from tests.factories import job_of, start, work_off
from tests.generation.api.conftest import Program
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


def test_models_say_what_they_can_do(script: Program) -> None:
    status, data = script.get("/models", kind="image")
    assert status == 200
    lumen = next(item for item in data["items"] if item["key"] == "builtin/lumen")
    assert (lumen["name"], lumen["isAvailable"], lumen["unavailableReason"]) == ("Lumen", True, "")
    assert lumen["kinds"] == ["edit", "image"]
    assert "4:5" in lumen["aspectRatios"]
    assert all("image" in item["kinds"] for item in data["items"])


def test_models_that_cannot_be_used_come_last_and_say_why(script: Program) -> None:
    _status, data = script.get("/models")
    available = [item["isAvailable"] for item in data["items"]]
    assert available == sorted(available, reverse=True)
    assert data["items"][-1]["unavailableReason"] == "No Kie key is set" or not available[-1]
    reasons = {item["unavailableReason"] for item in data["items"] if not item["isAvailable"]}
    assert "No OpenRouter key is set" in reasons
    assert script.get("/models", kind="dance")[0] == 422


def test_models_and_credits_are_for_readers(program: type[Program], alice: User) -> None:
    maker = program(alice, Scope.GENERATE)
    assert maker.get("/models")[0] == 403
    assert maker.get("/credits")[0] == 403


def test_where_nothing_costs_credits_there_is_no_balance(script: Program) -> None:
    nothing = {"enabled": False, "balance": None, "items": [], "nextCursor": None}
    assert script.get("/credits") == (200, nothing)


def test_credits_are_the_balance_and_what_it_comes_of(
    script: Program, alice: User, sam: User, scripted: ScriptedProvider, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20
    settings.CREDITS_WITHOUT_COST = 5
    scripted.answers["test/b"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a test/b")
    work_off(post)
    credits.grant(alice, 3, by=sam, reason="For your patience")
    credits.grant(sam, 3, by=sam, reason="Not alice's")
    _status, data = script.get("/credits")
    assert (data["enabled"], data["balance"], data["nextCursor"]) == (True, 18, None)
    ledger = [(item["kind"], item["amount"]) for item in data["items"]]
    assert ledger[0] == ("grant", 3)
    assert sorted(ledger) == [
        ("capture", 0),
        ("grant", 3),
        ("grant", 20),
        ("hold", -5),
        ("hold", -5),
        ("refund", 5),
    ]
    assert data["items"][0]["text"] == "Given by an administrator For your patience"
    refund = next(item for item in data["items"] if item["kind"] == "refund")
    assert (refund["postId"], refund["jobId"]) == (post.pk, job_of(post, slot=1).pk)
    assert refund["text"].startswith("Given back: no image by B The model refused these settings.")


def test_credits_come_page_by_page_in_as_many_queries(
    script: Program, alice: User, sam: User, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    for number in range(1, 8):
        credits.grant(alice, number, by=sam, reason="")
    amounts: list[int] = []
    query: dict[str, object] = {"limit": 3}
    counts = []
    script.get("/credits")
    while True:
        with CaptureQueriesContext(connection) as captured:
            _status, data = script.get("/credits", **query)
        counts.append(len(captured))
        amounts += [item["amount"] for item in data["items"]]
        if data["nextCursor"] is None:
            break
        query["cursor"] = data["nextCursor"]
    assert amounts == [7, 6, 5, 4, 3, 2, 1, 100]
    assert len(set(counts)) == 1
    assert script.get("/credits", cursor="!")[1]["code"] == "INVALID_CURSOR"
